"""What an exchange says reads alike, whole or streamed, from chat completions or responses."""

import pytest
from openai import OpenAI

from helpers import use_endpoint
from helpers.endpoint import current_endpoint
from helpers.transcript import Exchange, Transcript, transcript
from helpers.transcript import capture as module
from helpers.transcript.read import ProposedCall, received, sent

MODEL = "openai/chat-completion/models/gpt-4o"
FUNCTION = {
    "name": "get_weather",
    "description": "Get the weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> OpenAI:
    monkeypatch.setattr(module, "_transcript", Transcript())
    use_endpoint("mock")
    endpoint = current_endpoint()
    assert endpoint
    return OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0)


@pytest.mark.parametrize("stream", [False, True])
def test_a_proposed_call_and_its_answer(client: OpenAI, stream: bool) -> None:
    messages = [{"role": "user", "content": "What is the weather in Oslo?"}]
    options = {"model": MODEL, "tools": [{"type": "function", "function": FUNCTION}]}
    ask(client, stream, messages=messages, tool_choice="required", **options)
    (first,) = transcript().exchanges
    assert sent(first).tool_choice == "required"
    assert sent(first).text == messages[0]["content"]
    assert sent(first).tools["get_weather"].parameters == FUNCTION["parameters"]
    assert sent(first).tools["get_weather"].strict
    assert received(first).finish_reason == "tool_calls"
    (call,) = received(first).calls
    assert (call.name, call.parse()) == ("get_weather", {"city": "Oslo"})

    messages += [first.message, {"role": "tool", "tool_call_id": call.id, "content": "7 °C"}]
    ask(client, stream, messages=messages, **options)
    second = transcript().exchanges[1]
    assert sent(second).roles == ["user", "assistant", "tool"]
    assert sent(second).called == sent(second).answered == [call.id]
    assert received(second).calls == ()
    assert "7 °C" in received(second).text


def ask(client: OpenAI, stream: bool, **request: object) -> None:
    reply = client.chat.completions.create(stream=stream, **request)  # type: ignore[call-overload]
    if stream:
        list(reply)


CALL = {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": "{}"}
MESSAGE = {"type": "message", "content": [{"type": "output_text", "text": "Rain."}]}
WHOLE = {"status": "completed", "output": [CALL, MESSAGE]}


@pytest.mark.parametrize(
    "response",
    [
        WHOLE,
        [{"type": "response.completed", "response": WHOLE}],
        [
            {"type": "response.output_item.done", "item": CALL},
            {"type": "response.output_item.done", "item": MESSAGE},
            {"type": "response.completed", "response": {"status": "completed", "output": []}},
        ],
    ],
)
def test_the_responses_api_says_the_same_in_its_own_form(response: object) -> None:
    request = {
        "model": MODEL,
        "tools": [{"type": "function", **FUNCTION}],
        "input": [
            {"role": "user", "content": "Oslo?"},
            CALL,
            {"type": "function_call_output", "call_id": "c1", "output": "7 °C"},
        ],
    }
    exchange = Exchange("POST", "/responses", request, 200, response)
    assert sent(exchange).tools["get_weather"].strict
    assert sent(exchange).called == sent(exchange).answered == ["c1"]
    assert received(exchange).calls == (ProposedCall("c1", "get_weather", "{}"),)
    assert (received(exchange).text, received(exchange).finish_reason) == ("Rain.", "completed")


def test_what_no_model_replied_to_reads_as_empty() -> None:
    for response in (None, "<html>", {"code": 21200}, {"data": []}, [], ["not JSON"]):
        exchange = Exchange("POST", "/chat/completions", None, 500, response)
        assert sent(exchange).messages == []
        assert received(exchange).text == ""


def test_a_call_without_a_name_or_an_id_is_read_as_it_came() -> None:
    """A server may not say them, as of a tool that was described to it in a wrong form."""
    item = {"type": "function_call", "call_id": "call_1", "arguments": "{}"}
    response = Exchange("POST", "/responses", {}, 200, {"output": [item]})
    assert received(response).calls == (ProposedCall("call_1", "", "{}"),)
    message = {"role": "assistant", "tool_calls": [{"function": {"arguments": "{}"}}]}
    completion = Exchange("POST", "/chat/completions", {}, 200, {"choices": [{"message": message}]})
    assert received(completion).calls == (ProposedCall("", "", "{}"),)
