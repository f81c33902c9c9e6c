"""The release that changed a notebook's outputs is found between the oldest and the newest."""

import pytest
from click.testing import CliRunner

from tests.bench.when import bisect, main

RELEASES = [f"3.{n}" for n in range(40)]


@pytest.mark.parametrize("broken", [range(17), range(23, 40), range(1), range(39, 40)])
def test_the_release_with_the_change_is_named(broken: range) -> None:
    asked: list[str] = []

    def differs(version: str) -> str:
        asked.append(version)
        return "another line" if int(version[2:]) in broken else ""

    changed = broken.stop if broken.start == 0 else broken.start
    assert bisect(RELEASES, differs) == (f"3.{changed}", "another line")
    assert len(asked) <= 8


@pytest.mark.parametrize("said", ["", "another line"])
def test_where_both_ends_show_the_same_nothing_is_named(said: str) -> None:
    assert bisect(RELEASES, lambda _: said) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "newest"], "Invalid value for '--from'"),
        (["--package", "no such package"], "pip knows no releases of no such package: "),
    ],
)
def test_what_cannot_be_looked_for_is_said_in_a_sentence(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["05", *arguments])
    assert isinstance(result.exception, SystemExit)
    assert said in result.output
