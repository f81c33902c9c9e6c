"""The requests that the mock and a real backend are compared by; `probes.json` has them.

There, a probe adds to the fields of its kind, and `null` takes one away; `$name` stands for the
thing of that name among what is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.mock.requests import Json

CHAT_MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"


@dataclass(frozen=True)
class Probe:
    """One request. `name` begins with the API that it is about; `body` is JSON, or text if not."""

    name: str
    path: str
    body: Json | str | None = None
    method: str = "POST"
    authorization: str | None = None
    """In place of the real key; "" for no header at all."""

    @property
    def about(self) -> str:
        """The first word of the name, by which probes can be chosen."""
        return self.name.partition(" ")[0]

    def content(self, model: str | None = None) -> bytes | None:
        """What is sent; `model` in place of the one for chat."""
        if not isinstance(self.body, dict):
            return self.body.encode() if self.body else None
        other = {"model": model} if model and self.body.get("model") == CHAT_MODEL else {}
        return json.dumps(self.body | other).encode()

    def headers(self, key: str) -> dict[str, str]:
        value = f"Bearer {key}" if self.authorization is None else self.authorization
        headers = {"content-type": "application/json"}
        return headers | {"authorization": value} if value else headers


def _probes() -> Iterator[Probe]:
    written = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    given = written["given"] | {"chat_model": CHAT_MODEL}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        named = isinstance(value, str) and value.startswith("$")
        return filled(given[value[1:]]) if named else value

    for probe in written["probes"]:
        kind = written["kinds"][probe["name"].partition(" ")[0]]
        body = probe.get("body", {})
        if isinstance(body, dict):
            body = {**kind.get("body", {}), **body}
            body = {name: each for name, each in body.items() if each is not None} or None
        yield Probe(**(kind | probe | {"body": filled(body)}))


PROBES: tuple[Probe, ...] = tuple(_probes())
