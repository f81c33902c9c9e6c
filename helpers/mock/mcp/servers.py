"""The MCP servers that the mock has: typed functions, the same as a learner would write.

Nothing they say depends on a clock or a network, and nothing they do lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError, validate_call
from pydantic_core import to_json

from helpers.beside import table
from helpers.mock.requests import Json
from helpers.models import ModelRef
from helpers.tools import tool
from helpers.weather import get_weather


@dataclass(frozen=True)
class ToolServer:
    """One server: what it is for, and its functions, of which some cannot be undone."""

    about: str
    functions: tuple[Callable[..., Any], ...]
    irreversible: tuple[str, ...] = ()

    def schemas(self) -> list[Json]:
        """For each tool its name, its description and the JSON schema of its parameters."""
        return [dict(tool(function)["function"]) for function in self.functions]

    def run(self, name: str, arguments: Json) -> tuple[str, bool]:
        """What a tool returns, as text, and whether that is an error."""
        functions = {function.__name__: function for function in self.functions}
        if name not in functions:
            return f"Unknown tool: {name}. There are: {', '.join(functions)}.", True
        try:
            result = validate_call(functions[name])(**arguments)
        except ValidationError as error:
            wrong = "; ".join(
                f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors()
            )
            return f"Invalid arguments for {name}: {wrong}", True
        except ValueError as error:
            return str(error), True
        return (result if isinstance(result, str) else to_json(result).decode()), False


def add(a: float, b: float) -> float:
    """Add two numbers.

    Args:
        a: The first number
        b: The second number
    """
    return _plain(a + b)


def subtract(a: float, b: float) -> float:
    """Subtract the second number from the first.

    Args:
        a: The number to subtract from
        b: The number to subtract
    """
    return _plain(a - b)


def multiply(a: float, b: float) -> float:
    """Multiply two numbers.

    Args:
        a: The first number
        b: The second number
    """
    return _plain(a * b)


def divide(a: float, b: float) -> float:
    """Divide the first number by the second.

    Args:
        a: The number to divide
        b: The number to divide by
    """
    if b == 0:
        raise ValueError("Division by zero")
    return _plain(a / b)


def _plain(number: float) -> float:
    """A number without the last digits that only binary fractions have; 5 rather than 5.0."""
    number = round(number, 10)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def read_page(url: str) -> str:
    """Read the text of a web page.

    Args:
        url: The page's address, such as https://example.com/museum
    """
    pages = _pages()
    if url not in pages:
        raise ValueError(f"No such page: {url}. There are: {', '.join(pages)}.")
    return pages[url]


def delete_page(url: str) -> str:
    """Delete a web page for good.

    Args:
        url: The page's address
    """
    read_page(url)
    return f"Deleted {url}."


@cache
def _pages() -> dict[str, str]:
    """The pages there are, by their addresses; one of them gives orders to whoever reads it."""
    return {url: " ".join(page.split()) for url, page in table(__file__, "pages.toml").items()}


def _typical_weather() -> Callable[..., Any]:
    def get_weather(location: str) -> str:
        """Get what the weather of a city usually is, from an almanac.

        Args:
            location: City and country, e.g., 'Bogotá, Colombia'
        """
        return f"In {location}, the weather is usually mild, says the almanac."

    return get_weather


# The documented names of Clarifai's servers for weather and for pages; assumed(tool-servers): the
# others.
SERVERS: dict[str, ToolServer] = {
    "clarifai/mcp/models/mcp-server-weather": ToolServer("The weather of cities.", (get_weather,)),
    "clarifai/mcp/models/math-mcp-server": ToolServer(
        "Arithmetic.", (add, subtract, multiply, divide)
    ),
    "clarifai/mcp/models/browser-mcp-server": ToolServer(
        "Reads web pages.", (read_page, delete_page), irreversible=("delete_page",)
    ),
    "clarifai/mcp/models/almanac-mcp-server": ToolServer(
        "What the weather usually is.", (_typical_weather(),)
    ),
}


def find(ref: ModelRef) -> ToolServer | None:
    """The server with these ids; any version of it will do."""
    return SERVERS.get(f"{ref.user_id}/{ref.app_id}/models/{ref.model_id}")
