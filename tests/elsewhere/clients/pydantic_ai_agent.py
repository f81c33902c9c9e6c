"""Let an agent of Pydantic AI call a tool, and answer with a type."""

import os

from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


class Report(BaseModel):
    city: str
    degrees: int


provider = OpenAIProvider(
    base_url=os.environ["CLARIFAI_BASE_URL"], api_key=os.environ["CLARIFAI_PAT"]
)
model = OpenAIChatModel(
    "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b", provider=provider
)
agent = Agent(model, output_type=Report)


@agent.tool_plain
def get_weather(city: str) -> str:
    """Say how warm it is in a city."""
    return f"{city}: 7 degrees"


result = agent.run_sync("How warm is it in Oslo?")
print(result.output.city, result.output.degrees)
