# pip install litellm
import os

# Or it fetches a list of prices from GitHub whenever it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

# LiteLLM takes the first part of a name for the provider.
# The `clarifai/` one reads this variable.
os.environ["CLARIFAI_API_KEY"] = os.environ["CLARIFAI_PAT"]

URL = os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1")
for model in (
    "openai/https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
    "openai/openai/chat-completion/models/gpt-oss-120b",
    "clarifai/openai.chat-completion.gpt-oss-120b",
):
    response = litellm.completion(
        model=model,
        messages=[{"role": "user", "content": "How much is 17 * 23?"}],
        api_base=URL,
        # The `openai/` provider would look for OPENAI_API_KEY.
        api_key=os.environ["CLARIFAI_PAT"] if model.startswith("openai/") else None,
    )
    print(response.choices[0].message.content)
