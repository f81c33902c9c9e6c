"""The former door to `plan`, for callers that still hold a text of `entities`."""

from helpers.mock.simulated import entities, find
from helpers.mock.simulated import plan as planning
from helpers.mock.simulated.plan import Planned
from helpers.mock.simulated.prompt import Tool

__all__ = ["Planned", "forced", "plan"]


def plan(
    tools: tuple[Tool, ...], text: entities.Text, earlier: list[str] | None = None
) -> list[Planned]:
    """See `plan.plan`."""
    return planning.plan(tools, find.Text(text.raw, text.images), earlier)


def forced(tools: tuple[Tool, ...], text: entities.Text, name: str | None) -> list[Planned]:
    """See `plan.forced`."""
    return planning.forced(tools, find.Text(text.raw, text.images), name)
