"""Embeddings, through the real client: forms of input, shapes, and what is near to what."""

import base64
import hashlib
import itertools
import math
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI
from openai.types import CreateEmbeddingResponse

from helpers.mock.server import MockServer
from tests.contract.wire import send

ADA = "openai/embed/models/text-embedding-ada-002"
LARGE = "openai/embed/models/text-embedding-3-large"
SMALL = "openai/embed/models/text-embedding-3-small"
REVIEW = "The food was delicious and the service was excellent."


def vectors(client: OpenAI, *texts: str, model: str = ADA) -> list[list[float]]:
    response = client.embeddings.create(model=model, input=list(texts))
    assert [item.index for item in response.data] == list(range(len(texts)))
    return [item.embedding for item in response.data]


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("model", "dimensions"), [(ADA, 1536), (SMALL, 1536), (LARGE, 3072)])
def test_a_vector_has_the_models_dimensions_and_length_one(
    client: OpenAI, model: str, dimensions: int
) -> None:
    response = client.embeddings.create(model=model, input=REVIEW)
    (item,) = response.data
    assert len(item.embedding) == dimensions
    assert math.hypot(*item.embedding) == pytest.approx(1, abs=1e-6)
    assert response.usage.prompt_tokens == response.usage.total_tokens > 0
    assert response.model == model.rsplit("/", 1)[1]


def test_base64_is_little_endian_float32_of_the_same_numbers(mock: MockServer) -> None:
    body = {"model": ADA, "input": REVIEW}
    plain = send(mock, body, path="/embeddings")
    CreateEmbeddingResponse.model_validate_json(plain.body, strict=True)
    packed = send(mock, body | {"encoding_format": "base64"}, path="/embeddings").json()
    raw = base64.b64decode(packed["data"][0]["embedding"], validate=True)
    assert list(struct.unpack("<1536f", raw)) == plain.json()["data"][0]["embedding"]


def test_the_client_decodes_what_it_asks_for_by_itself(client: OpenAI) -> None:
    by_default = client.embeddings.create(model=ADA, input=REVIEW).data[0].embedding
    as_floats = client.embeddings.create(model=ADA, input=REVIEW, encoding_format="float")
    assert as_floats.data[0].embedding == pytest.approx(by_default, abs=1e-9)


@pytest.mark.parametrize("dimensions", [1, 2, 256, 1000])
def test_fewer_dimensions_are_the_first_ones_made_length_one_again(
    client: OpenAI, dimensions: int
) -> None:
    full = client.embeddings.create(model=LARGE, input=REVIEW).data[0].embedding
    cut = client.embeddings.create(model=LARGE, input=REVIEW, dimensions=dimensions)
    length = math.hypot(*full[:dimensions])
    expected = [each / length for each in full[:dimensions]]
    assert cut.data[0].embedding == pytest.approx(expected, abs=1e-6)


def test_many_texts_are_each_what_they_are_alone(client: OpenAI) -> None:
    texts = [REVIEW, "A cat", "A cat", "."]
    together = vectors(client, *texts)
    assert together == [vectors(client, text)[0] for text in texts]
    assert together[1] == together[2]


def test_tokens_are_taken_in_place_of_texts(client: OpenAI) -> None:
    one = client.embeddings.create(model=ADA, input=[1, 2, 3])
    many = client.embeddings.create(model=ADA, input=[[1, 2, 3], [2, 3, 4], [7, 8, 9]])
    assert one.data[0].embedding == many.data[0].embedding
    assert (one.usage.prompt_tokens, many.usage.prompt_tokens) == (3, 9)
    first, near, far = (item.embedding for item in many.data)
    assert likeness(first, near) > likeness(first, far)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        (REVIEW, "What a tasty meal!", "The train was late again."),
        (REVIEW, "The restaurant had a great menu", "How do I debug a Python function?"),
        ("The train was late again.", "I waited an hour at the station.", "A tasty meal"),
        ("A cat in a tree", "My kitten likes to climb", "The stock market fell"),
        ("Will it rain tomorrow?", "The weather forecast for Oslo", "A song by a singer"),
        ("There is a bug in my code", "The program does not compile", "The soup was cold"),
        ("king", "queen", "banana"),
        ("running shoes", "the runner's shoe", "a cup of tea"),
    ],
)
def test_near_texts_are_nearer_than_far_ones(
    client: OpenAI, text: str, near: str, far: str
) -> None:
    here, there, elsewhere = vectors(client, text, near, far)
    assert likeness(here, there) > likeness(here, elsewhere) + 0.1


