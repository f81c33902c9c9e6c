"""Models that run the loop themselves: they call the tools of the servers that a request names.

It goes as in Clarifai's `AgenticModelClass`: tools that the request offers itself come first, and
then the servers are not asked; whole replies show the last turn alone, streams of chat completions
every turn. assumed(agentic-turns): a limit of turns, which that class does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from helpers.mock.apis.context import Context
from helpers.mock.catalogue import Model
from helpers.mock.errors import MODEL_PREDICTION_FAILED, ApiError
from helpers.mock.requests import InvalidRequest, Json, without_nulls
from helpers.transcript.read import joined_message

if TYPE_CHECKING:
    from helpers.mock.apis.table import StreamingApi
    from helpers.mock.mcp.connect import Connected

FIELD = "mcp_servers"
_MOST_TURNS = 25
_SENT_ON = ("model", "messages", "temperature", "top_p", "reasoning_effort")


class Agentic:
    """An API whose agentic models have servers to call; other models are left to the API alone."""

    def __init__(self, api: StreamingApi, turns: type[Chat] | type[Responses]) -> None:
        self._api = api
        self._turns = turns
        self.LAST_FRAME = api.LAST_FRAME
        self.frame = api.frame

    def create(self, model: Model, params: Json, context: Context) -> bytes:
        """As the API's own."""
        turns, params = self._read(model, params, context, stream=False)
        reply = self._api.create(model, params, context)
        for _ in range(_MOST_TURNS):
            if turns is None or not turns.go_on(from_json(reply)):
                return reply
            reply = self._api.create(model, turns.params, context)
        raise InvalidRequest(FIELD, f"After {_MOST_TURNS} turns the model still asks for tools")

    def stream(self, model: Model, params: Json, context: Context) -> Iterator[bytes]:
        """As the API's own; a bad request raises at once."""
        turns, params = self._read(model, params, context, stream=True)
        events = self._api.stream(model, params, context)
        return events if turns is None else self._streamed(model, turns, events, context)

    def _streamed(
        self, model: Model, turns: Chat | Responses, events: Iterator[bytes], context: Context
    ) -> Iterator[bytes]:
        for _ in range(_MOST_TURNS):
            told = list(events)
            yield from turns.shown(told)
            if not turns.go_on(turns.joined(told)):
                return
            try:
                events = self._api.stream(model, turns.params, context)
            except InvalidRequest as error:
                # What tools returned no longer fits. assumed(error-in-a-stream), as for the fault.
                yield ApiError(MODEL_PREDICTION_FAILED, str(error)).body()
                return

    def _read(
        self, model: Model, params: Json, context: Context, *, stream: bool
    ) -> tuple[Chat | Responses | None, Json]:
        if FIELD not in params or "agentic" not in model.kinds:
            return None, params
        params = dict(params)
        urls = params.pop(FIELD)
        if not urls or params.get("tools") is not None:
            return None, params
        from helpers.mock.mcp.connect import connect

        turns = self._turns(params, connect(urls, context), stream=stream)
        return turns, turns.params


class Chat:
    """The turns of a chat completion."""

    def __init__(self, params: Json, connected: Connected, *, stream: bool) -> None:
        self._connected = connected
        offered = {"tools": connected.tools} if connected.tools else {}
        if stream:
            # The class sends on only these.
            limit = params.get("max_completion_tokens") or params.get("max_tokens")
            self.params: Json = {
                "max_completion_tokens": limit or 4096,
                "temperature": 1.0,
                "top_p": 1.0,
                "stream": True,
                "stream_options": {"include_usage": True},
            }
            self.params |= {name: params[name] for name in _SENT_ON if params.get(name) is not None}
            choice = "auto"
        else:
            self.params = dict(params)
            choice = params.get("tool_choice") or "auto"
        self.params |= offered | ({"tool_choice": choice} if offered else {})

    def go_on(self, reply: Json) -> bool:
        """Call what a reply asks for, and put it into `params`; whether it asked for anything."""
        message = without_nulls(reply["choices"][0]["message"])
        calls = message.get("tool_calls")
        if not calls:
            return False
        results = [
            {
                "role": "tool",
                "tool_call_id": call["id"],
                "content": self._connected.call(
                    call["function"]["name"], _arguments(call["function"]["arguments"])
                ),
            }
            for call in calls
        ]
        self.params["messages"] = [*self.params["messages"], message, *results]
        return True

    @staticmethod
    def shown(events: list[bytes]) -> Iterator[bytes]:
        """What the client sees of a turn."""
        return iter(events)

    @staticmethod
    def joined(events: list[bytes]) -> Json:
        """A turn's events as one reply, as far as the class joins them."""
        message = joined_message([from_json(event) for event in events]) or {}
        joined = {name: message.get(name) for name in ("role", "content", "tool_calls")}
        return {"choices": [{"message": joined}]}


class Responses:
    """The turns of a response."""

    def __init__(self, params: Json, connected: Connected, *, stream: bool) -> None:
        self._connected = connected
        self.params = dict(params)
        if connected.tools:
            self.params["tools"] = [
                {"type": "function", **tool["function"]} for tool in connected.tools
            ]
            self.params["tool_choice"] = params.get("tool_choice") or "auto"

    def go_on(self, reply: Json) -> bool:
        """Call what a reply asks for, and put it into `params`; whether it asked for anything."""
        calls = [item for item in reply["output"] if item["type"] == "function_call"]
        if not calls:
            return False
        results = [
            {
                "type": "function_call_output",
                "call_id": call["call_id"],
                "output": self._connected.call(call["name"], _arguments(call["arguments"])),
            }
            for call in calls
        ]
        said = without_nulls(reply["output"])
        self.params["input"] = [*_items(self.params["input"]), *said, *results]
        return True

    @staticmethod
    def shown(events: list[bytes]) -> Iterator[bytes]:
        """What the client sees of a turn: its messages alone, numbered anew."""
        numbers: dict[int, int] = {}
        for event in map(from_json, events):
            if event["type"] == "response.output_item.added" and event["item"]["type"] == "message":
                numbers[event["output_index"]] = len(numbers)
            if event["type"] == "response.completed":
                output = event["response"]["output"]
                event["response"]["output"] = [item for item in output if item["type"] == "message"]
            if "output_index" in event:
                if event["output_index"] not in numbers:
                    continue
                event["output_index"] = numbers[event["output_index"]]
            yield to_json(event)

    @staticmethod
    def joined(events: list[bytes]) -> Json:
        """A turn's events as one reply."""
        done = (from_json(event) for event in events)
        items = [ended["item"] for ended in done if ended["type"] == "response.output_item.done"]
        return {"output": items}


def _items(given: Any) -> list[Json]:
    """The input of a request as items."""
    if not isinstance(given, str):
        return list(given)
    content = [{"type": "input_text", "text": given}]
    return [{"type": "message", "role": "user", "content": content}]


def reaches_out(model: Model, params: Json, context: Context) -> bool:
    """Whether answering takes a request to a server other than the mock's own."""
    if not params.get(FIELD) or "agentic" not in model.kinds:
        return False
    from helpers.mock.mcp.connect import reaches_out

    return reaches_out(params[FIELD], context)


def _arguments(text: str) -> Json:
    try:
        arguments = from_json(text)
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}
