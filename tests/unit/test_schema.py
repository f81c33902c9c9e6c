"""Requests are checked as deeply as their types go, and the field that is wrong is named."""

from typing import Any

import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from helpers.mock.requests import InvalidRequest, validator

check = validator(CompletionCreateParamsBase)


def request(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}


def test_a_request_comes_back_with_the_fields_that_no_type_knows() -> None:
    sent = request(mcp_servers=["a"], messages=[{"role": "user", "content": "hi", "panelId": "7"}])
    assert check(sent) == sent


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.0.content.0.image_url",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]},
            "messages.0.content.0.text",
        ),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.tool_call_id"),
        ({"tools": [{"type": "function", "function": {"name": 3}}]}, "tools.0.function.name"),
        ({"temperature": "0.7"}, "temperature"),
        ({"n": 1.5}, "n"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {}}},
            "response_format.json_schema.name",
        ),
    ],
)
def test_lists_and_unions_are_checked_through_and_the_field_is_named(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check(request(**fields))
    assert refused.value.field == field


def test_a_role_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(InvalidRequest, match="'developer', 'system', 'user'"):
        check(request(messages=[{"role": "robot", "content": "hi"}]))
