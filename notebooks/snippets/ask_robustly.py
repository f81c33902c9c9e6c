# Ask robustly (from 13_handle_failure.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python ask_robustly.py

import os
import random
import time

import openai
from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


def explain(error):
    body = getattr(error, "body", None)
    if not isinstance(body, dict):
        return f"{type(error).__name__}: {body or error}"
    fields = ("code", "description", "details", "developer_notes")
    said = ": ".join(str(body[name]) for name in fields if body.get(name))
    return f"{type(error).__name__}: {said}"


LATER = {
    11005: "too many requests a second",
    21351: "the model is being deployed",
    21354: "the model is busy",
    21355: "the model is being loaded",
}
QUOTA = {11003: "the hour's requests are used up", 11004: "the month's requests are used up"}


def later(error):
    if isinstance(error, openai.APIConnectionError):
        return True  # no response came; a timeout is one of these
    if not isinstance(error, openai.APIStatusError):
        return False
    code = error.body.get("code") if isinstance(error.body, dict) else None
    if code in LATER or code in QUOTA:
        return code in LATER
    return error.status_code in (408, 409, 429) or error.status_code >= 500


def pause_after(error, attempt, first=1.0, longest=60.0):
    response = getattr(error, "response", None)
    told = response.headers.get("retry-after", "") if response is not None else ""
    if told.isdigit():
        return min(float(told), longest)
    return random.uniform(0.5, 1.0) * min(first * 2**attempt, longest)


def patiently(send, tries=16, first=1.0, log=print):
    for attempt in range(tries - 1):
        try:
            return send()
        except openai.APIError as error:
            if not later(error):
                raise
            log(f"waiting: {explain(error)}")
            time.sleep(pause_after(error, attempt, first))
    return send()


class ReplyError(openai.OpenAIError):
    """A response with the status 200 that is not a whole reply."""


def whole(reply):
    if not reply.choices:
        said = reply.model_extra or {}
        raise ReplyError(f"{said.get('code')}: {said.get('description')}: {said.get('details')}")
    choice = reply.choices[0]
    if choice.finish_reason == "length":
        raise ReplyError(f"cut off: {choice.message.content!r}")
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise ReplyError(f"refused: {choice.message.refusal or 'by a filter'}")
    return choice.message


def spoken(text):
    _, mark, answer = text.partition("</think>")
    return answer.strip() if mark else text


def ask(messages, client=client, tries=16, first=1.0, timeout=60, log=print, **options):
    once = client.with_options(max_retries=0, timeout=timeout)

    def request():
        return once.chat.completions.create(model=MODEL, messages=messages, **options)

    return spoken(whole(patiently(request, tries, first, log)).content or "")


try:
    print(ask([{"role": "user", "content": "Who are you?"}]))
except ReplyError as error:
    print(error)
