# First call (from 01_set_up.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python first_call_async.py

import asyncio
import os

from openai import AsyncOpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = AsyncOpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


async def main():
    response = await client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Who are you?"}],
    )
    print(response.choices[0].message.content)


asyncio.run(main())
