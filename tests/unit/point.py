"""A type that a tool may take."""

from dataclasses import dataclass


@dataclass
class Point:
    """A place on a map."""

    latitude: float
    longitude: float = 0.0
