"""Server-sent events are read as the standard says, however they are cut on the way."""

from hypothesis import given
from hypothesis import strategies as st

from helpers.text import fit, parse_json, to_json
from helpers.transcript.events import EventReader, ServerSentEvent, bodies, read_events
from tests.examples import QUICK


def test_events_of_every_form() -> None:
    content = (
        "\ufeffdata: one\n\n"
        ": a comment\r\n\r\n"
        "event: named\rdata:two\rdata: lines\r\r"
        "id: 7\nretry: 10\ndata\n\n"
        "event: nothing\n\n"
        "data: [DONE] in a text\n\n"
    )
    assert read_events(content.encode()) == [
        ServerSentEvent("one"),
        ServerSentEvent("two\nlines", "named"),
        ServerSentEvent("", id="7", retry="10"),
        ServerSentEvent("[DONE] in a text"),
    ]


def test_what_comes_after_the_last_whole_event_is_the_rest() -> None:
    reader = EventReader()
    assert reader.feed(b'data: {"a": 1}\n\ndata: {"b"') == [ServerSentEvent('{"a": 1}')]
    assert reader.rest == 'data: {"b"'
    assert list(bodies(b'data: {"a": 1}\n\ndata: x\n\ndata: [DONE]\n\n')) == [{"a": 1}, "x"]


EVENTS = st.lists(
    st.builds(
        ServerSentEvent,
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
        st.none() | st.sampled_from(["message", "x y"]),
        st.none() | st.just("1"),
    ),
    max_size=4,
)


@QUICK
@given(EVENTS, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.lists(st.integers(1, 9)), st.booleans())
def test_any_events_arrive_in_any_pieces(
    events: list[ServerSentEvent], end: bytes, cuts: list[int], mark: bool
) -> None:
    content = b"\xef\xbb\xbf" * mark + b"".join(e.encode() for e in events).replace(b"\n", end)
    reader, read = EventReader(), list[ServerSentEvent]()
    for cut in [*cuts, len(content) + 1]:
        read += reader.feed(content[:cut])
        content = content[cut:]
    assert read == events
    assert reader.rest == ""


@QUICK
@given(st.text(st.characters(), max_size=20))
def test_any_text_is_made_fit_and_json_loses_nothing(text: str) -> None:
    fit(text).encode()
    written = to_json({"text": text})
    written.encode()
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert parse_json(written) == {"text": whole}


def test_pairs_come_together_and_halves_are_marked() -> None:
    assert fit("\ud83d\ude00 \ud83d") == "😀 \ufffd"
