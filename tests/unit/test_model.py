"""The simulated model: it picks tools, puts results into words, and says what it cannot know."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from helpers.mock.catalogue import VENDORS
from helpers.mock.simulated import (
    agent,
    almanac,
    arithmetic,
    asking,
    crafts,
    find,
    measures,
    memory,
    plan,
    reading,
    results,
    say,
    segments,
    shape,
    structure,
    style,
    sums,
    tokens,
    want,
)
from helpers.mock.simulated.model import Prompt, Reply, Tool, answer

STRING = {"type": "string"}
NUMBER = {"type": "number"}


def parameters(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }


def described(text: str) -> dict[str, str]:
    return {"type": "string", "description": text}


WEATHER = Tool(
    "get_weather",
    "Get current temperature for a given location.",
    parameters(location=described("City and country, e.g., 'Bogotá, Colombia'")),
)
TIME = Tool("get_time", "Get the current time in a city", parameters(city=STRING))
EMAIL = Tool(
    "send_email",
    "Send an e-mail to someone",
    parameters(to=described("Recipient email address"), subject=STRING, body=STRING),
)
CALCULATE = Tool("calculate", "Evaluate an arithmetic expression", parameters(expression=STRING))
ADD = Tool("add", "Add two numbers", parameters(a=NUMBER, b=NUMBER))
MULTIPLY = Tool("multiply", "Multiply two numbers", parameters(a=NUMBER, b=NUMBER))
STOCK = Tool("get_stock_price", "Latest price of a stock", parameters(symbol=STRING))
CURRENCY = Tool(
    "convert_currency",
    "Convert an amount between currencies",
    parameters(amount=NUMBER, from_currency=STRING, to_currency=STRING),
)
TRANSLATE = Tool(
    "translate_text", "Translate text", parameters(text=STRING, target_language=STRING)
)
SEARCH = Tool("web_search", "Search the web", parameters(query=STRING))
EYES = Tool("recognize_image", "Name the concepts in a picture", parameters(url=STRING))
LOOK = Tool("recognize_image", "Tell what is in a picture.", parameters(file=STRING))
EVENT = Tool(
    "create_event",
    "Create a calendar event",
    parameters(
        ["title", "date"],
        title=STRING,
        date=STRING,
        time=STRING,
        attendees={"type": "array", "items": STRING},
    ),
)
LIGHT = Tool(
    "set_light",
    "Switch a light on or off",
    parameters(["room"], room=STRING, on={"type": "boolean"}, brightness={"type": "integer"}),
)
TASK = Tool(
    "add_task",
    "Add a task to the to-do list",
    parameters(["title"], title=STRING, due=STRING, priority={"enum": ["low", "high"]}),
)
ORDER = Tool("get_order_status", "Status of an order", parameters(order_id=STRING))
SQL = Tool("run_sql", "Run a SQL query against the database", parameters(query=STRING))
DICE = Tool(
    "roll_dice",
    "Roll dice",
    parameters([], sides={"type": "integer"}, count={"type": "integer"}),
)

READ = Tool("read_file", "Read a file", parameters(path=STRING))
DELETE = Tool("delete_file", "Delete a file", parameters(path=STRING))
LIST = Tool("list_files", "List files in a folder", parameters(folder=STRING))
SHOPPING = Tool(
    "add_to_list",
    "Add items to the shopping list",
    parameters(items={"type": "array", "items": STRING}),
)
ISSUE = Tool(
    "create_issue",
    "Create an issue in a repository",
    parameters(
        ["repo", "title"],
        repo=STRING,
        title=STRING,
        body=STRING,
        labels={"type": "array", "items": STRING},
    ),
)
PIZZA = Tool(
    "order_pizza",
    "Order pizzas",
    parameters(
        items={
            "type": "array",
            "items": parameters(
                name=STRING,
                size={"enum": ["small", "medium", "large"]},
                quantity={"type": "integer"},
            ),
        }
    ),
)
TABLE = Tool(
    "reserve_table",
    "Reserve a restaurant table",
    parameters(restaurant=STRING, party_size={"type": "integer"}, date=STRING),
)
RATE = Tool("get_exchange_rate", "", parameters(base=STRING, target=STRING))

Message = dict[str, Any]


def user(content: Any) -> Message:
    return {"role": "user", "content": content}


def assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


def ask(messages: Any, *tools: Tool, vendor: str = "anthropic", **more: Any) -> Reply:
    if isinstance(messages, str):
        messages = [user(messages)]
    return answer(Prompt(VENDORS[vendor], messages, tools, **more))


def made(reply: Reply) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, json.loads(call.arguments)) for call in reply.calls]


def said(messages: Any, *tools: Tool, **more: Any) -> str:
    reply = ask(messages, *tools, **more)
    assert reply.calls == ()
    assert reply.text is not None
    return reply.text


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


# Choosing tools


@pytest.mark.parametrize(
    ("question", "tools", "expected"),
    [
        (
            "What is the weather like in New York today?",
            [WEATHER],
            [("get_weather", {"location": "New York, USA"})],
        ),
        (
            "What's the weather in Lagos and in Oslo?",
            [WEATHER],
            [
                ("get_weather", {"location": "Lagos, Nigeria"}),
                ("get_weather", {"location": "Oslo, Norway"}),
            ],
        ),
        ("How warm is it in Quito?", [WEATHER], [("get_weather", {"location": "Quito, Ecuador"})]),
        (
            "I'm in Lima. Do I need an umbrella?",
            [WEATHER],
            [("get_weather", {"location": "Lima, Peru"})],
        ),
        ("Bergen weather", [WEATHER], [("get_weather", {"location": "Bergen, Norway"})]),
        ("weather in springfield?", [WEATHER], [("get_weather", {"location": "springfield"})]),
        (
            "weather and time in Oslo",
            [WEATHER, TIME],
            [("get_weather", {"location": "Oslo, Norway"}), ("get_time", {"city": "Oslo"})],
        ),
        (
            "Send Bob an e-mail with the subject 'Greetings' saying hi, and what is 3*7?",
            [EMAIL, CALCULATE],
            [
                ("send_email", {"to": "Bob", "subject": "Greetings", "body": "hi"}),
                ("calculate", {"expression": "3*7"}),
            ],
        ),
        ("What's 6 times 7?", [ADD, MULTIPLY], [("multiply", {"a": 6, "b": 7})]),
        (
            "Add 2 and 3, then multiply 4 by 5",
            [ADD, MULTIPLY],
            [("add", {"a": 2, "b": 3}), ("multiply", {"a": 4, "b": 5})],
        ),
        (
            "What's the price of Tesla and NVDA?",
            [STOCK],
            [("get_stock_price", {"symbol": "TSLA"}), ("get_stock_price", {"symbol": "NVDA"})],
        ),
        (
            "What's €40 in dollars?",
            [CURRENCY],
            [
                (
                    "convert_currency",
                    {"amount": 40, "from_currency": "EUR", "to_currency": "USD"},
                )
            ],
        ),
        (
            "Translate hello to French and German",
            [TRANSLATE],
            [
                ("translate_text", {"text": "hello", "target_language": "French"}),
                ("translate_text", {"text": "hello", "target_language": "German"}),
            ],
        ),
        (
            "Search the web for the best pizza in Naples",
            [SEARCH],
            [("web_search", {"query": "best pizza in Naples"})],
        ),
        (
            "Who won the 2022 World Cup?",
            [WEATHER, SEARCH],
            [("web_search", {"query": "Who won the 2022 World Cup"})],
        ),
        (
            "What colour is the roof in garden.png?",
            [LOOK, READ],
            [("recognize_image", {"file": "garden.png"})],
        ),
        (
            "Read the file notes.txt",
            [LOOK, READ],
            [("read_file", {"path": "notes.txt"})],
        ),
        (
            "What is in https://samples.clarifai.com/metro-north.jpg?",
            [EYES],
            [("recognize_image", {"url": "https://samples.clarifai.com/metro-north.jpg"})],
        ),
        (
            "Schedule a meeting with Alice and Bob about the budget on Friday at 3pm",
            [EVENT],
            [
                (
                    "create_event",
                    {
                        "title": "budget",
                        "date": "Friday",
                        "time": "15:00",
                        "attendees": ["Alice", "Bob"],
                    },
                )
            ],
        ),
        (
            "Turn off the lights in the kitchen",
            [LIGHT],
            [("set_light", {"room": "kitchen", "on": False})],
        ),
        (
            "Set the bedroom light to 40%",
            [LIGHT],
            [("set_light", {"room": "bedroom", "brightness": 40})],
        ),
        (
            "Add a task to buy milk tomorrow with high priority",
            [TASK, EVENT],
            [("add_task", {"title": "buy milk", "due": "tomorrow", "priority": "high"})],
        ),
        ("Where is my order #4521?", [ORDER], [("get_order_status", {"order_id": "4521"})]),
        ("Roll two six-sided dice", [DICE], [("roll_dice", {"sides": 6})]),
        (
            "Delete the file report.pdf",
            [READ, DELETE, LIST],
            [("delete_file", {"path": "report.pdf"})],
        ),
        (
            "Add eggs, milk and bread to my shopping list",
            [SHOPPING],
            [("add_to_list", {"items": ["eggs", "milk", "bread"]})],
        ),
        (
            "Create an issue titled 'Login broken' with labels bug and urgent in repo acme/docs",
            [ISSUE],
            [
                (
                    "create_issue",
                    {
                        "repo": "acme/docs",
                        "title": "Login broken",
                        "labels": ["bug", "urgent"],
                    },
                )
            ],
        ),
        (
            "Order 2 large pepperoni pizzas and 1 small margherita",
            [PIZZA],
            [
                (
                    "order_pizza",
                    {
                        "items": [
                            {"name": "pepperoni", "size": "large", "quantity": 2},
                            {"name": "margherita", "size": "small", "quantity": 1},
                        ]
                    },
                )
            ],
        ),
        (
            "Book a table for two at Chez Panisse at 8pm on Saturday",
            [TABLE],
            [
                (
                    "reserve_table",
                    {"restaurant": "Chez Panisse", "party_size": 2, "date": "Saturday"},
                )
            ],
        ),
        (
            "What's the exchange rate between the dollar and the yen?",
            [RATE],
            [("get_exchange_rate", {"base": "USD", "target": "JPY"})],
        ),
        (
            "What's the weather in Oslo, what time is it in Tokyo and convert 5 USD to EUR?",
            [CURRENCY, TIME, WEATHER],
            [
                ("get_weather", {"location": "Oslo, Norway"}),
                ("get_time", {"city": "Tokyo"}),
                ("convert_currency", {"amount": 5, "from_currency": "USD", "to_currency": "EUR"}),
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_message_calls_the_tools_it_asks_for(question, tools, expected):
    reply = ask(question, *tools)
    assert reply.text is None
    assert made(reply) == expected


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("Tell me a joke", WEATHER),
        ("Who are you?", WEATHER),
        ("Hello!", EMAIL),
        ("What is the capital of France?", WEATHER),
        ("What is my name?", SEARCH),
        ("Thanks, that helps a lot", STOCK),
        ("Do not use any tools: what's the weather in Oslo?", WEATHER),
        ("Bogotá, Colombia", STOCK),
    ],
)
def test_message_that_needs_no_tool_calls_none(question, tool):
    assert ask(question, tool).calls == ()


@pytest.mark.parametrize(
    ("question", "tool", "wanted"),
    [
        ("What's the weather?", WEATHER, "location"),
        ("convert dollars to euros", CURRENCY, "amount"),
        ("Where is my package?", ORDER, "order id"),
        ("How many rows are in the customers table?", SQL, "query"),
        ("Translate into Japanese, please", TRANSLATE, "text"),
        ("Schedule a meeting", EVENT, "title and the date"),
    ],
)
def test_what_only_the_user_knows_is_asked_for(question, tool, wanted):
    text = said(question, tool)
    assert text.startswith("Please tell me")
    assert wanted in text


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
        ("calculate", {"expression": "3*7"}, "21", "3*7 = 21."),
        ("multiply", {"a": 3, "b": 7}, "21", "The result is 21."),
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


def test_steps_of_a_solution_are_given_when_the_schema_wants_them():
    step = parameters(explanation=STRING, output=STRING)
    schema = parameters(steps={"type": "array", "items": step}, final_answer=STRING)
    value = json.loads(said("Solve 8x + 31 = 2", json_schema=schema))
    assert value["final_answer"] == "x = -3.625"
    assert [each["output"] for each in value["steps"]] == ["8x = -29", "x = -3.625"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Give me JSON with keys name and age: Ada is 36", {"name": "Ada", "age": 36}),
        ('As {"city": "...", "days": 0}: 3 days in Oslo', {"city": "Oslo", "days": 3}),
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


@settings(max_examples=300, deadline=None, derandomize=True)
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


HOSTILE = {
    "letters": "a", "spaces": " ", "lines": "\n", "digits": "1", "commas": "1,", "dots": "a.",
    "brackets": "(", "dashes": "-", "slashes": "/a", "quotes": "'", "capitals": "Aa ",
    "colons": ": ", "sums": "1+", "equals": "x = ", "context": "context: ", "my": "my a is ",
    "ids": "A-1-",
}  # fmt: skip
LEADS = ["weather", "say", "my name is", "count from", "tell me a story about", "extract: ",
         "how many words in", "sort alphabetically: ", "classify as", "what is my", "explain",
         "json with keys"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_no_text_makes_it_slow(piece):
    for size, leads in ((4_000, LEADS), (1_000_000, LEADS[:1])):
        text = piece * (size // len(piece))
        for lead in leads:
            for tools in ((), (WEATHER, EMAIL, CALCULATE)):
                start = time.process_time()
                ask(f"{lead} {text} 1", *tools)
                # Linear costs milliseconds; a pattern that backtracks costs seconds.
                assert time.process_time() - start < 0.5, lead


def test_every_pattern_is_linear():
    rooms = (almanac, asking, crafts, memory, reading, results, say, structure, style, sums)
    for module in (agent, arithmetic, find, measures, plan, segments, shape, tokens, want, *rooms):
        for name, pattern in vars(module).items():
            if not isinstance(pattern, re.Pattern):
                continue
            for piece in HOSTILE.values():
                start = time.process_time()
                pattern.search(piece * (4_000 // len(piece)))
                assert time.process_time() - start < 0.2, (module.__name__, name, piece)
