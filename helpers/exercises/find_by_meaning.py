"""The exercises of `09_find_by_meaning`."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from helpers.checks import NOT_SET, Answer, Right, Wrong, exercise
from helpers.transcript import Exchange

MANY_REQUESTS = "that was a request for each question: `embed` takes a list of texts."
ONE_TEXT = "the request has one text: pass the questions as a list, and do not join them."
WRONG_TABLE = "`scores` should have three rows and a column for each article: questions first."
DISTANCES = "a larger score should mean more similar texts: these grow with the distance."
OTHER_SCORES = "`scores` are not the similarities of your questions with the articles."


@exercise(
    "ask-three",
    keeps=("scores",),
    correct="one request with three texts, and a row of scores for each.",
    right=[
        Right(
            edit={
                "embed(questions) @ vectors.T": (
                    "[[float(v @ e) for v in vectors] for e in embed(questions)]"
                ),
                "scores.argmax(axis=1)": "np.argmax(scores, axis=1)",
            }
        ),
        Right(edit={"embed(questions) @ vectors.T": "(vectors @ embed(questions).T).T"}),
        Right(edit={"embed(questions) @ vectors.T": "np.inner(embed(questions), vectors)"}),
        Right(edit={"embed(questions) @ vectors.T": "(embed(questions) @ vectors.T).round(3)"}),
        Right(
            edit={
                "scores = embed(questions) @ vectors.T": (
                    "reply = client.embeddings.create(model=MODEL, input=questions)\n"
                    "scores = np.array([vectors @ each.embedding for each in reply.data])"
                )
            }
        ),
        Right(
            edit={
                "scores = embed(questions) @ vectors.T": (
                    "all_of_them = embed(questions + list(articles.values()))\n"
                    "scores = all_of_them[:3] @ all_of_them[3:].T"
                )
            }
        ),
    ],
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
        Wrong(WRONG_TABLE, code='scores = embed(["one", "two", "three"])'),
        Wrong(
            DISTANCES,
            edit={
                "embed(questions) @ vectors.T": (
                    "np.array([[np.linalg.norm(v - e) for v in vectors] for e in embed(questions)])"
                )
            },
        ),
        Wrong(NOT_SET, edit={"scores": "table"}),
        Wrong(OTHER_SCORES, edit={"@ vectors.T": "@ vectors[::-1].T"}),
        Wrong(OTHER_SCORES, edit={"embed(questions) @": "embed(questions)[::-1] @"}),
    ],
)
def ask_three(answer: Answer, scores: Any, vectors: Any) -> str | None:
    import numpy as np

    inputs = [sent.body.get("input") for sent in answer.sent]
    if len(inputs) > 1:
        return MANY_REQUESTS
    if not isinstance(inputs[0], list) or len(inputs[0]) < 3:
        return ONE_TEXT
    # The questions come first if the articles are sent along.
    embedded = _embedded(answer.exchanges[0])[:3]
    wanted = embedded @ vectors.T
    try:
        table = np.asarray(scores, dtype=float)
    except (TypeError, ValueError):
        return WRONG_TABLE
    if table.shape != wanted.shape:
        return WRONG_TABLE
    # The length of the vectors does not matter, nor how the numbers are rounded.
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
NOTHING_FOUND = (
    "no prompt was sent: the search found nothing near enough. Ask about the articles' subjects."
)
OTHER_SOURCES = "those articles were found for another question: search for `my_question`."


@exercise(
    "ground",
    correct="the question, and the articles that were found for it, are in one prompt.",
    right=[
        Right(
            edit={
                "print(ask(with_sources(my_question)))": (
                    "print(client.responses.create(model=CHAT_MODEL,"
                    " input=with_sources(my_question)).output_text)"
                )
            }
        ),
        Right(edit={"ask(with_sources(my_question))": "answered(my_question)"}),
        Right(
            edit={
                "ask(with_sources(my_question))": (
                    "ask(with_sources(my_question)))\nprint(ask(my_question)"
                )
            }
        ),
        Right(
            code="""\
my_question = "Is school free for children?"
sources = [articles[name] for name, score in search(my_question)]
client.responses.create(model=CHAT_MODEL, instructions=" ".join(sources), input=my_question)
"""
        ),
        Right(edit={"Can the police arrest me without a reason?": "Is school free for children?"}),
        Right(
            code="""\
my_question = "Can the police arrest me without a reason?"
[(name, score), *others] = search(my_question)
print(ask(f"Using only this: {articles[name]} ({name}). {my_question}"))
"""
        ),
        Right(
            code="""\
my_question = "Do all workers have a right to equal pay?"
found = "\\n".join(articles[name] for name, score in search(my_question, count=2))
messages = [
    {"role": "system", "content": "Answer from this text:\\n" + found},
    {"role": "user", "content": my_question},
]
print(client.chat.completions.create(model=CHAT_MODEL, messages=messages))
"""
        ),
    ],
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
        Wrong(
            OTHER_SOURCES,
            edit={"with_sources(my_question)": "with_sources(question) + my_question"},
        ),
        Wrong(NO_SOURCES, edit={"with_sources(my_question)": "str(search(my_question))"}),
        Wrong(
            NOTHING_FOUND,
            edit={
                "Can the police arrest me without a reason?": "How do I bake a cake?",
                "ask(with_sources(my_question))": "answered(my_question)",
            },
        ),
    ],
)
def ground(
    answer: Answer, articles: dict[str, str], my_question: str, search: Callable[..., Any]
) -> str | None:
    def judged(answer: Answer) -> str | None:
        [sent] = answer.sent
        prompt = f"{sent.body.get('instructions')}\n{sent.text}"
        sources = [name for name, text in articles.items() if text in prompt]
        if not sources:
            return NO_SOURCES
        if len(sources) == len(articles):
            return ALL_SOURCES
        found = [name for name, _ in search(my_question, len(sources))]
        if set(sources) - set(found):
            return OTHER_SOURCES
        return None if my_question in prompt else NO_QUESTION

    prompts = [exchange for exchange in answer.exchanges if exchange.path != "/embeddings"]
    return Answer(prompts).by_request(judged) if prompts else NOTHING_FOUND
