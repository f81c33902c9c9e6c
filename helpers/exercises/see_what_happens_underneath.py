"""The exercises of `12_see_what_happens_underneath`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from helpers.checks import NOT_SET, Answer, Hint, Right, Wrong, exercise

NOT_NATIVE = "no request went to the native API: post to the path of `as_clarifai_request`."
STILL_CHAT = "the chat was sent again: give `embedding` to `as_clarifai_request`."
WRONG_PATH = (
    "the embedding went to another API: the path is `/embeddings`, as in the OpenAI format."
)
NOT_JSON = "`text` is not the JSON that came back: take it out of the envelope."
NO_EMBEDDING = "what came back is not a list of embeddings: "

WITH_THE_CLIENT = """\
model = "https://clarifai.com/openai/embed/models/text-embedding-ada-002"
text = client.embeddings.create(model=model, input="The train leaves at nine.").to_json()
"""
GIVEN = """\
embedding = {
    "model": "https://clarifai.com/openai/embed/models/text-embedding-ada-002",
    "input": "The train leaves at nine.",
}
"""


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
    right=[
        Right(
            code=GIVEN
            + """\
from helpers.models import parse_model
sdk = Model(url=parse_model(embedding["model"]).url)
text = sdk.openai_transport(msg=json.dumps(embedding | {"openai_endpoint": "/embeddings"}))
"""
        ),
        Right(
            code=GIVEN
            + """\
import subprocess
request = as_clarifai_request("/embeddings", embedding)
command = ["curl", "-s", API + request.path, "-H", f"Authorization: {HEADERS['Authorization']}"]
command += ["-H", "Content-Type: application/json", "-d", json.dumps(request.json)]
reply = json.loads(subprocess.check_output(command))
text = reply["outputs"][0]["data"]["parts"][0]["data"]["string_value"]
"""
        ),
        Right(
            code=GIVEN
            + """\
msg = json.dumps({**embedding, "openai_endpoint": "/embeddings"})
part = {"id": "msg", "data": {"string_value": msg}}
data = {"metadata": {"_method_name": "openai_transport"}, "parts": [part]}
path = "/v2/users/openai/apps/embed/models/text-embedding-ada-002/outputs"
with httpx.Client(headers=HEADERS) as http:
    reply = http.post(API + path, json={"inputs": [{"data": data}]}).json()
text = reply["outputs"][0]["data"]["parts"][0]["data"]["string_value"]
print(len(json.loads(text)["data"][0]["embedding"]))
"""
        ),
        Right(edit={"headers=HEADERS, json=request.json": "json=request.json, headers=HEADERS"}),
        Right(
            code=GIVEN
            + """\
import urllib.request
request = as_clarifai_request("/embeddings", embedding)
sent = urllib.request.Request(
    API + request.path, json.dumps(request.json).encode(),
    HEADERS | {"Content-Type": "application/json"},
)
reply = json.load(urllib.request.urlopen(sent))
text = reply["outputs"][0]["data"]["parts"][0]["data"]["string_value"]
"""
        ),
    ],
    wrong=[
        Wrong(STILL_CHAT, edit={'"/embeddings", embedding': '"/embeddings", params'}),
        Wrong(WRONG_PATH, edit={'"/embeddings"': '"/chat/completions"'}),
        Wrong(NOT_SET, edit={"text = reply": "said = reply", "loads(text)": "loads(said)"}),
        Wrong(NOT_NATIVE, code=WITH_THE_CLIENT),
        Wrong(NOT_JSON, edit={"print(list(json": "text = str(reply)\n# print(list(json"}),
        Wrong(NO_EMBEDDING, code=GIVEN + "text = json.dumps(embedding)"),
        Wrong(NO_EMBEDDING, code=GIVEN + """text = '{"data": [{"embedding": [0.1]}]}'"""),
    ],
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
        return None
    return f"{NO_EMBEDDING}{str(text)[:80]}"


NO_FAILURE = "a failure passes as a reply: look for the `code` that it has."
NO_DESCRIPTION = "it raises, but the message does not contain the description."
NOT_A_REPLY = "for a reply it should return the reply as a dictionary."
NO_OTHER_REPLY = "a list of embeddings is a reply as well, and has no choices: ask for `code`."
ONLY_A_WORD = "a reply that talks about a code is taken for a failure: look at its fields."
OTHER_ERROR = "a failure should raise a `RuntimeError`, and not another error."

_TALK = {"role": "assistant", "content": 'The "code" is 42: error, failure, "description".'}
_CHAT = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"index": 0}]}
_TALKS = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"message": _TALK}]}
_EMBEDDINGS = {"object": "list", "data": [{"index": 0, "embedding": [0.1]}]}
_FAILURE = {"code": 21354, "description": "Model is busy", "details": "try again"}


@exercise(
    "notice-failure",
    sends=False,
    correct="replies of any kind pass, and failures raise and say why.",
    right=[
        Right(edit={'if "code" in reply': 'if reply.get("code") is not None'}),
        Right(
            code="""\
