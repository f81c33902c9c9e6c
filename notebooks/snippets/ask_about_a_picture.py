# Ask about a picture (from 07_show_a_picture.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python ask_about_a_picture.py

import os

from openai import BadRequestError, OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-4o"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

address = "https://samples.clarifai.com/metro-north.jpg"
content = [
    {"type": "text", "text": "What is in this picture?"},
    {"type": "image_url", "image_url": {"url": address}},
]

try:
    response = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": content}]
    )
    print(response.choices[0].message.content)
except BadRequestError as error:
    print(error.body)