def test_a_search_finds_the_passage_that_is_meant(client: OpenAI) -> None:
    passages = [
        "Our kitchen serves dinner from six; the chef recommends the fish soup.",
        "Trains to the airport leave platform 4 every twenty minutes.",
        "To reset your password, open the login page and ask for a new one.",
        "The museum shows paintings of the last century.",
    ]
    questions = [
        "Where can I eat something tasty tonight?",
        "How do I get to my flight?",
        "I cannot log in, my account asks for a password",
        "Which artists can I see?",
    ]
    found = vectors(client, *questions, *passages)
    for index, question in enumerate(found[:4]):
        scores = [likeness(question, passage) for passage in found[4:]]
        assert scores.index(max(scores)) == index, questions[index]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Where can I get a refund?", "How do I get my money back?", 0.3, 0.9),
        ("Where can I get a refund?", "The cat sleeps on the sofa.", -0.3, 0.15),
        ("I like this film.", "I do not like this film.", 0.5, 0.92),
        ("The shop is open on Sunday.", "The shop isn't open on Sunday.", 0.5, 0.95),
        ("He has 5 apples.", "He has 6 apples.", 0.4, 0.95),
        ("Blorptang", "Blorptangs", 0.3, 0.99),
    ],
)
def test_what_is_said_in_other_words_is_near_and_what_is_denied_is_not_the_same(
    client: OpenAI, one: str, other: str, least: float, most: float
) -> None:
    assert least < likeness(*vectors(client, one, other)) < most


def test_questions_find_the_article_that_answers_them(client: OpenAI) -> None:
    lines = Path("notebooks/assets/human_rights.txt").read_text(encoding="utf-8").splitlines()
    articles = dict(line.split(": ", 1) for line in lines)
    asked = {
        "May the police lock me up without a reason?": "Article 9",
        "May I leave my country and come back?": "Article 13.2",
        "How many days of vacation do I get?": "Article 24",
        "Who chooses my child's school?": "Article 26.3",
    }
    found = vectors(client, *asked, *articles.values())
    questions, passages = found[: len(asked)], found[len(asked) :]
    best = [
        max(zip(articles, passages, strict=True), key=lambda each: likeness(question, each[1]))[0]
        for question in questions
    ]
    assert best == list(asked.values())


def test_nothing_is_read_before_the_first_text_and_numpy_never() -> None:
    script = """
import sys
from helpers.mock import meaning
from helpers.mock.apis import embeddings
from helpers.mock.apis.context import Context
from helpers.mock.catalogue import MODELS
assert not meaning._words.cache_info().currsize
model = next(each for each in MODELS if "embeddings" in each.kinds)
embeddings.create(model, {"model": "m", "input": "Hi"}, Context())
assert meaning._words.cache_info().currsize
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_vector_is_the_same_on_every_machine(mock: MockServer) -> None:
    body = {"model": ADA, "input": REVIEW, "encoding_format": "base64"}
    text = send(mock, body, path="/embeddings").json()["data"][0]["embedding"]
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "5206d2e647f42e2f"


def test_different_texts_have_different_vectors(client: OpenAI) -> None:
    texts = ["a", "b", "ab", "a b", "!", "?", " ", "日本", "日本語", "\0", "😀"]
    for one, other in itertools.combinations(vectors(client, *texts), 2):
        assert one != other


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": None}, "input"),
        ({"input": {"text": "a"}}, "input"),
        ({"input": ["a", ""]}, "input.1"),
        ({"input": ["a", 1]}, "input.1"),
        ({"input": [["a"]]}, "input.0.0"),
        ({"input": [[1], []]}, "input.1"),
        ({"input": [1, -1]}, "input.1"),
        ({"input": [True]}, "input.0"),
        ({"input": [{}]}, "input.0"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "word " * 9000}, "input"),
        ({"input": ["a", "word " * 9000]}, "input.1"),
        ({"input": ["word " * 8000] * 40}, "input"),
        ({"dimensions": 8}, "dimensions"),
        ({"model": LARGE, "dimensions": 0}, "dimensions"),
        ({"model": LARGE, "dimensions": 3073}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_what_does_not_fit_is_400_and_named(
    mock: MockServer, change: dict[str, Any], field: str
) -> None:
    reply = send(mock, {"model": ADA, "input": "a"} | change, path="/embeddings")
    assert reply.status == 400
    assert reply.json()["details"].startswith(f"{field}: "), reply.json()["details"]


def test_a_missing_input_is_named(mock: MockServer) -> None:
    reply = send(mock, {"model": ADA}, path="/embeddings")
    assert (reply.status, reply.json()["details"]) == (400, "input: Field required")


def test_a_model_that_chats_makes_no_embeddings(mock: MockServer) -> None:
    body = {"model": "openai/chat-completion/models/gpt-4o", "input": "a"}
    reply = send(mock, body, path="/embeddings")
    assert (reply.status, reply.json()["code"]) == (400, 21202)
    assert "does not do embeddings" in reply.json()["details"]
