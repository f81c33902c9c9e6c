"""What a server keeps of responses, how much, and what a request of one API says in the other."""

from typing import Any

import pytest

from helpers.mock import Mock
from helpers.mock.apis.context import Context
from helpers.mock.apis.stored import Conversation, Stored
from helpers.mock.apis.voice import in_voice
from helpers.mock.catalogue import find
from helpers.mock.requests import InvalidRequest
from helpers.mock.simulated.model import Call, Prompt, Reply
from helpers.models import parse_model
from tests.contract.generated import CHAT, RESPONSES
from tests.contract.wire import send

MODEL = "openai/chat-completion/models/gpt-oss-120b"
OPENAI = "openai/chat-completion/models/gpt-4o"


def said(length: int) -> Conversation:
    """A conversation whose length, as it is counted, is this."""
    bare = Conversation([{"role": "user", "content": ""}]).length
    return Conversation([{"role": "user", "content": "x" * (length - bare)}])


def has(stored: Stored, response_id: str) -> bool:
    try:
        return bool(stored.conversation(response_id).messages)
    except InvalidRequest:
        return False


def test_the_last_256_responses_are_stored_and_one_that_is_gone_on_with_is_among_the_last() -> None:
    stored = Stored()
    for number in range(256):
        stored.keep(str(number), said(100), [])
    assert has(stored, "0"), "which makes it the last"
    stored.keep("256", said(100), [])
    assert [has(stored, each) for each in ("0", "1", "2", "256")] == [True, False, True, True]


def test_a_conversation_that_is_too_long_is_not_stored_nor_are_too_many_together() -> None:
    stored = Stored()
    stored.keep("longest", said(200_000), [])
    stored.keep("longer", said(200_001), [])
    assert [has(stored, each) for each in ("longest", "longer")] == [True, False]
    for number in range(19):
        stored.keep(str(number), said(200_000), [])
    assert has(stored, "longest"), "twenty of these are what fits"
    stored.keep("longest", said(200_000), [])
    assert has(stored, "0"), "the same again takes no more room"
    stored.keep("one more", said(200), [])
    assert [has(stored, each) for each in ("1", "2", "longest", "one more")] == [
        *(False, True, True, True)
    ]


def test_calls_of_the_response_before_have_to_be_answered(mock: Mock) -> None:
    tool = {"type": "function", "name": "clock", "description": "Tell the time"}
    first = send(
        mock,
        {"model": MODEL, "input": "What time is it?", "tools": [tool], "tool_choice": "required"},
        RESPONSES,
    ).json()
    [call] = [item for item in first["output"] if item["type"] == "function_call"]
    answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "12:00"}
    on = {"model": MODEL, "previous_response_id": first["id"]}
    assert send(mock, on | {"input": [answer]}, RESPONSES).status == 200
    unanswered = send(mock, on | {"input": "And now?"}, RESPONSES)
    assert unanswered.status == 400 and call["call_id"] in unanswered.json()["details"]


def test_the_field_of_a_refusal_is_that_of_the_api(mock: Mock) -> None:
    hello: Any = {"role": "user", "content": "Hello"}
    shape = {"type": "json_object"}
    chat = send(mock, {"model": OPENAI, "messages": [hello], "response_format": shape}, CHAT)
    assert chat.json()["details"].startswith("messages: Must contain the word 'json'")
    response = send(mock, {"model": OPENAI, "input": [hello], "text": {"format": shape}}, RESPONSES)
    assert response.json()["details"].startswith("input: Must contain the word 'json'")


@pytest.mark.parametrize(("n", "status"), [(0, 400), (1, 200), (128, 200), (129, 400)])
def test_how_many_choices_there_may_be(mock: Mock, n: int, status: int) -> None:
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}], "n": n}
    assert send(mock, asked | {"max_tokens": 1}).status == status


def test_a_request_that_says_it_is_not_streamed_is_the_same_request(mock: Mock) -> None:
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]}
    plain = send(mock, asked).json()
    assert send(mock, asked | {"stream": False}).json() == plain
    assert send(mock, asked | {"stream": None}).json() == plain


def worded(prompt: dict[str, Any], **reply: Any) -> Reply:
    model = find(parse_model(MODEL))
    assert model
    return in_voice("a")(Prompt(vendor=model.vendor, messages=[], **prompt), Reply(**reply))


def test_a_voice_leaves_json_and_refusals_as_they_are_and_changes_all_else() -> None:
    text = "The Nile is long. It flows north. It ends in Egypt."
    assert worded({}, text=text).text != text
    for prompt in ({"json_schema": {"type": "object"}}, {"json_object": True}):
        assert worded(prompt, text='{"a": "Well. Yes."}').text == '{"a": "Well. Yes."}'
    assert worded({}, text=text, refused=True).text == text


def test_a_voice_keeps_every_word_of_a_text() -> None:
    text = "The Nile is long. It flows north. It ends in Egypt."
    for voice in "abcdefgh":
        model = find(parse_model(MODEL))
        assert model
        prompt = Prompt(vendor=model.vendor, messages=[])
        said_ = in_voice(voice)(prompt, Reply(text=text)).text
        assert set(text.split()) <= set(said_.split())
        calls = tuple(Call(name, "{}") for name in "fg")
        kept = in_voice(voice)(prompt, Reply(text=None, calls=calls)).calls
        assert kept in (calls[:1], calls[::-1])


def test_voices_have_every_opening_and_closing_and_two_orders() -> None:
    model = find(parse_model(MODEL))
    assert model
    prompt = Prompt(vendor=model.vendor, messages=[])

    def said_in_all(text: str | None, **more: Any) -> list[Reply]:
        reply = Reply(text=text, **more)
        return [in_voice(f"voice {number}")(prompt, reply) for number in range(300)]

    openings = ("Well. ", "Here you are. ", "Let me see. ", "In short: ", "Gladly. ")
    closings = ("", " That is all.", " I hope this helps.", " Ask me more if you like.")
    for text, orders in (
        ("It rains. It is cold.", ("It rains. It is cold.", "It is cold. It rains.")),
        ("A. B. C. D. E.", ("A. B. C. D. E.", "B. C. D. E. A.")),
        ("A. B. C. D. E. F.", ("A. B. C. D. E. F.",)),
        ("A. B.\nC.", ("A. B.\nC.",)),
        ("It rains.", ("It rains.",)),
    ):
        each = {opening + order + closing
                for opening in openings for order in orders for closing in closings}  # fmt: skip
        assert {reply.text for reply in said_in_all(text)} == each
    thoughts = {reply.reasoning for reply in said_in_all("Yes.", reasoning="So.")}
    assert thoughts == {f"{opening}So." for opening in openings}
    calls = tuple(Call(name, "{}") for name in "fgh")
    assert {reply.calls for reply in said_in_all(None, calls=calls)} == {calls[:1], calls[::-1]}
    assert {reply.calls for reply in said_in_all(None, calls=calls[:1])} == {calls[:1]}
    assert {reply.text for reply in said_in_all(None, calls=calls)} == {None}


def test_each_server_has_a_store_of_its_own() -> None:
    assert Context().stored is not Context().stored
