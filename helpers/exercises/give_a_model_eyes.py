"""The exercises of notebook 11."""

from __future__ import annotations

from helpers.checks import Answer, Wrong, exercise

NOT_OFFERED = "no request offers `recognize_image`, so the model has no eyes: put it into `tools`."
NO_LOOK = "the model did not look: name the picture in the question, as in the notebook."
ONE_PICTURE = "one picture was looked at: name the other one as well, in the same question."
OTHER_PICTURE = "a picture was asked for that is not there: read the names in `PICTURES`."


def _asked_for(answer: Answer, tool: str) -> set[str]:
    """The pictures that calls of the tool name."""
    files: set[str] = set()
    for reply in answer.received:
        for call in reply.calls:
            if call.name == tool:
                files.add(str(call.parse().get("file")))
    return files


@exercise(
    "two-pictures",
    correct="the model looked at both pictures in one conversation.",
    wrong=[
        Wrong(ONE_PICTURE, edit={", and what is in the picture receipt.png": ""}),
        Wrong(OTHER_PICTURE, edit={"receipt.png": "bill.png"}),
        Wrong(NO_LOOK, edit={"garden.png, and what is in the picture receipt.png": "both"}),
        Wrong(NOT_OFFERED, edit={"tools=[recognize_image]": "tools=[]"}),
    ],
)
def two_pictures(answer: Answer) -> str | None:
    if not any("recognize_image" in sent.tools for sent in answer.sent):
        return NOT_OFFERED
    files = _asked_for(answer, "recognize_image")
    there = {"garden.png", "receipt.png"}
    if not files:
        return NO_LOOK
    if files - there:
        return OTHER_PICTURE
    return None if files == there else ONE_PICTURE


NO_HAND = "no request offers `draw_picture`: put it into `tools`, beside the eyes."
NOT_CALLED = "the model did not call `draw_picture`: ask for a picture in the message."
NOT_DRAWN = "`draw_picture` was called and asked for no picture: use `client.images.generate`."
TOO_LONG = "the model was told the whole picture, as text: return its address, `data[0].url`."
_LONGEST_ADDRESS = 2_000


@exercise(
    "draw-picture",
    correct="the model called `draw_picture`, and was told where the picture is.",
    wrong=[
        Wrong(NO_HAND, edit={"[*eyes, draw_picture]": "eyes"}),
        Wrong(NOT_CALLED, edit={"Draw a picture of a house under a tree.": "What is 17 * 23?"}),
        Wrong(NOT_DRAWN, edit={"response.data[0].url": "prompt", "response = client": "# client"}),
        Wrong(
            TOO_LONG,
            edit={
                "prompt=prompt)": 'prompt=prompt, response_format="b64_json")',
                "data[0].url": "data[0].b64_json",
            },
        ),
    ],
)
def draw_picture(answer: Answer) -> str | None:
    if not any("draw_picture" in sent.tools for sent in answer.sent):
        return NO_HAND
    if "draw_picture" not in answer.calls:
        return NOT_CALLED
    if not any(each.path == "/images/generations" for each in answer.exchanges):
        return NOT_DRAWN
    told = [m for m in answer.sent[-1].messages if m.get("role") == "tool"]
    return TOO_LONG if any(len(str(m["content"])) > _LONGEST_ADDRESS for m in told) else None
