"""Embeddings: `POST /embeddings`.

A text's vector is the sum of fixed directions: one for each word (without its ending), for each
topic that a word belongs to, and, weakly, for each three letters in a row. So near texts have near
vectors, which is enough for a plot or a small search to mean something. No model is behind it.
"""

from __future__ import annotations

import math
import re
from base64 import b64encode
from collections import Counter
from functools import lru_cache
from hashlib import shake_128
from typing import TYPE_CHECKING, Any

from openai.types.embedding_create_params import EmbeddingCreateParams
from pydantic_core import to_json

from helpers.mock import tokens
from helpers.mock.apis.context import Context
from helpers.mock.catalogue import Model
from helpers.mock.errors import require
from helpers.mock.requests import InvalidRequest, Json, refuse_unknown, validator, without_nulls
from helpers.mock.simulated.topics import topics_of
from helpers.mock.simulated.vocabulary import STOP_WORDS, stem

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[Any, np.dtype[Any]]

_NATIVE_DIMENSIONS = {
    "text-embedding-ada-002": 1536,
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
}
_KNOWN = frozenset(EmbeddingCreateParams.__annotations__) | {"stream"}
_MOST_INPUTS = 2048
_MOST_TOKENS = 300_000
"""In all inputs of a request together; OpenAI's API reference has both limits."""

_LARGEST_TOKEN = 2**31 - 1

# Whole numbers, so that sums are exact and the same on every machine.
_WORD, _STOP_WORD, _TOPIC, _LETTERS = 100, 8, 130, 6


def create(model: Model, params: Json, context: Context | None = None) -> bytes:
    """Answer a request with a `CreateEmbeddingResponse`, as JSON.

    Vectors have length 1 and the model's own number of dimensions, or the `dimensions` asked for;
    base64 is of little-endian 32-bit floats.
    Raises InvalidRequest, and ApiError for a model that makes no embeddings.
    """
    require(model, "embeddings")
    params = without_nulls(params)
    refuse_unknown(params, _KNOWN, "Embeddings.create")
    params.pop("openai_endpoint", None)
    # The kinds of input differ in ways that the error of a union could not tell.
    request = validator(EmbeddingCreateParams)(params | {"input": ""})
    if "input" not in params:
        raise InvalidRequest("input", "Field required", "type")
    inputs = _inputs(params["input"])
    counts = [tokens.count(each) if isinstance(each, str) else len(each) for each in inputs]
    _check_lengths(model, counts, one=inputs[0] is params["input"])
    dimensions = _dimensions(model, request)
    in_base64 = request.get("encoding_format") == "base64"
    data = []
    for index, each in enumerate(inputs):
        vector = embed(each, _native(model))[:dimensions]
        unit = _unit(vector)
        embedding = b64encode(unit.tobytes()).decode() if in_base64 else unit.tolist()
        data.append({"object": "embedding", "index": index, "embedding": embedding})
    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    reply = {"object": "list", "data": data, "model": model.ref.model_id, "usage": usage}
    return to_json(reply)


def embed(text: str | list[int], dimensions: int) -> Vector:
    """The direction of a text, or of tokens that only their model could read, as whole numbers."""
    import numpy as np

    total = np.zeros(dimensions, dtype=np.int64)
    for feature, weight in _features(text).items():
        total += np.multiply(_direction(feature, dimensions), weight, dtype=np.int64)
    return total


@lru_cache(maxsize=8192)
def _direction(feature: str, dimensions: int) -> Vector:
    """A fixed direction for a feature: each dimension up or down, as a hash has it."""
    import numpy as np

    bits = np.frombuffer(shake_128(feature.encode()).digest(dimensions // 8), dtype=np.uint8)
    directions: Vector = np.unpackbits(bits).astype(np.int8) * np.int8(2) - np.int8(1)
    return directions


def _unit(vector: Vector) -> Vector:
    import numpy as np

    length = math.sqrt((vector * vector).sum())
    # In one or two dimensions everything may cancel out.
    unit: Vector = vector / length if length else np.eye(1, len(vector))[0]
    return unit.astype("<f4")


def _features(text: str | list[int]) -> Counter[str]:
    features = Counter[str]()
    if not isinstance(text, str):
        for token in text:
            features[f"token {token}"] += _WORD
        return features
    words = re.findall(r"[^\W_]+", text.casefold())
    for word in words:
        root = stem(word)
        features[f"word {root}"] += _STOP_WORD if word in STOP_WORDS else _WORD
        for topic in topics_of(root):
            features[f"topic {topic}"] += _TOPIC
        if word not in STOP_WORDS:
            for start in range(len(word) - 2):
                features[f"letters {word[start : start + 3]}"] += _LETTERS
    # Punctuation alone has a direction too, and no text has none.
    return features or Counter({f"text {text.strip()}": _WORD})


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
            problem = f"Has {count:,} tokens; the model takes {longest:,}"
            raise InvalidRequest(field, problem, "context_window")
    if sum(counts) > _MOST_TOKENS:
        raise InvalidRequest("input", f"Has more than {_MOST_TOKENS:,} tokens in all", "range")


def _native(model: Model) -> int:
    return _NATIVE_DIMENSIONS.get(model.ref.model_id, 1536)


def _dimensions(model: Model, request: Json) -> int:
    native = _native(model)
    dimensions: int = request.get("dimensions", native)
    if dimensions != native and "-3-" not in model.ref.model_id:
        problem = f"{model.url} has {native}, and no other number"
        raise InvalidRequest("dimensions", problem, "dimensions")
    if not 1 <= dimensions <= native:
        raise InvalidRequest("dimensions", f"Should be between 1 and {native}", "range")
    return dimensions
