"""The simulated model picks the tools that a message asks for, and fills their arguments."""

import pytest

from helpers.mock.simulated.model import Tool
from tests.unit.prompts import (
    CALCULATE,
    EMAIL,
    EVENT,
    EYES,
    SQL,
    STRING,
    TIME,
    WEATHER,
    ask,
    made,
    parameters,
    said,
)

NUMBER = {"type": "number"}


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


LOOK = Tool("recognize_image", "Tell what is in a picture.", parameters(file=STRING))


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
        ("Roll two six-sided dice", [DICE], [("roll_dice", {"sides": 6, "count": 2})]),
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


@pytest.mark.parametrize(
    ("question", "tool", "words"),
    [
        ("Is it Quillfort with a Harvest Parade for the weather?", WEATHER, "Harvest Parade"),
        ("Delete the file a.txt that Wilma uploaded by mistake", DELETE, "Wilma uploaded mistake"),
    ],
)
def test_a_call_that_leaves_too_much_out_of_account_is_not_made(question, tool, words):
    assert f"do not understand “{words}”" in said(question, tool).replace("\n", " ")


@pytest.mark.parametrize(
    "question",
    [
        "What is the weather in Oslo like, by the way?",
        "What is the weather in Oslo like for a Harvest Parade?",
        "Our ferry leaves at seven and nobody packed. What is the weather in Oslo?",
        "What is the weather in Oslo? Tell it as a captain of a whaler would, and rhyme.",
    ],
)
def test_what_a_call_accounts_for_is_made_whatever_is_said_beside_it(question):
    assert made(ask(question, WEATHER)) == [("get_weather", {"location": "Oslo, Norway"})]


def test_who_has_to_call_takes_a_tool_that_lacks_nothing():
    climb = Tool("climb", "Plan a climb", parameters(lat=NUMBER, lon=NUMBER))
    notes = Tool("place_notes", "Notes on a place", parameters(place=STRING))
    reply = ask("Plan a climb at Zermatt", climb, notes, choice="required")
    assert made(reply) == [("place_notes", {"place": "Zermatt"})]


def test_a_call_that_has_to_be_made_has_the_message_for_its_summary():
    kinds = {"enum": ["technical", "billing"]}
    sort = Tool("sort_ticket", "Sort a ticket", parameters(kind=kinds, summary=STRING))
    [(_, arguments)] = made(ask("The app crashes on a start.", sort, choice="sort_ticket"))
    assert arguments["summary"] == "The app crashes on a start."
