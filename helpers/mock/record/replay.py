"""Serve recordings: the same request gets what was answered when it was recorded.

A request is known by its method, its path and its body. In a conversation, the results of tools may
differ from those recorded, and so may all ids; a model is the same in both forms of its reference.
When a request was recorded several times, its recordings are served in turn, from the first again
after the last.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from helpers.mock import OPENAI_PATH
from helpers.mock.errors import DOES_NOT_EXIST, ApiError
from helpers.mock.record.record import Cut, Recording, RecordingError, compact, from_body, refusal
from helpers.mock.record.scrub import Scrubber, without_ids
from helpers.mock.requests import Json
from helpers.mock.server import MockServer
from helpers.models import ModelReferenceError, parse_model

REPLAY = "clarifai-replay"
"""What a replay says in `server:`; not the mock's name, since its replies are not simulated."""

_LONGEST_PAUSE_MS = 60_000
_SHOWN_DIFFERENCES = 8


def replay(folder: Path, port: int = 0, *, paced: bool = False) -> MockServer:
    """Serve the recordings in `folder` on loopback; `paced`, as slowly as they were recorded.

    Raises RecordingError if there are none, or a file in it is none.
    """
    return MockServer(port=port, app=Replayer(folder, paced=paced), name=REPLAY)


@dataclass(frozen=True)
class _Known:
    """A recording, and what its request is known by."""

    name: str
    recording: Recording
    asked: Json


class Replayer:
    """An ASGI application that answers from a folder of recordings."""

    def __init__(self, folder: Path, *, paced: bool = False) -> None:
        self._paced = paced
        self._known: dict[str, list[_Known]] = {}
        self._served: Counter[str] = Counter()
        for path in sorted(folder.glob("*.json")):
            recording = Recording.read(path)
            asked = known_by(recording.method, recording.path, recording.request)
            known = _Known(path.name, recording, asked)
            self._known.setdefault(_key(asked), []).append(known)
        if not self._known:
            raise RecordingError(f"There are no recordings in {folder}.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        scrub = Scrubber()
        scrub.learn(request.headers.items())
        path = request.url.path.removeprefix(OPENAI_PATH)
        if request.url.query:
            path += "?" + request.url.query
        asked = known_by(request.method, path, scrub.value(from_body(await request.body())))
        key = _key(asked)
        if key not in self._known:
            await refusal(self._miss(asked))(scope, receive, send)
            return
        turn = self._served[key] % len(self._known[key])
        self._served[key] += 1
        await self._serve(self._known[key][turn].recording, send)

    async def _serve(self, recording: Recording, send: Send) -> None:
        events = recording.events
        headers = [(b"content-type", recording.content_type.encode("latin-1", "replace"))]
        if events is None:
            content = _content(recording.body)
            headers.append((b"content-length", str(len(content)).encode()))
            await self._pause(recording.ms)
        await send({"type": "http.response.start", "status": recording.status, "headers": headers})
        if events is None:
            await send({"type": "http.response.body", "body": content})
            return
        for event in events:
            await self._pause(event.ms)
            message = {"type": "http.response.body", "body": event.encode(), "more_body": True}
            await send(message)
        if recording.cut:
            raise Cut
        await send({"type": "http.response.body", "body": b""})

    async def _pause(self, ms: int) -> None:
        await asyncio.sleep(min(ms, _LONGEST_PAUSE_MS) / 1000 if self._paced else 0)

    def _miss(self, asked: Json) -> ApiError:
        """The error for a request that was not recorded: what comes nearest, and how it differs."""
        what = f"{asked['method']} {asked['path']}"
        every = [known for each in self._known.values() for known in each]
        like = [known for known in every if known.asked["path"] == asked["path"]]
        if not like:
            paths = sorted({f"{each.asked['method']} {each.asked['path']}" for each in every})
            return ApiError(
                DOES_NOT_EXIST, f"{what} was not recorded. Recorded are: {', '.join(paths)}"
            )
        flat = dict(_leaves(asked))
        nearest, differences = min(
            ((each, list(_differences(dict(_leaves(each.asked)), flat))) for each in like),
            key=lambda pair: len(pair[1]),
        )
        shown = "; ".join(differences[:_SHOWN_DIFFERENCES])
        more = len(differences) - _SHOWN_DIFFERENCES
        rest = f"; and {more} more" if more > 0 else ""
        return ApiError(
            DOES_NOT_EXIST,
            f"No recording fits this {what}. The nearest is {nearest.name}, which differs in"
            f" {shown}{rest}",
        )


def _content(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if body is None:
        return b""
    return (body if isinstance(body, str) else compact(body)).encode()


# --- what a request is known by ---


def known_by(method: str, path: str, body: Any) -> Json:
    """What of a request has to be the same for a recording to answer it."""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if value is not None}
        if isinstance(body.get("model"), str):
            body["model"] = _model(body["model"])
        for name, read in (("messages", _message), ("input", _item)):
            if isinstance(body.get(name), list):
                body[name] = _conversation(body[name], read)
    return {"method": method, "path": path, "body": body}


def _key(asked: Json) -> str:
    return without_ids(json.dumps(asked, sort_keys=True))


def _model(name: str) -> str:
    try:
        return parse_model(name).name
    except ModelReferenceError:
        return name


class _CallIds(dict[str, str]):
    """Tool-call ids, numbered in the order in which they are first seen."""

    def __missing__(self, call_id: str) -> str:
        self[call_id] = f"call {len(self) + 1}"
        return self[call_id]


def _conversation(messages: list[Any], read: Any) -> list[Any]:
    ids = _CallIds()
    said = [read(each, ids) if isinstance(each, dict) else each for each in messages]
    # Tools that run at the same time end in any order.
    ordered: list[Any] = []
    for are_results, group in groupby(said, key=lambda each: _RESULT in each):
        run = list(group)
        ordered += sorted(run, key=lambda each: each[_RESULT]) if are_results else run
    return ordered


_RESULT = "result of"


def _message(message: Json, ids: _CallIds) -> Json:
    """A message of chat completions."""
    if message.get("role") == "tool":
        return {_RESULT: ids[str(message.get("tool_call_id"))]}
    if message.get("role") != "assistant":
        return message
    # A client sends back what it received: with the fields that were empty, or without them.
    message = {name: value for name, value in message.items() if value}
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        message["tool_calls"] = [
            {**{k: v for k, v in call.items() if k != "index"}, "id": ids[str(call.get("id"))]}
            for call in calls
            if isinstance(call, dict)
        ]
    return message


def _item(item: Json, ids: _CallIds) -> Json:
    """An item of the input of responses."""
    if item.get("type") == "function_call_output":
        return {_RESULT: ids[str(item.get("call_id"))]}
    if item.get("role") in ("user", "system", "developer"):
        return item
    item = {name: value for name, value in item.items() if value and name not in ("id", "status")}
    return item | {"call_id": ids[str(item["call_id"])]} if "call_id" in item else item


# --- how two requests differ ---


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in pairs:
            yield from _leaves(each, f"{path}.{name}" if path else str(name))
    else:
        yield path.removeprefix("body."), value


def _differences(recorded: Json, sent: Json) -> Iterator[str]:
    for path in recorded | sent:
        if path not in sent or path not in recorded or recorded[path] != sent[path]:
            before, after = _shown(recorded, path), _shown(sent, path)
            yield f"{path} (recorded {before}, sent {after})"


def _shown(leaves: Json, path: str) -> str:
    if path not in leaves:
        return "nothing"
    text = json.dumps(leaves[path], ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
