# Offer a tool (from 03_tool_calling.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python offer_a_tool.py

import os

from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

get_weather = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {
                    "type": "string",
                    "description": "City and country, e.g., 'Bogotá, Colombia'",
                }
            },
            "required": ["location"],
            "additionalProperties": False,
        },
    },
}

question = {"role": "user", "content": "What is the weather like in New York today?"}
response = client.chat.completions.create(
    model=MODEL,
    messages=[question],
    tools=[get_weather],
    tool_choice="auto",
)
message = response.choices[0].message
print(response.choices[0].finish_reason)
print(message.content)

calls = message.tool_calls or []
for call in calls:
    print(call.id)
    print(call.function.name)
    print(call.function.arguments)
