"""The exercise of `02_basic_inference`."""

from helpers.checks import Answer, Wrong, exercise

ONE_REQUEST = "the conversation has one turn: append to `messages`, and send them again."
FORGOT_EVERYTHING = "the second request has your question alone: send what came before as well."
NO_REPLY = "what the model said is missing: append its message before your question."
NO_QUESTION = "the last message has to be yours: append a question after the reply."


@exercise(
    "second-turn",
    correct="the second request holds both your messages, and the reply between them.",
    wrong=[
        Wrong(
            ONE_REQUEST,
            edit={
                "response = client.chat.completions.create(model=MODEL, messages=messages)\n"
                "print(response.choices[0].message.content)": ""
            },
        ),
        Wrong(
            FORGOT_EVERYTHING, edit={"messages=messages)\nprint": "messages=messages[-1:])\nprint"}
        ),
        Wrong(
            NO_REPLY,
            edit={
                "messages.append(response.choices[0].message.model_dump(exclude_none=True))\n": ""
            },
        ),
        Wrong(
            NO_QUESTION,
            edit={
                'messages.append({"role": "user", "content": "What is my favourite colour?"})\n': ""
            },
        ),
    ],
)
def second_turn(answer: Answer) -> str | None:
    if len(answer.sent) < 2:
        return ONE_REQUEST
    roles = answer.sent[-1].roles
    if len(roles) == 1:
        return FORGOT_EVERYTHING
    if roles[-1] != "user":
        return NO_QUESTION
    return None if "assistant" in roles else NO_REPLY
