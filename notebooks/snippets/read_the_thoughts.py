# Read the thoughts (from 18_let_a_model_think.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python read_the_thoughts.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


def thoughts_of(message):
    extra = message.model_extra or {}
    return extra.get("reasoning") or extra.get("reasoning_content") or ""


response = client.chat.completions.create(
    model=MODEL, messages=[{"role": "user", "content": "How much is 17 * 23?"}]
)
message = response.choices[0].message
print("thoughts:", thoughts_of(message))
print("answer:  ", message.content)
