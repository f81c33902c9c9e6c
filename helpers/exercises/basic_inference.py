"""The exercises of `02_basic_inference`."""

from typing import Any

from helpers.checks import Answer, exercise

ONE_REQUEST = "the conversation has one turn: append to `messages`, and send them again."
FORGOT = "the last request does not hold your first message: send everything that was said before."
NO_REPLY = "what the model said is missing: put its message, as it came, before your question."
AS_YOURS = "the reply is in the list as if you had said it: its role is `assistant`."
MADE_UP = "the reply in your list is not what the model said: send the message that came."
NO_QUESTION = "the last message has to be yours: put a question after the reply."
EMPTY = "one of your messages is empty: say something in each."
DISORDER = "the reply comes before what it replies to: put it after your first message."
SAME = "the last message repeats the first: ask a question that the first one answers."
ELSEWHERE = "asked alone, your question gets the same reply: ask what only the first message says."


def continued(answer: Answer) -> str | None:
    """What the last request lacks to go on with the conversation that the first one began."""
    first, said = answer.sent[0].said[-1], answer.sent[-1].said
    replies = [reply.text for reply in answer.received]
    ours = [text for role, text in said if role == "assistant"]
    if first not in said:
        return FORGOT
    if any(role == "user" and not text.strip() for role, text in said):
        return EMPTY
    if said[-1][0] != "user":
        return NO_QUESTION
    if not ours:
        return AS_YOURS if ("user", replies[0]) in said else NO_REPLY
    if any(text not in replies for text in ours):
        return MADE_UP
    if said.index(first) > said.index(("assistant", ours[0])):
        return DISORDER
    return SAME if said[-1] == first else None


@exercise(
    "second-turn",
    correct="the last request holds your first message, the reply to it, and your question.",
)
def second_turn(answer: Answer, client: Any, MODEL: str) -> str | None:
    if len(answer.sent) < 2:
        return ONE_REQUEST
    if hint := continued(answer):
        return hint
    question = {"role": "user", "content": answer.sent[-1].said[-1][1]}
    alone = client.chat.completions.create(model=MODEL, messages=[question])
    reply = answer.received[-1].text
    # The mock answers what it does not understand with the advice to ask a real model.
    understood = "CLARIFAI_PAT" not in reply
    return ELSEWHERE if understood and alone.choices[0].message.content == reply else None


NO_RULE = "the request has no `system` message: put one into `messages`."
NO_WORDS = "the `system` message is empty: say how the model should answer."
NOT_YOURS = "that is the message from the lesson: write a rule that changes the reply."
SAME_WORDS = "the `system` message repeats the question: say how the model should answer it."
TOO_LATE = "the `system` message has to come before the question."
CHANGED = "the question has changed: leave it as it is, and put the rule into a message of its own."


@exercise(
    "system-message",
    correct="your rule goes ahead of the question, and the question has not changed.",
)
def system_message(answer: Answer) -> str | None:
    return answer.by_request(_ruled)


def _ruled(answer: Answer) -> str | None:
    [last] = answer.sent
    said = [("system", last.body["instructions"])] if last.body.get("instructions") else []
    said += last.said
    *_, asked = [text for role, text in said if role == "user"] or [""]
    rules = [text.strip(" .!") for role, text in said if role in ("system", "developer")]
    if not rules:
        return NO_RULE
    if not any(rules):
        return NO_WORDS
    if {rule.casefold() for rule in rules if rule} == {"you are a helpful assistant"}:
        return NOT_YOURS
    if said[0][0] not in ("system", "developer"):
        return TOO_LATE
    if set(rules) == {asked.strip()}:
        return SAME_WORDS
    return None if said[-1] == ("user", "Who are you?") else CHANGED
