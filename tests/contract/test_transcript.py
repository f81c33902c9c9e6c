"""What was sent and received is there to read, whole or streamed, from either client, keyless."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openai import APIConnectionError, AsyncOpenAI, NotFoundError, OpenAI

from helpers import use_endpoint
from helpers.faults import fault
from helpers.mock import MOCK_PAT
from helpers.mock.client import httpx
from helpers.transcript import Transcript, transcript
from helpers.transcript import capture as module
from tests.shells import shell

MODEL = "openai/chat-completion/models/gpt-4o"
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> OpenAI:
    monkeypatch.setattr(module, "_transcript", Transcript())
    use_endpoint("mock")
    return OpenAI(
        base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"], max_retries=0
    )


def ask(client: OpenAI, text: str = "Who are you?", **options: object) -> object:
    messages = [{"role": "user", "content": text}]
    return client.chat.completions.create(messages=messages, **{"model": MODEL} | options)  # type: ignore[call-overload]


def test_an_exchange_has_what_was_sent_and_what_came_back(client: OpenAI) -> None:
    reply = ask(client, temperature=0.5)
    (exchange,) = transcript().exchanges
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/chat/completions", 200)
    assert exchange.request["temperature"] == 0.5
    assert exchange.response["id"] == reply.id  # type: ignore[attr-defined]
    assert transcript().requests == 1
    assert transcript().tokens == reply.usage.total_tokens > 0  # type: ignore[attr-defined]


def test_a_stream_is_all_its_events_also_when_it_is_left_early(client: OpenAI) -> None:
    whole = list(ask(client, stream=True))  # type: ignore[call-overload]
    with ask(client, "Count to 50", stream=True) as stream:  # type: ignore[attr-defined]
        next(iter(stream))
    first, second = transcript().exchanges
    assert [event["id"] for event in first.response] == [chunk.id for chunk in whole]
    assert first.usage == whole[-1].usage.model_dump(exclude_unset=True)
    assert second.stream
    assert second.response[0]["choices"][0]["delta"]["role"] == "assistant"


def test_the_asynchronous_client_is_captured_too(client: OpenAI) -> None:
    async def both() -> None:
        async with AsyncOpenAI(base_url=client.base_url, api_key=MOCK_PAT) as other:
            messages = [{"role": "user", "content": "Hello"}]
            await other.chat.completions.create(model=MODEL, messages=messages)  # type: ignore[arg-type]
            stream = await other.chat.completions.create(
                model=MODEL,
                messages=messages,  # type: ignore[arg-type]
                stream=True,
            )
            assert [chunk async for chunk in stream]

    asyncio.run(both())
    assert [exchange.stream for exchange in transcript().exchanges] == [False, True]
    assert all(exchange.usage for exchange in transcript().exchanges)


def test_an_error_is_an_exchange(client: OpenAI) -> None:
    with pytest.raises(NotFoundError):
        client.chat.completions.create(model="a/b/models/c", messages=[])
    (exchange,) = transcript().exchanges
    assert (exchange.status, exchange.response["code"]) == (404, 21200)


def test_a_request_that_nobody_answers_is_an_exchange(client: OpenAI) -> None:
    async def asked() -> None:
        async with AsyncOpenAI(base_url=client.base_url, api_key=MOCK_PAT, max_retries=0) as other:
            await other.models.list()

    with fault("drop_before", times=2):
        with pytest.raises(APIConnectionError):
            client.models.list()
        with pytest.raises(APIConnectionError):
            asyncio.run(asked())
    seen = [(each.error, each.status) for each in transcript().exchanges]
    assert seen == [("RemoteProtocolError", None)] * 2


def test_an_upload_and_a_request_in_pieces_are_sent_and_noted(client: OpenAI) -> None:
    with pytest.raises(NotFoundError):
        client.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF"))
    pieces = iter([b'{"model": "', b'x"}'])
    with httpx.Client(trust_env=False) as plain:
        url = f"{client.base_url}chat/completions"
        plain.post(url, content=pieces, headers={"authorization": f"Bearer {MOCK_PAT}"})

    async def upload() -> None:
        async with AsyncOpenAI(base_url=client.base_url, api_key=MOCK_PAT) as other:
            with pytest.raises(NotFoundError):
                await other.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF"))

    asyncio.run(upload())
    seen = [(each.path, each.request, (each.status or 0) >= 400) for each in transcript().exchanges]
    assert seen == [
        ("/audio/transcriptions", None, True),
        ("/chat/completions", None, True),
        ("/audio/transcriptions", None, True),
    ]


def test_nothing_that_goes_wrong_in_watching_reaches_the_caller(
    client: OpenAI, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLARIFAI_TRANSCRIPT", str(tmp_path / "missing" / "file"))
    assert ask(client)
    for name in ("current_cell", "_json", "_is_below", "bodies"):
        with monkeypatch.context() as broken:
            broken.setattr(module, name, lambda *given: 1 / 0)
            assert ask(client)
            assert list(ask(client, stream=True))  # type: ignore[call-overload]


def test_an_error_says_in_its_traceback_what_the_server_says(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as caught:
        ask(client, model="a/b/models/c")
    [note] = caught.value.__notes__
    assert note.startswith("21200: Model does not exist: ")
    other = OpenAI(
        base_url=str(client.base_url).replace("127.0.0.1", "localhost"), api_key="0" * 32
    )
    with pytest.raises(NotFoundError) as elsewhere:
        ask(other, model="a/b/models/c")
    assert not hasattr(elsewhere.value, "__notes__"), "it is not the endpoint that was chosen"


def test_a_stream_that_breaks_off_is_noted_as_such(client: OpenAI) -> None:
    with fault("drop_midstream", after=2), pytest.raises(APIConnectionError):
        list(ask(client, stream=True))  # type: ignore[call-overload]
    (exchange,) = transcript().exchanges
    assert exchange.error and exchange.response


def test_a_path_is_told_from_the_base_url_on_or_else_from_the_server(client: OpenAI) -> None:
    with httpx.Client(trust_env=False) as plain:
        plain.get(f"{os.environ['CLARIFAI_API_BASE']}/v2/models?per_page=1")
        plain.get(f"{os.environ['CLARIFAI_BASE_URL']}/models?pat=hunter2")
        plain.get(f"{os.environ['CLARIFAI_BASE_URL']}x")
    paths = [each.path for each in transcript().exchanges]
    assert paths[0] == "/v2/models"
    assert paths[1].startswith("/models?pat=") and "hunter2" not in paths[1]
    assert paths[2].endswith("/v1x"), "which is not below the base URL"


def test_an_exchange_that_fails_is_a_line_of_the_file_once(
    client: OpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "transcript.jsonl"
    monkeypatch.setenv("CLARIFAI_TRANSCRIPT", str(file))
    with fault("drop_before"), pytest.raises(APIConnectionError):
        ask(client)
    with fault("drop_midstream", after=2), pytest.raises(APIConnectionError):
        list(ask(client, stream=True))  # type: ignore[call-overload]
    kept = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(each["error"], each["status"]) for each in kept] == [
        ("RemoteProtocolError", None),
        ("RemoteProtocolError", 200),
    ]
    assert [len(each["response"] or ()) > 0 for each in kept] == [False, True]
    assert all(each["seconds"] > 0 for each in kept)


def test_a_call_to_another_server_is_not_captured(client: OpenAI) -> None:
    with pytest.raises(Exception, match="Connection"):
        ask(OpenAI(base_url="http://127.0.0.1:9/v1", api_key="x", max_retries=0))
    assert transcript().requests == 0


def test_a_file_gets_a_line_for_each_exchange_and_no_key(
    client: OpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "transcript.jsonl"
    monkeypatch.setenv("CLARIFAI_TRANSCRIPT", str(file))
    ask(client, f"Repeat my key: {MOCK_PAT}, \u2028 and half of an emoji: \x85")
    list(ask(client, stream=True))  # type: ignore[call-overload]
    text = file.read_text(encoding="utf-8")
    assert MOCK_PAT not in text
    assert [json.loads(line)["path"] for line in text.split("\n") if line] == (
        ["/chat/completions"] * 2
    )
    assert Transcript.read(file) == transcript()
    file.write_text(text + text[:20], encoding="utf-8")
    assert Transcript.read(file) == transcript(), "what was killed in the middle of a line"


def test_it_reads_as_a_conversation_and_draws_as_a_diagram(client: OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "What is the weather in Oslo?"}]
    for _ in range(2):
        reply = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL])
        message = reply.choices[0].message
        messages.append(message)
        for call in message.tool_calls or ():
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "7 °C"})
    text, diagram = str(transcript()), transcript().to_mermaid()
    assert "7 °C" in text and "7 °C" in diagram
    for part in ("user: What is the weather in Oslo?", 'get_weather({"city"'):
        assert text.count(part) == 1, f"{part!r} is said once and shown once"
        assert part.removeprefix("user: ") in diagram
    assert [line.strip().partition(": ")[0] for line in diagram.splitlines()] == [
        "sequenceDiagram",
        "accTitle",
        "participant M as Model",
        "participant P as Your program",
        "participant F1 as get_weather",
        *("P->>M", "M-->>P", "P->>F1", "F1-->>P", "P->>M", "M-->>P"),
    ]


SEE = """
import os
from helpers import use_endpoint
from helpers.faults import fault
use_endpoint("mock")
import sys
imported = "httpx" in sys.modules
import httpx
url = os.environ["CLARIFAI_API_BASE"] + "/v2/users/clarifai/apps/main/models/MODEL/outputs"
image = {"url": "https://samples.clarifai.com/metro-north.jpg"}
httpx.post(
    url.replace("MODEL", "general-image-recognition"),
    headers={"Authorization": "Key " + os.environ["CLARIFAI_PAT"]},
    json={"inputs": [{"data": {"image": image}}]},
    trust_env=False,
)
from helpers.transcript import transcript
print(imported)
print(transcript())
print(transcript().to_mermaid())
"""


def test_a_native_call_is_captured_also_by_a_library_that_is_imported_later() -> None:
    done = subprocess.run([sys.executable, "-c", SEE], capture_output=True, text=True)
    assert done.stderr == ""
    _, imported, sent, seen, *diagram = done.stdout.splitlines()
    assert imported == "False"
    path = "/v2/users/clarifai/apps/main/models/general-image-recognition/outputs"
    assert sent == f"1. POST {path} → 200"
    assert seen.strip().startswith("← concepts: train, railway")
    assert [line.strip()[:40] for line in diagram] == [
        "sequenceDiagram",
        "accTitle: Who sent what to whom, in orde",
        "participant P as Your program",
        "participant C as Clarifai",
        "P->>C: general-image-recognition",
        "C-->>P: concepts: train, railway,<br/>su",
    ]


def test_a_long_text_is_cut_where_it_is_shown_and_whole_where_it_is_kept(client: OpenAI) -> None:
    ask(client, "word " * 100)
    assert "word " * 99 in transcript().exchanges[0].request["messages"][0]["content"]
    assert max(len(line) for line in str(transcript()).splitlines()) < 120


def test_an_exchange_says_which_cell_of_a_notebook_sent_it(client: OpenAI) -> None:
    with shell(ask=ask, client=client) as made:
        for source in ("ask(client)", "1 + 1", "_ = ask(client), ask(client)"):
            made.run_cell(source, store_history=True, silent=False).raise_error()
    ask(client)
    assert [exchange.cell for exchange in transcript().exchanges] == [1, 3, 3, None]
    assert transcript().of_cell(3).requests == 2
