# Compare meanings (from 09_find_by_meaning.ipynb). Set CLARIFAI_PAT, and then:
# pip install numpy openai && python compare_meanings.py

import os

import numpy as np
from openai import OpenAI

MODEL = "https://clarifai.com/openai/embed/models/text-embedding-ada-002"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


def embed(texts):
    response = client.embeddings.create(model=MODEL, input=texts)
    vectors = np.array([item.embedding for item in response.data])
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


school, lesson, train = embed(
    [
        "Which school should my daughter go to?",
        "The teacher praised what the pupils had learned.",
        "The next train leaves at noon.",
    ]
)
print(f"school and lesson: {school @ lesson:.2f}")
print(f"school and train:  {school @ train:.2f}")
