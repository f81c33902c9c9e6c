"""The exercises of `12_see_what_happens_underneath`."""

from __future__ import annotations

import json
import math
from array import array
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, attempted, exercise
from helpers.transcript.read import reason

NOT_NATIVE = "no request went to the native API: post to the path of `as_clarifai_request`."
STILL_CHAT = "the chat was sent again: give `embedding` to `as_clarifai_request`."
WRONG_PATH = "the embedding went to another API: its path is `/embeddings`, as with OpenAI."
NOT_JSON = "`text` is not the JSON that came back: take it out of the envelope."
NO_EMBEDDING = "what came back is not a list of embeddings: "
MADE_UP = "`text` did not come from a model: its embeddings are not ones. Send the request."


def _carried(body: dict[str, Any]) -> dict[str, Any]:
    """The OpenAI request in the envelope; empty if the body is no envelope."""
    try:
        carried = json.loads(body["inputs"][0]["data"]["parts"][0]["data"]["string_value"])
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
    return carried if isinstance(carried, dict) else {}


@exercise(
    "native-embedding",
    keeps=("text",),
    sends=False,
    correct="a list of embeddings came back, without the OpenAI client.",
)
def native_embedding(answer: Answer, text: Any) -> str | None:
    native = [sent.body for sent in answer.sent if "inputs" in sent.body]
    if answer.exchanges and not native:
        return NOT_NATIVE
    carried = _carried(native[-1]) if native else {}
    if carried and ("messages" in carried or "input" not in carried):
        return STILL_CHAT
    if carried and carried.get("openai_endpoint") != "/embeddings":
        return WRONG_PATH
    try:
        reply = json.loads(text)
    except (TypeError, ValueError):
        return NOT_JSON
    data = reply.get("data") if isinstance(reply, dict) else None
    # A reply names its model and counts tokens, however it was fetched.
    if data and "embedding" in data[0] and {"model", "usage"} <= reply.keys():
        return None if all(_is_embedding(each.get("embedding")) for each in data) else MADE_UP
    return NO_EMBEDDING + (reason(reply) or str(text)[:80])


def _is_embedding(vector: Any) -> bool:
    """Whether a model made it: many numbers, and of length 1. The transcript does not see gRPC."""
    if isinstance(vector, str):  # encoding_format="base64"
        vector = [*array("f", b64decode(vector))]
    return len(vector) >= 64 and len({*vector}) > 2 and abs(math.hypot(*vector) - 1) < 0.02


NO_FAILURE = "a failure passes as a reply: look for the `code` that it has."
NO_DESCRIPTION = "it raises, but the message does not contain the description."
NOT_A_REPLY = "for a reply it should return the reply as a dictionary."
NO_OTHER_REPLY = "a list of embeddings is a reply as well, and has no choices: ask for `code`."
ONLY_A_WORD = "a reply that talks about a code is taken for a failure: look at its fields."
OTHER_ERROR = "a failure should raise a `RuntimeError`, and not another error."

_TALK = {"role": "assistant", "content": 'The "code" is 42: error, failure, "description".'}
_CHAT = {"object": "chat.completion", "choices": [{"index": 0, "logprobs": None}]}
_TALKS = {"object": "chat.completion", "choices": [{"message": _TALK, "metadata": {"code": 7}}]}
_EMBEDDINGS = {"object": "list", "model": "m", "data": [{"index": 0, "embedding": [0.1]}]}
_FAILURE = {"code": 21354, "description": "Model is busy", "details": "try again"}


@exercise(
    "notice-failure",
    sends=False,
    correct="replies of any kind pass, and failures raise and say why.",
)
def notice_failure(answer: Answer, opened: Callable[[str], Any]) -> str | None:
    for layout in (None, 2):
        _, did = attempted(opened, json.dumps(_FAILURE, indent=layout))
        if did.error is None:
            return NO_FAILURE
        if not isinstance(did.error, RuntimeError):
            return OTHER_ERROR
        if str(_FAILURE["description"]) not in str(did.error):
            return NO_DESCRIPTION
    replies = (_CHAT, NOT_A_REPLY), (_EMBEDDINGS, NO_OTHER_REPLY), (_TALKS, ONLY_A_WORD)
    for reply, hint in replies:
        opened_as, did = attempted(opened, json.dumps(reply))
        if did.error and not isinstance(did.error, RuntimeError | KeyError):
            return did.stopped
        if opened_as != reply:
            return f"{hint} ({did.stopped})" if did.error else hint
    return None
