"""Days and times of day are read as people say them, and nothing else is taken for one."""

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest

from helpers.mock.simulated.find import Text, today_in

_SAID = tomllib.loads(Path(__file__).with_name("corpus").joinpath("days.toml").read_text("utf-8"))
_WEDNESDAY = date(2026, 4, 15)


@pytest.mark.parametrize("frame", ["Book the hall {}.", "Plan it {} please", "{}, remind me"])
@pytest.mark.parametrize(
    ("kind", "said"), [(kind, said) for kind, lines in _SAID.items() for said in lines]
)
def test_days_and_times_are_read(kind: str, said: str, frame: str) -> None:
    spans = Text(frame.format(said), today=_WEDNESDAY).spans(kind.removesuffix("s"))
    assert [span.value for span in spans] == _SAID[kind][said]


def test_what_may_be_an_hour_stays_a_number() -> None:
    text = Text("Set the volume at five")
    assert [span.value for span in text.spans("number")] == [5]
    assert [span.value for span in text.spans("time")] == ["17:00"]


def test_a_timestamp_keeps_its_time() -> None:
    (span,) = Text("It began on 2026-05-06T10:30:00Z.").spans("datetime")
    assert span.value == "2026-05-06T10:30:00Z"


@pytest.mark.parametrize("said", ["in 999 years", "999 years ago", "31 February", "0:00", "at 24"])
@pytest.mark.parametrize("today", [date.min, date(2024, 2, 29), date.max])
def test_no_day_is_too_far(said: str, today: date) -> None:
    spans = Text(f"Meet {said}", today=today).spans("date")
    days = [span.value for span in spans]
    assert days == [date.fromisoformat(day).isoformat() for day in days]


_TOLD = {
    "Today is Monday, 3 August 2026.": date(2026, 8, 3),
    "Today is 3 August 2026. The pool opens at 9:00.": date(2026, 8, 3),
    "Today is 3 August 2026 and it is 14:05.": datetime(2026, 8, 3, 14, 5),
    "It is 2:05 pm on 3 August 2026.": datetime(2026, 8, 3, 14, 5),
    "It is Monday, 3 August 2026, 14:05.": datetime(2026, 8, 3, 14, 5),
    "Now: 2026-08-03 14:05": datetime(2026, 8, 3, 14, 5),
    "The current time is 14:05. Today is 3 August 2026.": datetime(2026, 8, 3, 14, 5),
    "The regatta: it is on 3 August 2026, 14:05.": None,
}


@pytest.mark.parametrize("system", _TOLD)
def test_a_conversation_says_what_day_and_time_it_is(system: str) -> None:
    assert today_in([{"role": "system", "content": system}]) == _TOLD[system]
