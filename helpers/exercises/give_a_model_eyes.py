"""The exercises of `11_give_a_model_eyes`."""

from __future__ import annotations

from helpers.checks import Answer, exercise

NOT_OFFERED = "no request offers `recognize_image`, so the model has no eyes: put it into `tools`."
NO_LOOK = "the model did not look: name the picture in the question, as in the notebook."
ONE_PICTURE = "one picture was looked at: name the other one as well, in the same question."
NO_VISION = "your tool asked no vision model: leave `recognize_image` as the notebook has it."
OTHER_PICTURE = "a picture was asked for that does not exist: read the names in `PICTURES`."
NOT_RUN = "calls were proposed, and none was run: `run_tools` runs them and sends their results."
TWO_CONVERSATIONS = "each picture was looked at in a conversation of its own: ask once for both."


@exercise(
    "two-pictures",
    correct="the model looked at both pictures in one conversation.",
)
def two_pictures(answer: Answer) -> str | None:
    if not any("recognize_image" in sent.tools for sent in answer.sent):
        return NOT_OFFERED
    files = set(answer.arguments("recognize_image"))
    there = {"garden.png", "receipt.png"}
    if not files:
        return NO_LOOK
    # One conversation has both looks in it, as answered calls.
    together = max(len(set(sent.answered)) for sent in answer.sent)
    if not together:
        return NOT_RUN
    if files - there:
        return OTHER_PICTURE
    if files != there:
        return ONE_PICTURE
    if together < 2:
        return TWO_CONVERSATIONS
    return None if any("inputs" in sent.body for sent in answer.sent) else NO_VISION


NO_HAND = "no request offers `draw_picture`: put it into `tools`, next to the eyes."
NOT_CALLED = "the model did not call `draw_picture`: say “draw a picture of ...” in the message."
NOT_DRAWN = "`draw_picture` was called and asked for no picture: use `client.images.generate`."
OTHER_PROMPT = "another picture was drawn than the model asked for: pass `prompt` on."
TOO_LONG = "the model was told the whole picture, as text: return its address, `data[0].url`."
WHOLE_REPLY = "the model was told the whole reply: return the address in it, `data[0].url`."
NOT_TOLD = "the model was not told the address that came: return `response.data[0].url`."
_LONGEST_ADDRESS = 2_000


@exercise(
    "draw-picture",
    correct="the model called `draw_picture`, and was told where the picture is.",
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
    prompts = "\n".join(str(each.request.get("prompt")) for each in drawn)
    if not any(wish.strip() in prompts for wish in answer.arguments("draw_picture")):
        return OTHER_PROMPT
    told = answer.sent[-1].results.values()
    if any(len(text) > _LONGEST_ADDRESS for text in told):
        return TOO_LONG
    # An object of the client shows all its fields, the empty one of the picture's bytes included.
    if any("b64_json" in text for text in told):
        return WHOLE_REPLY
    came = [str(picture.get("url")) for drawing in drawn for picture in drawing.response["data"]]
    return None if any(url in text for url in came for text in told) else NOT_TOLD
