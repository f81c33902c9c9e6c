"""MCP over streamable HTTP, by the official package: a server at each address.

To the mock's own, every request stands for itself, as a server may have it that never speaks first:
no session, and the reply is JSON. A server that the mock was given has what it wants.
assumed(no-tool-server): what Clarifai answers to an address where no server is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from helpers.mock.errors import MODEL_DOES_NOT_EXIST, ApiError
from helpers.mock.gateway import authorize
from helpers.mock.mcp.hosted import Hosted
from helpers.mock.threads import off_loop
from helpers.models import ModelRef
from helpers.proxies import is_this_machine

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings


class McpEndpoint:
    """The ASGI application behind the route; it raises ApiError for what is no request of MCP."""

    def __init__(self, hosted: Mapping[ModelRef, Hosted]) -> None:
        self._hosted = hosted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        authorize(request.headers.get("authorization", "").encode("latin-1"))
        ids = request.path_params
        ref = ModelRef(ids["user"], ids["app"], ids["model"])
        if ref in self._hosted:
            await self._hosted[ref](scope, receive, send)
            return
        if request.method != "POST":
            # What MCP has for a server that sends nothing by itself and knows no sessions.
            await Response(status_code=405, headers={"allow": "POST"})(scope, receive, send)
            return
        from helpers.mock.mcp.servers import SERVERS, find

        if find(ref) is None:
            there = ", ".join([*SERVERS, *(server.name for server in self._hosted)])
            raise ApiError(MODEL_DOES_NOT_EXIST, f"{ref.url} is no MCP server; there are: {there}.")
        # A manager lives in the loop that it was started in, and costs next to nothing; the package
        # takes a second to import.
        manager = await off_loop(_manager, ref, scope)
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def _manager(ref: ModelRef, scope: Scope) -> StreamableHTTPSessionManager:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    return StreamableHTTPSessionManager(
        _server(ref), json_response=True, stateless=True, security_settings=_security(scope)
    )


@cache
def _server(ref: ModelRef) -> Server[Any]:
    """The official package's server for one of the mock's."""
    from mcp import types
    from mcp.server.lowlevel import Server

    from helpers.mock.mcp.servers import find

    tools = find(ref)
    assert tools is not None

    async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=schema["name"],
                    description=schema["description"],
                    input_schema=schema["parameters"],
                    annotations=types.ToolAnnotations(
                        read_only_hint=schema["name"] not in tools.irreversible,
                        destructive_hint=schema["name"] in tools.irreversible,
                    ),
                )
                for schema in tools.schemas()
            ]
        )

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        text, failed = tools.run(params.name, dict(params.arguments or {}))
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)], is_error=failed
        )

    return Server(
        ref.model_id,
        version="1.0.0",
        instructions=f"{tools.about} Simulated.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


_NAMES = ("127.0.0.1", "localhost", "[::1]")


def _security(scope: Scope) -> TransportSecuritySettings:
    """On loopback, a page of the web may not reach the tools by a name that leads here."""
    from mcp.server.transport_security import TransportSecuritySettings

    host = (scope.get("server") or ("127.0.0.1",))[0]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=is_this_machine(host),
        allowed_hosts=[each for name in _NAMES for each in (name, f"{name}:*")],
        allowed_origins=[f"http://{each}" for name in _NAMES for each in (name, f"{name}:*")],
    )
