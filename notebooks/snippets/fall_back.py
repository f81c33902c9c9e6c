# Fall back (from 19_when_a_model_goes_away.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python fall_back.py

import os

import openai
from openai import OpenAI

CHOSEN = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

backup = OpenAI(base_url=str(client.base_url), api_key=client.api_key)  # yours here
SMALL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-20b"
AT_BACKUP = "https://clarifai.com/qwen/qwenLM/models/Qwen3-14B"
CANDIDATES = [(client, CHOSEN), (client, SMALL), (backup, AT_BACKUP)]

NOT_DEPLOYED = 21353


def elsewhere(error):
    """Say whether another model may do better."""
    if isinstance(error, openai.APIConnectionError):
        return True
    body = error.body if isinstance(error.body, dict) else {}
    status = getattr(error, "status_code", None) or 500
    return status in (404, 408, 429) or status >= 500 or body.get("code") == NOT_DEPLOYED


def ask_any(candidates, messages, **options):
    errors = []
    for client, model in candidates:
        try:
            reply = client.chat.completions.create(model=model, messages=messages, **options)
            return model, reply
        except openai.APIError as error:
            if not elsewhere(error):
                raise
            errors.append(f"{model}: {error.body or error}")
    raise RuntimeError("; ".join(errors))


question = [{"role": "user", "content": "How much is 17 * 23?"}]
answered_by, reply = ask_any(CANDIDATES, question)
print(answered_by.rpartition("/")[2], "|", reply.choices[0].message.content)
