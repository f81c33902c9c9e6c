"""Tools and conversations that the simulated model is asked with."""

import json
from typing import Any

from helpers.mock.catalogue import VENDORS
from helpers.mock.simulated.model import Prompt, Reply, Tool, answer

STRING = {"type": "string"}


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


EYES = Tool("recognize_image", "Name the concepts in a picture", parameters(url=STRING))


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


SQL = Tool("run_sql", "Run a SQL query against the database", parameters(query=STRING))


Message = dict[str, Any]


def user(content: Any) -> Message:
    return {"role": "user", "content": content}


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
