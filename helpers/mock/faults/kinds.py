"""Every kind of fault: what it does, which requests it can strike, and how."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from pydantic_core import from_json, to_json
from starlette.responses import Response
from starlette.types import Message

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


def _page(status: int, title: str) -> Act:
    """A page of HTML, as what stands before Clarifai sends it."""

    async def act(fault: Armed, exchange: Struck) -> None:
        html = f"<html><head><title>{status} {title}</title></head></html>"
        response = Response(html, status, media_type="text/html")
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
    return replace(reply, text=None, calls=(*calls[:-1], broken))


def _unknown_tool(prompt: Prompt, reply: Reply) -> Reply:
    offered = {tool.name for tool in prompt.tools}
    names = itertools.chain(["search_the_web"], (f"search_the_web_{n}" for n in itertools.count(2)))
    name = next(name for name in names if name not in offered)
    calls = (Call(name, "{}"), *reply.calls[1:])
    return replace(reply, text=None, calls=calls)


def _leaked_think(prompt: Prompt, reply: Reply) -> Reply:
    thought = reply.reasoning or "The user asks something. I answer it in a sentence or two."
    text = f"{thought}\n</think>\n\n{reply.text or ''}"
    return replace(reply, text=text, reasoning=None)


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
        return replace(reply, reasoning=" ".join([thought] * repeats))

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
        match self.strikes:
            case "any request":
                return True
            case "a model":
                return asked.model is not None
        if asked.path.removeprefix(OPENAI_PATH) not in _LIMIT_FIELDS:
            return False
        match self.strikes:
            case "a stream":
                return asked.params.get("stream") is True
            case "tools":
                return bool(asked.params.get("tools"))
        return True


_LIMIT = "exceeded limit of {limit} requests per second"
_NO_HEADER = "Empty or malformed authorization header. Please provide an API key or session token."
_NO_DEPLOYMENT = "requires a dedicated deployment but no deployed version was found."
_NOT_STREAMED = "Streaming is only supported for new type of models."
_BUSY = "Please retry after a short delay."
# assumed(error-with-200): what stands in a reply of 200 whose body is an error.
_FAILED_200 = errors.MODEL_PREDICTION_FAILED._replace(http=200)
KINDS: dict[str, Kind] = {
    "invalid_key": Kind(
        "401, code 11008: the key has the wrong form, or is not known",
        "any request",
        _refused(errors.KEY_INVALID, "Invalid format of key."),
    ),
    "missing_key": Kind(
        "401, code 11102: there is no authorization header",
        "any request",
        _refused(errors.INVALID_REQUEST, _NO_HEADER),
    ),
    "insufficient_scopes": Kind(
        "403, code 11007: the key may not do this",
        "any request",
        _refused(errors.INSUFFICIENT_SCOPES, "API key has insufficient permissions"),
    ),
    "rate_limit": Kind(
        "429, code 11005: too many requests a second",
        "any request",
        _refused(errors.THROTTLED, _LIMIT),
    ),
    "unknown_model": Kind(
        "404, code 21200: there is no such model",
        "a model",
        _refused(errors.MODEL_DOES_NOT_EXIST, "Model does not exist"),
    ),
    "busy": Kind(
        "429, code 21354: the model is busy, and took too long",
        "a model",
        _refused(errors.MODEL_BUSY, _BUSY),
    ),
    "deploying": Kind(
        "503, code 21351: the model is being deployed",
        "a model",
        _refused(errors.MODEL_DEPLOYING, _BUSY),
    ),
    "loading": Kind(
        "503, code 21355: the model is being loaded",
        "a model",
        _refused(errors.MODEL_LOADING, _BUSY),
    ),
    "not_deployed": Kind(
        "400, code 21353: nothing runs the model",
        "a model",
        _refused(errors.MODEL_NOT_DEPLOYED, _NO_DEPLOYMENT),
    ),
    "prediction_failed": Kind(
        "400, code 21313: what runs the model failed",
        "a model",
        _refused(errors.MODEL_PREDICTION_FAILED, "Connection error."),
    ),
    "legacy_streaming": Kind(
        "400, code 21202: the model is of an old kind that is not served here",
        "a model",
        _refused(errors.MODEL_INVALID_ARGUMENT, _NOT_STREAMED),
    ),
    "html_403": Kind(
        "403 with a page of HTML, from a firewall", "any request", _page(403, "Forbidden")
    ),
    "bad_gateway": Kind(
        "502 with a page of HTML: what stands before Clarifai could not reach it",
        "any request",
        _page(502, "Bad Gateway"),
    ),
    "quota": Kind(
        "429, code 11004: the month's requests are used up, and no wait of minutes helps",
        "any request",
        _refused(errors.MONTHLY_LIMIT, "exceeded monthly limit"),
    ),
    "ok_but_error": Kind(
        "200, but the body is an error, code 21313",
        "a model",
        _refused(_FAILED_200, "Connection error."),
    ),
    "drop_before": Kind(
        "the connection closes before anything is sent", "any request", _drop_before
    ),
    "drop_midstream": Kind(
        "the connection closes after some chunks of a stream", "a stream", _drop_midstream
    ),
    "error_chunk": Kind(
        "after some chunks of a stream comes an error, and nothing more", "a stream", _error_chunk
    ),
    "stall": Kind("after some chunks a stream pauses, and then goes on", "a stream", _stall),
    "slow_stream": Kind(
        "a stream comes at a model's pace: a long pause, and then one before every chunk",
        "a stream",
        _slow_stream,
    ),
    "slow_first_token": Kind("nothing comes for a while", "a text", _slow_first_token),
    "malformed_arguments": Kind(
        "a tool call whose arguments are not JSON", "tools", _bending(_malformed_arguments)
    ),
    "unknown_tool": Kind("a call of a tool that was not offered", "tools", _bending(_unknown_tool)),
    "reasoning_overrun": Kind(
        "reasoning uses up the tokens: finish reason length, and no content",
        "a text",
        _reasoning_overrun,
    ),
    "leaked_think": Kind(
        "the content begins with reasoning and a `</think>` that nothing opened",
        "a text",
        _bending(_leaked_think),
    ),
}
