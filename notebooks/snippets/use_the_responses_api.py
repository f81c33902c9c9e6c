# Use the Responses API (from 10_use_the_responses_api.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python use_the_responses_api.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

response = client.responses.create(
    model=MODEL, input="Tell me a three sentence bedtime story about a unicorn."
)
print(response.output_text)
