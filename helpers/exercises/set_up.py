"""The exercise of `01_set_up`."""

import re
from difflib import SequenceMatcher

from helpers.checks import Answer, exercise

THERE_IS = "Clarifai has that model, so it answered: misspell the name by a letter or two."
NO_KEY = "the request was refused because of its key (401) before anybody looked at the model."
FAR_OFF = "that is another name altogether: keep the model's name, and change a letter or two."
NOT_KEPT = 'the server refused it and said why: keep `error.body["details"]` in `details`.'
DESCRIPTION = "`details` holds the description: the details are the next field of `error.body`."


def _strays(name: str, other: str) -> int:
    """How many letters of two names do not match."""
    matched = SequenceMatcher(None, name, other).get_matching_blocks()
    return max(len(name), len(other)) - sum(block.size for block in matched)


@exercise(
    "nearly-right",
    refusals=True,
    correct="the server answered 404: it knows you, has no such model, and its details say so.",
)
def nearly_right(answer: Answer, MODEL: str, details: object = None) -> str | None:
    last = answer.exchanges[-1]
    if last.status == 401:
        return NO_KEY
    if last.status != 404:
        return answer.refusal or THERE_IS
    asked = answer.sent[-1].model.casefold().removeprefix("https://clarifai.com/")
    said = last.response if isinstance(last.response, dict) else {}
    # Another model is as good, if the server names it as the nearest.
    nearest = re.findall(r"the nearest is https://clarifai\.com/(\S+)", str(said.get("details")))
    wanted = [MODEL.removeprefix("https://clarifai.com/"), *nearest]
    # A featured model may be called by its id alone.
    wanted += [name.rpartition("/")[2] for name in wanted]
    if min(_strays(asked, name) for name in wanted) > 3:
        return FAR_OFF
    if details and details == said.get("description"):
        return DESCRIPTION
    return None if details and details == said.get("details") else NOT_KEPT
