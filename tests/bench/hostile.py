"""Send the mock requests that nobody would make, over all its routes: no 5xx, and nothing hangs.

    nice python -m tests.bench.hostile [--requests 10000] [--seed 1]

Made from a seed: good requests with parts spoiled, cut, doubled or swapped, any JSON and bytes, any
method and header, at every route of the OpenAI format, of the native API over REST, of tools that
live on servers, and at those that control the mock. Exits with status 1 for a reply that is a 5xx,
for none, and for one that took longer than `SECONDS`.
"""

from __future__ import annotations

import argparse
import copy
import http.client
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from helpers.mock import MOCK_PAT, OPENAI_PATH
from helpers.mock.native import api

SECONDS = 10
CHAT, EMBED = "openai/chat-completion/models/gpt-5", "openai/embed/models/text-embedding-3-small"
_OWNER = "/v2/users/openai/apps/chat-completion/models/gpt-oss-120b"
_SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "pattern": "^[A-Z][a-z]+$"},
        "days": {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 3},
        "unit": {"anyOf": [{"enum": ["c", "f"]}, {"type": "null"}]},
    },
    "required": ["city"],
    "additionalProperties": False,
}
_FUNCTION = {"name": "get_weather", "description": "Weather of a city", "parameters": _SCHEMA}
_OLDER = {"temperature": 1, "prompt": "a", "image": {}, "chat_history": [], "tools": []}
_TEXT = "What is the weather in Oslo for 3 days? My name is Ada, x@y.org, 17 * 23."

GOOD: list[tuple[str, str, Any]] = [
    (
        "POST",
        OPENAI_PATH + "/chat/completions",
        {
            "model": CHAT,
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": _TEXT}]},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "c1", "content": '{"temp": 7}'},
            ],
            "tools": [{"type": "function", "function": _FUNCTION}],
            "tool_choice": "auto",
            "stream": True,
            "n": 2,
            "logprobs": True,
            "stop": ["x"],
            "max_tokens": 50,
        },
    ),
    (
        "POST",
        OPENAI_PATH + "/chat/completions",
        {
            "model": "gpt-oss-120b",
            "messages": [{"role": "user", "content": _TEXT}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "r", "schema": _SCHEMA},
            },
            "reasoning_effort": "high",
            "tools": [{"type": "function", "function": _FUNCTION}],
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "required",
                    "tools": [{"type": "function", "function": {"name": "get_weather"}}],
                },
            },
        },
    ),
    (
        "POST",
        OPENAI_PATH + "/chat/completions",
        {
            "model": "clarifai/agentic-model/models/gpt-oss-20b",
            "messages": [{"role": "user", "content": _TEXT}],
            "mcp_servers": ["https://clarifai.com/clarifai/mcp/models/mcp-server-weather"],
            "max_tokens": 50,
            "stream": True,
        },
    ),
    (
        "POST",
        OPENAI_PATH + "/responses",
        {
            "model": CHAT,
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": _TEXT}]},
                {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c", "output": "7"},
            ],
            "tools": [{"type": "function", **_FUNCTION}],
            "text": {"format": {"type": "json_schema", "name": "r", "schema": _SCHEMA}},
            "stream": True,
            "store": True,
        },
    ),
    ("POST", OPENAI_PATH + "/embeddings", {"model": EMBED, "input": ["a", _TEXT], "dimensions": 9}),
    (
        "POST",
        OPENAI_PATH + "/images/generations",
        {
            "model": "xai/image-generation/models/grok-2-image-1212",
            "prompt": "A red cat",
            "size": "64x64",
            "n": 1,
        },
    ),
    ("GET", OPENAI_PATH + "/models", None),
    ("GET", OPENAI_PATH + "/models/" + CHAT, None),
    (
        "POST",
        _OWNER + "/outputs",
        {
            "inputs": [
                {
                    "data": {
                        "parts": [
                            {"id": "prompt", "data": {"string_value": _TEXT}},
                            {"id": "max_tokens", "data": {"int_value": "9"}},
                        ],
                        "metadata": {"_method_name": "predict"},
                    }
                }
            ],
            "model": {"model_version": {"output_info": {"params": _OLDER}}},
        },
    ),
    (
        "POST",
        _OWNER + "/outputs/generate",
        {"inputs": [{"data": {"text": {"raw": _TEXT}, "metadata": {"_method_name": "generate"}}}]},
    ),
    (
        "POST",
        "/v2/users/clarifai/apps/main/models/general-image-recognition/outputs",
        {
            "inputs": [{"data": {"image": {"url": "https://samples.clarifai.com/train.jpg"}}}],
            "model": {"output_info": {"output_config": {"max_concepts": 3, "min_value": 0.9}}},
        },
    ),
    ("GET", "/v2/models?featured_only=true&per_page=3&page=1&use_cases=llm", None),
    ("GET", "/v2/users/me", None),
    (
        "POST",
        "/v2/resource_prices/searches",
        {"models": [{"id": "gpt-oss-120b", "user_id": "openai", "app_id": "chat-completion"}]},
    ),
    (
        "POST",
        "/v2/ext/mcp/v1/users/clarifai/apps/mcp/models/mcp-server-weather",
        {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
    ),
    ("POST", "/_mock/faults", {"name": "busy", "times": 1, "model": EMBED, "seconds": 0}),
    ("GET", "/_mock/requests", None),
]


