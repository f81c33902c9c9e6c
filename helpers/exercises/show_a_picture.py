"""The exercises of `07_show_a_picture`."""

from __future__ import annotations

from typing import Any

from helpers.checks import Answer, exercise
from helpers.exercises.basic_inference import continued
from helpers.exercises.get_structured_data import kinds
from helpers.transcript.read import Sent

NO_PICTURE = (
    "the last request has no picture in it, and the endpoint remembers none: send it again."
)
OTHER_PICTURE = "the last request has another picture: the question is about the station."
NOTHING_ASKED = "the last message has the picture and no question: ask about the train's colour."
SAME_QUESTION = "the last message has the first question again: ask about the train's colour."


def _pictures(message: dict[str, Any]) -> list[str]:
    """The addresses of the pictures in a message of either API."""
    content = message.get("content")
    addresses = [
        part.get("image_url")
        for part in (content if isinstance(content, list) else ())
        if isinstance(part, dict) and part.get("image_url")
    ]
    return [address["url"] if isinstance(address, dict) else str(address) for address in addresses]


def _all_pictures(sent: Sent) -> list[str]:
    return [url for message in sent.messages for url in _pictures(message)]


@exercise(
    "ask-again",
    correct="the second request has the picture and the new question.",
)
def ask_again(answer: Answer, station: dict[str, Any], question: dict[str, Any]) -> str | None:
    sent = answer.sent[-1]
    pictures, address = _all_pictures(sent), station["image_url"]["url"]
    if not pictures:
        return NO_PICTURE
    if address not in pictures:
        return OTHER_PICTURE
    (role, text), last = sent.said[-1], sent.messages[-1]
    if not text.strip():
        return NOTHING_ASKED
    if role == "user" and text == question["text"]:
        return SAME_QUESTION
    alone = address in _pictures(last) or question["text"] not in sent.text
    return None if alone and set(sent.roles) <= {"system", "user"} else continued(answer)


NO_TABLE = "the schema that was sent has no field `table`: add one to the class."
NO_WAY_OUT = "without a table on the receipt, the model can only make one up or refuse: allow None."
NO_NUMBER = "`table` should be a whole number, or None."
NO_RECEIPT = "the schema has lost the lines or the total: add to what `Receipt` has."
NOT_SHOWN = "the schema is right, but the receipt is not in the request."


@exercise(
    "read-table",
    correct="the schema asks for a table, and lets the model say that there is none.",
)
def read_table(answer: Answer, receipt: dict[str, Any], Receipt: Any) -> str | None:
    def judged(answer: Answer) -> str | None:
        [sent] = answer.sent
        fields = sent.schema.get("properties", {})
        if "table" not in fields:
            return NO_TABLE
        if not {"integer"} <= kinds(fields["table"]) <= {"integer", "null"}:
            return NO_NUMBER
        if "null" not in kinds(fields["table"]):
            return NO_WAY_OUT
        if not Receipt.model_fields.keys() <= fields.keys():
            return NO_RECEIPT
        return None if receipt["image_url"]["url"] in _all_pictures(sent) else NOT_SHOWN

    return answer.by_request(judged)
