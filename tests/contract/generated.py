"""Requests that are generated from the types of the `openai` package."""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, get_type_hints

from hypothesis import strategies as st
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.image_generate_params import ImageGenerateParamsBase
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from helpers.mock.server import MockServer
from tests.contract.wire import Reply, send

CHAT, RESPONSES = "/chat/completions", "/responses"


EMBEDDINGS, IMAGES = "/embeddings", "/images/generations"


SEES = "openai/chat-completion/models/gpt-5"


WHO = [{"role": "user", "content": "What is the weather in Oslo?"}]


# For each API: the type of its requests, a model, and the least that is asked of it.
APIS: dict[str, tuple[Any, dict[str, Any]]] = {
    CHAT: (CompletionCreateParamsBase, {"model": SEES, "messages": WHO}),
    RESPONSES: (ResponseCreateParamsBase, {"model": SEES, "input": WHO}),
    EMBEDDINGS: (
        EmbeddingCreateParams,
        {"model": "openai/embed/models/text-embedding-3-small", "input": ["Hi", "there"]},
    ),
    IMAGES: (
        ImageGenerateParamsBase,
        {
            "model": "xai/image-generation/models/grok-2-image-1212",
            "prompt": "A cat",
            "size": "32x32",
        },
    ),
}


text = st.text(max_size=30)


def as_json(value: Any) -> Any:
    """A value of a Python type, as it would be sent: any iterable, also an endless one, a list."""
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, str | int | float | bool | None):
        return value
    return [as_json(each) for each in islice(value, 5)] if isinstance(value, Iterable) else None


def post(mock: MockServer, path: str, body: Any) -> Reply:
    return send(mock, json.dumps(body).encode("utf-8", "surrogatepass"), path)


# Requests of the declared types


def declared(path: str) -> st.SearchStrategy[tuple[str, Any]]:
    request_type, least = APIS[path]
    fields = get_type_hints(request_type)
    if path == RESPONSES:
        # Of the many kinds of items and tools nearly all are refused: they are spoiled below.
        fields = {name: each for name, each in fields.items() if name not in ("input", "tools")}
    return st.builds(
        # What is asked for would mostly be refused for its model or for having no messages.
        lambda body, kept, stream: (
            path,
            as_json(body)
            | {field: least[field] for field in {*kept, "model"}}
            | {"stream": stream},
        ),
        st.fixed_dictionaries({}, optional={k: st.from_type(v) for k, v in fields.items()}),
        st.sets(st.sampled_from(sorted(least)), min_size=1),
        st.booleans(),
    )


# Valid requests

names = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True)


SAID = "What is the weather in Oslo? Send John Miller, 29, x@y.org, red http://a.b/c on 2024-01-02"


words = st.sampled_from(SAID.split())


sentences = st.one_of(
    st.lists(words, min_size=1, max_size=12).map(" ".join), st.text(min_size=1, max_size=50)
)


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, values, max_size=3).map(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": sorted(properties),
            "additionalProperties": False,
        }
    )


leaves = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
              st.integers(-100, 100), st.integers(0, 5)),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.integers(-9, 9)),
    st.lists(text, min_size=1, max_size=3, unique=True).map(lambda each: {"enum": each}),
    st.sampled_from(["date", "email", "uri", "uuid"]).map(
        lambda form: {"type": "string", "format": form}),
    st.builds(lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
              st.integers(0, 9), st.integers(0, 5)),
)  # fmt: skip


schemas = objects(
    st.recursive(
        leaves,
        lambda inner: st.one_of(
            objects(inner),
            st.builds(
                lambda items, low: {"type": "array", "items": items, "minItems": low},
                inner,
                st.integers(0, 3),
            ),
            st.lists(inner, min_size=1, max_size=2).map(lambda each: {"anyOf": each}),
        ),
        max_leaves=5,
    )
)


def fields(schema: Any, name: str) -> list[Any]:
    """What a schema says of the fields of a name, at any depth."""
    inner = list(schema.values() if isinstance(schema, dict) else schema)
    own = schema.get("properties", {}) if isinstance(schema, dict) else {}
    found = [own[name]] if name in own else []
    deeper = (fields(each, name) for each in inner if isinstance(each, dict | list))
    return found + [field for each in deeper for field in each]


def is_closed(schema: dict[str, Any], refusal: str) -> bool:
    """Whether no field that a refusal names, or none at all, can say that it is unknown."""
    closed = re.compile('"(?:boolean|integer|number|enum|format|minLength)"')
    if names := re.findall("`(\\w+)`", refusal):
        own = (map(json.dumps, fields(schema, name)) for name in names)
        return all(any(map(closed.search, each)) for each in own)
    silent = re.search('"(?:string|null|array|anyOf)"', json.dumps(schema))
    return '"boolean"' in json.dumps(schema) or not silent


functions = st.lists(
    st.fixed_dictionaries(
        {"name": names, "description": sentences, "parameters": schemas, "strict": st.booleans()}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each["name"],
)
