"""The exercises of `09_find_by_meaning`."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from helpers.checks import Answer, exercise
from helpers.transcript import Exchange

MANY_REQUESTS = "that was a request for each question: `embed` takes a list of texts."
AGAIN = "the same texts were sent more than once: keep what `embed` returns, and use it."
ONE_TEXT = "the request has to have three texts: pass all the questions, as a list, not joined."
WRONG_TABLE = "`scores` should have three rows and a column for each article: questions first."
DISTANCES = "a larger score should mean more similar texts: these grow with the distance."
OTHER_SCORES = "`scores` are not the similarities of your questions with the articles."


@exercise(
    "ask-three",
    keeps=("scores",),
    correct="one request with three texts, and a row of scores for each.",
)
def ask_three(answer: Answer, scores: Any, vectors: Any, questions: Any = ()) -> str | None:
    import numpy as np

    inputs: list[Any] = [sent.body.get("input") for sent in answer.sent]
    if len(inputs) > 1:
        return (
            AGAIN
            if all(isinstance(each, list) and len(each) > 2 for each in inputs)
            else MANY_REQUESTS
        )
    if not isinstance(inputs[0], list) or len(set(inputs[0])) < 3:
        return ONE_TEXT
    asked = questions if set(questions) <= set(inputs[0]) else inputs[0][:3]
    embedded = _embedded(answer.exchanges[0])[[inputs[0].index(question) for question in asked]]
    wanted = embedded @ vectors.T
    try:
        table = np.asarray(scores, dtype=float)
    except (TypeError, ValueError):
        return WRONG_TABLE
    if table.shape != wanted.shape:
        return WRONG_TABLE
    # The length of the vectors does not matter, nor how the numbers are rounded.
    with np.errstate(invalid="ignore"):  # of a row in which all is the same
        alike = min(np.corrcoef(*rows)[0, 1] for rows in zip(table, wanted, strict=True))
    if alike > 0.98:
        return None
    return DISTANCES if alike < -0.9 else OTHER_SCORES


def _embedded(exchange: Exchange) -> Any:
    """The embeddings that came, as an array; they travel as numbers or in base64."""
    import numpy as np

    rows = [item["embedding"] for item in exchange.response["data"]]
    return np.array(
        [
            np.frombuffer(base64.b64decode(row), "<f4") if isinstance(row, str) else row
            for row in rows
        ]
    )


NO_SOURCES = "the prompt contains no article: `with_sources` writes one that does."
ALL_SOURCES = "those are all the articles: send only what the search found."
NO_QUESTION = "the articles are there, but your question is not: put both into the prompt."
NOTHING_FOUND = "no article is near enough, so there is no prompt: ask about one of their subjects."
NOT_ASKED = "a prompt can be made for your question, and none was sent: give it to `ask`."
OTHER_SOURCES = "those articles were found for another question: search for `my_question`."


@exercise(
    "ground",
    refusals=True,
    correct="the question, and the articles that were found for it, are in one prompt.",
)
def ground(
    answer: Answer,
    articles: dict[str, str],
    my_question: str,
    search: Callable[..., Any],
    with_sources: Callable[[str], str | None],
) -> str | None:
    def judged(answer: Answer) -> str | None:
        [sent] = answer.sent
        prompt = _in_one_line(f"{sent.body.get('instructions')}\n{sent.text}")
        sources = [name for name, text in articles.items() if _in_one_line(text) in prompt]
        if not sources:
            return NO_SOURCES
        if len(sources) == len(articles):
            return ALL_SOURCES
        found = [name for name, _ in search(my_question, len(sources))]
        if set(sources) - set(found):
            return OTHER_SOURCES
        return None if _in_one_line(my_question) in prompt else NO_QUESTION

    prompts = [exchange for exchange in answer.exchanges if exchange.path != "/embeddings"]
    if prompts and not answer.refusal:
        return Answer(prompts).by_request(judged)
    return (answer.refusal or NOT_ASKED) if with_sources(my_question) else NOTHING_FOUND


def _in_one_line(text: str) -> str:
    """A text whose lines were broken is the same text."""
    return " ".join(text.split())
