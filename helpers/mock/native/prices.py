"""What models cost: `POST /v2/resource_prices/searches`, which Clarifai's messages do not have.

As Clarifai's published skill reads it: prices are in millicents, of which a dollar has 100,000, and
a model is billed by tokens or by operations. assumed(price-names): that a price names its model as
it was asked for. A price that is not known to be Clarifai's own has the field `simulated`, which
only the mock sends.
"""

from __future__ import annotations

from typing import Any

from helpers.beside import table
from helpers.mock.catalogue import Model
from helpers.mock.errors import BAD_REQUEST_FORMAT, ApiError
from helpers.mock.gateway import known_model
from helpers.mock.requests import InvalidRequest, Json
from helpers.models import ModelRef

BY_TOKENS, BY_OPERATIONS = 1, 2
_MILLICENTS = 100_000
_IDS = ("user_id", "app_id", "id")


def search(body: Any) -> Json:
    """The prices of the models in `body`, in their order. Raises ApiError."""
    wanted = body.get("models") if isinstance(body, dict) else None
    if not isinstance(wanted, list):
        details = 'Send {"models": [{"id": ..., "user_id": ..., "app_id": ...}]}'
        raise ApiError(BAD_REQUEST_FORMAT, details)
    return {"model_prices": [_priced(_model(ids)) for ids in wanted]}


def _model(ids: Any) -> Model:
    if not isinstance(ids, dict) or not all(isinstance(ids.get(name), str) for name in _IDS):
        error = InvalidRequest("models", f"Each should have {', '.join(_IDS)}, as strings")
        raise ApiError(BAD_REQUEST_FORMAT, str(error))
    return known_model(ModelRef(*(ids[name] for name in _IDS)))


def _priced(model: Model) -> Json:
    prices = table(__file__, "prices.toml")
    ref = model.ref
    price: Json = {"model": {"id": ref.model_id, "user_id": ref.user_id, "app_id": ref.app_id}}
    listed = prices["listed"].get(ref.name)
    if "chat" in model.kinds:
        prompt, completion = (
            listed or prices["simulated"].get(ref.name) or prices["others"]["tokens"]
        )
        price["billing_type"] = BY_TOKENS
        price["price_per_prompt_token"] = _millicents(prompt / 1_000_000)
        price["price_per_completion_token"] = _millicents(completion / 1_000_000)
    else:
        price["billing_type"] = BY_OPERATIONS
        price["price_per_op"] = _millicents(prices["others"]["operation"])
    return price if listed else price | {"simulated": True}


def _millicents(dollars: float) -> float:
    return round(dollars * _MILLICENTS, 9)
