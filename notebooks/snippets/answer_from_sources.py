# Answer from sources (from 09_find_by_meaning.ipynb). Set CLARIFAI_PAT, and then:
# pip install numpy openai && python answer_from_sources.py

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


texts = {
    "Opening hours": "The library is open from nine to six on weekdays, and until noon on Saturdays.",
    "Cards": "A library card is free for children and costs ten euros a year for adults.",
    "Fines": "A book that comes back late costs fifty cents for each day.",
}
wanted = "How much does a card cost for adults?"
order = np.argsort(-(embed(list(texts.values())) @ embed([wanted])[0]))[:2]
names_found = [list(texts)[position] for position in order]

chat_model = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
context = "\n".join(f"[{name}] {texts[name]}" for name in names_found)
rules = "Answer from these texts only, and name the one you used. If they do not say, say so."
reply = client.chat.completions.create(
    model=chat_model,
    messages=[
        {"role": "system", "content": f"{rules}\n\n{context}"},
        {"role": "user", "content": wanted},
    ],
)
print(reply.choices[0].message.content)
print("given:", names_found)
