# pip install langchain-openai
import os

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def get_weather(location: str) -> str:
    """Get the current weather of a city."""
    return f"It is 15 °C and rainy in {location}."


URL = os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1")
llm = ChatOpenAI(
    model="https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
    base_url=URL,
    api_key=os.environ["CLARIFAI_PAT"],
)
print(llm.invoke("How much is 17 * 23?").content)

reply = llm.bind_tools([get_weather]).invoke("What is the weather in London?")
for call in reply.tool_calls:
    print(call["name"], call["args"])
