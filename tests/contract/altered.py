"""The mock, altered, to be compared with the mock as it is."""

import json
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.mock.application import Application
from helpers.mock.record.probes import PROBES

BY_NAME = {probe.name: probe for probe in PROBES}


class Altered:
    """The mock, with each reply changed before it is sent: its status, its media type, its body."""

    def __init__(self) -> None:
        self.app: ASGIApp = Application()
        self.alter: Callable[[int, str, bytes], tuple[int, str, bytes]] = lambda *same: same

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message["body"] for message in sent[1:])
        content_type = dict(sent[0]["headers"])[b"content-type"].decode()
        status, content_type, body = self.alter(sent[0]["status"], content_type, body)
        headers = [(b"content-type", content_type.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def body(change: Callable[[Any], Any]) -> Any:
    """Change the JSON of a whole reply, in place or by returning another."""

    def alter(status: int, content_type: str, content: bytes) -> tuple[int, str, bytes]:
        value = json.loads(content)
        changed = change(value)
        return status, content_type, json.dumps(value if changed is None else changed).encode()

    return alter


def message(value: Any) -> Any:
    return value["choices"][0]["message"]


def set_in(value: Any, name: str, new: Any) -> Any:
    """An assignment, for lambdas."""
    value[name] = new
