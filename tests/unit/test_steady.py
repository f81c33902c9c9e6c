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


def test_what_a_progress_bar_says_besides_is_compared() -> None:
    bars = [f"100%|###| 3/3 [00:01<00:00, {rate}it/s, loss={x}]" for rate, x in ((1, 5), (2, 6))]
    assert not differences([text(bars[0])], [text(bars[0].replace("[00:01", "[1:00:07"))])
    assert differences([text(bars[0])], [text(bars[1])])


def bar(times: list[int], rate: str) -> str:
    frames = [BAR.format(f"{n * 33}%", n, seconds, rate) for n, seconds in enumerate(times)]
    return "\r".join([*frames, f"done: 100%|###| 3/3 [00:01<00:00, {rate}it/s]\n"])


PAIRS = {
    "the process number in the name of a cell's file, and where that is": (
        text("/tmp/ipykernel_12/34.py:2: UserWarning: careful"),
        text("C:\\Users\\A B\\Temp\\ipykernel_99\\34.py:2: UserWarning: careful"),
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
    "the number of a process or an open file, in what Python shows of one": (
        text("<Process name='Process-1' pid=101 parent=77 started> <socket.socket fd=5>"),
        text("<Process name='Process-1' pid=94011 parent=9 started> <socket.socket fd=61>"),
        text("<Process name='Process-2' pid=101 parent=77 started> <socket.socket fd=5>"),
    ),
    "the id of a display, or of a mock object": (
        text(f"<DisplayHandle display_id={'ab' * 16}> <MagicMock name='m' id='140012345678'>"),
        text(f"<DisplayHandle display_id={'0c' * 16}> <MagicMock name='m' id='150012345678'>"),
        text(f"<DisplayHandle display_id={'0c' * 16}> <MagicMock name='n' id='150012345678'>"),
    ),
    "a port of this machine that the system chose": (
        text("http://127.0.0.1:40123/v1, not localhost:50001; ('127.0.0.1', 40123)"),
        text("http://127.0.0.1:59999/v1, not localhost:33001; ('127.0.0.1', 59999)"),
        text("http://127.0.0.1:59999/v1, not localhost:33001; ('127.0.0.1', 8000)"),
    ),
    "the number of a task, which all tasks of a kernel share": (
        text("<Task pending name='Task-5'> waits for 'Task-6'"),
        text("<Task pending name='Task-17'> waits for 'Task-19'"),
        text("<Task pending name='Task-5'> waits for 'Task-5'"),
    ),
    "the name of a temporary file or folder, after a prefix, and where that is": (
        text("Wrote /tmp/tmpab12_d3e/a.txt, /tmp/my-notes_2zz99yy8.json"),
        text("Wrote /var/folders/1a/b_c/T/tmpzz99yy8_/a.txt, /tmp/my-notes_ab12_d3e.json"),
        text("Wrote /tmp/tmpab12_d3e/a.txt, /tmp/my-nodes_2zz99yy8.json"),
    ),
    "how long a cell took, by %time": (
        text("CPU times: user 3 ms, sys: 1 ms, total: 4 ms\nWall time: 5.2 ms\n1"),
        text("CPU times: user 1 s, sys: 9 µs, total: 1 s\nWall time: 1min 2s\n1"),
        text("CPU times: user 3 ms, sys: 1 ms, total: 4 ms\nWall time: 5.2 ms\n2"),
    ),
    "how long a loop took, by %timeit": (
        text("1.2 µs ± 3 ns per loop (mean ± std. dev. of 7 runs, 1,000,000 loops each)"),
        text("90 ns ± 0.3 ns per loop (mean ± std. dev. of 7 runs, 10,000 loops each)"),
        text("1.2 µs ± 3 ns per loop (mean ± std. dev. of 5 runs, 1,000,000 loops each)"),
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
    "the id of an element that a plotting library makes, in its script": (
        shown("application/javascript", 'draw("00000000-1111-2222-3333-444444444444")'),
        shown("application/javascript", 'draw("00000000-1111-2222-3333-555555555555")'),
        shown("application/javascript", 'drop("00000000-1111-2222-3333-555555555555")'),
    ),
    "the number of an element in the name that a map or a chart has": (
        shown("text/html", f'<div id="map_{"ab" * 16}"></div>{{"model_id": "{"12" * 16}"}}'),
        shown("text/html", f'<div id="map_{"cd" * 16}"></div>{{"model_id": "{"34" * 16}"}}'),
        shown("text/html", f'<div id="chart_{"cd" * 16}"></div>{{"model_id": "{"34" * 16}"}}'),
    ),
    "the number of a styled table": (
        shown("text/html", '<style>#T_a1b2c_row0 {}</style><p id="T_a1b2c_row0">'),
        shown("text/html", '<style>#T_ffe01_row0 {}</style><p id="T_ffe01_row0">'),
        shown("text/html", '<style>#T_ffe01_row0 {}</style><p id="T_a1b2c_row0">'),
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
    [
        *("0x1f is 31", "50%\r100%", "a | 3/3 [a list]", "call_0123456789", "look at 0x", "12it"),
        *("Task-5 is next", "/tmp/report1/x", "./tmpab12_d3e", "Wall time: none", "2 ms ± 1 ms"),
        "sha256 " + "ab" * 32,
    ],
)
def test_other_text_is_left_alone(value: str) -> None:
    assert steady([text(value)]) == [text(value)]
