"""An MCP server that has all of what the protocol's own suite asks for, by the official package.

The names, and the texts that are compared, are the suite's.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http import EventCallback, EventMessage, EventStore
from starlette.applications import Starlette

from helpers.mock.requests import Json

Asked = ServerRequestContext[Any, Any]
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJg"
    "gg=="
)
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA="
DONE = types.EmptyResult()
SECONDS = 0.05


class Kept(EventStore):
    """The events of all streams, in order, so that a client that comes back gets what it missed."""

    def __init__(self) -> None:
        self._events: list[tuple[str, Any]] = []

    async def store_event(self, stream_id: str, message: Any) -> str:
        self._events.append((stream_id, message))
        return str(len(self._events) - 1)

    async def replay_events_after(self, last_event_id: str, send_callback: EventCallback) -> str:
        last = int(last_event_id)
        stream = self._events[last][0]
        for number, (of, message) in enumerate(self._events[last + 1 :], last + 1):
            if of == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def text(said: str) -> types.TextContent:
    return types.TextContent(type="text", text=said)


def resource(uri: str, said: str, mime_type: str = "text/plain") -> types.EmbeddedResource:
    read = types.TextResourceContents(uri=uri, mime_type=mime_type, text=said)
    return types.EmbeddedResource(type="resource", resource=read)


IMAGE = types.ImageContent(type="image", data=PIXEL, mime_type="image/png")
SAID: dict[str, list[types.ContentBlock]] = {
    "test_simple_text": [text("This is a simple text response for testing.")],
    "test_image_content": [IMAGE],
    "test_audio_content": [
        types.AudioContent(type="audio", data=SILENCE, mime_type="audio/wav"),
    ],
    "test_embedded_resource": [
        resource("test://embedded-resource", "This is an embedded resource content."),
    ],
    "test_multiple_content_types": [
        text("Multiple content types test:"),
        IMAGE,
        resource(
            "test://mixed-content-resource", '{"test":"data","value":123}', "application/json"
        ),
    ],
    "json_schema_2020_12_tool": [text("Kept.")],
}
"""Tools that say the same each time."""


async def logged(asked: Asked, arguments: Json) -> str:
    for n, said in enumerate(("started", "processing data", "completed")):
        await asyncio.sleep(SECONDS if n else 0)
        said = f"Tool {said}" if n == 1 else f"Tool execution {said}"
        await asked.session.send_log_message("info", said, related_request_id=asked.request_id)
    return "Logged."


async def progressing(asked: Asked, arguments: Json) -> str:
    for progress in (0, 50, 100):
        await asked.session.report_progress(progress, 100)
        await asyncio.sleep(SECONDS)
    return "Progressed."


async def failing(asked: Asked, arguments: Json) -> str:
    raise ValueError("This tool intentionally returns an error for testing")


async def sampling(asked: Asked, arguments: Json) -> str:
    message = types.SamplingMessage(role="user", content=text(arguments["prompt"]))
    answered = await asked.session.create_message(
        [message], max_tokens=100, related_request_id=asked.request_id
    )
    return f"LLM response: {answered.content}"


async def reconnecting(asked: Asked, arguments: Json) -> str:
    if asked.close_sse_stream:
        await asked.close_sse_stream()
    await asyncio.sleep(SECONDS)
    return "Sent after the client was to come back."


def eliciting(properties: Json, required: tuple[str, ...] = ()) -> Callable[..., Awaitable[str]]:
    """A tool that asks the user for these."""

    async def elicit(asked: Asked, arguments: Json) -> str:
        schema = {"type": "object", "properties": properties, "required": list(required)}
        message = arguments.get("message", "Please fill this in")
        answered = await asked.session.elicit_form(message, schema, asked.request_id)
        return f"User response: action={answered.action}, content={answered.content}"

    return elicit


OPTIONS = ["option1", "option2", "option3"]
TITLED = [
    {"const": "value1", "title": "First Option"},
    {"const": "value2", "title": "Second Option"},
    {"const": "value3", "title": "Third Option"},
]
RUN: dict[str, Callable[[Asked, Json], Awaitable[str]]] = {
    "test_tool_with_logging": logged,
    "test_tool_with_progress": progressing,
    "test_error_handling": failing,
    "test_sampling": sampling,
    "test_reconnection": reconnecting,
    "test_elicitation": eliciting(
        {
            "username": {"type": "string", "description": "User's response"},
            "email": {"type": "string", "description": "User's email address"},
        },
        required=("username", "email"),
    ),
    "test_elicitation_sep1034_defaults": eliciting(
        {
            "name": {"type": "string", "default": "John Doe"},
            "age": {"type": "integer", "default": 30},
            "score": {"type": "number", "default": 95.5},
            "status": {
                "type": "string",
                "enum": ["active", "inactive", "pending"],
                "default": "active",
            },
            "verified": {"type": "boolean", "default": True},
        }
    ),
    "test_elicitation_sep1330_enums": eliciting(
        {
            "untitledSingle": {"type": "string", "enum": OPTIONS},
            "titledSingle": {"type": "string", "oneOf": TITLED},
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            },
            "untitledMulti": {"type": "array", "items": {"type": "string", "enum": OPTIONS}},
            "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
        }
    ),
}
"""Tools that do something, and return a text."""
SCHEMAS: dict[str, Json] = {
    "json_schema_2020_12_tool": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {"type": "object", "properties": {"city": {"type": "string"}}}},
        "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"}},
        "additionalProperties": False,
    }
}


async def list_tools(asked: Asked, params: Any) -> types.ListToolsResult:
    tools = [
        types.Tool(name=name, description=name, input_schema=SCHEMAS.get(name, {"type": "object"}))
        for name in [*SAID, *RUN]
    ]
    return types.ListToolsResult(tools=tools)


async def call_tool(asked: Asked, params: types.CallToolRequestParams) -> types.CallToolResult:
    if params.name in SAID:
        return types.CallToolResult(content=SAID[params.name])
    try:
        said, failed = await RUN[params.name](asked, dict(params.arguments or {})), False
    except ValueError as error:
        said, failed = str(error), True
    return types.CallToolResult(content=[text(said)], is_error=failed)


TEXT, BINARY, TEMPLATE = "test://static-text", "test://static-binary", "test://template/{id}/data"


async def list_resources(asked: Asked, params: Any) -> types.ListResourcesResult:
    resources = [
        types.Resource(name=uri, uri=uri, description=uri, mime_type=mime_type)
        for uri, mime_type in ((TEXT, "text/plain"), (BINARY, "image/png"))
    ]
    return types.ListResourcesResult(resources=resources)


async def list_templates(asked: Asked, params: Any) -> types.ListResourceTemplatesResult:
    template = types.ResourceTemplate(name="data", uri_template=TEMPLATE, description="Data")
    return types.ListResourceTemplatesResult(resource_templates=[template])


async def read(asked: Asked, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    uri = str(params.uri)
    contents: types.TextResourceContents | types.BlobResourceContents
    if uri == BINARY:
        contents = types.BlobResourceContents(uri=uri, mime_type="image/png", blob=PIXEL)
    elif uri == TEXT:
        contents = resource(uri, "This is the content of the static text resource.").resource
    else:
        number = uri.split("/")[3]
        data = {"id": number, "templateTest": True, "data": f"Data for ID: {number}"}
        contents = resource(uri, json.dumps(data), "application/json").resource
    return types.ReadResourceResult(contents=[contents])


PROMPTS: dict[str, tuple[str, ...]] = {
    "test_simple_prompt": (),
    "test_prompt_with_arguments": ("arg1", "arg2"),
    "test_prompt_with_embedded_resource": ("resourceUri",),
    "test_prompt_with_image": (),
}


async def list_prompts(asked: Asked, params: Any) -> types.ListPromptsResult:
    prompts = [
        types.Prompt(
            name=name,
            description=name,
            arguments=[types.PromptArgument(name=each, required=True) for each in arguments],
        )
        for name, arguments in PROMPTS.items()
    ]
    return types.ListPromptsResult(prompts=prompts)


async def get_prompt(asked: Asked, params: types.GetPromptRequestParams) -> types.GetPromptResult:
    given = params.arguments or {}
    said: list[types.ContentBlock]
    match params.name:
        case "test_simple_prompt":
            said = [text("This is a simple prompt for testing.")]
        case "test_prompt_with_arguments":
            said = [text("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'".format(**given))]
        case "test_prompt_with_image":
            said = [IMAGE, text("Please analyze the image above.")]
        case _:
            embedded = resource(given["resourceUri"], "Embedded resource content for testing.")
            said = [embedded, text("Please process the embedded resource above.")]
    messages = [types.PromptMessage(role="user", content=each) for each in said]
    return types.GetPromptResult(messages=messages)


async def complete(asked: Asked, params: types.CompleteRequestParams) -> types.CompleteResult:
    return types.CompleteResult(completion=types.Completion(values=[], total=0, has_more=False))


async def nothing_more(asked: Asked, params: Any) -> types.EmptyResult:
    return DONE


def application() -> Starlette:
    """The server as its package serves it, with sessions and with streams that can be resumed."""
    server = Server(
        "reference",
        version="1.0.0",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read,
        on_subscribe_resource=nothing_more,
        on_unsubscribe_resource=nothing_more,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
        on_completion=complete,
        on_set_logging_level=nothing_more,
    )
    return server.streamable_http_app(event_store=Kept(), retry_interval=100)
