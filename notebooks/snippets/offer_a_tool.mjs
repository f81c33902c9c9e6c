// Offer a tool (from 03_tool_calling.ipynb). Set CLARIFAI_PAT, and then:
// npm install openai && node offer_a_tool.mjs

import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.CLARIFAI_BASE_URL ?? "https://api.clarifai.com/v2/ext/openai/v1",
  apiKey: process.env.CLARIFAI_PAT,
});

const response = await client.chat.completions.create({
  model: "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
  messages: [
    {
      role: "user",
      content: "What is the weather like in New York today?"
    }
  ],
  tool_choice: "auto",
  tools: [
    {
      type: "function",
      function: {
        name: "get_weather",
        description: "Get the current weather of a city.",
        parameters: {
          type: "object",
          properties: {
            location: {
              type: "string",
              description: "City and country, e.g., 'Bogotá, Colombia'"
            }
          },
          required: [
            "location"
          ],
          additionalProperties: false
        }
      }
    }
  ]
});
const message = response.choices[0].message;
console.log(message.content ?? JSON.stringify(message.tool_calls, null, 2));
