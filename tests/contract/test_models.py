"""The list of models, through the real client, and each of them asked for what it cannot do."""

from typing import Any

import pytest
from openai import NotFoundError, OpenAI
from openai.types import Model

from helpers.mock import catalogue
from helpers.mock.server import MockServer
from tests.contract.wire import send

NAME = "openai/chat-completion/models/gpt-oss-120b"


def test_the_list_has_every_model_under_a_name_that_works(client: OpenAI) -> None:
    listed = client.models.list().data
    assert [each.id for each in listed] == [model.ref.name for model in catalogue.MODELS]
    assert all(Model.model_validate(each.to_dict(), strict=True) for each in listed)
    assert client.models.retrieve(listed[0].id) == listed[0]


@pytest.mark.parametrize(
    "form", [NAME, f"https://clarifai.com/{NAME}", f"{NAME}/versions/{'0' * 32}"]
)
def test_a_model_is_got_by_any_form_of_its_name(client: OpenAI, form: str) -> None:
    model = client.models.retrieve(form)
    assert (model.id, model.owned_by, model.object) == (NAME, "openai", "model")


def test_a_model_is_got_by_an_address_that_is_not_encoded(mock: MockServer) -> None:
    reply = send(mock, b"", f"/models/https://clarifai.com/{NAME}", method="GET")
    assert (reply.status, reply.json()["id"]) == (200, NAME)


def test_an_unknown_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.models.retrieve("openai/chat-completion/models/gpt-99")
    assert caught.value.body["code"] == 21200


@pytest.mark.parametrize("path", ["/models", f"/models/{NAME}"])
def test_models_need_a_key(mock: MockServer, path: str) -> None:
    assert send(mock, b"", path, method="GET", authorization="").status == 401
    assert send(mock, b"", path, method="GET", authorization=f"Key {'0' * 32}").status == 200
    assert send(mock, b"", path, method="DELETE").status == 404


# The least request to each API, and the kind of model that takes it.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "/chat/completions": ("chat", {"messages": [{"role": "user", "content": "Hi"}]}),
    "/responses": ("chat", {"input": "Hi"}),
    "/embeddings": ("embeddings", {"input": "Hi"}),
    "/images/generations": ("images", {"prompt": "Hi", "size": "64x64"}),
}


@pytest.mark.parametrize("path", ASKED)
def test_each_model_does_what_it_is_listed_for_and_says_what_it_does_not(
    mock: MockServer, path: str
) -> None:
    kind, body = ASKED[path]
    for model in catalogue.MODELS:
        reply = send(mock, body | {"model": model.url}, path)
        if kind in model.kinds:
            assert reply.status == 200, model.url
        else:
            assert (reply.status, reply.json()["code"]) == (400, 21202), model.url


def test_a_model_that_calls_no_tools_answers_in_words(mock: MockServer) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    model = "openbmb/miniCPM/models/MiniCPM-o-2_6-language"
    reply = send(mock, {"model": model, "tools": [tool]} | ASKED["/chat/completions"][1])
    assert reply.status == 200
    message = reply.json()["choices"][0]["message"]
    assert message["content"] and message["tool_calls"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/audio/speech"),
        ("POST", "/completions"),
        ("POST", "/files"),
        ("GET", "/files"),
        ("POST", "/moderations"),
        ("POST", "/images/edits"),
        ("POST", "/images/variations"),
        ("GET", "/responses/resp_1"),
        ("DELETE", "/responses/resp_1"),
        ("GET", "/responses"),
        ("GET", "/embeddings"),
        ("POST", "/models"),
        ("POST", "/chat/completions/"),
        ("POST", "/batches"),
        ("GET", "/"),
        ("GET", ""),
    ],
)
def test_what_clarifai_does_not_serve_does_not_exist(
    mock: MockServer, method: str, path: str
) -> None:
    reply = send(mock, b"{}", path, method)
    assert (reply.status, reply.json()["code"]) == (404, 11101)
    assert path in reply.json()["details"]
