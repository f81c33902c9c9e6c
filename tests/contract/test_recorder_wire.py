"""What goes over the wire passes through the recorder unchanged, and comes again from a replay."""

import gzip
import json
import threading
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.mock import OPENAI_PATH
from helpers.mock.record.body import Body
from helpers.mock.record.drift import observe
from helpers.mock.record.match import differences, key_of, known_by
from helpers.mock.record.probes import PROBES
from helpers.mock.record.record import record
from helpers.mock.record.recording import Recording, timed_events
from helpers.mock.record.replay import replay
from helpers.mock.record.scrub import Scrubber
from helpers.transcript.events import bodies
from tests.contract.upstream import QUESTION, SSE, delta, event, send, through
from tests.examples import QUICK

DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize(
    "chunks",
    [
        [delta("Ends with data: [DONE] on a line"), delta("."), DONE],
        [delta("a"), DONE, b": the end\n\n", delta("after the end")],
        [delta("a"), b"data:[DONE]"],
        [b"\xef\xbb\xbf" + delta("a").replace(b"\n", b"\r\n"), DONE],
        [bytes([each]) for each in delta("ü") + DONE],
        [b": hello\n\n", b"event: x\nid: 1\ndata: two\ndata: lines\n\n", b"data: null\n\n", DONE],
        [b'data: "hello"\n\n', b"data: 1e400\n\n", DONE],
        [b'data: {"a": "\\ud83d"}\n\n', b'data: {"a": "\\ude00"}\n\n', DONE],
    ],
)
def test_a_stream_passes_unchanged_and_comes_again(upstream, tmp_path, chunks):
    upstream.answer(*chunks, **SSE)
    got, recording = through(upstream, tmp_path)
    assert got == b"".join(chunks)
    assert not recording.incomplete
    with replay(tmp_path) as server:
        again = send(server)[2]
    assert list(bodies(again)) == list(bodies(got))
    assert again.endswith(got.splitlines(keepends=True)[-1])


@pytest.mark.parametrize("rest", [[delta("b")[:20]], [delta("b")[:20], b"\0"], [b"\0"], []])
def test_a_stream_that_did_not_end_is_noted_and_does_not_end_again(upstream, tmp_path, rest):
    upstream.answer(delta("a"), *rest, **SSE)
    with record(tmp_path, upstream.url) as server:
        if rest[-1:] == [b"\0"]:
            with pytest.raises(HTTPException):
                send(server)
        else:
            send(server)
    [path] = tmp_path.glob("*.json")
    recording = Recording.read(path)
    assert recording.incomplete
    assert '"incomplete": true' in path.read_text()
    assert recording.cut == (rest[-1:] == [b"\0"])
    with replay(tmp_path) as server:
        if recording.cut:
            with pytest.raises(HTTPException):
                send(server)
        else:
            assert send(server)[2] == delta("a").replace(b": ", b":").replace(
                b"data:", b"data: "
            ).replace(b", ", b",") + b"".join(rest)


FORM = (
    b'--cut\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nverysecret\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="file"\r\n\r\nRIFF\xff\xfe\r\n--cut--\r\n'
)


def test_a_binary_form_is_stored_without_its_secrets_and_known_by_any_boundary(upstream, tmp_path):
    upstream.answer(b'{"text":"hello"}')
    kind = "multipart/form-data; boundary="
    _, recording = through(upstream, tmp_path, FORM, content_type=kind + "cut")
    assert upstream.seen[0][1] == FORM
    assert b"RIFF\xff\xfe" in recording.request.value
    assert b"verysecret" not in recording.request.value
    with replay(tmp_path) as server:
        other = FORM.replace(b"cut", b"another").replace(b"verysecret", b"others")
        assert send(server, other, content_type=kind + "another")[2] == b'{"text":"hello"}'
        status, _, body = send(
            server, other.replace(b"RIFF", b"MP3"), content_type=kind + "another"
        )
    assert status == 404 and b"base64" in body


def test_what_is_compressed_is_passed_on_so_and_stored_so_that_it_can_be_read(upstream, tmp_path):
    packed = gzip.compress(json.dumps(QUESTION).encode())
    upstream.answer(gzip.compress(b'{"a":1}'), content_encoding="gzip")
    got, recording = through(upstream, tmp_path, packed, content_encoding="gzip")
    assert upstream.seen[0][1] == packed
    assert upstream.seen[0][0]["content-encoding"] == "gzip"
    assert gzip.decompress(got) == b'{"a":1}'
    assert (recording.request.value, recording.body.value) == (QUESTION, {"a": 1})
    with replay(tmp_path) as server:
        assert send(server)[2] == b'{"a":1}'


def test_a_compressed_stream_is_stored_as_its_events(upstream, tmp_path):
    upstream.answer(gzip.compress(delta("a") + DONE), content_encoding="gzip", **SSE)
    _, recording = through(upstream, tmp_path)
    assert len(recording.events or ()) == 2


