"""The exercises of notebook 8."""

from __future__ import annotations

from helpers.checks import Answer, Wrong, exercise

NO_IMAGE = "no picture was asked for: call `client.images.generate`."
SAME_PROMPT = "that is the cat in a tree again: write a prompt of your own."
NO_SIZE = "the request names no `size`: write width, x, height, as in `1536x1024`."
NOT_WIDE = "the first number of `size` is the width: it has to be the larger one."
BY_ADDRESS = "the picture comes by its address: `response_format` says how you want it."


@exercise(
    "wide-picture",
    correct="a picture of your own, wider than high, inside the reply.",
    wrong=[
        Wrong(NO_IMAGE, code="client.models.list()"),
        Wrong(
            SAME_PROMPT,
            edit={"A train in the mountains, in winter, seen from far away": "A cat in a tree"},
        ),
        Wrong(NO_SIZE, edit={'        size="1536x1024",\n': ""}),
        Wrong(NOT_WIDE, edit={"1536x1024": "1024x1536"}),
        Wrong(NOT_WIDE, edit={"1536x1024": "1024x1024"}),
        Wrong(BY_ADDRESS, edit={'"b64_json"': '"url"'}),
        Wrong(BY_ADDRESS, edit={'        response_format="b64_json",\n': ""}),
    ],
)
def wide_picture(answer: Answer) -> str | None:
    asked = [sent.body for sent in answer.sent if "prompt" in sent.body]
    if not asked:
        return NO_IMAGE
    request = asked[-1]
    if request["prompt"].strip(" .").casefold() == "a cat in a tree":
        return SAME_PROMPT
    width, _, height = str(request.get("size") or "").partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        return NO_SIZE
    if int(width) <= int(height):
        return NOT_WIDE
    return None if request.get("response_format") == "b64_json" else BY_ADDRESS
