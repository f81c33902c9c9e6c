# Make a picture (from 08_make_a_picture.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python make_a_picture.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/xai/image-generation/models/grok-2-image-1212"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

response = client.images.generate(model=MODEL, prompt="A cat in a tree")
image = response.data[0]
for field in ("url", "b64_json", "revised_prompt"):
    print(f"{field:15} is null: {getattr(image, field) is None}")

print(image.revised_prompt)
