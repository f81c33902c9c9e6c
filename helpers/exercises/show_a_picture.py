"""The exercises of notebook 7."""

from __future__ import annotations

from typing import Any

from helpers.checks import Answer, Wrong, exercise
from helpers.transcript.read import Sent

NO_PICTURE = (
    "the last request has no picture in it, and the endpoint remembers none: send it again."
)
NO_ANSWER = "the picture is there; what the model said about it is not. Put its message in between."
NO_QUESTION = "the last message has to be your new question."


def _pictures(sent: Sent) -> list[Any]:
    parts = [message.get("content") for message in sent.messages]
    return [
        part["image_url"]
        for content in parts
        for part in (content if isinstance(content, list) else ())
        if part.get("type") == "image_url"
    ]


@exercise(
    "ask-again",
    correct="the second request has the picture, what was said of it, and the new question.",
    wrong=[
        Wrong(NO_PICTURE, edit={"*first, ": ""}),
        Wrong(NO_ANSWER, edit={"answer, ": ""}),
        Wrong(NO_QUESTION, edit={", follow_up]": "]"}),
    ],
)
def ask_again(answer: Answer) -> str | None:
    last = answer.sent[-1]
    if not _pictures(last):
        return NO_PICTURE
    if "assistant" not in last.roles:
        return NO_ANSWER
    return None if last.roles[-1] == "user" else NO_QUESTION


NO_TABLE = "the schema that was sent has no field `table`: add one to the class."
NO_WAY_OUT = "a receipt without a table leaves the model no choice but to make one up: allow None."
NO_NUMBER = "`table` should be a whole number, or None."
NOT_SHOWN = "the schema is right, but the receipt is not in the request."


@exercise(
    "read-table",
    correct="the schema asks for a table, and lets the model say that there is none.",
    wrong=[
        Wrong(NO_TABLE, edit={"table: int | None": "number: int | None"}),
        Wrong(NO_WAY_OUT, edit={"int | None": "int"}),
        Wrong(NO_NUMBER, edit={"int | None": "str | None"}),
        Wrong(NOT_SHOWN, edit={"[request, receipt]": "[request]"}),
    ],
)
def read_table(answer: Answer) -> str | None:
    sent = answer.sent[-1]
    schema = sent.body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    table = schema.get("properties", {}).get("table")
    if table is None:
        return NO_TABLE
    kinds = {each.get("type") for each in table.get("anyOf", [table])}
    if "integer" not in kinds:
        return NO_NUMBER
    if "null" not in kinds:
        return NO_WAY_OUT
    return None if _pictures(sent) else NOT_SHOWN