def check(reply):
    if "code" in reply:
        raise RuntimeError(str(reply))
    return reply


def opened(text):
    return check(json.loads(text))
"""
        ),
        Right(edit={"    return reply": "    print('fine')\n    return reply"}),
        Right(
            code="""\
def opened(text):
    reply = json.loads(text)
    try:
        code = reply["code"]
    except KeyError:
        return reply
    raise RuntimeError(f"{code}: {reply['description']}")
"""
        ),
        Right(
            code="""\
class ModelError(RuntimeError):
    pass
def opened(text):
    match json.loads(text):
        case {"code": code, "description": description}:
            raise ModelError(code, description)
        case reply:
            return reply
"""
        ),
        Right(
            code="""\
def opened(text):
    reply = json.loads(text)
    if {"code", "description"} <= reply.keys():
        raise RuntimeError(reply)
    return reply
"""
        ),
        Right(
            code="""\
def opened(text):
    reply = json.loads(text)
    if not reply.get("code", 10000) == 10000:
        raise RuntimeError(reply.get("description") or "unknown")
    return dict(reply)
"""
        ),
    ],
    wrong=[
        Wrong(NO_FAILURE, edit={'"code" in reply': '"error" in reply'}),
        Wrong(NO_OTHER_REPLY, edit={'"code" in reply': '"choices" not in reply'}),
        Wrong(ONLY_A_WORD, edit={'"code" in reply': '"code" in text'}),
        Wrong(ONLY_A_WORD, edit={'"code" in reply': '"description" in json.dumps(reply)'}),
        Wrong(NO_DESCRIPTION, edit={"{reply['description']}: {reply.get('details', '')}": "no"}),
        Wrong(NOT_A_REPLY, edit={"    return reply": "    return text"}),
        Wrong(NOT_A_REPLY, edit={'    if "code" in reply': '    if reply["code"]'}),
        Wrong(NOT_A_REPLY, code="def opened(text):\n    raise RuntimeError('Model is busy')"),
        Wrong(
            OTHER_ERROR,
            edit={"RuntimeError(f": "KeyError(f", "except RuntimeError": "except KeyError"},
        ),
    ],
)
def notice_failure(answer: Answer, opened: Callable[[str], Any]) -> str | None:
    with redirect_stdout(io.StringIO()):
        return _noticed(opened)


def _noticed(opened: Callable[[str], Any]) -> str | None:
    for layout in (None, 2):
        try:
            opened(json.dumps(_FAILURE, indent=layout))
        except RuntimeError as error:
            if str(_FAILURE["description"]) not in str(error):
                return NO_DESCRIPTION
        except (LookupError, TypeError, ValueError):
            return OTHER_ERROR
        else:
            return NO_FAILURE
    if _reply(opened, _CHAT) != _CHAT:
        return NOT_A_REPLY
    if _reply(opened, _EMBEDDINGS) != _EMBEDDINGS:
        return NO_OTHER_REPLY
    return None if _reply(opened, _TALKS) == _TALKS else ONLY_A_WORD


def _reply(opened: Callable[[str], Any], reply: dict[str, Any]) -> Any:
    """What the reader's function makes of a reply; None if it raises."""
    try:
        return opened(json.dumps(reply))
    except Hint:
        raise
    except Exception:  # noqa: BLE001 - whatever it raises, it took the reply for a failure
        return None
