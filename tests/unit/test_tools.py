"""What a function looks like to a model, and what the loop tells a model of its calls.

The loop runs against a server on loopback that says what a test has written down for it, since
only such a server can be made to misbehave in exactly one way.
"""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest
from openai import OpenAI

from helpers.tools import ToolLoopError, run_tools, tool
from helpers.weather import get_weather
from tests.unit.point import Point

# --- the loop -------------------------------------------------------------------------------------


def says(text: str) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}


def calls(*named: tuple[str, str], finish_reason: str = "tool_calls") -> dict[str, Any]:
    return {
        "message": {
            "role": "assistant",
            "content": None,
            "refusal": None,
            "tool_calls": [
                {
                    "id": f"call_{number}",
                    "type": "function",
                    "function": {"name": name, "arguments": arguments},
                }
                for number, (name, arguments) in enumerate(named)
            ],
        },
        "finish_reason": finish_reason,
    }


class Script:
    """A server that gives prepared choices, one a request, and keeps the requests."""

    def __init__(self) -> None:
        self.choices: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers["Content-Length"]))
                script.requests.append(json.loads(request))
                choice = script.choices[min(len(script.requests), len(script.choices)) - 1]
                body = json.dumps(
                    {
                        "id": "chatcmpl-1",
                        "object": "chat.completion",
                        "created": 0,
                        "model": "scripted",
                        "choices": [{"index": 0, "logprobs": None, **choice}],
                    }
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    script = Script()
    yield script
    script.server.shutdown()
    script.server.server_close()


class Loop:
    """run_tools against the script, with the messages and the requests to look at."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.messages: list[Any] = [{"role": "user", "content": "How is the weather?"}]
        port = script.server.server_address[1]
        self.client = OpenAI(base_url=f"http://127.0.0.1:{port}", api_key="none", max_retries=0)

    def run(self, choices: list[dict[str, Any]], tools: list[Any], **options: Any) -> Any:
        self.script.choices, self.script.requests = choices, []
        return run_tools(
            self.client, model="scripted", messages=self.messages, tools=tools, **options
        )

    @property
    def told(self) -> list[Any]:
        """What the model was told of its calls."""
        return [json.loads(each["content"]) for each in self.messages if each.get("role") == "tool"]


@pytest.fixture
def loop(server: Script) -> Loop:
    return Loop(server)


LONDON = ("get_weather", '{"location": "London"}')


def test_the_loop_asks_runs_returns_and_answers(loop: Loop) -> None:
    answer = loop.run([calls(LONDON), says("Rainy.")], [get_weather], temperature=0)
    assert answer.content == "Rainy."
    assert loop.told == [get_weather("London")]
    first, second = loop.script.requests
    assert first["tools"] == second["tools"] == [tool(get_weather)]
    assert first["temperature"] == second["temperature"] == 0
    assert second["messages"] == loop.messages[:-1]
    assert [each["role"] for each in loop.messages] == ["user", "assistant", "tool", "assistant"]


def test_every_call_is_answered_by_its_id_and_in_order(loop: Loop) -> None:
    loop.run(
        [calls(LONDON, ("get_weather", '{"location": "Lagos"}'), LONDON), says("")], [get_weather]
    )
    assert [each["tool_call_id"] for each in loop.messages[2:5]] == ["call_0", "call_1", "call_2"]
    assert [each["location"] for each in loop.told] == ["London", "Lagos", "London"]


def test_a_reply_without_a_call_is_the_answer(loop: Loop) -> None:
    assert loop.run([says("Hello.")], [get_weather]).content == "Hello."
    assert len(loop.script.requests) == 1


def test_without_tools_none_are_sent(loop: Loop) -> None:
    loop.run([says("Hello.")], [])
    assert "tools" not in loop.script.requests[0]


def test_a_forced_choice_is_for_the_first_request_alone(loop: Loop) -> None:
    loop.run([calls(LONDON), says("")], [get_weather], tool_choice="required")
    assert [each.get("tool_choice") for each in loop.script.requests] == ["required", None]


def test_an_unknown_tool_is_told_with_the_names_that_there_are(loop: Loop) -> None:
    loop.run([calls(("get_wether", "{}")), says("")], [get_weather])
    assert loop.told == [{"error": "there is no tool named 'get_wether'; there is: get_weather"}]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ('{"city": "London"}', "location: Field required; city: Extra inputs are not permitted"),
        ('{"location": 7}', "location: Input should be a valid string"),
        ("{}", "location: Field required"),
        ("", "location: Field required"),
        ("London", "are not a JSON object: London"),
        ('["London"]', 'are not a JSON object: ["London"]'),
        ('{"location": "Lon', 'are not a JSON object: {"location": "Lon'),
    ],
)
def test_arguments_that_do_not_fit_are_told_with_the_reason(
    loop: Loop, arguments: str, what: str
) -> None:
    loop.run([calls(("get_weather", arguments)), says("")], [get_weather])
    (told,) = loop.told
    assert what in told["error"]


def test_arguments_that_were_cut_off_are_told_so(loop: Loop) -> None:
    cut = calls(LONDON, ("get_weather", '{"location": "Lon'), finish_reason="length")
    loop.run([cut, says("")], [get_weather])
    whole, half = loop.told
    assert whole == get_weather("London")
    assert half["error"] == 'the arguments were cut off by the token limit: {"location": "Lon'


def test_arguments_go_back_as_a_json_object_whatever_they_were(loop: Loop) -> None:
    loop.run([calls(("get_weather", '{"location": "Lon'), LONDON), says("")], [get_weather])
    sent = loop.script.requests[1]["messages"][1]["tool_calls"]
    assert [each["function"]["arguments"] for each in sent] == ["{}", LONDON[1]]


def test_a_tool_that_raises_is_told_with_the_error(loop: Loop) -> None:
    def broken() -> None:
        """Fail."""
        raise LookupError("the station is down")

    loop.run([calls(("broken", "")), says("")], [broken])
    assert loop.told == [{"error": "LookupError: the station is down"}]


def test_a_result_that_is_not_json_is_told_as_an_error(loop: Loop) -> None:
    def strange() -> object:
        """Return something strange."""
        return object()

    loop.run([calls(("strange", "{}")), says("")], [strange])
    assert "PydanticSerializationError" in loop.told[0]["error"]


def test_an_interrupt_stops_the_loop_and_leaves_the_messages_whole(loop: Loop) -> None:
    def slow() -> None:
        """Take long."""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loop.run([calls(("slow", "{}"))], [slow])
    assert [each["role"] for each in loop.messages] == ["user"]


def test_a_loop_that_does_not_end_is_stopped_and_its_messages_kept(loop: Loop) -> None:
    with pytest.raises(ToolLoopError, match="no answer after 3 steps") as caught:
        loop.run([calls(LONDON)], [get_weather], max_steps=3)
    assert caught.value.steps == len(loop.script.requests) == 3
    assert [each["role"] for each in loop.messages] == ["user"] + ["assistant", "tool"] * 3


def test_a_function_gets_values_of_the_types_that_it_names(loop: Loop) -> None:
    seen = []

    def visit(point: Point, when: date, unit: Literal["km", "mi"] = "km") -> dict[str, Any]:
        """Visit a place."""
        seen.append((point, when, unit))
        return {"when": when, "point": point, "distance": float("inf")}

    arguments = '{"point": {"latitude": 1}, "when": "2026-11-23"}'
    loop.run([calls(("visit", arguments)), says("")], [visit])
    assert seen == [(Point(1.0), date(2026, 11, 23), "km")]
    assert loop.told == [
        {
            "when": "2026-11-23",
            "point": {"latitude": 1.0, "longitude": 0.0},
            "distance": "Infinity",
        }
    ]


def test_text_is_told_as_it_is(loop: Loop) -> None:
    def joke() -> str:
        """Tell a joke."""
        return 'A "good" one: 20 °C.'

    loop.run([calls(("joke", "{}")), says("")], [joke])
    assert loop.messages[2]["content"] == 'A "good" one: 20 °C.'


def test_in_strict_mode_null_means_the_default(loop: Loop) -> None:
    seen = []

    def wait(seconds: int = 5, why: str | None = None) -> None:
        """Wait."""
        seen.append((seconds, why))

    loop.run([calls(("wait", '{"seconds": null, "why": null}')), says("")], [wait], strict=True)
    assert loop.script.requests[0]["tools"][0]["function"]["strict"] is True
    assert seen == [(5, None)]


def test_a_call_of_a_kind_that_was_not_offered_is_answered_too(loop: Loop) -> None:
    custom = {"id": "call_0", "type": "custom", "custom": {"name": "shell", "input": "ls"}}
    choice = calls()
    choice["message"]["tool_calls"] = [custom]
    loop.run([choice, says("")], [get_weather])
    assert loop.told == [{"error": "only function tools are offered"}]


def test_what_the_loop_cannot_do_is_refused_before_a_request(loop: Loop) -> None:
    async def later() -> None:
        """Run later."""

    def twin() -> None:
        """Do one thing."""

    with pytest.raises(TypeError, match="later is async"):
        loop.run([], [later])
    with pytest.raises(TypeError, match="two tools are named twin"):
        loop.run([], [twin, twin])
    with pytest.raises(TypeError, match="stream"):
        loop.run([], [twin], stream=True)
    assert loop.script.requests == []
