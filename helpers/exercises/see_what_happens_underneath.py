"""The exercises of notebook 12."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, Wrong, exercise

NOT_NATIVE = "no request went to the native API: post to the path of `as_clarifai_request`."
STILL_CHAT = "the chat was sent again: give `embedding` to `as_clarifai_request`."
WRONG_PATH = (
    "the embedding went to another API: the path is `/embeddings`, as in the OpenAI format."
)

WITH_THE_CLIENT = """\
model = "https://clarifai.com/openai/embed/models/text-embedding-ada-002"
client.embeddings.create(model=model, input="The train leaves at nine.")
"""


def _carried(body: dict[str, Any]) -> dict[str, Any]:
    """The OpenAI request in the envelope; empty if the body is none."""
    try:
        carried = json.loads(body["inputs"][0]["data"]["parts"][0]["data"]["string_value"])
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
    return carried if isinstance(carried, dict) else {}


@exercise(
    "native-embedding",
    correct="the envelope holds a request for an embedding, and the reply is one.",
    wrong=[
        Wrong(STILL_CHAT, edit={'"/embeddings", embedding': '"/embeddings", params'}),
        Wrong(WRONG_PATH, edit={'"/embeddings"': '"/chat/completions"'}),
        Wrong(NOT_NATIVE, code=WITH_THE_CLIENT),
    ],
)
def native_embedding(answer: Answer) -> str | None:
    native = [sent.body for sent in answer.sent if "inputs" in sent.body]
    if not native:
        return NOT_NATIVE
    carried = _carried(native[-1])
    if "messages" in carried or "input" not in carried:
        return STILL_CHAT
    return None if carried.get("openai_endpoint") == "/embeddings" else WRONG_PATH


NO_FAILURE = "a failure passes as a reply: look for the `code` that it has."
NO_DESCRIPTION = "it raises, but the message does not say the description."
NOT_A_REPLY = "for a reply it should return the reply as a dictionary."
NO_OTHER_REPLY = "a list of embeddings is a reply as well, and has no choices: ask for `code`."
OTHER_ERROR = "a failure should raise a `RuntimeError`, and not another error."

_CHAT = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"index": 0}]}
_EMBEDDINGS = {"object": "list", "data": [{"index": 0, "embedding": [0.1]}]}
_FAILURE = {"code": 21354, "description": "Model is busy", "details": "try again"}


@exercise(
    "notice-failure",
    sends=False,
    correct="replies of any kind pass, and failures raise and say why.",
    wrong=[
        Wrong(NO_FAILURE, edit={'"code" in reply': '"error" in reply'}),
        Wrong(NO_OTHER_REPLY, edit={'"code" in reply': '"choices" not in reply'}),
        Wrong(NO_DESCRIPTION, edit={"{reply['description']}: {reply.get('details', '')}": "no"}),
        Wrong(NOT_A_REPLY, edit={"    return reply": "    return text"}),
        Wrong(
            OTHER_ERROR,
            edit={"RuntimeError(f": "KeyError(f", "except RuntimeError": "except KeyError"},
        ),
    ],
)
def notice_failure(answer: Answer, opened: Callable[[str], Any]) -> str | None:
    try:
        opened(json.dumps(_FAILURE))
    except RuntimeError as error:
        if str(_FAILURE["description"]) not in str(error):
            return NO_DESCRIPTION
    except (LookupError, TypeError, ValueError):
        return OTHER_ERROR
    else:
        return NO_FAILURE
    if opened(json.dumps(_CHAT)) != _CHAT:
        return NOT_A_REPLY
    try:
        opened(json.dumps(_EMBEDDINGS))
    except (RuntimeError, LookupError):
        return NO_OTHER_REPLY
    return None
