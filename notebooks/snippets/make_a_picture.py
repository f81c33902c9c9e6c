# Make a picture. To run: pip install openai, and set CLARIFAI_PAT. From 08_make_a_picture.ipynb.

MODEL = "https://clarifai.com/xai/image-generation/models/grok-2-image-1212"

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

response = client.images.generate(model=MODEL, prompt="A cat in a tree")
image = response.data[0]
for field in ("url", "b64_json", "revised_prompt"):
    print(f"{field:15} is null: {getattr(image, field) is None}")

print(image.revised_prompt)
