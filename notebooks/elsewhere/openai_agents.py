# pip install openai-agents
import json
import os

from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI

# Traces would go to OpenAI, which does not know a Clarifai key.
set_tracing_disabled(True)

URL = os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1")
client = AsyncOpenAI(base_url=URL, api_key=os.environ["CLARIFAI_PAT"])


@function_tool
def get_weather(location: str) -> str:
    """Get the current weather of a city."""
    report = {"location": location, "temperature": "15 °C", "condition": "rainy"}
    return json.dumps(report)


agent = Agent(
    name="Assistant",
    model=OpenAIChatCompletionsModel(
        model="https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
        openai_client=client,
    ),
    tools=[get_weather],
)
print(Runner.run_sync(agent, "What is the weather in London?").final_output)
