# pip install openai-agents
import json
import os

from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI

# Traces would go to OpenAI, which does not know a Clarifai key.
set_tracing_disabled(True)

client = AsyncOpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)


@function_tool
def get_weather(location: str) -> str:
    """Get the current weather of a city."""
    return json.dumps({"location": location, "temperature": "15 °C", "condition": "rainy"})


agent = Agent(
    name="Assistant",
    model=OpenAIChatCompletionsModel(
        model="https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
        openai_client=client,
    ),
    tools=[get_weather],
)
print(Runner.run_sync(agent, "What is the weather in London?").final_output)
