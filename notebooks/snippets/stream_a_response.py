# Stream a response (from 10_use_the_responses_api.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python stream_a_response.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

# Clarifai does not document streams of this API: see whether your model sends one.
stream = client.responses.create(model=MODEL, input="Count from 1 to 10.", stream=True)
for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="")
    elif event.type == "response.completed":
        print(f"\n{event.response.usage.total_tokens} tokens")
    elif event.type == "response.incomplete":
        print("\ncut off:", event.response.incomplete_details.reason)
    elif event.type in ("response.failed", "error"):
        raise RuntimeError(event.to_json())
