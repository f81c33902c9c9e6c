"""The tools of the servers that a request names: the mock's own, and any on this machine.

As in Clarifai's `AgenticModelClass`, a server that cannot be reached is logged and left out, and
the first server that has a tool of some name is the one that is called.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from helpers.mock import MOCK_PAT
from helpers.mock.apis.context import Context
from helpers.mock.mcp import PATH
from helpers.mock.mcp.servers import find
from helpers.mock.requests import InvalidRequest, Json
from helpers.models import API_HOST, ModelRef, ModelReferenceError, parse_model

_LOG = logging.getLogger(__name__)
# Nobody who has not asked for logs gets any on the screen.
_LOG.addHandler(logging.NullHandler())

_SECONDS = 10
_OWN = re.compile(r"https?://[^/]+" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/?#]+)", PATH))


def reaches_out(urls: Any, context: Context) -> bool:
    """Whether any of the servers is another than the mock's own, so that asking it takes time."""
    urls = urls if isinstance(urls, list) else [urls]
    return any(isinstance(url, str) and isinstance(_place(url, context), str) for url in urls)


class Server(Protocol):
    """A server, wherever it is."""

    def schemas(self) -> list[Json]:
        """Its tools; see ToolServer."""

    def run(self, name: str, arguments: Json) -> tuple[str, bool]:
        """Call one of them."""


@dataclass(frozen=True)
class Connected:
    """The tools to offer, in the form of chat completions, and where each is."""

    tools: list[Json]
    servers: dict[str, Server]

    def call(self, name: str, arguments: Json) -> str:
        """What the model is told of a call."""
        if name not in self.servers:
            return f"Error: Tool '{name}' not found"
        text, failed = self.servers[name].run(name, arguments)
        return f"Error: {text}" if failed else text


def connect(urls: Any, context: Context) -> Connected:
    """The tools of these servers. Raises InvalidRequest."""
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise InvalidRequest("mcp_servers", "Should be an address, or a list of addresses")
    tools: list[Json] = []
    servers: dict[str, Server] = {}
    for url in dict.fromkeys(urls):
        try:
            server = _server(url, context)
            listed = server.schemas()
        except Exception as error:  # noqa: BLE001 - whatever it is, the model goes on without it
            _LOG.error("Failed to connect to %s: %s", url, _reason(error))
            continue
        for tool in listed:
            if tool["name"] not in servers:
                servers[tool["name"]] = server
                tools.append({"type": "function", "function": tool})
    return Connected(tools, servers)


def _server(url: str, context: Context) -> Server:
    place = _place(url, context)
    if isinstance(place, ModelRef):
        server = find(place)
        if server is None:
            raise ConnectionError("there is no such server")
        return server
    host = urlsplit(place).hostname or ""
    if host != "localhost" and not ip_address(host).is_loopback:
        raise ConnectionError("the mock is offline, and reaches servers on this machine alone")
    return _Remote(place)


def _place(url: str, context: Context) -> ModelRef | str:
    """The mock's own server that is meant, by its page at Clarifai or its address; or an address.

    That is the one of a server which the mock was given, too.
    """
    match = _OWN.match(url)
    if match and (url.startswith(context.root) or urlsplit(url).hostname == API_HOST):
        ref = ModelRef(match["user"], match["app"], match["model"])
    else:
        try:
            ref = replace(parse_model(url), version_id=None)
        except ModelReferenceError:
            return url
    if ref in context.hosted:
        return context.root + PATH.format(user=ref.user_id, app=ref.app_id, model=ref.model_id)
    return ref


class _Remote:
    """A server on this machine, asked over HTTP with the official client."""

    def __init__(self, url: str) -> None:
        self._url = url

    def schemas(self) -> list[Json]:
        listed = asyncio.run(self._asked("list_tools"))
        return [
            {
                "name": tool.name,
                "description": tool.description or "",
                "parameters": tool.input_schema,
            }
            for tool in listed.tools
        ]

    def run(self, name: str, arguments: Json) -> tuple[str, bool]:
        try:
            result = asyncio.run(self._asked("call_tool", name, arguments))
        except Exception as error:  # noqa: BLE001 - the model is told, whatever it is
            return _reason(error), True
        text = next((part.text for part in result.content if part.type == "text"), "")
        return text, result.is_error

    async def _asked(self, method: str, *arguments: Any) -> Any:
        import httpx2
        from mcp import Client
        from mcp.client.streamable_http import streamable_http_client

        # The key opens nothing but mocks: a real one would not be sent to just any server.
        headers = {"authorization": f"Bearer {MOCK_PAT}"}
        async with (
            asyncio.timeout(_SECONDS),
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(self._url, http_client=http)) as client,
        ):
            return await getattr(client, method)(*arguments)


def _reason(error: BaseException) -> str:
    """What went wrong, from within the groups that tasks put it in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
