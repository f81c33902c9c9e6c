"""The exercises of `11_give_a_model_eyes`."""

from __future__ import annotations

from helpers.checks import REFUSED, Answer, Right, Wrong, exercise

NOT_OFFERED = "no request offers `recognize_image`, so the model has no eyes: put it into `tools`."
NO_LOOK = "the model did not look: name the picture in the question, as in the notebook."
ONE_PICTURE = "one picture was looked at: name the other one as well, in the same question."
OTHER_PICTURE = "a picture was asked for that does not exist: read the names in `PICTURES`."
TWO_CONVERSATIONS = "each picture was looked at in a conversation of its own: ask once for both."


BOTH = "What is in the pictures garden.png and receipt.png?"


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
    right=[
        Right(edit={BOTH: "What is in garden.png and receipt.png?"}),
        Right(edit={BOTH: "Look at garden.png and receipt.png."}),
        Right(edit={BOTH: "What is in the picture receipt.png, and what is in garden.png?"}),
        Right(edit={"tools=[recognize_image]": "tools=eyes"}),
        Right(
            code="""\
messages = []
for name in ("garden.png", "receipt.png"):
    messages.append({"role": "user", "content": f"What is in the picture {name}?"})
    answer = run_tools(client, model=MODEL, messages=messages, tools=[recognize_image])
"""
        ),
    ],
    wrong=[
        Wrong(ONE_PICTURE, edit={" and receipt.png": ""}),
        Wrong(OTHER_PICTURE, edit={"receipt.png": "bill.png"}),
        Wrong(NO_LOOK, edit={BOTH: "What is 17 * 23?"}),
        Wrong(NOT_OFFERED, edit={"tools=[recognize_image]": "tools=[]"}),
        Wrong(
            TWO_CONVERSATIONS,
            code="""\
for name in PICTURES:
    messages = [{"role": "user", "content": f"What is in the picture {name}?"}]
    print(run_tools(client, model=MODEL, messages=messages, tools=[recognize_image]).content)
""",
        ),
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
    if files != there:
        return ONE_PICTURE
    # One conversation has both looks in it, as answered calls.
    together = max((len(set(sent.answered)) for sent in answer.sent), default=0)
    return None if together > 1 else TWO_CONVERSATIONS


NO_HAND = "no request offers `draw_picture`: put it into `tools`, next to the eyes."
NOT_CALLED = "the model did not call `draw_picture`: say “draw a picture of ...” in the message."
NOT_DRAWN = "`draw_picture` was called and asked for no picture: use `client.images.generate`."
OTHER_PROMPT = "another picture was drawn than the model asked for: pass `prompt` on."
TOO_LONG = "the model was told the whole picture, as text: return its address, `data[0].url`."
WHOLE_REPLY = "the model was told the whole reply: return the address in it, `data[0].url`."
NOT_TOLD = (
    "the model was not told the address that came: return `response.data[0].url` from your tool."
)
_LONGEST_ADDRESS = 2_000


@exercise(
    "draw-picture",
    correct="the model called `draw_picture`, and was told where the picture is.",
    right=[
        Right(edit={"[*eyes, draw_picture]": "[draw_picture]"}),
        Right(edit={"Draw a picture of a house under a tree.": "Please draw a boat on the sea."}),
        Right(
            edit={
                "    response = client.images.generate(model=IMAGE_MODEL, prompt=prompt)\n"
                "    return response.data[0].url": (
                    "    images = client.images.generate(prompt=prompt, model=IMAGE_MODEL, n=1)\n"
                    "    [picture] = images.data\n"
                    "    return picture.url"
                )
            }
        ),
        Right(edit={"response.data[0].url": 'f"It is at {response.data[0].url}"'}),
        Right(
            edit={
                "-> str": "-> dict",
                "response.data[0].url": '{"url": response.data[0].url, "prompt": prompt}',
                "prompt=prompt)": 'prompt=prompt.strip() or "nothing", size="1024x1024")',
            }
        ),
    ],
    wrong=[
        Wrong(NO_HAND, edit={"[*eyes, draw_picture]": "eyes"}),
        Wrong(NOT_CALLED, edit={"Draw a picture of a house under a tree.": "What is 17 * 23?"}),
        Wrong(NOT_DRAWN, edit={"response.data[0].url": "prompt", "response = client": "# client"}),
        Wrong(OTHER_PROMPT, edit={"prompt=prompt": 'prompt="a train"'}),
        Wrong(REFUSED, edit={"model=IMAGE_MODEL, prompt": "model=MODEL, prompt"}),
        Wrong(NOT_TOLD, edit={"    return response": "    response"}),
        Wrong(WHOLE_REPLY, edit={"return response.data[0].url": "return response"}),
        Wrong(NOT_TOLD, edit={"response.data[0].url": '"https://example.com/picture.png"'}),
        Wrong(NOT_TOLD, edit={"response.data[0].url": "str(response.data[0].b64_json)"}),
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
    drawn = [exchange for exchange in answer.exchanges if exchange.path == "/images/generations"]
    if not drawn:
        return NOT_DRAWN
    if refusal := Answer(drawn).refusal:
        return refusal
    calls = [call for reply in answer.received for call in reply.calls]
    wished = [str(call.parse().get("prompt")) for call in calls if call.name == "draw_picture"]
    if not any(
        wish.strip() in str(each.request.get("prompt")) for wish in wished for each in drawn
    ):
        return OTHER_PROMPT
    told = [str(m["content"]) for m in answer.sent[-1].messages if m.get("role") == "tool"]
    if any(len(text) > _LONGEST_ADDRESS for text in told):
        return TOO_LONG
    # An object of the client shows all its fields, the empty one of the picture's bytes included.
    if any("b64_json" in text for text in told):
        return WHOLE_REPLY
    came = [str(picture.get("url")) for each in drawn for picture in each.response["data"]]
    return None if any(url in text for url in came for text in told) else NOT_TOLD
