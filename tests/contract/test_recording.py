"""What is recorded holds no secret, reads well, and is served again as it was."""

import json
import threading
import time
from dataclasses import replace
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path

import openai
import pytest

from helpers.mock.record.body import Body
from helpers.mock.record.record import record
from helpers.mock.record.recording import Recording, RecordingError
from helpers.mock.record.replay import replay
from helpers.mock.record.scrub import Scrubber
from tests.contract.recorders import (
    COOKIE,
    KEY,
    MODEL,
    NODE,
    QUESTION,
    REQUEST_ID,
    Hostile,
    client_of,
    post,
)


def settled(folder: Path) -> list[Path]:
    """The files of a folder once nothing is being written: the client has its bytes first."""
    before: list[Path] = []
    end = time.monotonic() + 60
    while time.monotonic() < end:
        now = sorted(path for path in folder.iterdir() if path.is_file())
        if now and now == before and not any(path.suffix == ".part" for path in now):
            return now
        before = now
        time.sleep(0.1)
    return before


def stored(folder: Path) -> list[Recording]:
    return [Recording.read(path) for path in sorted(folder.glob("*.json"))]


# --- what is stored ---


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_nothing_that_a_hostile_server_repeats_is_stored(hostile, tmp_path, stream):
    upstream, _ = hostile
    body = {"stream": stream, "messages": [{"role": "user", "content": f"My key: {KEY}"}]}
    with record(tmp_path, upstream) as server:
        status, answer = post(server, body, f"/chat/completions?api_key={KEY}&n=1")
    assert status == 200 and KEY in answer.decode()  # the client gets everything
    [path] = settled(tmp_path)
    kept = (path.name + path.read_text()).lower()
    port = upstream.rpartition(":")[2].partition("/")[0]
    own = str(server.port)
    for secret in (KEY, COOKIE, REQUEST_ID, NODE, "127.0.0.1", f":{port}", own, "10.1.2.3"):
        assert secret.lower() not in kept
    pieces = "".join(
        event.data["choices"][0]["delta"]["content"]
        for event in Recording.read(path).events or ()
        if isinstance(event.data, dict) and "choices" in event.data
    )
    assert pieces == ("The key is [secret], at [secret]." if stream else "")
    assert '"req_id": "short"' in kept or '"req_id":"short"' in kept
    assert "api_key=[secret]&n=1" in kept


def test_names_of_hosts_below_the_upstreams_domain_are_taken_out():
    scrub = Scrubber(["api.clarifai.com"])
    text = "https://api.clarifai.com/v2 and https://data-3.clarifai.com:443/x of https://clarifai.com/u"
    assert scrub.text(text) == (
        "https://api.clarifai.com/v2 and https://host.invalid/x of https://clarifai.com/u"
    )


def test_ids_stay_and_what_may_be_a_key_becomes_another_each_time_the_same():
    scrub = Scrubber()
    one, other = "ab" * 16, "cd" * 16
    for text in (f"chatcmpl-{one}", f"call_{one}", "id 12345678-1234-1234-1234-123456789012"):
        assert scrub.text(text) == text
    assert one not in scrub.text(f"my key {one}")
    assert scrub.text(f"order {one}") == Scrubber().text(f"order {one}")
    assert scrub.text(f"order {one}") != scrub.text(f"order {other}")
    assert scrub.text(scrub.text(f"order {one}")) == scrub.text(f"order {one}")
    assert scrub.value({"req_id": one, "order": one})["req_id"] == one
    assert scrub.text(f"{MODEL}/versions/{one}") == f"{MODEL}/versions/{one}"


def test_short_key_is_a_word_that_stays():
    scrub = Scrubber()
    scrub.learn({"authorization": "Bearer ollama"})
    assert scrub.text("Ask ollama.") == "Ask ollama."


