"""Lists: what becomes of a few items, or of the rows of a table, that a message or a tool has."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

from helpers.mock.simulated import results, things
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import Said, first_word, flat, met, table, word_set, words

_WHY = "A small operation on a list, which needs no knowledge."
_SPLIT = re.compile(r"\s{0,9}[,;\n]\s{0,9}(?:(?:and|or) )?|\s{1,9}(?:and|or)\s{1,9}")
_INSIDE = re.compile(table("patterns")["lists"]["inside"], re.I)
_LONGEST = 40


def listed(turn: Turn) -> Said | None:
    """Items sorted, counted, picked or put in another form; None where more is asked for."""
    form, name = _cued(turn, "forms"), _cued(turn, "lists")
    if not form and not name:
        return None
    rows = _rows(turn)
    if form and rows and _left(turn.ask, "forms", form) <= _about(turn):
        return Said(_FORMS[form](rows), _WHY, exact=True)
    items = _items(turn)
    name = name if len(items) > 1 else ""
    how = first_word(turn.ask) == "how" and name != "count"  # "How long did it last?"
    if name and not how and not _left(turn.ask, "lists", name):
        return Said(_LISTS[name](items), _WHY, exact=True)
    return None


def _cued(turn: Turn, kind: str) -> str:
    asked = flat(f"{turn.ask} {turn.how}" if kind == "forms" and turn.how else turn.ask)
    return next((name for name, _ in met(asked, "", "crafts", kind)), "")


def _left(ask: str, kind: str, name: str) -> set[str]:
    """The words of a request that say more than what is to be done."""
    cues = {word for cue in table("crafts")[kind][name] for word in cue.split()}
    known = word_set("memory", "small") | word_set("results", "beside")
    ask = _INSIDE.sub("", ask)
    return set(words(ask)) - cues - known - word_set("crafts", "beside")


def _rows(turn: Turn) -> list[dict[str, Any]]:
    """The records of the message, or of the last result."""
    value = turn.rows if turn.rows or not turn.past else parsed(turn.past[-1].result or "")
    return things.records(value)


def _about(turn: Turn) -> set[str]:
    return set(words(" ".join(step.name.replace("_", " ") for step in turn.past[-1:])))


def _items(turn: Turn) -> list[str]:
    inside = None if turn.data else _INSIDE.search(turn.ask)
    body = inside["items"] if inside else turn.data.rpartition(": ")[2]
    items = [item.strip(" .?!\"'") for item in _SPLIT.split(body.strip(" .?!"))]
    short = len(body) < 2_000 and all(item and len(item) <= _LONGEST for item in items)
    return items if short and ("," in body or "\n" in body or inside) else []


def _sorted(items: list[str]) -> str:
    numbers = all(re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", item) for item in items)
    return ", ".join(sorted(items, key=float if numbers else str.lower))


_LISTS: dict[str, Callable[[list[str]], str]] = {
    "unique": lambda items: ", ".join(dict.fromkeys(items)),
    "longest": lambda items: max(items, key=len),
    "shortest": lambda items: min(items, key=len),
    "reverse": lambda items: ", ".join(items[::-1]),
    "bullets": lambda items: "\n".join(f"- {item}" for item in items),
    "numbered": lambda items: "\n".join(f"{n}. {item}" for n, item in enumerate(items, 1)),
    "sort": _sorted,
    "count": lambda items: f"There are {len(items)}.",
    "first": lambda items: items[0],
    "second": lambda items: items[1],
    "third": lambda items: items[2] if len(items) > 2 else "There is no third.",
    "last": lambda items: items[-1],
}


def _typed(value: Any) -> Any:
    return value if (number := parsed(value)) is None or things.number(value) is None else number


def _table(rows: list[dict[str, Any]]) -> str:
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([str(row.get(h, "")) for h in heads] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(rows[0]), restval="", extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().strip()


_FORMS: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "json": lambda rows: json.dumps(
        [{key: _typed(each) for key, each in row.items()} for row in rows], ensure_ascii=False
    ),
    "csv": _csv,
    "table": _table,
    "bullets": lambda rows: "\n".join(f"- {results.inline(row)}" for row in rows),
}
