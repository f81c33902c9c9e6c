# Get data by a schema (from 06_get_structured_data.ipynb). Set CLARIFAI_PAT, and then:
# pip install fastjsonschema openai && python get_data_by_a_schema.py

import json
import os

import fastjsonschema
from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

TEXT = (
    "John Miller is 29 years old and works as a software engineer at Google."
    " You can reach him at john.miller@example.com."
)

person_schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "email": {"type": "string"},
    },
    "required": ["name", "age", "email"],
    "additionalProperties": False,
}

response = client.chat.completions.create(
    model=MODEL,
    messages=[{"role": "user", "content": TEXT}],
    response_format={
        "type": "json_schema",
        "json_schema": {"name": "person", "strict": True, "schema": person_schema},
    },
)
print(response.choices[0].message.content)

person = json.loads(response.choices[0].message.content)
fastjsonschema.validate(person_schema, person)
print(person["name"], type(person["age"]))