@pytest.mark.parametrize(
    "header",
    [
        ("set-cookie", 'a="s3cretive"; Path=/'),
        ("cookie", 'a=b; c="s3cretive"'),
        ("x-api-key", '"s3cretive"'),
    ],
)
def test_what_a_header_has_in_quotation_marks_is_known_without_them(header):
    scrub = Scrubber()
    scrub.learn([header])
    assert "s3cretive" not in scrub.text("You are s3cretive.")


def test_key_goes_to_the_upstream_and_no_further(hostile, tmp_path, mock):
    upstream, handler = hostile
    with record(tmp_path, upstream) as server:
        post(server, {"model": "m"}, "/any/path?x=1")
    path, headers = handler.seen[0]
    assert path == "/api/v1/any/path?x=1"
    assert headers["authorization"] == f"Key {KEY}"
    assert "cookie" not in headers

    class Elsewhere(Hostile):
        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", upstream + "/stolen")
            self.send_header("Content-Length", "0")
            self.end_headers()

    Elsewhere.seen = []
    redirecting = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=redirecting.serve_forever, args=(0.01,), daemon=True).start()
    with record(tmp_path, f"http://127.0.0.1:{redirecting.server_port}") as server:
        assert post(server, {"model": "m"})[0] == 307
    redirecting.shutdown()
    redirecting.server_close()
    assert len(handler.seen) == 1


def test_client_sees_through_the_recorder_what_it_sees_without(mock, recorder):
    direct, through = client_of(mock), client_of(recorder)
    for ask in (
        lambda c: c.chat.completions.with_raw_response.create(**QUESTION).text,
        lambda c: c.models.with_raw_response.list().text,
        lambda c: [each.to_json() for each in c.chat.completions.create(**QUESTION, stream=True)],
    ):
        assert ask(through) == ask(direct)
    with pytest.raises(openai.NotFoundError) as caught:
        through.chat.completions.create(**QUESTION | {"model": "a/b/models/c"})
    assert caught.value.body["code"] == 21200
    assert caught.value.response.headers["server"] == "clarifai-recorder"


def test_a_file_is_readable_with_an_event_on_each_line(recorder, tmp_path):
    client = client_of(recorder)
    client.chat.completions.create(**QUESTION)
    chunks = list(client.chat.completions.create(**QUESTION, stream=True))
    whole, stream = settled(tmp_path)
    assert whole.name == "001_chat_completions_who_are_you.json"
    assert stream.name == "002_chat_completions_who_are_you.json"
    assert json.loads(whole.read_text())["request"]["body"] == QUESTION
    lines = [line for line in stream.read_text().splitlines() if line.startswith('      {"ms":')]
    assert len(lines) == len(chunks) + 1
    assert lines[-1].endswith('"data":"[DONE]"}')
    with record(tmp_path, "http://127.0.0.1:9") as other:
        assert post(other, {})[0] == 502
    assert len(settled(tmp_path)) == 2


def test_numbers_go_on_where_a_folder_ends(mock, tmp_path):
    for _ in range(2):
        with record(tmp_path, mock.base_url) as server:
            client_of(server).chat.completions.create(**QUESTION)
    assert [path.name[:3] for path in settled(tmp_path)] == ["001", "002"]


def test_stream_passes_as_it_comes_and_its_timing_is_kept(hostile, tmp_path):
    upstream, handler = hostile
    arrived = threading.Event()

    def between(number: int) -> None:
        if number == 1:
            assert arrived.wait(60)
            time.sleep(0.3)

    handler.between = staticmethod(between)
    with record(tmp_path, upstream) as server:
        stream = client_of(server).chat.completions.create(**QUESTION, stream=True)
        first = next(iter(stream))
        arrived.set()
        assert first and list(stream)
    [path] = settled(tmp_path)
    recording = Recording.read(path)
    assert recording.events[2].ms >= 290

    def seconds(paced: bool) -> float:
        with replay(tmp_path, paced=paced) as server:
            started = time.perf_counter()
            list(client_of(server).chat.completions.create(**QUESTION, stream=True))
            return time.perf_counter() - started

    assert seconds(paced=True) >= 0.29
    longer = [replace(each, ms=50_000) for each in recording.events]
    path.write_text(replace(recording, events=longer).encode(), encoding="utf-8")
    assert seconds(paced=False) < 50


