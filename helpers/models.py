"""Clarifai model references: parse, validate, format."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers.remember import remember

SITE = "https://clarifai.com"
API_HOST = "api.clarifai.com"

_ID = r"[A-Za-z0-9_.\-]+"
_REFERENCE = re.compile(
    rf"(?P<user>{_ID})/(?P<app>{_ID})/models/(?P<model>{_ID})(?:/versions/(?P<version>[0-9a-f]{{32}}))?"
)
_SITE_PREFIX = re.compile(r"https?://(?:www\.)?clarifai\.com/")


class ModelReferenceError(ValueError):
    """A text that is not a model reference; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model on Clarifai: its owner, app and id, and one version of it or None for the latest."""

    user_id: str
    app_id: str
    model_id: str
    version_id: str | None = None

    @property
    def name(self) -> str:
        """The short form, `user/app/models/id[/versions/version]`."""
        name = f"{self.user_id}/{self.app_id}/models/{self.model_id}"
        return name if self.version_id is None else f"{name}/versions/{self.version_id}"

    @property
    def url(self) -> str:
        """The full form, which is also the address of the model's page."""
        return f"{SITE}/{self.name}"

    def __str__(self) -> str:
        return self.url


@remember(256)
def parse_model(text: str) -> ModelRef:
    """Read a reference in its full form (a URL on clarifai.com) or its short form.

    Raises ModelReferenceError for anything else. A bare id such as `gpt-oss-120b` is refused:
    reports of whether the endpoint takes one contradict each other, and Clarifai's documentation
    uses none.
    """
    match = _REFERENCE.fullmatch(_SITE_PREFIX.sub("", text.strip(), count=1).rstrip("/"))
    if match is None:
        raise ModelReferenceError(f"{text!r} does not name a Clarifai model: {_advice(text)}")
    return ModelRef(match["user"], match["app"], match["model"], match["version"])


def _advice(text: str) -> str:
    form = (
        f"write {SITE}/USER/APP/models/MODEL, or USER/APP/models/MODEL,"
        " and /versions/ID for one version"
    )
    if text.startswith("openai/") and (
        "https://" in text or (text.count("/models/") and text.count("/") > 3)
    ):
        return f"the leading 'openai/' is for LiteLLM only; {form}"
    if "/workflows/" in text:
        return f"a workflow is not a model; {form}"
    if "/versions/" in text:
        return f"a version id is 32 hexadecimal digits; {form}"
    if "/" in text and "/models/" not in text:
        return f"the part 'models' is missing before the model's id; {form}"
    return form
