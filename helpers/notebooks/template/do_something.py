"""The exercise of `00_do_something`."""

from helpers.checks import Answer, exercise

# TODO: check what was sent or returned, with a hint for each wrong answer that readers give.
NO_SYSTEM = "the request has no `system` message: put one into `messages`."
TOO_LATE = "the `system` message has to come first."


@exercise(
    "do-something",
    correct="the request begins with a `system` message.",
)
def do_something(answer: Answer) -> str | None:
    roles = ["system" if role == "developer" else role for role in answer.sent[-1].roles]
    if "system" not in roles:
        return NO_SYSTEM
    return None if roles[0] == "system" else TOO_LATE