def test_stream_that_its_reader_leaves_is_recorded_whole(mock, recorder, tmp_path):
    with client_of(recorder).chat.completions.create(**QUESTION, stream=True) as stream:
        next(iter(stream))
    expected = len(list(client_of(mock).chat.completions.create(**QUESTION, stream=True))) + 1
    deadline = time.monotonic() + 60
    while not (recordings := stored(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(recordings[0].events or ()) == expected


def test_path_outside_the_base_url_is_not_forwarded(recorder, tmp_path):
    connection = HTTPConnection("127.0.0.1", recorder.port, timeout=10)
    connection.request("GET", "/v2/users/me")
    assert json.loads(connection.getresponse().read())["code"] == 11101
    connection.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "upstream",
    ["", "api.clarifai.com", "ftp://x/y", "http://u:p@x/y", "http://x:port/y", "http://[x"],
)
def test_upstream_that_is_no_base_url_is_refused(tmp_path, upstream):
    with pytest.raises(RecordingError, match="base URL"):
        record(tmp_path, upstream)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>403</html>", "text/html"),
        (b"\x89PNG\xff\x00", "image/png"),
        (b"", "application/json"),
        (b'{"text":"\xc3\xbc [\\n1,\\n2]","embedding":[0.5,-1e-07],"none":[]}', "application/json"),
        (b'{"cut', "application/json"),
        (b"null", "application/json"),
        (b'"hello"', "application/json"),
        (b"[1e400, 1e-400]", "application/json"),
        (b'{"a":1,"a":2}', "application/json"),
        (b"[" * 5000, "application/json"),
        (b"[" * 3000 + b"]" * 3000, "application/json"),
        (b'"\\ud83d"', "application/json"),
        ("Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        ("Grüße".encode("utf-16"), "text/plain; charset=utf-16"),
        (b"\xff\xfe\xfd", "text/plain; charset=nonsense"),
        (b"\xff\xfea key", "application/octet-stream"),
        (b"--cut\r\n\r\n1\r\n--cut--", "multipart/mixed; boundary=cut"),
    ],
)
def test_any_body_is_stored_and_read_alike(tmp_path, body, content_type):
    kept = Body.read(body, content_type)
    recording = Recording("GET", "/x", kept, 200, content_type, 5, kept)
    path = tmp_path / "001.json"
    path.write_text(recording.encode(), encoding="utf-8")
    assert Recording.read(path) == recording
    assert Recording.read(path).body.write(content_type) == body
    assert len(path.read_text().splitlines()) < 30


def test_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="no recordings"):
        replay(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2]",
        "[" * 5000,
        '{"request": null, "response": {}}',
        '{"request": {"method": "GET", "path": "/x"}, "response": {"status": "good"}}',
        '{"request": {"method": "GET", "path": 1},'
        ' "response": {"status": 200, "content_type": ""}}',
        '{"request": {"method": "GET", "path": "/"},'
        ' "response": {"status": 200, "content_type": "", "headers": []}}',
        '{"request": {"method": "GET", "path": "/", "base64": "?"},'
        ' "response": {"status": 200, "content_type": ""}}',
    ],
)
def test_a_file_that_is_not_a_recording_is_named_before_anything_is_served(tmp_path, text):
    (tmp_path / "notes.json").write_text(text)
    with pytest.raises(RecordingError, match=r"^notes\.json is not a recording: .*again\.$"):
        replay(tmp_path)


def test_neither_server_takes_itself_for_the_mock(recorder, tmp_path):
    client_of(recorder).models.list()
    with replay(tmp_path) as server:
        header = client_of(server).models.with_raw_response.list().headers["server"]
    assert header == "clarifai-replay"
