"""What the simulated model says: a corpus of conversations, one a line, and what holds of all."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers.mock.catalogue import VENDORS
from helpers.mock.simulated import texts
from helpers.mock.simulated.model import Prompt, Tool, answer
from tests.unit.prompts import EVENT, ask, parameters, said

STRING, NUMBER = {"type": "string"}, {"type": "number"}
CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("talk.jsonl").read_text("utf-8").splitlines()
]
ABSENT = re.compile(r"which you have not|not mentioned", re.IGNORECASE)


def tool(name: str, description: str, *required: str) -> Tool:
    properties = dict.fromkeys(required, STRING)
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Tool(name, description, schema)


TOOLS = {
    each.name: each
    for each in (
        tool("get_weather", "Get current temperature for a given location.", "location"),
        tool("get_time", "Get the current time in a city", "city"),
        tool("recognize_image", "Tell what is in a picture.", "file"),
        tool("list_files", "List the files of the user."),
        tool("read_file", "Read a file.", "name"),
        tool("find_member", "Find a member by name.", "name"),
        tool("list_loans", "List the loans of a member.", "member_id"),
        tool("cancel_order", "Cancel an order.", "order_id"),
        tool("search_books", "Search for books.", "query"),
        tool("hold_book", "Place a hold on a book.", "book_id"),
        tool("find_tours", "Search for tours.", "query"),
        Tool("refund", "Refund an order.", parameters(["order"], order=STRING, reason=STRING)),
        tool("geocode", "Get the coordinates of a place.", "place"),
        Tool("get_tide", "Get the tide at a place.", parameters(latitude=NUMBER, longitude=NUMBER)),
        tool("find_tickets", "Find the tickets of a customer.", "customer"),
        tool("reply_ticket", "Reply to a ticket.", "ticket_id", "message"),
        tool("close_ticket", "Close a ticket.", "ticket_id"),
        tool("get_card_code", "Get the code of a library card.", "name"),
        tool("renew_card", "Renew a library card.", "card_code"),
        tool("dentist_finder", "Find a dentist.", "town"),
        tool("next_bus", "Next buses at a stop.", "stop"),
        tool("sea_state", "How the sea is at a port.", "port"),
        tool("get_fare", "Get the fare of a ferry.", "start", "end"),
        Tool("add", "Add two numbers.", parameters(a=NUMBER, b=NUMBER)),
        Tool("multiply", "Multiply two numbers.", parameters(a=NUMBER, b=NUMBER)),
        Tool("subtract", "Subtract the second number.", parameters(a=NUMBER, b=NUMBER)),
        Tool("to_fahrenheit", "Convert Celsius to Fahrenheit.", parameters(celsius=NUMBER)),
    )
}


def messages(
    case: dict[str, Any], write: Callable[[Any], str] = json.dumps
) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    if "system" in case:
        said.append({"role": "system", "content": case["system"]})
    for question, (name, arguments, result), *reply in (
        *case.get("before", ()),
        *([case["after"]] if "after" in case else ()),
    ):
        function = {"name": name, "arguments": json.dumps(arguments)}
        said += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": "c1", "type": "function", "function": function}]},
            {"role": "tool", "tool_call_id": "c1", "content": write(result)},
            *({"role": "assistant", "content": text} for text in reply),
        ]  # fmt: skip
    for place, text in enumerate(case.get("talk", ())):
        said.append({"role": ("user", "assistant")[place % 2], "content": text})
    return said


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: str((case.get("talk") or case["after"])[-1])[:40]
)
def test_reply_is_what_a_model_would_say_or_honest(case):
    tools = tuple(TOOLS[name] for name in case.get("tools", ()))
    said = messages(case)
    reply = answer(Prompt(VENDORS["anthropic"], said, tools, json_schema=case.get("schema")))
    made = [[call.name, json.loads(call.arguments)] for call in reply.calls]
    assert made == case.get("calls", [])
    text = reply.text or ""
    if "is" in case:
        assert text == case["is"]
    assert re.search(case.get("has", ""), text), text
    assert not ("not" in case and re.search(case["not"], text)), text
    assert not ABSENT.search(text)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: str((case.get("talk") or case["after"])[-1])[:40]
)
def test_no_line_is_too_long_for_a_notebook(case):
    reply = answer(Prompt(VENDORS["anthropic"], messages(case)))
    assert max(map(len, (reply.text or "").split("\n"))) <= 100


@pytest.mark.parametrize(
    "said", ["²", "Name ² planets", "Set it up in ² days", "Plan it for ② March"]
)
def test_a_digit_that_makes_no_number_is_a_word(said):
    assert ask(said).text
    assert ask(said, EVENT)


def test_a_request_never_seen_compiles_no_pattern(monkeypatch):
    compiled: list[str] = []
    compiler = re._compiler.compile  # type: ignore[attr-defined]

    def compiling(pattern: str, flags: int = 0) -> Any:
        compiled.append(pattern)
        return compiler(pattern, flags)

    monkeypatch.setattr("re._compiler.compile", compiling)
    for place in ("Zanzibar", "Timbuktu"):
        compiled.clear()  # what the first round meets, it compiles once
        for case in CASES:
            said = messages(case)
            said[-1] = said[-1] | {"content": f"{said[-1]['content']} {place}?"}
            answer(Prompt(VENDORS["anthropic"], said, tuple(TOOLS.values())))
    assert not compiled


def test_and_in_another_place_repeats_the_call_that_took_a_place():
    convert = Tool(
        "to_fahrenheit",
        "Convert degrees Celsius.",
        {"type": "object", "properties": {"celsius": {"type": "number"}}, "required": ["celsius"]},
    )
    said: list[dict[str, Any]] = []
    for question, name, arguments, result in (
        ("How warm is it in Lima?", "get_weather", {"location": "Lima"}, {"temperature": 20}),
        ("How much is that in Fahrenheit?", "to_fahrenheit", {"celsius": 20}, {"fahrenheit": 68}),
    ):
        function = {"name": name, "arguments": json.dumps(arguments)}
        said += [
            {"role": "user", "content": question},
            {"role": "assistant", "tool_calls": [{"id": name, "function": function}]},
            {"role": "tool", "tool_call_id": name, "content": json.dumps(result)},
            {"role": "assistant", "content": "There you are."},
        ]
    said.append({"role": "user", "content": "And in Cork?"})
    reply = answer(Prompt(VENDORS["anthropic"], said, (TOOLS["get_weather"], convert)))
    assert [call.name for call in reply.calls] == ["get_weather"]
    assert "Cork" in reply.calls[0].arguments


def test_a_phrase_is_found_whole_however_long_it_and_the_text_are():
    phrase = "one two three four five six seven eight nine"
    phrases = texts.heads([phrase, "two three", "two", "three two", "nine ten eleven"])
    for before in ("", "word " * 200):
        found = texts.held(texts.flat(f"{before}{phrase} ten"), phrases)
        assert sorted(found) == [phrase, "two", "two three"]


@pytest.mark.parametrize(
    ("question", "schema", "value"),
    [
        ("What is the capital of Chile?", STRING, "Santiago"),
        ("Is 12 prime?", {"type": "boolean"}, False),
        ("Is 13 prime?", {"enum": ["yes", "no"]}, "yes"),
    ],
)
def test_the_one_field_of_a_reply_has_the_answer(question, schema, value):
    assert json.loads(said(question, json_schema=parameters(found=schema))) == {"found": value}


@pytest.mark.parametrize(
    ("question", "type_", "value"),
    [
        ("Is 13 prime?", "boolean", True),
        ("What is 12 times 12?", "integer", 144),
        ("What is the capital of Chile?", "string", "Santiago"),
    ],
)
def test_a_tool_that_takes_the_answer_alone_is_given_it(question, type_, value):
    takes = Tool("Response", "The response.", parameters(content={"type": type_}))
    (call,) = ask(question, takes, choice="Response").calls
    assert json.loads(call.arguments) == {"content": value}


@pytest.mark.parametrize(
    "form",
    [
        "Return the correct JSON response within a ```json codeblock. not the JSON_SCHEMA",
        "Reply only with the JSON object, without any explanation.",
        "Answer in JSON.",
    ],
)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_how_to_answer_is_no_part_of_what_a_reply_is_filled_with(form, between):
    schema = parameters(name=STRING, likes={"type": "array", "items": STRING})
    told = f"Nadia Karim likes chess and hiking.{between}{form}"
    reply = json.loads(said(told, json_schema=schema))
    assert reply == {"name": "Nadia Karim", "likes": ["chess", "hiking"]}


def test_a_question_that_nothing_answers_is_not_answered_by_one_of_two():
    schema = parameters(answer={"enum": ["yes", "no"]})
    reply = ask("Is it wise to feed bread to swans?", vendor="openai", json_schema=schema)
    assert reply.refused
    assert "do not know" in (reply.text or "")


def test_what_is_to_be_found_first_is_not_called_like_its_city():
    search = tool("search_hotels", "Search for hotels.", "city")
    book = tool("book_hotel", "Book a room in a hotel.", "hotel")
    reply = ask("Look for a hotel in Ghent and book it", search, book)
    assert [(call.name, call.arguments) for call in reply.calls] == [
        ("search_hotels", '{"city": "Ghent"}')
    ]


def test_records_that_are_nested_too_deep_are_no_records():
    for depth in (99, 400, 2_000):
        deep = '{"a": ' * depth + "1" + "}" * depth
        assert said(f"{deep}\n\nWhat is a?")


RESULTS = [
    case for case in CASES if isinstance(case.get("after", [0, [0, 0, 0]])[1][2], dict | list)
]


@pytest.mark.parametrize("case", RESULTS, ids=lambda case: str(case["after"][0])[:40])
def test_a_result_is_read_as_python_prints_it_as_well_as_in_json(case):
    tools = tuple(TOOLS[name] for name in case.get("tools", ()))
    told = (messages(case), messages(case, str))
    replies = [answer(Prompt(VENDORS["anthropic"], each, tools)) for each in told]
    assert replies[0] == replies[1]


@pytest.mark.parametrize(
    ("question", "desk"),
    [
        ("I want a refund for order 8812 of 3 March", "transfer_to_refunds"),
        ("How many nights do the rooms in Ghent cost, for 2 people?", "transfer_to_rooms"),
        ("Hello!", None),
    ],
)
def test_a_conversation_is_handed_over_with_all_that_it_says(question, desk):
    desks = [
        Tool(f"transfer_to_{name}", f"Handoff to {name}.", parameters())
        for name in ("refunds", "rooms")
    ]
    assert [call.name for call in ask(question, *desks).calls] == ([desk] if desk else [])


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Is it raining in Cork or in Nice?", "Yes. In Cork, it is 9 °C and rainy."),
        ("Is it raining in Cork and in Nice?", "In Cork, .* In Nice, it is 21 °C and sunny."),
        ("Is it colder in Cork than in Nice?", "Cork is colder: 9 °C, against 21 °C for Nice."),
        ("Is it sunny in Cork or in Nice?", "Yes. In Nice, it is 21 °C and sunny."),
        ("What is the mean temperature in Cork and Nice?", "On average it is 15 °C: Cork 9 °C .*"),
        ("What is the difference of Cork and Nice?", "The difference is 12 °C: Cork 9 .*"),
    ],
)
def test_a_question_about_two_places_is_answered_by_what_both_returned(question, reply):
    weather = {"Cork": (9, "rainy"), "Nice": (21, "sunny")}
    calls = [
        {"id": city, "function": {"name": "get_weather", "arguments": json.dumps({"city": city})}}
        for city in weather
    ]
    messages = [{"role": "user", "content": question}, {"role": "assistant", "tool_calls": calls}]
    for city, (degrees, sky) in weather.items():
        told = json.dumps({"temperature": degrees, "unit": "celsius", "condition": sky})
        messages.append({"role": "tool", "tool_call_id": city, "content": told})
    assert re.fullmatch(reply, said(messages)), said(messages)


@pytest.mark.parametrize(
    "number", [10**400, float("inf"), float("nan")], ids=["long", "inf", "nan"]
)
@pytest.mark.parametrize("question", ["Which is colder?", "What is the average?"])
def test_a_number_that_is_no_measure_is_not_compared(number, question):
    cities = ("Cork", number), ("Nice", 3)
    told = [["And?", ["get_weather", {"location": n}, {"temp_c": c}], "So."] for n, c in cities]
    case = {"before": told[:1], "after": told[1], "talk": [question]}
    assert "offline" in said(messages(case))


@pytest.mark.parametrize("first", [0, 1])
def test_what_several_tools_returned_is_read_from_the_lines_of_one_observation(first):
    calls, lines = ["bus_departure", "fare"], ["{'stop': 'Quay', 'minutes': 7}", "2.8"]
    given = [{"stop": "Quay"}, {"zones": 2}]
    order = [first, 1 - first]
    written = [{"function": {"name": calls[n], "arguments": given[n]}} for n in order]
    messages = [
        {"role": "user", "content": "When does a bus leave Quay, and what do 2 zones cost?"},
        {"role": "assistant", "content": f"Calling tools:\n{written}"},
        {"role": "user", "content": "Observation:\n" + "\n".join(lines[n] for n in order)},
    ]
    told = said(messages)
    assert "7 minutes" in told and "is 2.8." in told
    assert "{" not in told


def test_whom_a_conversation_was_handed_over_to_goes_on_with_it():
    cost = tool("shipping_cost", "What it costs to send a parcel.", "country")
    function = {"name": "transfer_to_prices", "arguments": "{}"}
    messages = [
        {"role": "user", "content": "What does it cost to send a parcel to Chile?"},
        {"role": "assistant", "tool_calls": [{"id": "a", "function": function}]},
        {"role": "tool", "tool_call_id": "a", "content": '{"assistant": "Prices"}'},
    ]
    (call,) = ask(messages, cost).calls
    assert (call.name, call.arguments) == ("shipping_cost", '{"country": "Chile"}')
    messages += [
        {"role": "assistant", "tool_calls": [
            {"id": "b", "function": {"name": call.name, "arguments": call.arguments}}]},
        {"role": "tool", "tool_call_id": "b", "content": "8.10 EUR"},
    ]  # fmt: skip
    assert "8.10 EUR" in said(messages, cost)
    assert "Prices" not in said(messages, cost)
