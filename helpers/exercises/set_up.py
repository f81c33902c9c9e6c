"""The exercise of `01_set_up`."""

from helpers.checks import Answer, Wrong, exercise

THERE_IS = "Clarifai has that model, so it answered: change the name of the model."
NO_KEY = "the request was refused for its key (401) before anybody looked at the model."


@exercise(
    "missing-model",
    refusals=True,
    correct="the server answered 404: it knows you, and has no such model.",
    wrong=[
        Wrong(THERE_IS, edit={"no-such-model": "gpt-oss-120b"}),
        Wrong(NO_KEY, edit={"client.chat": 'client.with_options(api_key="no-key").chat'}),
    ],
)
def missing_model(answer: Answer) -> str | None:
    statuses = [exchange.status for exchange in answer.exchanges]
    if 404 in statuses:
        return None
    return NO_KEY if 401 in statuses else THERE_IS
