"""The exercises of `05_stream_a_reply`."""

from __future__ import annotations

from typing import Any

from openai import Stream

from helpers.checks import NOT_SET, STOPPED, Answer, Right, Wrong, exercise
from helpers.transcript import Exchange

NO_TEXT = "there is no text: append the content of every delta to it."
NOT_ONE = "`text` should be one string: join the pieces, as in `''.join(pieces)`."
NONE = "the text has `None` in it: that is the content of a delta without text."
REASONING = "the text has the reasoning in it: a model's thoughts are not part of the reply."
NOT_ALL = "the text is not all that was received: append to it, so that nothing is overwritten."
NO_REASON = "the finish reason is missing: one chunk has it, in its choice."
OTHER_REASON = "`finish_reason` is not what was received: {}."
NO_USAGE = "the usage is missing: it comes after the finish reason, in a chunk without choices."
LEFT = "you left the loop before the stream ended, and its last chunk is the one with the usage."
NOT_THE_USAGE = "`usage` is not the object that was received, of {} tokens in all."

_TEXT = 'text += choice.delta.content or ""'
_REASON = """\
            if choice.finish_reason:
                finish_reason = choice.finish_reason
"""
_USAGE = """\
        if chunk.usage:
            usage = chunk.usage
"""
_CHOICES = f"""\
        for choice in chunk.choices:
            {_TEXT}
{_REASON}"""


@exercise(
    "collect-a-stream",
    keeps=("text", "finish_reason", "usage"),
    correct="text, finish reason and usage are those that were received.",
    right=[
        Right(
            edit={
                _REASON: "            finish_reason = choice.finish_reason or finish_reason\n",
                _USAGE: "        usage = chunk.usage or usage\n",
            }
        ),
        Right(
            edit={
                'text, finish_reason, usage = "", None': "pieces, finish_reason, usage = [], None",
                _TEXT: 'pieces.append(choice.delta.content or "")',
                "return text,": 'return "".join(pieces),',
            }
        ),
        Right(
            edit={
                _CHOICES: """\
        if not chunk.choices:
            continue
        delta = chunk.choices[0].delta
        if delta.content is not None:
            text = text + delta.content
        if chunk.choices[0].finish_reason is not None:
            finish_reason = chunk.choices[0].finish_reason
"""
            }
        ),
        Right(
            code="""\
def collect(stream):
    chunks = list(stream)
    choices = [choice for chunk in chunks for choice in chunk.choices]
    text = "".join(c.delta.content for c in choices if c.delta.content)
    return text, choices[-1].finish_reason, chunks[-1].usage
stream = client.chat.completions.create(
    model=MODEL, messages=question, stream=True, stream_options={"include_usage": True}
)
text, finish_reason, usage = collect(stream)"""
        ),
        Right(
            code="""\
def collect(stream):
    text, reason, usage = "", None, None
    for chunk in stream:
        try:
            text += chunk.choices[0].delta.content or ""
            reason = chunk.choices[0].finish_reason or reason
        except IndexError:
            usage = chunk.usage.model_dump()
    return (text, reason, usage)
stream = client.chat.completions.create(model=MODEL, messages=too_much, stream=True)
text, finish_reason, usage = collect(stream)"""
        ),
        Right(
            edit={
                _USAGE: """\
        if chunk.usage:
            return text, finish_reason, chunk.usage
"""
            }
        ),
        Right(
            code="""\
with client.chat.completions.stream(model=MODEL, messages=question) as stream:
    whole = stream.get_final_completion()
text, usage = whole.choices[0].message.content, whole.usage
finish_reason = whole.choices[0].finish_reason"""
        ),
    ],
    wrong=[
        Wrong(NO_TEXT, edit={_TEXT: "pass"}),
        Wrong(
            NOT_ONE,
            edit={'text, finish_reason, usage = ""': "text, finish_reason, usage = []"},
        ),
        Wrong(NONE, edit={_TEXT: "text += str(choice.delta.content)"}),
        Wrong(
            REASONING,
            edit={
                _TEXT: """\
delta = choice.delta.to_dict()
            thought = delta.get("reasoning") or delta.get("reasoning_content")
            text += delta.get("content") or thought or ""
"""
            },
        ),
        Wrong(NOT_ALL, edit={_TEXT: "text = choice.delta.content or text"}),
        Wrong(NO_USAGE, edit={_USAGE: ""}),
        Wrong(LEFT, edit={_CHOICES: f"{_CHOICES}        if len(text) > 20:\n            break\n"}),
        Wrong(NO_REASON, edit={_REASON: ""}),
        Wrong(
            OTHER_REASON.partition("{")[0],
            edit={"finish_reason = choice.finish_reason": "finish_reason = True"},
        ),
        Wrong(
            LEFT,
            edit={_REASON: _REASON + "                return text, finish_reason, usage\n"},
        ),
        Wrong(
            NOT_THE_USAGE.partition("{")[0],
            edit={"usage = chunk.usage\n": "usage = len(text)\n"},
        ),
        Wrong(
            STOPPED + "IndexError",
            edit={"for choice in chunk.choices:": "for choice in [chunk.choices[0]]:"},
        ),
        Wrong(STOPPED + "TypeError", edit={' or ""': ""}),
        Wrong(STOPPED + "TypeError", edit={"    return text, finish_reason, usage\n": ""}),
    ],
)
def collect_a_stream(
    answer: Answer, text: object, finish_reason: str | None, usage: Any, stream: Any = None
) -> str | None:
    exchange = answer.exchanges[-1]
    # A loop that ends at the usage has all that matters, which is known once the stream is closed.
    left = exchange.response is None
    if left and isinstance(stream, Stream):
        stream.close()
    received = answer.received[-1]
    if not text:
        return NO_TEXT
    if not isinstance(text, str):
        return NOT_ONE
    if exchange.response is None or (left and not exchange.usage):
        return LEFT
    if text.strip() != received.text.strip():
        return _wrong_text(text, exchange)
    if not finish_reason:
        return NO_REASON
    if finish_reason != received.finish_reason:
        return OTHER_REASON.format(received.finish_reason)
    if not usage:
        return NO_USAGE
    counted = usage.get("total_tokens") if isinstance(usage, dict) else None
    total = (exchange.usage or {}).get("total_tokens")
    if getattr(usage, "total_tokens", counted) != total:
        return NOT_THE_USAGE.format(total)
    return None


