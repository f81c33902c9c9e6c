# Make a picture (from 08_make_a_picture.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python make_a_picture.py

import base64
import os
from pathlib import Path
from urllib.request import Request, urlopen

from openai import OpenAI

MODEL = "https://clarifai.com/xai/image-generation/models/grok-2-image-1212"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


def fetch(url):
    request = Request(url, headers={"User-Agent": "make-a-picture"})
    with urlopen(request, timeout=30) as reply:
        return reply.read()


response = client.images.generate(
    model=MODEL,
    prompt="A cat in a tree",
    response_format="b64_json",
)
image = response.data[0]
print("url:     ", "null" if image.url is None else "an address")
print("b64_json:", "null" if image.b64_json is None else "base64")


def read(image):
    if image.b64_json:
        return base64.b64decode(image.b64_json)
    return fetch(image.url)


data = read(image)

ENDINGS = {b"\x89PNG": ".png", b"\xff\xd8": ".jpg", b"RIFF": ".webp"}


def save(data, name):
    for start, ending in ENDINGS.items():
        if data.startswith(start):
            path = Path("pictures") / f"{name}{ending}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            return path
    raise ValueError(f"not a picture: {data[:20]!r}")


path = save(data, "cat_in_a_tree")
print(path.as_posix())
