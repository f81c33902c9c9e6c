"""Every kind of fault: what it does, what it can strike, and how. `kinds.toml` lists them."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from pydantic_core import from_json, to_json
from starlette.responses import Response
from starlette.types import Message

from helpers.beside import table
from helpers.mock import OPENAI_PATH, errors, tokens
from helpers.mock.apis.context import Bend
from helpers.mock.errors import ApiError, Status
from helpers.mock.faults.fault import MAX_SECONDS, Act, Armed, Over, Struck, Target
from helpers.mock.simulated.model import Call, Prompt, Reply

# --- the whole reply is another ---


def _refused(status: Status, details: str) -> Act:
    async def act(fault: Armed, exchange: Struck) -> None:
        text = details.format(limit=fault.per_second or 15)
        for message in exchange.refusal(ApiError(status, text)):
            await exchange.send(message)

    return act


def _page(title: str) -> Act:
    """A page of HTML, as what stands before Clarifai sends it; its title begins with its status."""

    async def act(fault: Armed, exchange: Struck) -> None:
        html = f"<html><head><title>{title}</title></head></html>"
        response = Response(html, int(title.split()[0]), media_type="text/html")
        await response(exchange.scope, exchange.replayed(), exchange.send)

    return act


async def _drop_before(fault: Armed, exchange: Struck) -> None:
    await exchange.hang_up()


# --- a stream is cut or held up ---


async def _at_chunk(
    after: int, exchange: Struck, act: Callable[[], Awaitable[None]], only_streams: bool = True
) -> None:
    """Answer, and `act` once when `after` chunks have gone, or at the end if there are fewer."""
    chunks, waits = 0, True

    async def send(message: Message) -> None:
        nonlocal chunks, waits
        if message["type"] == "http.response.start" and only_streams:
            waits = any(b"text/event-stream" in value for _, value in message["headers"])
        elif message["type"] == "http.response.body":
            if waits and (chunks >= after or not message.get("more_body")):
                waits = False
                await act()
            chunks += 1
        await exchange.send(message)

    with suppress(Over):
        await exchange.answer(send)


async def _drop_midstream(fault: Armed, exchange: Struck) -> None:
    async def drop() -> None:
        await exchange.hang_up()
        raise Over

    await _at_chunk(fault.after, exchange, drop)


async def _error_chunk(fault: Armed, exchange: Struck) -> None:
    async def send_error() -> None:
        error = ApiError(errors.MODEL_PREDICTION_FAILED, "Connection error.")
        body: bytes = exchange.refusal(error)[-1]["body"]
        # assumed(error-in-a-stream): the error is an event like any other, and the stream ends as
        # it always does.
        events = b"data: " + body + b"\n\ndata: [DONE]\n\n"
        await exchange.send({"type": "http.response.body", "body": events})
        raise Over

    await _at_chunk(fault.after, exchange, send_error)


async def _stall(fault: Armed, exchange: Struck) -> None:
    await _at_chunk(fault.after, exchange, lambda: exchange.pause(fault.seconds))


async def _slow_stream(fault: Armed, exchange: Struck) -> None:
    # A model reads all of the prompt before its first token, and then writes one after the other.
    seconds = fault.seconds * _READING

    async def send(message: Message) -> None:
        nonlocal seconds
        if message["type"] == "http.response.body":
            await exchange.pause(min(seconds, MAX_SECONDS))
            seconds = fault.seconds
        await exchange.send(message)

    with suppress(Over):
        await exchange.answer(send)


_READING = 20
"""How many pauses a slow stream makes before its first chunk."""


async def _slow_first_token(fault: Armed, exchange: Struck) -> None:
    await _at_chunk(0, exchange, lambda: exchange.pause(fault.seconds), only_streams=False)


# --- the model says something else ---


def _bending(how: Bend) -> Act:
    return lambda fault, exchange: exchange.answer(bends=(how,))


def _malformed_arguments(prompt: Prompt, reply: Reply) -> Reply:
    calls = reply.calls or (Call(prompt.tools[0].name, "{}"),)
    broken = replace(calls[-1], arguments=calls[-1].arguments.rstrip().removesuffix("}") + ', "')
    return reply._replace(text=None, calls=(*calls[:-1], broken))


def _unknown_tool(prompt: Prompt, reply: Reply) -> Reply:
    offered = {tool.name for tool in prompt.tools}
    names = itertools.chain(["search_the_web"], (f"search_the_web_{n}" for n in itertools.count(2)))
    name = next(name for name in names if name not in offered)
    calls = (Call(name, "{}"), *reply.calls[1:])
    return reply._replace(text=None, calls=calls)


def _leaked_think(prompt: Prompt, reply: Reply) -> Reply:
    thought = reply.reasoning or "The user asks something. I answer it in a sentence or two."
    text = f"{thought}\n</think>\n\n{reply.text or ''}"
    return reply._replace(text=text, reasoning=None)


_LIMIT_FIELDS = {
    "/chat/completions": ("max_completion_tokens", "max_tokens"),
    "/responses": ("max_output_tokens",),
}


async def _reasoning_overrun(fault: Armed, exchange: Struck) -> None:
    """Reason until the request's limit is reached; one is set where there is none."""
    params = from_json(exchange.body)
    fields = _LIMIT_FIELDS[exchange.scope["path"].removeprefix(OPENAI_PATH)]
    given = next((params[name] for name in fields if isinstance(params.get(name), int)), 256)
    limit = min(given, 4096)

    def overrun(prompt: Prompt, reply: Reply) -> Reply:
        thought = reply.reasoning or "Wait, let me look at this again from the beginning."
        repeats = max(limit, 1) // tokens.count(thought) + 2
        return reply._replace(reasoning=" ".join([thought] * repeats))

    body = to_json(params | dict.fromkeys(fields, limit))
    await exchange.answer(body=body, bends=(overrun,))


# --- the table ---

Fits = Literal["any request", "a model", "a text", "a stream", "tools"]


@dataclass(frozen=True)
class Kind:
    """One kind of fault: what it does, which requests it can strike, and how."""

    what: str
    strikes: Fits
    act: Act

    def fits(self, asked: Target) -> bool:
        """Whether it makes sense for this request; a stream cannot stall where there is none."""
        speaks = asked.path.removeprefix(OPENAI_PATH) in _LIMIT_FIELDS
        return {
            "any request": True,
            "a model": asked.model is not None,
            "a text": speaks,
            "a stream": speaks and asked.params.get("stream") is True,
            "tools": speaks and bool(asked.params.get("tools")),
        }[self.strikes]


def _kinds() -> Iterator[tuple[str, Kind]]:
    for name, kind in table(__file__, "kinds.toml").items():
        if "error" in kind:
            act = _refused(getattr(errors, kind["error"]), kind["text"])
        elif "page" in kind:
            act = _page(kind["page"])
        else:
            act = _ACTS[name] if name in _ACTS else _bending(_BENDS[name])
        yield name, Kind(kind["what"], kind["strikes"], act)


_ACTS = {
    "drop_before": _drop_before,
    "drop_midstream": _drop_midstream,
    "error_chunk": _error_chunk,
    "stall": _stall,
    "slow_stream": _slow_stream,
    "slow_first_token": _slow_first_token,
    "reasoning_overrun": _reasoning_overrun,
}
_BENDS = {
    "malformed_arguments": _malformed_arguments,
    "unknown_tool": _unknown_tool,
    "leaked_think": _leaked_think,
}
KINDS: dict[str, Kind] = dict(_kinds())