def test_what_cannot_be_stored_disturbs_nobody(upstream, tmp_path, monkeypatch, caplog):
    upstream.answer(b'{"a":1}')
    monkeypatch.setattr(Recording, "encode", lambda self: 1 / 0)
    with record(tmp_path, upstream.url) as server:
        assert send(server)[2] == b'{"a":1}'
    assert "is not recorded: ZeroDivisionError" in caplog.text
    gone = tmp_path / "gone"
    with record(gone, upstream.url) as server:
        gone.rename(tmp_path / "elsewhere")
        assert send(server)[2] == b'{"a":1}'
    assert "nothing can be recorded" in caplog.text


def test_two_recorders_in_one_folder_keep_all(upstream, tmp_path):
    upstream.answer(b'{"a":1}')
    with record(tmp_path, upstream.url) as one, record(tmp_path, upstream.url) as other:
        threads = [
            threading.Thread(target=send, args=(server,)) for server in (one, other) for _ in "1234"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:3] for name in names] == [f"{number:03d}" for number in range(1, 9)]


def test_headers_that_steer_a_client_come_again(upstream, tmp_path):
    steering = {"retry_after": "2", "x_should_retry": "false", "x_ratelimit_remaining": "0"}
    upstream.answer(b'{"code":11005}', status=429, **steering, x_request_id="abc")
    through(upstream, tmp_path)
    with replay(tmp_path) as server:
        status, headers, _ = send(server)
    assert status == 429
    assert {name: headers.get(name.replace("_", "-")) for name in steering} == steering
    assert "x-request-id" not in headers


def test_a_redirection_within_the_upstream_stays_with_the_recorder(upstream, tmp_path):
    upstream.answer(b"", status=307, location=f"{upstream.url}/chat/completions/")
    upstream.answer(b"", status=307, location="https://elsewhere.invalid/v1")
    with record(tmp_path, upstream.url) as server:
        assert send(server)[1]["location"] == OPENAI_PATH + "/chat/completions/"
        assert "location" not in send(server)[1]
    with replay(tmp_path) as server:
        assert send(server)[1]["location"] == OPENAI_PATH + "/chat/completions/"


def test_a_path_is_passed_on_as_it_was_written(upstream, tmp_path):
    upstream.answer(b"{}")
    path = "/models/a%2Fb%20c?x=%C3%A9&y"
    with record(tmp_path, upstream.url) as server:
        send(server, path=path)
    assert upstream.paths == ["/v1" + path]
    with replay(tmp_path) as server:
        assert send(server, path=path)[0] == 200
        assert send(server, path="/models/a/b%20c?x=%C3%A9&y")[0] == 404


@pytest.mark.parametrize(
    ("content", "encoding"), [(b"\x01\xff", "of-tomorrow"), (b"Busy", "gzip"), (b"{}", "gzip")]
)
def test_what_cannot_be_unpacked_comes_again_as_it_is(upstream, tmp_path, content, encoding):
    upstream.answer(content, content_encoding=encoding)
    through(upstream, tmp_path)
    with replay(tmp_path) as server:
        _, headers, body = send(server)
    assert (headers["content-encoding"], body) == (encoding, content)


REPLIES = [b'"hello"', b"null", b'{"n":1e400}', b'{"n":12345678901234567890}', b"<html>", b"[0.5]"]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_body_comes_again_as_it_was(upstream, tmp_path, reply):
    upstream.answer(reply)
    got, _ = through(upstream, tmp_path)
    with replay(tmp_path) as server:
        assert send(server)[2] == got == reply


def test_an_id_of_an_error_stays(upstream, tmp_path):
    error = b'{"code":21200,"req_id":"%s"}' % (b"ab" * 16)
    upstream.answer(error, status=404)
    through(upstream, tmp_path)
    with replay(tmp_path) as server:
        assert send(server)[2] == error


def test_drift_reads_nested_lists(upstream):
    for reply in (b"[" * 3000 + b"]" * 3000, b"[" * 900 + b"]" * 900, b'{"choices": [null]}'):
        upstream.answers.clear()
        upstream.answer(reply)
        assert observe(upstream.url, "x", PROBES[1:2])
    upstream.answers.clear()
    upstream.answer(b'data: {"choices": [null, {"delta": {"tool_calls": [null, {}]}}]}\n\n', **SSE)
    assert observe(upstream.url, "x", PROBES[1:2])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4)
            | st.sampled_from(["messages", "input", "role", "content", "model"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@QUICK
@given(JSON, JSON, st.lists(JSON, max_size=3))
def test_any_json_is_stored_read_and_known_again(body, reply, events):
    sent, answer = (Body.read(json.dumps(each).encode()) for each in (body, reply))
    stream, _ = timed_events([(n, event(each)) for n, each in enumerate(events)])
    scrub = Scrubber()
    for streamed in (None, stream):
        taken = Recording("POST", "/x?key=1", sent, 200, "", 1, answer, events=streamed)
        with TemporaryDirectory() as folder:
            path = Path(folder, "001.json")
            path.write_text(scrub.recording(taken).encode(), encoding="utf-8")
            stored = Recording.read(path)
        for exact in (True, False):
            before = known_by("POST", "/x", scrub.body(sent), exact=exact)
            after = known_by("POST", "/x", stored.request, exact=exact)
            assert key_of(before) == key_of(after)
            assert differences(before, after) == []
