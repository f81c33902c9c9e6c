"""The exercise of `08_make_a_picture`."""

from __future__ import annotations

import re

from helpers.checks import Answer, exercise

NO_IMAGE = "no picture was asked for: call `client.images.generate`."
SAME_PROMPT = "that is the cat in a tree again: write a prompt of your own."
NO_SIZE = "the request names no `size`: write width, x, height, as in `1536x1024`."
NOT_A_SIZE = "`size` is one text with a small x and no blanks, `1536x1024`, and not {}."
NOT_WIDE = "the first number of `size` is the width: it has to be the larger one."
BY_ADDRESS = "the picture came as an address: ask for `b64_json` in `response_format`."
NOT_INSIDE = "the request is right, but the reply has no picture inside it."


@exercise(
    "wide-picture",
    refusals=True,
    correct="a picture of your own, wider than high, came inside the reply.",
)
def wide_picture(answer: Answer) -> str | None:
    asked = [exchange for exchange in answer.exchanges if "images" in exchange.path]
    return Answer(asked).by_request(_wide) if asked else NO_IMAGE


def _wide(answer: Answer) -> str | None:
    request, reply = answer.sent[0].body, answer.exchanges[0].response
    if str(request.get("prompt")).strip(" .").casefold() == "a cat in a tree":
        return SAME_PROMPT
    size = request.get("size")
    if not size:
        return NO_SIZE
    numbers = re.fullmatch(r"(\d+)x(\d+)", str(size))
    if numbers is None:
        return NOT_A_SIZE.format(repr(size))
    if int(numbers[1]) <= int(numbers[2]):
        return NOT_WIDE
    if request.get("response_format") != "b64_json":
        return BY_ADDRESS
    pictures = reply.get("data") if isinstance(reply, dict) else None
    if not pictures or not all(picture.get("b64_json") for picture in pictures):
        return answer.refusal or NOT_INSIDE
    return None