def _wrong_text(text: str, exchange: Exchange) -> str:
    if "None" in text:
        return NONE
    deltas = [
        choice.get("delta", {})
        for event in exchange.response or ()
        for choice in event.get("choices") or ()
    ]
    thoughts = "".join(
        delta.get("reasoning") or delta.get("reasoning_content") or "" for delta in deltas
    )
    return REASONING if thoughts and thoughts[:20] in text else NOT_ALL


OPEN = "you left the loop, but the connection is still open: close the stream."
TO_THE_END = "the reply was received to its end: leave the loop before that."
TOO_SOON = "the text does not end with a full stop: leave the loop when it does."
NOT_RECEIVED = "`text` is not what was received: append the content of every delta to it."

_LOOP = """\
    with stream:
        for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
            if text.endswith("."):
                break
"""


@exercise(
    "stop-after-a-sentence",
    keeps=("text",),
    correct="one sentence was received, and the connection is closed.",
    right=[
        Right(
            edit={
                _LOOP: """\
    for chunk in stream:
        for choice in chunk.choices:
            text += choice.delta.content or ""
        if text.endswith("."):
            break
    stream.close()
"""
            }
        ),
        Right(
            edit={
                _LOOP: """\
    try:
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                text = text + chunk.choices[0].delta.content
                if "." in text:
                    break
    finally:
        stream.close()
"""
            }
        ),
        Right(
            code="""\
text = ""
with paced(), client.chat.completions.stream(
    model=MODEL, messages=[{"role": "user", "content": "Who are you?"}]
) as stream:
    for event in stream:
        if event.type == "content.delta":
            text += event.delta
            if text.rstrip().endswith((".", "!", "?")):
                break"""
        ),
        Right(
            code="""\
def first_sentence(messages):
    said = ""
    with client.chat.completions.create(model=MODEL, messages=messages, stream=True) as stream:
        for chunk in stream:
            said += "".join(choice.delta.content or "" for choice in chunk.choices)
            if said.endswith("."):
                return said
with paced():
    text = first_sentence([{"role": "user", "content": "Who are you?"}])"""
        ),
        Right(
            code="""\
from contextlib import closing
text, done = "", False
question = {"role": "user", "content": "Who are you?"}
with paced(), closing(
    client.chat.completions.create(model=MODEL, messages=[question], stream=True)
) as chunks:
    while not done:
        chunk = next(chunks)
        for choice in chunk.choices:
            text += choice.delta.content or ""
        done = text.endswith(".")"""
        ),
    ],
    wrong=[
        Wrong(OPEN, edit={"with stream:": "if True:"}),
        Wrong(TO_THE_END, edit={"break": 'text = text.partition(".")[0] + "."'}),
        Wrong(TO_THE_END, edit={"break": "pass"}),
        Wrong(TOO_SOON, edit={'text.endswith(".")': "text"}),
        Wrong(TOO_SOON, edit={'text.endswith(".")': '"," in text'}),
        Wrong(NOT_SET, edit={"text": "said"}),
        Wrong(NOT_RECEIVED, edit={"print(text)": 'text = "I am a model."'}),
        Wrong(STOPPED + "TypeError", edit={' or ""': ""}),
    ],
)
def stop_after_a_sentence(answer: Answer, text: str) -> str | None:
    received = answer.received[-1]
    # What was received is known once the connection is closed.
    if answer.exchanges[-1].response is None:
        return OPEN
    if received.finish_reason is not None:
        return TO_THE_END
    if not text.strip().endswith((".", "!", "?")):
        return TOO_SOON
    return None if received.text.startswith(text.strip()) else NOT_RECEIVED
