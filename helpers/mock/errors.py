"""Clarifai's statuses, and the error body made of one.

The body is Clarifai's own `Status`, flat, and not OpenAI's `{"error": ...}`; this was seen in
production by third parties, as were the HTTP statuses of 401, 404, 21313 and 21354. The other HTTP
statuses are assumed(http-statuses): from the meaning of the code, and so is that `code` is a number
here as it is in native REST.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pydantic_core import to_json

from helpers.mock.catalogue import Kind, Model
from helpers.text import fit


class Status(NamedTuple):
    """One of Clarifai's status codes, with its description and the HTTP status it comes with."""

    code: int
    description: str
    http: int


FAILURE = Status(10020, "Failure", 400)
# assumed(unserved-call): the HTTP status.
NOT_IMPLEMENTED = Status(10040, "Not implemented", 404)
KEY_INVALID = Status(11008, "Invalid API key or Invalid API key/application pair", 401)
INSUFFICIENT_SCOPES = Status(11007, "API key has insufficient permissions", 403)
MONTHLY_LIMIT = Status(11004, "Throttle monthly request limit exceeded", 429)
THROTTLED = Status(11005, "Making too many requests", 429)
BAD_REQUEST_FORMAT = Status(11100, "Bad request format", 400)
DOES_NOT_EXIST = Status(11101, "Resource does not exist", 404)
INVALID_REQUEST = Status(11102, "Invalid request", 401)
MESSAGE_TOO_LARGE = Status(40033, "Message size exceeded", 413)
MODEL_DOES_NOT_EXIST = Status(21200, "Model does not exist", 404)
MODEL_INVALID_ARGUMENT = Status(21202, "Invalid model argument", 400)
MODEL_PREDICTION_FAILED = Status(21313, "Model prediction failed", 400)
MODEL_DEPLOYING = Status(21351, "Model is deploying", 503)
MODEL_NOT_DEPLOYED = Status(21353, "Model is not deployed", 400)
MODEL_BUSY = Status(21354, "Model is busy serving requests but took too long", 429)
MODEL_LOADING = Status(21355, "Model is loading", 503)
# assumed(error-with-200): what stands in a reply of 200 whose body is an error.
FAILED_200 = MODEL_PREDICTION_FAILED._replace(http=200)


@dataclass
class ApiError(Exception):
    """A request answered with one of Clarifai's statuses; `details` says what about this one."""

    status: Status
    details: str

    def body(self, req_id: str = "") -> bytes:
        """The flat JSON body; `req_id` is 32 hex digits, after the client's prefix if any.

        What the model's side says of its failures has none.
        """
        body = {
            "code": self.status.code,
            "description": self.status.description,
            "details": fit(self.details),
        }
        return to_json(body | ({"req_id": req_id} if req_id else {}))


def require(model: Model, kind: Kind) -> None:
    """Raise an ApiError unless the model can do what an API is for."""
    if "legacy" in model.kinds:
        # Seen by a third party from a legacy model, whatever it was asked.
        details = "Streaming is only supported for new type of models."
        raise ApiError(MODEL_INVALID_ARGUMENT, details)
    if kind not in model.kinds:
        can = ", ".join(sorted(model.kinds))
        raise ApiError(MODEL_INVALID_ARGUMENT, f"{model.url} does not do {kind}. It does: {can}.")
