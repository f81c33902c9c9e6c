"""What is refused is in the ledger, with evidence; each rule strikes only whom it holds for."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from helpers.mock import Mock
from helpers.mock.ledger import rules
from helpers.mock.native import as_clarifai_request, as_openai_request
from tests.contract.wire import Reply, send

OPENAI = "openai/chat-completion/models/gpt-4_1"
OPEN = "openai/chat-completion/models/gpt-oss-120b"
CLAUDE = "anthropic/completion/models/claude-sonnet-4"
WHO: Any = [{"role": "user", "content": "Who are you?"}]


def refusals() -> list[tuple[str, ast.Call]]:
    """Every place where an API refuses a request."""
    files = sorted(Path("helpers/mock/apis").glob("*.py"))
    return [
        (f"{file.name}:{node.lineno}", node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InvalidRequest"
    ]


def test_every_refusal_names_its_rule() -> None:
    assert len(refusals()) > 30
    for place, call in refusals():
        assert len(call.args) == 3, place
        rule = call.args[2]
        if isinstance(rule, ast.Constant):
            assert rule.value in rules(), place


@pytest.mark.parametrize("name", rules())
def test_every_rule_says_what_it_refuses_and_how_that_is_known(name: str) -> None:
    rule = rules()[name]
    assert len(rule.refused) > 15
    assert len(rule.evidence) > 20
    assert rule.holds_for in ("all", "openai", "mock")


def tool(name: str = "f", *, strict: bool = False, **parameters: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {}} | parameters
    function = {"name": name, "parameters": schema, "strict": strict}
    return {"type": "function", "function": function}


OPTIONAL: dict[str, Any] = {
    "properties": {"a": {"type": "string"}},
    "required": [],
    "additionalProperties": False,
}
TUPLE = {"type": "array", "prefixItems": [{"type": "string"}], "items": False}
SHAPE = {
    "type": "json_schema",
    "json_schema": {"name": "x", "strict": True, "schema": {"type": "object"} | OPTIONAL},
}
# What OpenAI itself refuses, and the field that it names.
OF_OPENAI: list[tuple[dict[str, Any], str]] = [
    ({"tools": []}, "tools"),
    ({"messages": [*WHO, {"role": "assistant", "content": "x", "tool_calls": []}, *WHO]},
     "messages.1.tool_calls"),
    ({"messages": [{"role": "user", "content": []}]}, "messages.0.content"),
    ({"tools": [tool(f"f{n}") for n in range(129)]}, "tools"),
    ({"tools": [tool(strict=True, **OPTIONAL)]}, "tools.0.function.parameters.required"),
    ({"tools": [tool(strict=True, properties={"a": TUPLE}, required=["a"],
                     additionalProperties=False)]},
     "tools.0.function.parameters.properties.a.prefixItems"),
    *[({"tools": [tool(strict=True, properties={"a": wrong}, required=["a"],
                       additionalProperties=False)]},
       f"tools.0.function.parameters.properties.a.{key}")
      for key, wrong in (("enum", {"type": "string", "enum": ["x", 1]}),
                         ("enum", {"type": ["number", "null"], "enum": [1, None, True]}),
                         ("const", {"type": "integer", "const": 1.5}))],
    ({"tools": [tool(properties={"a": {"type": "array"}})]},
     "tools.0.function.parameters.properties.a.items"),
    *[({"tools": [tool(**change)]}, f"tools.0.function.parameters.{field}") for change, field in (
        ({"type": "string"}, "type"),
        ({"oneOf": [{"required": []}]}, "oneOf"),
        ({"const": {}}, "const"),
        ({"properties": {"a": {"type": "str"}}}, "properties.a.type"),
        ({"properties": {"a": {"type": "string", "required": True}}}, "properties.a.required"),
        ({"properties": {"a": {"items": {"enum": []}}}}, "properties.a.items.enum"),
        ({"properties": {"a": {"anyOf": [{"type": "array"}]}}}, "properties.a.anyOf.0.items"),
    )],
    ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]},
     "tools.0.function.parameters.properties"),
    ({"tool_choice": "auto"}, "tool_choice"),
    ({"parallel_tool_calls": False}, "parallel_tool_calls"),
    ({"messages": [*WHO, {"role": "assistant", "content": None}, *WHO]}, "messages.1.content"),
    ({"messages": [WHO[0] | {"name": "Ada L."}]}, "messages.0.name"),
    ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
    ({"logit_bias": {"7": -101}}, "logit_bias.7"),
    ({"metadata": {"key": "x"}}, "metadata"),
    ({"store": True, "metadata": {f"key{number}": "x" for number in range(17)}}, "metadata"),
    ({"store": True, "metadata": {"key": "x" * 513}}, "metadata.key"),
    ({"store": True, "metadata": {"k" * 65: "x"}}, f"metadata.{'k' * 64}"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": {}}}},
     "response_format.json_schema.name"),
    ({"response_format": SHAPE}, "response_format.json_schema.schema.required"),
    ({"response_format": {"type": "json_object"}}, "messages"),
]  # fmt: skip


# What is at a bound is inside of it, and what is said of a message in another way is said.
WITHIN: list[dict[str, Any]] = [
    {"stop": ["a", "b", "c", "d"], "logit_bias": {"7": 100, "8": -100}},
    {"store": True, "metadata": {f"{number:064}": "x" * 512 for number in range(16)}},
    {"messages": [WHO[0] | {"name": "Ada"}, {"role": "assistant", "refusal": "No."}, *WHO]},
    {"tools": [tool(properties={"a": {"type": ["string", "null"], "enum": ["x", None]},
                                "b": {"type": "integer", "const": 1.0}, "c": {"enum": [1, "x"]}},
                    required=["a", "b", "c"], additionalProperties=False, strict=True)],
     "tool_choice": "none", "parallel_tool_calls": False},
    {"tools": [tool(properties={"type": {"type": "string"}, "enum": {"type": "array", "items": {}}},
                    required=["type"])]},
    {"tools": [{"type": "function", "function": {"name": "f"}}]},
]  # fmt: skip


@pytest.mark.parametrize("change", WITHIN)
def test_openais_own_rules_let_through_what_openai_takes(
    mock: Mock, change: dict[str, Any]
) -> None:
    taken = send(mock, {"model": OPENAI, "messages": WHO} | change)
    assert taken.status == 200, taken.body


@pytest.mark.parametrize(("change", "field"), OF_OPENAI)
def test_openais_own_rules_hold_for_its_own_models_alone(
    mock: Mock, change: dict[str, Any], field: str
) -> None:
    refused = send(mock, {"model": OPENAI, "messages": WHO} | change)
    assert refused.status == 400, refused.body
    assert refused.json()["details"].startswith(f"{field}: "), refused.json()
    for model in (OPEN, CLAUDE):
        taken = send(mock, {"model": model, "messages": WHO} | change)
        assert taken.status == 200, taken.body


def said(role: str, kind: str) -> dict[str, Any]:
    return {"input": [{"role": role, "content": [{"type": kind, "text": "Hi"}]}]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (said("assistant", "input_text"), "input.0.content.0.type"),
        (said("user", "output_text"), "input.0.content.0.type"),
        ({"metadata": {f"key{number}": "x" for number in range(17)}}, "metadata"),
        ({"text": {"format": {"type": "json_schema", "name": "a b", "schema": {}}}},
         "text.format.name"),
    ],
)  # fmt: skip
def test_openais_rules_for_responses_hold_for_its_own_models_alone(
    mock: Mock, change: dict[str, Any], field: str
) -> None:
    refused = send(mock, {"model": OPENAI, "input": "Hi"} | change, "/responses")
    assert refused.status == 400, refused.body
    assert refused.json()["details"].startswith(f"{field}: "), refused.json()
    assert send(mock, {"model": OPEN, "input": "Hi"} | change, "/responses").status == 200
    for way in ({}, said("assistant", "output_text"), said("user", "input_text")):
        assert send(mock, {"model": OPENAI, "input": "Hi"} | way, "/responses").status == 200


# What anybody refuses, with the text of it.
OF_ALL: list[tuple[dict[str, Any], str]] = [
    ({"temprature": 0}, r"Completions\.create\(\) got an unexpected .* 'temprature'$"),
    ({"mcp_servers": ["https://x"]}, r"Completions\.create\(\) got .* argument 'mcp_servers'$"),
    ({"stream_options": {"include_usage": True}}, "stream_options: Asks for `stream`"),
    ({"messages": [{"role": "user", "content": "word " * 200_000}]},
     r"This model's maximum context length is 131072 tokens\. However, .* in 200\d\d\d tokens"),
    ({"messages": [{"role": "user", "content": [{"type": "video_url", "video_url": {}}]}]},
     "messages.0.content.0.type: 'video_url' is not served: models here read text and pictures"),
    ({"tool_choice": {"type": "function", "name": "f"}, "tools": [tool()]},
     "tool_choice.function: Field required"),
    ({"modalities": ["text", "audio"]}, "modalities: Is not served"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "text"), OF_ALL)
def test_what_holds_for_all_is_said_in_our_own_words(
    mock: Mock, change: dict[str, Any], text: str
) -> None:
    refused = send(mock, {"model": OPEN, "messages": WHO} | change)
    assert (refused.status, refused.json()["code"]) == (400, 21313)
    assert re.match(text, refused.json()["details"]), refused.json()
    assert "Input" not in refused.json()["details"]


def test_a_prediction_is_counted_by_openai_and_passed_on_to_others(mock: Mock) -> None:
    def usage(model: str, **more: Any) -> tuple[int, int, int]:
        asked = [{"role": "user", "content": "Repeat after me: one two three"}]
        counted = send(mock, {"model": model, "messages": asked} | more).json()["usage"]
        parts = counted["completion_tokens_details"]
        accepted, rejected = (parts[f"{k}_prediction_tokens"] for k in ("accepted", "rejected"))
        return counted["completion_tokens"], accepted, rejected

    parts = [{"type": "text", "text": text} for text in ("one two", " four")]
    for content in ("one two four", parts):
        prediction = {"type": "content", "content": content}
        without, *none = usage(OPENAI)
        assert none == [0, 0]
        assert usage(OPENAI, prediction=prediction) == (without + 1, 2, 1)
        assert usage(OPEN, prediction=prediction)[1:] == (0, 0)


def test_what_nobody_knows_in_a_message_is_passed_on_and_shows(mock: Mock) -> None:
    message = WHO[0] | {"panelId": "7", "mood": "curious"}
    for model in (OPENAI, OPEN, CLAUDE):
        assert send(mock, {"model": model, "messages": [message]}).status == 200
    call = as_clarifai_request("/chat/completions", {"model": OPEN, "messages": [message]})
    assert as_openai_request(call.json["inputs"][0]["data"]["parts"][0]["data"]["string_value"])[1][
        "messages"
    ] == [message]


def test_kimi_alone_is_told_not_to_think_by_the_options_of_its_template(mock: Mock) -> None:
    switch = {"chat_template_kwargs": {"thinking": False}}
    asked = {"model": "moonshotai/chat-completion/models/Kimi-K2_6", "messages": WHO}
    thinking, silent = send(mock, asked), send(mock, asked | switch)
    assert thinking.json()["choices"][0]["message"]["reasoning"]
    message = silent.json()["choices"][0]["message"]
    assert message["content"] and not {"reasoning", "reasoning_content"} & message.keys()
    refused = send(mock, asked | switch | {"model": OPEN})
    assert (refused.status, refused.json()["code"]) == (400, 21313)


@pytest.mark.parametrize("nested", [True, False])
def test_allowed_tools_narrow_the_choice_on_both_apis(mock: Mock, nested: bool) -> None:
    function = {"name": "get_time", "parameters": {"type": "object", "properties": {}}}
    other = function | {"name": "get_date"}
    named: dict[str, Any] = {"type": "function", "name": "get_date"}
    if nested:
        named = {"type": "function", "function": {"name": "get_date"}}
    allowed = {"mode": "required", "tools": [named]}

    def ask(choice: Any) -> Reply:
        if nested:
            tools = [{"type": "function", "function": each} for each in (function, other)]
            wish = {"type": "allowed_tools", "allowed_tools": choice}
            request = {"messages": WHO, "tools": tools, "tool_choice": wish}
            return send(mock, {"model": OPEN} | request)
        tools = [{"type": "function"} | each for each in (function, other)]
        request = {"input": "Hi", "tools": tools, "tool_choice": {"type": "allowed_tools"} | choice}
        return send(mock, {"model": OPEN} | request, "/responses")

    reply = ask(allowed)
    assert reply.status == 200, reply.body
    called = re.findall(r'"name": ?"(get_\w+)"', reply.body.decode())
    assert "get_date" in called and (not nested or "get_time" not in called)
    assert ask({"mode": "auto", "tools": [named | {"type": "function"}, {}]}).status == 400


def test_more_choices_than_a_server_has_time_for_are_refused(mock: Mock) -> None:
    words = " ".join(f"word{number}" for number in range(1600))
    asked = {"model": OPEN, "messages": [{"role": "user", "content": f"Repeat exactly: {words}"}]}
    tokens = send(mock, asked).json()["usage"]["completion_tokens"]
    assert 400_000 / 128 < tokens < 400_000
    for stream in (False, True):
        reply = send(mock, asked | {"n": 128, "stream": stream})
        refused = "n: Asks for more than 400,000 tokens" in str(reply.json())
        assert (reply.status, refused) == (400, True)


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
def test_more_properties_than_a_server_has_time_for_are_refused(
    mock: Mock, more: int, status: int
) -> None:
    one, other = ({f"a{n}": {"type": "null"} for n in range(k)} for k in (2500, 2499 + more))
    schema = {"type": "object", "properties": one | {"in": {"items": [{"properties": other}]}}}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    asked = {"model": OPEN, "messages": [{"role": "user", "content": "Hi"}], "tools": [tool]}
    assert send(mock, asked).status == status


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("temperature", 0, 2),
        ("top_p", 0, 1),
        ("presence_penalty", -2, 2),
        ("frequency_penalty", -2, 2),
    ],
)
def test_a_number_may_be_from_and_to_what_the_reference_says(
    mock: Mock, name: str, least: int, most: int
) -> None:
    asked = {"model": OPEN, "messages": WHO}
    for within, beyond in ((least, least - 0.5), (most, most + 0.5)):
        assert send(mock, asked | {name: within}).status == 200
        reply = send(mock, asked | {name: beyond})
        assert (reply.status, name in str(reply.json())) == (400, True)


def test_a_call_is_answered_before_anybody_else_speaks(mock: Mock) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    late = [
        *WHO,
        {"role": "assistant", "tool_calls": [call]},
        *WHO,
        {"role": "tool", "tool_call_id": "c", "content": "7"},
    ]
    reply = send(mock, {"model": OPEN, "messages": late})
    assert (reply.status, "No tool message answers" in str(reply.json())) == (400, True)


def test_a_strict_schema_of_a_response_is_held_to_openais_rules(mock: Mock) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    shape = {"type": "json_schema", "name": "x", "schema": schema}
    asked = {"model": OPENAI, "input": "Fill it."}
    for strict, status in ((True, 400), (False, 200)):
        text = {"format": shape | {"strict": strict}}
        reply = send(mock, asked | {"text": text}, path="/responses")
        assert reply.status == status
        assert ("text.format.schema." in reply.json().get("details", "")) == strict


def test_what_a_call_was_given_is_read_and_counted(mock: Mock) -> None:
    def read(arguments: str) -> int:
        call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
        answer = {"role": "tool", "tool_call_id": "c", "content": "7"}
        said = [*WHO, {"role": "assistant", "tool_calls": [call]}, answer]
        usage = send(mock, {"model": OPEN, "messages": said}).json()["usage"]
        return int(usage["prompt_tokens"])

    assert read('{"city": "Paris"}') > read("{}")
