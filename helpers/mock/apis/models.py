"""The catalogue as an API: `GET /models` and `GET /models/{model}`."""

from __future__ import annotations

from pydantic_core import to_json

from helpers.mock import catalogue
from helpers.mock.apis.turn import CREATED


def listing() -> bytes:
    """Every model that the mock knows, as JSON.

    assumed(models-list): OpenAI's shape, which the `openai` client reads; third parties disagree
    about what Clarifai sends. The ids are the short names, which every other route takes.
    """
    return to_json({"object": "list", "data": [_entry(model) for model in catalogue.MODELS]})


def entry(model: catalogue.Model) -> bytes:
    """One model, as JSON."""
    return to_json(_entry(model))


def _entry(model: catalogue.Model) -> dict[str, object]:
    owner = model.ref.user_id
    return {"id": model.ref.name, "created": CREATED, "object": "model", "owned_by": owner}
