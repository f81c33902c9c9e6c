"""What messages ask for: a corpus of one line a case, none of which may be read wrongly."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from helpers.mock.simulated import find, plan, shape
from helpers.mock.simulated.prompt import Tool

_CORPUS = Path(__file__).parent / "corpus"
TOOLS = {
    name: Tool(**tool) for name, tool in json.loads((_CORPUS / "tools.json").read_text()).items()
}


def lines(name: str) -> list[Any]:
    return [json.loads(line) for line in (_CORPUS / name).read_text("utf-8").splitlines()]


CASES = lines("calls.jsonl")
FILLED = lines("filled.jsonl")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}-{case['message']}")
def test_a_message_is_read_as_a_good_model_would(case):
    told = case.get("today", "")
    today = (datetime if "T" in told else date).fromisoformat(told) if told else None
    text = find.Text(case["message"], today=today)
    planned = plan.plan(tuple(TOOLS[name] for name in case["tools"]), text)
    whole = [each for each in planned if not (each.missing or each.unclear)]
    calls = [(each.tool.name, each.arguments) for each in whole]
    assert calls == [(name, arguments) for name, arguments in case["calls"]]
    asked = [name for each in planned for name in each.missing]
    assert asked == case.get("asks", [])
    assert any(each.unclear for each in planned) == case.get("unclear", False)


@pytest.mark.parametrize("case", FILLED, ids=lambda case: case["message"])
def test_a_text_is_read_into_records(case):
    filled = shape.fill(case["schema"], find.Text(case["message"]), purpose="reply")
    assert filled.value == case["value"]
