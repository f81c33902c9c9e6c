# Hold a conversation (from 02_basic_inference.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python hold_a_conversation.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

messages = [{"role": "user", "content": "My name is Ada."}]
response = client.chat.completions.create(model=MODEL, messages=messages)
print(response.choices[0].message.content)

messages.append(response.choices[0].message)
messages.append({"role": "user", "content": "What is my name?"})
print(len(messages), "messages; the second is from the", messages[1].role)

response = client.chat.completions.create(model=MODEL, messages=messages)
print(response.choices[0].message.content)
