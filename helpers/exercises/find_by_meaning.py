"""The exercises of notebook 9."""

from __future__ import annotations

from typing import Any

from helpers.checks import Answer, Wrong, exercise

MANY_REQUESTS = "that was a request for each question: `embed` takes a list of texts."
ONE_TEXT = "the request has one text: pass the questions as a list, and do not join them."
WRONG_TABLE = "`scores` should have three rows and a column for each article: questions first."


@exercise(
    "ask-three",
    correct="one request with three texts, and a row of scores for each.",
    wrong=[
        Wrong(
            MANY_REQUESTS,
            edit={
                "embed(questions) @ vectors.T": (
                    "np.array([vectors @ embed([each])[0] for each in questions])"
                )
            },
        ),
        Wrong(ONE_TEXT, edit={"embed(questions)": 'embed([" ".join(questions)])'}),
        Wrong(WRONG_TABLE, edit={"embed(questions) @ vectors.T": "vectors @ embed(questions).T"}),
    ],
)
def ask_three(answer: Answer, scores: Any) -> str | None:
    inputs = [sent.body.get("input") for sent in answer.sent]
    if len(inputs) > 1:
        return MANY_REQUESTS
    if not isinstance(inputs[0], list) or len(inputs[0]) < 3:
        return ONE_TEXT
    rows = len(scores) if getattr(scores, "ndim", 0) == 2 else 0
    return None if rows == len(inputs[0]) else WRONG_TABLE


NO_SOURCES = "the prompt has no article in it: `with_sources` writes one that has."
ALL_SOURCES = "those are all the articles: send only what the search found."
NO_QUESTION = "the articles are there, but the question that was searched for is not."


@exercise(
    "ground",
    correct="the question, and the articles that were found for it, are in one prompt.",
    wrong=[
        Wrong(NO_SOURCES, edit={"with_sources(my_question)": "my_question"}),
        Wrong(
            ALL_SOURCES,
            edit={"with_sources(my_question)": 'my_question + "\\n".join(articles.values())'},
        ),
        Wrong(
            NO_QUESTION,
            edit={"with_sources(my_question)": 'with_sources(my_question).split("Question:")[0]'},
        ),
    ],
)
def ground(answer: Answer, articles: dict[str, str]) -> str | None:
    prompts = [sent.text for sent in answer.sent if "messages" in sent.body]
    prompt = prompts[-1] if prompts else ""
    sources = [text for text in articles.values() if text in prompt]
    if not sources:
        return NO_SOURCES
    if len(sources) == len(articles):
        return ALL_SOURCES
    searched = [text for sent in answer.sent for text in sent.body.get("input") or ()]
    return None if any(text in prompt for text in searched) else NO_QUESTION
