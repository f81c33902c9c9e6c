# Ask a small model first (from 20_pay_less.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python ask_a_small_model_first.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
SMALL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-20b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

used = []


def ask(messages, model=MODEL):
    reply = client.chat.completions.create(model=model, messages=messages)
    used.append((model, reply.usage))
    return reply.choices[0].message.content or ""


INSTRUCTION = "Is this review positive or negative? Answer with one word."


def message_about(review):
    parts = [{"type": "text", "text": text} for text in (INSTRUCTION, review)]
    return {"role": "user", "content": parts}


def mood(review, models):
    for model in models:
        word = ask([message_about(review)], model).strip(" .").lower()
        if word in ("positive", "negative"):
            return word, model
    return "unclear", None


word, model = mood("The room was lovely.", [SMALL, MODEL])
print(word, "|", model)
