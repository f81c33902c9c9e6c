"""Get a checked object out of a sentence with instructor."""

import os

import instructor
from openai import OpenAI
from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


client = instructor.from_openai(
    OpenAI(base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"])
)
person = client.chat.completions.create(
    model="https://clarifai.com/openai/chat-completion/models/gpt-4o",
    response_model=Person,
    messages=[{"role": "user", "content": "Ada Lovelace is 36 years old."}],
)
print(person.name, person.age)
