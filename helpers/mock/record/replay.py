"""Serve recordings: the same request gets what was answered when it was recorded.

A request is known by its method, its path and its body (`match.py`). Where none is recorded just
so, secrets may differ; then the results of tools in a conversation, and the ids of responses. A
model is the same in both forms of its reference. When a request was recorded several times, its
recordings are served in turn, from the first again after the last.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from helpers.mock.errors import DOES_NOT_EXIST, ApiError
from helpers.mock.record.body import Body
from helpers.mock.record.match import differences, key_of, known_by, mark_of
from helpers.mock.record.record import Cut, path_below, refusal
from helpers.mock.record.recording import Recording, RecordingError, salt_of
from helpers.mock.record.scrub import HOST, Scrubber
from helpers.mock.requests import Json
from helpers.mock.server import MockServer

REPLAY = "clarifai-replay"
"""What a replay says in `server:`; not the mock's name, since its replies are not simulated."""

_ANY_HOST = r"([\w.:-]{1,253})"
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
        self._salt = salt_of(folder)
        for path in sorted(folder.glob("*.json"), key=_in_order):
            recording = Recording.read(path)
            asked = _asked(recording.method, recording.path, recording.request, recording.mark)
            known = _Known(path.name, recording, asked[-1])
            for key in set(map(key_of, asked)):
                self._known.setdefault(key, []).append(known)
        if not self._known:
            raise RecordingError(f"There are no recordings in {folder}; make some with --record.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = path_below(scope) or request.url.path
        body = Body.of_request(await request.body(), request.headers)
        asked, key = self._find(request, path, body)
        if key is None and (hosts := self._hidden_hosts(asked)):
            asked, key = self._find(request, path, body, hosts)
        if key is None:
            await refusal(self._miss(asked[-1]))(scope, receive, send)
            return
        turn = self._served[key] % len(self._known[key])
        self._served[key] += 1
        await self._serve(self._known[key][turn].recording, send)

    def _find(
        self, request: Request, path: str, body: Body, hosts: Iterable[str] = ()
    ) -> tuple[list[Json], str | None]:
        """What a request is known by when `hosts` are hidden, and the first that is recorded."""
        scrub = Scrubber(hosts)
        scrub.learn(request.headers.items())
        stored, path_stored = scrub.body(body), scrub.path(path)
        mark = mark_of([path, body.value], [path_stored, stored.value], self._salt)
        asked = _asked(request.method, path_stored, stored, mark)
        return asked, next((key for key in map(key_of, asked) if key in self._known), None)

    def _hidden_hosts(self, asked: list[Json]) -> set[str]:
        """What stands where a host was hidden: the upstream's, which only its recorder knew."""
        hidden = [
            re.escape(key).replace(re.escape(HOST), _ANY_HOST) for key in self._known if HOST in key
        ]
        found = (re.fullmatch(key, text) for key in hidden for text in map(key_of, asked))
        return {host for match in found if match for host in match.groups()} - {HOST}

    async def _serve(self, recording: Recording, send: Send) -> None:
        events = recording.events
        named = recording.headers | {"content-type": recording.content_type}
        headers = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in named.items()
            if value
        ]
        if events is None:
            content = recording.body.write(recording.content_type)
            if not recording.cut:
                headers.append((b"content-length", str(len(content)).encode()))
            await self._pause(recording.ms)
        await send({"type": "http.response.start", "status": recording.status, "headers": headers})
        if events is None:
            await send({"type": "http.response.body", "body": content, "more_body": True})
        for event in events or ():
            await self._pause(event.ms)
            message = {"type": "http.response.body", "body": event.encode(), "more_body": True}
            await send(message)
        await send(
            {"type": "http.response.body", "body": recording.rest.encode(), "more_body": True}
        )
        if recording.cut:
            raise Cut
        await send({"type": "http.response.body", "body": b""})

    async def _pause(self, ms: int) -> None:
        await asyncio.sleep(min(ms, _LONGEST_PAUSE_MS) / 1000 if self._paced else 0)

    def _miss(self, asked: Json) -> ApiError:
        """The error for a request that was not recorded: what comes nearest, and how it differs."""
        what = f"{asked['method']} {asked['path']}"
        every = [known for recordings in self._known.values() for known in recordings]
        like = [known for known in every if known.asked["path"] == asked["path"]]
        if not like:
            paths = sorted(
                {f"{recording.asked['method']} {recording.asked['path']}" for recording in every}
            )
            return ApiError(
                DOES_NOT_EXIST, f"{what} was not recorded. Recorded are: {', '.join(paths)}"
            )
        nearest, differing = min(
            ((recording, differences(recording.asked, asked)) for recording in like),
            key=lambda pair: len(pair[1]),
        )
        shown = "; ".join(differing[:_SHOWN_DIFFERENCES])
        more = len(differing) - _SHOWN_DIFFERENCES
        rest = f"; and {more} more" if more > 0 else ""
        return ApiError(
            DOES_NOT_EXIST,
            f"No recording fits this {what}. The nearest is {nearest.name}, which differs in"
            f" {shown}{rest}",
        )


def _asked(method: str, path: str, stored: Body, mark: str) -> list[Json]:
    """What a request is known by: most exactly first."""
    exact, loose = (known_by(method, path, stored, exact=exact) for exact in (True, False))
    return [exact | {"mark": mark}, exact, loose]


def _in_order(path: Path) -> tuple[int, str]:
    """Files as they were recorded: 1000 comes after 999."""
    number = re.match(r"\d+", path.name)
    return int(number[0]) if number else 0, path.name
