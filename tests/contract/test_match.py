"""Which requests are the same, so that one is answered with what the other was."""

import json
import shutil
from typing import Any

import pytest

from helpers.mock.record.record import record
from helpers.mock.record.replay import replay
from helpers.secrets import SECRET
from tests.contract.upstream import send, through


def ask(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}], **fields}


@pytest.mark.parametrize(
    ("recorded", "other"),
    [
        (ask("Where is order " + "ab" * 16), ask("Where is order " + "cd" * 16)),
        (ask("id 12345678-1234-1234-1234-123456789012"), ask("id " + "1" * 8 + "-1234-1234-1234-")),
        (ask("Hi", n=1), ask("Hi", n=True)),
        (ask("Hi", stop="1"), ask("Hi", stop=1)),
        (ask("Hi", metadata={"run": "a"}), ask("Hi", metadata={"run": "b"})),
        ({"messages": [None]}, {"messages": ["result of"]}),
        (ask("Is sk-" + "a1" * 12 + " a key?"), ask("Is sk-" + "b2" * 12 + " a key?")),
        (ask("password=tiger4711"), ask("password=zebra4711")),
        (ask("password=tiger4711", n=None), ask("password=zebra4711")),
    ],
)
def test_requests_that_differ_get_each_its_answer_in_any_order(upstream, tmp_path, recorded, other):
    upstream.answer(b"1")
    upstream.answer(b"2")
    with record(tmp_path, upstream.url) as server:
        assert [send(server, each)[2] for each in (recorded, other)] == [b"1", b"2"]
    with replay(tmp_path) as server:
        assert [send(server, each)[2] for each in (other, recorded)] == [b"2", b"1"]
    stored = next(tmp_path.glob("002*"))
    is_hidden = SECRET in stored.read_text()
    stored.unlink()
    with replay(tmp_path) as server:
        # Another's secret will do where nobody asked with this one.
        again = send(server, other)[2]
    assert again == b"1" if is_hidden else b"(recorded " in again


@pytest.mark.parametrize("host", ["api.vendor.example", "gpu01", "localhost"])
def test_questions_that_name_the_upstream_get_each_its_answer(
    upstream, tmp_path, monkeypatch, host
):
    upstream.answer(b"1")
    upstream.answer(b"2")
    base_url = upstream.url.replace("127.0.0.1", host)
    if host != "localhost":
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTP_PROXY", upstream.url)
    questions = [ask(f"How do I call {name} from gpt-4.1?") for name in (host, f"docs.{host}")]
    with record(tmp_path, base_url) as server:
        assert [send(server, each)[2] for each in questions] == [b"1", b"2"]
    assert f" {host} " not in "".join(path.read_text() for path in tmp_path.glob("*.json"))
    with replay(tmp_path) as server:
        assert [send(server, each)[2] for each in reversed(questions)] == [b"2", b"1"]
    shutil.rmtree(tmp_path / ".salt")
    with replay(tmp_path) as server:
        assert send(server, questions[0])[0] == 200


def test_the_mark_of_a_secret_says_nothing_to_who_has_the_recordings_alone(upstream, tmp_path):
    marks = []
    for answer in (b"1", b"2", b"1", b"2"):
        upstream.answer(answer)
    for folder in (tmp_path / "a", tmp_path / "b"):
        with record(folder, upstream.url) as server:
            for password in ("tiger4711", "zebra4711"):
                send(server, ask(f"password={password}"))
        files = sorted(folder.glob("*.json"))
        marks += [json.loads(each.read_text())["request"]["mark"] for each in files]
    assert len(set(marks)) == 4
    assert (folder / ".salt" / ".gitignore").read_text() == "*\n"
    shutil.rmtree(folder / ".salt")
    with replay(folder) as server:
        # In turn, then.
        asked = [send(server, ask(f"password={each}4711"))[2] for each in ("zebra", "tiger")]
    assert asked == [b"1", b"2"]


def reference(item_id: str) -> dict[str, Any]:
    return {"input": [{"type": "item_reference", "id": item_id}, {"role": "user", "content": "Hi"}]}


def results(result: str, call_id: str = "a", arguments: str = "{}") -> dict[str, Any]:
    call = {"id": call_id, "type": "function", "function": {"name": "f", "arguments": arguments}}
    said = {"role": "assistant", "content": None, "tool_calls": [call]}
    told = {"role": "tool", "tool_call_id": call_id, "content": result}
    return {"messages": [{"role": "user", "content": "Hi"}, said, told]}


@pytest.mark.parametrize(
    ("recorded", "again"),
    [
        (ask("Hi", temperature=1.0), ask("Hi", temperature=1)),
        (ask("Hi", seed=10**20), ask("Hi", seed=1e20)),
        (ask("Hi", tools=None), ask("Hi")),
        (ask("Hi", tools=[{"function": {"strict": None}}]), ask("Hi", tools=[{"function": {}}])),
        (results("20"), results("20", "another id")),
        (results("20", arguments='{"n": 1, "m": 2}'), results("20", arguments='{"m":2,"n":1.0}')),
        (results("20"), results("21")),
        (ask("Hi", previous_response_id="resp_1"), ask("Hi", previous_response_id="resp_2")),
        (reference("msg_1"), reference("msg_2")),
    ],
)
def test_the_same_request_in_another_form_is_known(upstream, tmp_path, recorded, again):
    upstream.answer(b"1")
    through(upstream, tmp_path, recorded)
    with replay(tmp_path) as server:
        assert send(server, again)[2] == b"1"


@pytest.mark.parametrize(
    "again", ["/files%2Fx?after=a+b&limit=2", "/files%2fx?limit=2&after=a%20b"]
)
def test_an_address_is_the_same_in_another_spelling_or_order(upstream, tmp_path, again):
    upstream.answer(b"1")
    with record(tmp_path, upstream.url) as server:
        send(server, path="/files%2fx?limit=2&after=a+b")
    with replay(tmp_path) as server:
        assert send(server, path=again)[2] == b"1"
        assert send(server, path=again.replace("limit=2", "limit=3"))[0] == 404


@pytest.mark.parametrize("request_of", [results, reference])
def test_what_was_recorded_just_so_comes_before_what_is_like_it(upstream, tmp_path, request_of):
    upstream.answer(b"1")
    upstream.answer(b"2")
    with record(tmp_path, upstream.url) as server:
        for each in ("20", "21"):
            send(server, request_of(each))
    with replay(tmp_path) as server:
        asked = [send(server, request_of(each))[2] for each in ("21", "20", "21")]
    assert asked == [b"2", b"1", b"2"]


def test_recordings_of_one_request_come_in_the_order_of_their_numbers(upstream, tmp_path):
    upstream.answer(b"1")
    through(upstream, tmp_path)
    [first] = tmp_path.glob("*.json")
    for number in (1000, 999):
        text = first.read_text().replace('"body": 1\n', f'"body": {number}\n')
        (tmp_path / f"{number}_again.json").write_text(text)
    with replay(tmp_path) as server:
        assert [send(server)[2] for _ in range(3)] == [b"1", b"999", b"1000"]


@pytest.mark.parametrize(("body", "said"), [(b"Hi", 'text (recorded nothing, sent "Hi")')])
def test_a_request_that_is_not_json_is_told_from_one_that_is(upstream, tmp_path, body, said):
    upstream.answer(b"1")
    through(upstream, tmp_path)
    with replay(tmp_path) as server:
        assert said in json.loads(send(server, body)[2])["details"]
