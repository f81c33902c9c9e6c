"""The exercise of `08_make_a_picture`."""

from __future__ import annotations

import re

from helpers.checks import REFUSED, STOPPED, Answer, Hint, Right, Wrong, exercise

NO_IMAGE = "no picture was asked for: call `client.images.generate`."
SAME_PROMPT = "that is the cat in a tree again: write a prompt of your own."
NO_SIZE = "the request names no `size`: write width, x, height, as in `1536x1024`."
NOT_A_SIZE = "`size` is one text with a small x and no blanks, `1536x1024`, and not {}."
NOT_WIDE = "the first number of `size` is the width: it has to be the larger one."
BY_ADDRESS = "the picture came as an address: say with `response_format` how you want it."
NOT_INSIDE = "the request is right, but the reply has no picture inside it."

_PROMPT = "A train in the mountains, in winter, seen from far away"


@exercise(
    "wide-picture",
    refusals=True,
    correct="a picture of your own, wider than high, came inside the reply.",
    right=[
        Right(edit={"1536x1024": "1792x1024", _PROMPT: "Three boats on a lake"}),
        Right(edit={"1536x1024": "2048x512"}),
        Right(edit={_PROMPT: "A cat in a tree at night", "1536x1024": "512x256"}),
        Right(
            code="""\
import base64
answer = client.images.generate(
    prompt="A mountain lake", model=MODEL, n=2, size="1024x512", response_format="b64_json"
)
banner = base64.b64decode(answer.data[0].b64_json)"""
        ),
        Right(
            code="""\
width, height = 1600, 400
options = {"size": f"{width}x{height}", "response_format": "b64_json"}
for prompt in ("A city at night", "A city by day"):
    image = client.images.generate(model=MODEL, prompt=prompt, **options).data[0]"""
        ),
        Right(
            code="""\
raw = client.images.with_raw_response.generate(
    model=MODEL, prompt="Hills", size="900x300", response_format="b64_json", timeout=60
)
picture = raw.parse().data[0]"""
        ),
    ],
    wrong=[
        Wrong(NO_IMAGE, code="client.models.list()"),
        Wrong(SAME_PROMPT, edit={_PROMPT: "A cat in a tree"}),
        Wrong(NO_SIZE, edit={'        size="1536x1024",\n': ""}),
        Wrong(NOT_A_SIZE.partition("{")[0], edit={"1536x1024": "1536 x 1024"}),
        Wrong(NOT_A_SIZE.partition("{")[0], edit={"1536x1024": "1536×1024"}),
        Wrong(NOT_A_SIZE.partition("{")[0], edit={'"1536x1024"': "(1536, 1024)"}),
        Wrong(NOT_A_SIZE.partition("{")[0], edit={"1536x1024": "16:9"}),
        Wrong(NOT_WIDE, edit={"1536x1024": "1024x1536"}),
        Wrong(NOT_WIDE, edit={"1536x1024": "1024x1024"}),
        Wrong(BY_ADDRESS, edit={'"b64_json"': '"url"'}),
        Wrong(BY_ADDRESS, edit={'        response_format="b64_json",\n': ""}),
        Wrong(REFUSED, edit={"1536x1024": "3000x1000"}),
        Wrong(REFUSED, edit={"prompt=": "n=99, prompt="}),
        Wrong(STOPPED + "TypeError", edit={"response_format=": "format="}),
    ],
)
def wide_picture(answer: Answer) -> str | None:
    asked = [n for n, exchange in enumerate(answer.exchanges) if "images" in exchange.path]
    if not asked:
        return NO_IMAGE
    request, reply = answer.sent[asked[-1]].body, answer.exchanges[asked[-1]].response
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
        raise Hint(answer.refusal or NOT_INSIDE)
    return None
