"""A weather service that knows two cities, and says the same of them on every run."""

from typing import Literal, NotRequired

# pydantic, which turns `get_weather` into a tool, asks for this one before Python 3.12.
from typing_extensions import TypedDict

__all__ = ["Weather", "get_weather"]


class Weather(TypedDict):
    """What the service knows of a place.

    For an unknown place `condition` is "unknown", and there is no temperature.
    """

    location: str
    condition: str
    temperature: NotRequired[int]
    unit: NotRequired[Literal["celsius"]]


_REPORTS: dict[str, tuple[int, str]] = {
    "new york": (20, "partly cloudy"),
    "new york city": (20, "partly cloudy"),
    "london": (15, "rainy"),
}


def get_weather(location: str) -> Weather:
    """Get the current weather of a city.

    Args:
        location: City and country, e.g., 'Bogotá, Colombia'
    """
    city = location.partition(",")[0].strip().casefold()
    if city not in _REPORTS:
        return {"location": location, "condition": "unknown"}
    temperature, condition = _REPORTS[city]
    return {
        "location": location,
        "condition": condition,
        "temperature": temperature,
        "unit": "celsius",
    }
