"""The former door to `shape`, for callers that still hold a text of `entities`."""

from collections.abc import Callable

from helpers.mock.simulated import entities, find, shape
from helpers.mock.simulated.json_schema import Schema
from helpers.mock.simulated.shape import Filled, Purpose

__all__ = ["Filled", "fill"]


def fill(
    schema: Schema,
    text: entities.Text,
    *,
    backup: entities.Text | None = None,
    purpose: Purpose = "call",
    reply: Callable[[], str] | None = None,
) -> Filled:
    """See `shape.fill`."""
    earlier = None if backup is None else find.Text(backup.raw, backup.images)
    source = find.Text(text.raw, text.images)
    return shape.fill(schema, source, backup=earlier, purpose=purpose, reply=reply)
