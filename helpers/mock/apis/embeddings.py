"""Embeddings: `POST /embeddings`.

A text's vector is made of its words' vectors (`helpers.mock.meaning`). So near texts have near
ones, which is enough for a plot or a small search to mean something. No model is behind it.
"""

from __future__ import annotations

import math
import struct
from array import array
from base64 import b64encode
from typing import Any

from openai.types.embedding_create_params import EmbeddingCreateParams
from pydantic_core import to_json

from helpers.mock import meaning, tokens
from helpers.mock.apis.context import Context
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.requests import InvalidRequest, Json, read

_MOST_INPUTS = 2048
_MOST_TOKENS = 300_000
"""In all inputs of a request together; OpenAI's API reference has both limits."""

_LARGEST_TOKEN = 2**31 - 1


def create(model: Model, params: Json, context: Context) -> bytes:
    """Answer a request with a `CreateEmbeddingResponse`, as JSON.

    Vectors have length 1 and the model's own number of dimensions, or the `dimensions` asked for;
    base64 is of little-endian 32-bit floats.
    Raises InvalidRequest, and ApiError for a model that makes no embeddings.
    """
    require(model, "embeddings")
    # The kinds of input differ in ways that the error of a union could not tell.
    request = read(params | {"input": ""}, EmbeddingCreateParams, "Embeddings.create", {})
    if params.get("input") is None:
        raise InvalidRequest("input", "Field required", "type")
    inputs = _inputs(params["input"])
    counts = [tokens.count(text) if isinstance(text, str) else len(text) for text in inputs]
    _check_lengths(model, counts, one=inputs[0] is params["input"])
    dimensions = _dimensions(model, request)
    in_base64 = request.get("encoding_format") == "base64"
    data = []
    for index, text in enumerate(inputs):
        unit = _unit(meaning.direction(text, _native(model))[:dimensions])
        embedding = _base64(unit) if in_base64 else unit.tolist()
        data.append({"object": "embedding", "index": index, "embedding": embedding})
    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    reply = {"object": "list", "data": data, "model": model.ref.model_id, "usage": usage}
    return to_json(reply)


def _unit(vector: list[int]) -> array[float]:
    """The vector with length 1, as 32-bit floats: the same ones on every machine."""
    length = math.sqrt(sum(number * number for number in vector))
    if not length:
        # In one or two dimensions everything may cancel out.
        return array("f", [1.0, *[0.0] * (len(vector) - 1)])
    return array("f", [number / length for number in vector])


def _base64(unit: array[float]) -> str:
    """Little-endian, whatever this machine is."""
    return b64encode(struct.pack(f"<{len(unit)}f", *unit)).decode()


def _inputs(value: Any) -> list[str | list[int]]:
    """The texts, or lists of tokens, to embed."""
    if isinstance(value, str):
        return [_text(value, "input")]
    if not isinstance(value, list):
        raise InvalidRequest(
            "input", "Should be a text, a list of texts, or a list of tokens", "type"
        )
    if not value:
        raise InvalidRequest("input", "Should not be empty", "mixed_input")
    if isinstance(value[0], int):
        return [_tokens(value, "input")]
    if len(value) > _MOST_INPUTS:
        raise InvalidRequest("input", f"Should have at most {_MOST_INPUTS} items", "range")
    read = _text if isinstance(value[0], str) else _tokens
    return [read(each, f"input.{index}") for index, each in enumerate(value)]


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(path, "Should be a text, as the first one is", "mixed_input")
    if not value:
        raise InvalidRequest(path, "Should not be empty", "mixed_input")
    return value


def _tokens(value: Any, path: str) -> list[int]:
    if not isinstance(value, list):
        raise InvalidRequest(path, "Should be a list of tokens", "type")
    if not value:
        raise InvalidRequest(path, "Should not be empty", "mixed_input")
    for index, token in enumerate(value):
        if not (type(token) is int and 0 <= token <= _LARGEST_TOKEN):
            problem = "Should be a token: a whole number from 0"
            raise InvalidRequest(f"{path}.{index}", problem, "type")
    return value


def _check_lengths(model: Model, counts: list[int], one: bool) -> None:
    longest = model.max_model_len or _MOST_TOKENS
    for index, count in enumerate(counts):
        if count > longest:
            field = "input" if one else f"input.{index}"
            problem = f"This model's maximum context length is {longest} tokens; this has {count}"
            raise InvalidRequest(field, problem, "context_window")
    if sum(counts) > _MOST_TOKENS:
        raise InvalidRequest("input", f"Has more than {_MOST_TOKENS:,} tokens in all", "range")


def _native(model: Model) -> int:
    return 3072 if model.ref.model_id == "text-embedding-3-large" else 1536


def _dimensions(model: Model, request: Json) -> int:
    native = _native(model)
    dimensions: int = request.get("dimensions", native)
    if dimensions != native and "-3-" not in model.ref.model_id:
        problem = f"{model.url} has {native}, and no other number"
        raise InvalidRequest("dimensions", problem, "dimensions")
    if not 1 <= dimensions <= native:
        raise InvalidRequest("dimensions", f"Should be between 1 and {native}", "range")
    return dimensions
