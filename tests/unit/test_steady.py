"""What is random by construction compares equal, by a rule with a name; nothing else does."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.notebooks.compare import differences
from helpers.notebooks.steady import rules, steady

WIDGET = "application/vnd.jupyter.widget-view+json"
SVG = '<svg><dc:date>{day}</dc:date><clipPath id="p{one}"/><g clip-path="url(#p{one})"/></svg>'
BAR = "{}|##| {}/3 [00:0{}<00:00, {}it/s]"


def text(value: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=value)


def shown(kind: str, value: object) -> NotebookNode:
    return new_output("display_data", data={kind: value, "text/plain": "it"})


def bar(times: list[int], rate: str) -> str:
    frames = [BAR.format(f"{n * 33}%", n, seconds, rate) for n, seconds in enumerate(times)]
    return "\r".join([*frames, f"done: 100%|###| 3/3 [00:01<00:00, {rate}it/s]\n"])


PAIRS = {
    "the process number in the name of a cell's file, and where that is": (
        text("/tmp/ipykernel_12/34.py:2: UserWarning: careful"),
        text("/var/folders/x/T/ipykernel_99/34.py:2: UserWarning: careful"),
        text("/tmp/ipykernel_12/35.py:2: UserWarning: careful"),
    ),
    "an address in memory": (
        text("<object object at 0x7f00aabbccd0>"),
        text("<object object at 0x7f00aabbcce0>"),
        text("<object class at 0x7f00aabbcce0>"),
    ),
    "the number of a thread": (
        text("<Thread(Thread-1, started daemon 140001)>"),
        text("<Thread(Thread-1, started daemon 150002)>"),
        text("<Thread(Thread-1, stopped daemon 150002)>"),
    ),
    "a progress bar: when it was drawn, and how often": (
        text(bar([0, 1], "9.2")),
        text(bar([0, 0, 1], "17.03")),
        text(bar([0, 1], "9.2").replace("3/3", "2/3")),
    ),
    "a progress bar without an end: when it was drawn, and how often": (
        text("7it [00:00, 100.3it/s]"),
        text("3it [00:00, 90it/s]\r7it [00:01, 99.1it/s]"),
        text("8it [00:00, 100.3it/s]"),
    ),
    "the model of a widget": (
        shown(WIDGET, {"model_id": "ab" * 16, "version_major": 2}),
        shown(WIDGET, {"model_id": "cd" * 16, "version_major": 2}),
        shown(WIDGET, {"model_id": "cd" * 16, "version_major": 1}),
    ),
    "when a picture was drawn": (
        shown("image/svg+xml", SVG.format(day="2026-01-01", one="a" * 10)),
        shown("image/svg+xml", SVG.format(day="2027-02-02", one="a" * 10)),
        shown("image/svg+xml", SVG.format(day="2027-02-02", one="a" * 10) + "<g/>"),
    ),
    "matplotlib's ids for the parts of a picture": (
        shown("image/svg+xml", SVG.format(day="", one="a" * 10)),
        shown("image/svg+xml", SVG.format(day="", one="b" * 10)),
        shown("image/svg+xml", SVG.format(day="", one="b" * 10).replace("#pb", "#pa")),
    ),
    "the id of an element that a plotting library makes": (
        shown("text/html", '<div id="00000000-1111-2222-3333-444444444444"></div>'),
        shown("text/html", '<div id="00000000-1111-2222-3333-555555555555"></div>'),
        shown("text/html", '<p id="00000000-1111-2222-3333-555555555555"></p>'),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_runs_compare_equal_and_something_else_does_not(name: str) -> None:
    one, other, different = PAIRS[name]
    assert not differences([one], [other])
    assert differences([one], [different])


def test_every_rule_is_tried() -> None:
    assert [rule.name for rule in rules()] == [*PAIRS]


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_steady_stays_as_it_is(name: str) -> None:
    once = steady(PAIRS[name][:1])
    assert steady(once) == once
    assert once == steady(PAIRS[name][1:2])


@pytest.mark.parametrize(
    "value",
    ["0x1f is 31", "50%\r100%", "a | 3/3 [a list]", "call_0123456789", "look at 0x", "12it"],
)
def test_other_text_is_left_alone(value: str) -> None:
    assert steady([text(value)]) == [text(value)]
