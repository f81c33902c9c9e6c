# Run the tool loop (from 04_weather_example.ipynb). Set CLARIFAI_PAT, and then:
# pip install fastjsonschema openai && python run_the_tool_loop.py

import json
import os

import fastjsonschema
from openai import OpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"

client = OpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
)

REPORTS = {
    "New York": {"temperature": 20, "unit": "celsius", "condition": "partly cloudy"},
    "London": {"temperature": 15, "unit": "celsius", "condition": "rainy"},
}


def get_weather(location):
    city = location.split(",")[0]
    return {"location": location} | REPORTS.get(city, {"condition": "unknown"})


weather_tool = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather of a city.",
        "strict": True,
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

functions = {"get_weather": get_weather}
schemas = {"get_weather": weather_tool["function"]["parameters"]}


def run_call(call):
    name = call.function.name
    try:
        if name not in functions:
            raise LookupError(f"there is no tool {name!r}; there is: {', '.join(functions)}")
        arguments = json.loads(call.function.arguments)
        fastjsonschema.validate(schemas[name], arguments)
        content = functions[name](**arguments)
    except (LookupError, OSError) as error:
        content = {"error": str(error)}
    except json.JSONDecodeError as error:
        content = {"error": f"the arguments are not JSON: {error}"}
    except fastjsonschema.JsonSchemaException as error:
        content = {"error": f"the arguments do not fit: {error.message}"}
    return {"role": "tool", "tool_call_id": call.id, "content": json.dumps(content)}


def loop(messages, max_steps=5, **options):
    for step in range(max_steps):
        response = client.chat.completions.create(  # ask
            model=MODEL, messages=messages, tools=[weather_tool], **options
        )
        message = response.choices[0].message  # choose
        messages.append(message)
        if not message.tool_calls:
            return message.content  # answer
        for call in message.tool_calls:
            messages.append(run_call(call))  # parse, run, return
    raise RuntimeError(f"no answer after {max_steps} steps")


messages = [{"role": "user", "content": "What is the weather like in London today?"}]
print(loop(messages))
