# Get data as objects (from 06_get_structured_data.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai pydantic && python get_data_as_objects.py

import os

from openai import OpenAI
from pydantic import BaseModel

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

INSTRUCTION = "Take the data from the user's text, and add nothing."


def extract(text, kind, model=MODEL, **options):
    response = client.chat.completions.parse(
        model=model,
        messages=[{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": text}],
        response_format=kind,
        **options,
    )
    return response.choices[0].message


class Member(BaseModel):
    name: str
    age: int
    languages: list[str]


class Team(BaseModel):
    members: list[Member]


team = extract(
    "John Miller is 29 years old and speaks English and German."
    " Ana Silva is 34 years old and speaks Portuguese, Spanish and English.",
    Team,
).parsed
for member in team.members:
    print(member.name, member.age, member.languages)
