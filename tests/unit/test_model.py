"""The simulated model: it picks tools, puts results into words, and says what it cannot know."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from helpers.mock.catalogue import VENDORS
from helpers.mock.simulated.model import Prompt, Tool, answer
from tests.examples import examples
from tests.unit.prompts import (
    CALCULATE,
    EMAIL,
    EVENT,
    EYES,
    SQL,
    STRING,
    TIME,
    WEATHER,
    Message,
    ask,
    made,
    parameters,
    said,
    user,
)


def assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


def after(question: str, *pairs: tuple[str, dict[str, Any], Any]) -> list[Message]:
    """A conversation in which these calls were made and these results came back."""
    proposed = [
        {
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for index, (name, arguments, _) in enumerate(pairs)
    ]
    results = [
        {
            "role": "tool",
            "tool_call_id": f"call_{index}",
            "content": result if isinstance(result, str) else json.dumps(result),
        }
        for index, (_, _, result) in enumerate(pairs)
    ]
    return [
        user(question),
        {"role": "assistant", "content": None, "tool_calls": proposed},
        *results,
    ]


@pytest.mark.parametrize("choice", ["required", "get_weather"])
@pytest.mark.parametrize("question", ["What's the weather in Oslo?", "Tell me a joke", ""])
def test_required_or_named_choice_always_calls_with_valid_arguments(choice, question):
    for tools in ((WEATHER,), (TIME, WEATHER)):
        reply = ask(question, *tools, choice=choice)
        assert reply.calls
        for call in reply.calls:
            tool = next(tool for tool in tools if tool.name == call.name)
            Draft202012Validator(tool.parameters).validate(json.loads(call.arguments))
        if choice == "get_weather":
            assert {call.name for call in reply.calls} == {"get_weather"}


@pytest.mark.parametrize("name", ["final_answer", "attempt_completion", "respond_to_user", "Form"])
def test_a_tool_that_ends_a_run_is_told_the_answer(name):
    result = ("get_weather", {"location": "Oslo"}, {"temperature": 21})
    ends = "Shape your response to the user." if name == "Form" else "End."
    ending = Tool(name, ends, parameters(words=STRING))
    [call] = ask(after("Weather in Oslo?", result), WEATHER, ending, choice="required").calls
    assert call.name == name and "21" in call.arguments


def test_required_choice_calls_again_after_results():
    result = ("get_weather", {"location": "Oslo, Norway"}, {"temperature": 3})
    assert ask(after("Weather in Oslo?", result), WEATHER, choice="required").calls


def test_call_with_broken_arguments_is_made_again_and_then_only_its_result_is_told():
    question = "Weather in Oslo?"
    broken = ("get_weather", {}, {"error": "the arguments are not a JSON object"})
    assert made(ask(after(question, broken), WEATHER)) == [
        ("get_weather", {"location": "Oslo, Norway"})
    ]
    result = ("get_weather", {"location": "Oslo, Norway"}, {"temperature": 3})
    text = said(after(question, broken, result), WEATHER)
    assert "3" in text
    assert "could not" not in text


def test_choice_none_never_calls_and_says_so():
    assert "not to call tools" in said("What's the weather in Oslo?", WEATHER, choice="none")


def test_without_parallel_calls_they_come_one_after_the_other():
    question = "What's the weather in Lagos and in Oslo?"
    first = ask(question, WEATHER, parallel=False)
    assert made(first) == [("get_weather", {"location": "Lagos, Nigeria"})]
    lagos = ("get_weather", {"location": "Lagos, Nigeria"}, {"temperature": 30})
    second = ask(after(question, lagos), WEATHER, parallel=False)
    assert made(second) == [("get_weather", {"location": "Oslo, Norway"})]
    oslo = ("get_weather", {"location": "Oslo, Norway"}, {"temperature": 3})
    assert said(after(question, lagos, oslo), WEATHER, parallel=False) == (
        "In Lagos, Nigeria, it is 30 degrees. In Oslo, Norway, it is 3 degrees."
    )


def test_a_call_that_was_refused_is_not_repeated():
    refused = ("get_weather", {"location": "Oslo, Norway"}, "Error: invalid arguments: 'city'")
    assert "invalid arguments" in said(after("Weather in Oslo?", refused), WEATHER)


def test_image_part_is_passed_on_as_an_address():
    content = [
        {"type": "text", "text": "What do you see in this picture?"},
        {"type": "image_url", "image_url": {"url": "https://example.com/cat.jpeg"}},
    ]
    assert made(ask([user(content)], EYES)) == [
        ("recognize_image", {"url": "https://example.com/cat.jpeg"})
    ]


# Results in words


@pytest.mark.parametrize(
    ("name", "arguments", "result", "sentence"),
    [
        (
            "get_weather",
            {"location": "New York, USA"},
            {
                "location": "New York, USA",
                "temperature": 20,
                "unit": "celsius",
                "condition": "partly cloudy",
            },
            "In New York, USA, it is 20 °C and partly cloudy.",
        ),
        (
            "get_weather",
            {"location": "Paris"},
            {"temperature_c": 15.5, "humidity": 60},
            "In Paris, it is 15.5 °C, with humidity 60%.",
        ),
        (
            "get_stock_price",
            {"symbol": "AAPL"},
            {"symbol": "AAPL", "price": 189.5, "currency": "USD", "change_percent": 1.2},
            "For AAPL, the price is 189.5 USD and the change is 1.2%.",
        ),
        (
            "convert_currency",
            {"amount": 100},
            {"amount": 100, "from": "USD", "to": "EUR", "converted": 92.3},
            "100 USD is 92.3 EUR.",
        ),
        ("calculate", {"expression": "3*7"}, "21", "For 3*7, the answer is 21."),
        ("multiply", {"a": 3, "b": 7}, "21", "The answer is 21."),
        ("count_boats", {}, "1", "The answer is 1."),
        ("ask_price", {}, {"price": 1}, "The price is 1."),
        (
            "recognize_image",
            {"url": "u"},
            [{"name": "train", "value": 0.9996}, {"name": "railway", "value": 0.99}],
            "u shows a train and a railway.",
        ),
        (
            "list_files",
            {},
            [f"{n}.txt" for n in range(12)],
            "I found 0.txt, 1.txt, 2.txt, 3.txt, 4.txt, 5.txt, 6.txt, 7.txt, 8.txt,"
            " 9.txt and 2 more.",
        ),
        ("send", {"to": "Bob"}, {"success": True}, "Done: send (to Bob)."),
        ("search", {"q": "x"}, [], "I found nothing for x."),
        ("search", {"q": "x"}, "", "I found nothing for x."),
        ("report", {}, "All is well in Oslo", "All is well in Oslo."),
    ],
)
def test_result_becomes_a_sentence_with_its_values(name, arguments, result, sentence):
    assert said(after("please do it", (name, arguments, result))) == sentence


@pytest.mark.parametrize(
    "result",
    [
        {"error": "unknown location: Atlantis"},
        {"error": {"message": "unknown location: Atlantis", "code": 404}},
        {"status": "error", "message": "unknown location: Atlantis"},
        {"success": False, "message": "unknown location: Atlantis"},
        {"location": "Atlantis", "temperature": "unknown"},
        "Error: unknown location: Atlantis",
        "ValueError: unknown location: Atlantis",
        "Unknown location: Atlantis",
    ],
    ids=json.dumps,
)
def test_error_is_told_plainly_and_no_value_is_made_up(result):
    text = said(
        after("Weather in Atlantis?", ("get_weather", {"location": "Atlantis"}, result)), WEATHER
    )
    assert "I could not find that out" in text
    assert "unknown" in text.lower()
    assert "°" not in text


# Words


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_introduces_itself_as_the_vendor_would_and_as_simulated(vendor):
    messages = [
        {"role": "system", "content": "You are a helpful assistant."},
        user("Who are you?"),
    ]
    text = said(messages, vendor=vendor)
    assert VENDORS[vendor].assistant in text
    assert VENDORS[vendor].company in text
    assert "simulated" in text


def test_described_pictures_are_woven_in():
    text = said([user("What is this?")], images=("a PNG of 3 by 2 pixels, mostly red",))
    assert "a PNG of 3 by 2 pixels, mostly red" in text


def test_what_is_to_be_read_from_a_picture_is_not_taken_from_the_instruction():
    lines = {"type": "array", "items": parameters(name=STRING, price={"type": "number"})}
    total = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    value = json.loads(
        said(
            [user("Read this receipt from 2024: each line, and the total.")],
            images=("a PNG of 3 by 2 pixels, mostly white",),
            json_schema=parameters(lines=lines, total=total),
        )
    )
    assert value == {"lines": [], "total": None}


TICKET = "PNG, 3 × 2 pixels, white, described in the file as “A ticket:\nSeat 14\nFare 9.50”."


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Transcribe this picture.", "Seat 14\nFare 9.50"),
        ("What is the fare in the picture?", "It says “Fare 9.50”."),
    ],
)
def test_what_is_written_in_a_picture_is_read(question, reply):
    assert said([user(question)], images=(TICKET,)) == reply


def test_a_schema_is_filled_from_what_is_written_in_a_picture():
    schema = parameters(seat={"type": "integer"}, fare={"type": "number"})
    text = said([user("Read the ticket.")], images=(TICKET,), json_schema=schema)
    assert json.loads(text) == {"seat": 14, "fare": 9.5}


def test_reasoning_is_given_only_when_asked_for():
    question = "What is the weather in Oslo?"
    assert ask(question, WEATHER).reasoning is None
    assert ask(question, WEATHER, reasoning=True).reasoning == (
        "get_weather fits the request; location is Oslo, Norway."
    )
    assert ask("Who are you?", reasoning=True).reasoning


# Structure


def test_reply_to_a_schema_is_valid_json_with_the_values_of_the_message():
    schema = parameters(name=STRING, age={"type": "integer"}, email=STRING)
    text = said(
        "Extract: John Miller is 29 years old. Reach him at john.miller@example.com.",
        json_schema=schema,
    )
    assert json.loads(text) == {
        "name": "John Miller",
        "age": 29,
        "email": "john.miller@example.com",
    }


def test_a_solution_is_said_in_the_field_for_the_answer():
    step = parameters(explanation=STRING, output=STRING)
    schema = parameters(steps={"type": "array", "items": step}, final_answer=STRING)
    value = json.loads(said("Solve 8x + 31 = 2", json_schema=schema))
    assert "x = -3.625" in value["final_answer"]


PERSON = parameters(name=STRING, age={"type": "integer"}) | {"additionalProperties": False}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Give me JSON with keys name and age: Ada is 36", {"name": "Ada", "age": 36}),
        ("Ada is 36. JSON, with keys:\n- name: text\n- age (int)\n", {"name": "Ada", "age": 36}),
        ("JSON, fields: `name`, `age` (a Python int).\nAda is 36.", {"name": "Ada", "age": 36}),
        ('As {"city": "...", "days": 0}: 3 days in Oslo', {"city": "Oslo", "days": 3}),
        (f"Follow this JSON schema: {PERSON!r}\nAda is 36.", {"name": "Ada", "age": 36}),
        (
            f"A JSON schema such as {json.dumps(parameters(foo=STRING))} asks for an object.\n"
            f"Here is the schema of yours: {json.dumps(PERSON)}\nAda is 36.",
            {"name": "Ada", "age": 36},
        ),
    ],
)
def test_json_object_takes_its_keys_from_the_message(question, expected):
    assert json.loads(said(question, json_object=True)) == expected


def test_json_object_without_keys_holds_the_answer():
    assert json.loads(said("What is 2 + 3? As JSON.", json_object=True)) == {"answer": "5"}


# Whatever comes


TEXTS = st.text(max_size=200) | st.sampled_from(
    [
        "What's the weather in Oslo?",
        "Send Bob a mail",
        "count to 99999999999",
        "9**9**9",
        "{",
        "a: b",
    ]
)


CONTENTS = (
    st.none()
    | TEXTS
    | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": TEXTS}), max_size=3)
)


MESSAGES = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"role": st.sampled_from(["system", "user", "developer"]), "content": CONTENTS}
        ),
        st.fixed_dictionaries(
            {"role": st.just("tool"), "tool_call_id": st.just("x"), "content": CONTENTS}
        ),
        st.fixed_dictionaries(
            {
                "role": st.just("assistant"),
                "content": CONTENTS,
                "tool_calls": st.lists(
                    st.fixed_dictionaries(
                        {
                            "id": st.just("x"),
                            "type": st.just("function"),
                            "function": st.fixed_dictionaries(
                                {"name": st.just("get_weather"), "arguments": TEXTS}
                            ),
                        }
                    ),
                    max_size=2,
                ),
            }
        ),
    ),
    max_size=5,
)


@examples(100)
@given(
    MESSAGES,
    st.lists(st.sampled_from([WEATHER, EMAIL, CALCULATE, EVENT, SQL]), unique_by=lambda t: t.name),
    st.sampled_from(["auto", "none", "required"]),
    st.booleans(),
)
def test_any_conversation_gets_the_same_valid_reply_every_time(messages, tools, choice, parallel):
    choice = choice if tools else "auto"
    prompt = Prompt(VENDORS["openai"], messages, tuple(tools), choice, parallel, reasoning=True)
    reply = answer(prompt)
    assert reply == answer(prompt)
    assert (reply.text is None) == bool(reply.calls)
    schemas = {tool.name: tool.parameters for tool in tools}
    for call in reply.calls:
        Draft202012Validator(schemas[call.name]).validate(json.loads(call.arguments))
    if choice == "required":
        assert reply.calls
    if not parallel:
        assert len(reply.calls) <= 1