class Sent(NamedTuple):
    """A request as it goes over the wire."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]


_LEAVES: list[Any] = [
    *(None, True, False, 0, -1, 1, 1e308, -0.0, 2**63, 2**70, 1.5, "", " ", "x", "\ud83d", "\x00"),
    *("é" * 40, "null", "a" * 3_000, "auto", "{}", "[" * 50, "data:image/png;base64,AAAA"),
    *("https://x.invalid/a.png", "[DONE]", "%s{}\n\r", [], {}, [None], {"a": None}, [[[[]]]]),
    *({"type": "object"}, {"$ref": "#"}, {"anyOf": []}, {"pattern": "(a*)*b"}, {"role": "user"}),
    *({"type": "array", "minItems": 10**9}, {"type": "string", "minLength": 10**9}),
    *({"type": "custom", "custom": {"name": "f"}}, {"type": "function", "name": "f"}),
    *({"enum": []}, {"$ref": "#/$defs/a"}, {"not": {}}, {"const": 1e308}, {"items": []}),
]
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def _any_json(draw: random.Random, depth: int = 3) -> Any:
    if not depth or draw.random() < 0.5:
        return copy.deepcopy(draw.choice(_LEAVES))
    if draw.random() < 0.5:
        return [_any_json(draw, depth - 1) for _ in range(draw.randrange(4))]
    names = ["type", "content", "name", "a", "", "id", "model", "messages", "input", "é"]
    return {draw.choice(names): _any_json(draw, depth - 1) for _ in range(draw.randrange(4))}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder in a JSON, with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys if isinstance(value, dict | list) else ():
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _spoil(body: Any, draw: random.Random) -> Any:
    body = copy.deepcopy(body)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        places = list(_places(body))
        if not places:
            return _any_json(draw)
        holder, key = draw.choice(places)
        match draw.randrange(5):
            case 0:
                del holder[key]
            case 1:
                holder[key] = _any_json(draw)
            case 2:
                other, name = draw.choice(places)
                if name in other if isinstance(other, dict) else name < len(other):
                    holder[key] = copy.deepcopy(other[name])
            case 3 if isinstance(holder, dict):
                holder[draw.choice(["x", "type", "", "$ref", "n"])] = _any_json(draw, 2)
            case _:
                holder[key] = [copy.deepcopy(holder[key])] * draw.choice([1, 2, 20])
    return body


def _native_targets() -> list[tuple[str, str]]:
    """Each way to call the native API over REST: its method and path."""
    from google.api import annotations_pb2

    found = []
    for described in api.DESCRIBED.values():
        rule = described.GetOptions().Extensions[annotations_pb2.http]
        for binding in (rule, *rule.additional_bindings):
            if verb := binding.WhichOneof("pattern"):
                found.append((verb.upper(), getattr(binding, verb)))
    return found


def requests(count: int, seed: int = 1) -> Iterator[Sent]:
    """So many requests, the same for the same seed."""
    draw = random.Random(seed)
    native = _native_targets()
    for _ in range(count):
        method, target, body = draw.choice(GOOD)
        if draw.random() < 0.2:
            method, path = draw.choice(native)
            target = "".join(
                draw.choice(["me", "a%2Fb", "é", "x" * 300]) if part.startswith("{") else part
                for part in path.replace("}", "{").split("{")
            ).encode("ascii", "ignore").decode()  # fmt: skip
            target = path if draw.random() < 0.5 else target
        if draw.random() < 0.1:
            method = draw.choice(_METHODS)
        if draw.random() < 0.1:
            target += draw.choice(["/", "?", "?a=%FF&a", "/..", "%00", "?page=-1&per_page=x", "//"])
        body = _spoil(body, draw) if body is not None and draw.random() < 0.85 else body
        body = _any_json(draw) if draw.random() < 0.05 else body
        data = b"" if body is None else json.dumps(body).encode()
        if draw.random() < 0.05:
            data = draw.choice([data[: len(data) // 2], b"\xff\xfe" + data, data * 2, b"[" * 5_000])
        headers = {"content-type": "application/json", "authorization": f"Bearer {MOCK_PAT}"}
        if draw.random() < 0.05:
            name = draw.choice(["authorization", "content-type", "accept", "origin", "x-a"])
            headers[name] = draw.choice(["", "Key x", "text/html", "multipart/form-data", "é"])
        yield Sent(method, target.replace(" ", "%20"), data, headers)


def send(port: int, each: Sent, patience: float = SECONDS) -> tuple[int, float]:
    """The status of the reply, 0 for none, and how many seconds all of it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    began = time.monotonic()
    try:
        connection.request(each.method, each.target, each.body, each.headers)
        response = connection.getresponse()
        response.read()
        return response.status, time.monotonic() - began
    except (http.client.HTTPException, OSError):
        return 0, time.monotonic() - began
    finally:
        connection.close()


def disarm(port: int) -> None:
    """Take back the faults that some of the requests have armed."""
    headers = {"authorization": f"Bearer {MOCK_PAT}"}
    send(port, Sent("DELETE", "/_mock/faults", b"", headers))


def main() -> int:
    from tests.bench.server import serve

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    command = [sys.executable, "-m", "helpers", "serve", "--port"]
    statuses: Counter[int] = Counter()
    slowest, bad = 0.0, 0
    with serve("the mock", lambda port: [*command, str(port)]) as server:
        for number, each in enumerate(requests(options.requests, options.seed)):
            status, seconds = send(server.port, each)
            statuses[status] += 1
            slowest = max(slowest, seconds)
            if not status or status >= 500 or seconds > SECONDS:
                bad += 1
                print(f"{status} after {seconds:.1f} s: number {number}, {each}"[:1_500])
            if "/_mock" in each.target:
                disarm(server.port)
    print(f"{dict(sorted(statuses.items()))}; the slowest took {slowest:.2f} s; {bad} bad")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
