# Print a stream (from 05_stream_a_reply.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python print_a_stream.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


def checked(stream):
    for chunk in stream:
        if chunk.choices is None:  # an error, and not a chunk
            raise RuntimeError(chunk.to_json())
        yield chunk


def print_text(stream):
    usage = None
    for chunk in checked(stream):
        for choice in chunk.choices:
            print(choice.delta.content or "", end="", flush=True)
        if chunk.usage:
            usage = chunk.usage
    print()
    return usage


stream = client.chat.completions.create(
    model=MODEL, messages=[{"role": "user", "content": "Count from 1 to 5."}], stream=True
)
usage = print_text(stream)
