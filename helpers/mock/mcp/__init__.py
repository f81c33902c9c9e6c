"""Tools that live on servers: the mock's MCP servers, and the models that call tools by themselves.

The package `mcp` takes more than half a second to import, so that nothing here does before the
first request that needs it.
"""

from __future__ import annotations

PATH = "/v2/ext/mcp/v1/users/{user}/apps/{app}/models/{model}"
"""Where a server is, below the root of the mock."""

SERVERS_OF = ("clarifai", "mcp")
"""The user and the app that the servers belong to."""
