"""The exercise of `01_set_up`."""

from difflib import SequenceMatcher

from helpers.checks import REFUSED, STOPPED, Answer, Right, Wrong, exercise

THERE_IS = "Clarifai has that model, so it answered: misspell the name by a letter or two."
NO_KEY = "the request was refused because of its key (401) before anybody looked at the model."
FAR_OFF = "that is another name altogether: keep the model's name, and change a letter or two."
NOT_KEPT = 'the server refused it and said why: keep `error.body["details"]` in `details`.'
DESCRIPTION = "`details` holds the description: the details are the next field of `error.body`."

_NAME = "openai/chat-completion/models/gpt-oss-12b"
_DETAILS = 'error.body["details"]'


def _strays(name: str, other: str) -> int:
    """How many letters of two names do not match."""
    matched = SequenceMatcher(None, name, other).get_matching_blocks()
    return max(len(name), len(other)) - sum(block.size for block in matched)


@exercise(
    "nearly-right",
    refusals=True,
    correct="the server answered 404: it knows you, has no such model, and its details say so.",
    right=[
        Right(edit={f"https://clarifai.com/{_NAME}": "openai/chat-completion/models/gpt-os-120b"}),
        Right(edit={f'"https://clarifai.com/{_NAME}"': 'MODEL.replace("chat", "chta")'}),
        Right(edit={"gpt-oss-12b": "GPT-OSS-120B"}),
        Right(edit={f'"https://clarifai.com/{_NAME}"': "MODEL.upper()"}),
        Right(edit={f"https://clarifai.com/{_NAME}": "gpt-oss-12b"}),
        Right(edit={_DETAILS: 'error.body.get("details")'}),
        Right(edit={_DETAILS: 'error.response.json()["details"]'}),
        Right(edit={_NAME: "opnai/chat-completion/models/gpt-oss-120b"}),
        Right(edit={"NotFoundError": "APIStatusError", "gpt-oss-12b": "gpt-oss-120"}),
        Right(edit={"    print(details)": "    print(f'The server says: {details}')"}),
    ],
    wrong=[
        Wrong(THERE_IS, edit={"gpt-oss-12b": "gpt-oss-120b"}),
        Wrong(NO_KEY, edit={"client.chat": 'client.with_options(api_key="no-key").chat'}),
        Wrong(FAR_OFF, edit={"gpt-oss-12b": "no-such-model"}),
        Wrong(FAR_OFF, edit={f"https://clarifai.com/{_NAME}": "openai"}),
        Wrong(NOT_KEPT, edit={"details = ": "reason = ", "print(details)": "print(reason)"}),
        Wrong(NOT_KEPT, edit={_DETAILS: "str(error)"}),
        Wrong(DESCRIPTION, edit={'["details"]': '["description"]'}),
        Wrong(REFUSED + "(400)", edit={f'"https://clarifai.com/{_NAME}"': "None"}),
        Wrong(STOPPED + "NameError", edit={f'"https://clarifai.com/{_NAME}"': "gpt_oss_12b"}),
    ],
)
def nearly_right(answer: Answer, MODEL: str, details: object = None) -> str | None:
    last = answer.exchanges[-1]
    if last.status == 401:
        return NO_KEY
    if last.status != 404:
        return answer.refusal or THERE_IS
    asked = answer.sent[-1].model.casefold().removeprefix("https://clarifai.com/")
    wanted = MODEL.removeprefix("https://clarifai.com/")
    # A featured model may be called by its id alone.
    if min(_strays(asked, wanted), _strays(asked, wanted.rpartition("/")[2])) > 3:
        return FAR_OFF
    said = last.response if isinstance(last.response, dict) else {}
    if details and details == said.get("description"):
        return DESCRIPTION
    return None if details and details == said.get("details") else NOT_KEPT
