// With package.json and tsconfig.json beside it: npm install, npx tsc, node typescript.js
import OpenAI from "openai";
import type { ChatCompletionFunctionTool } from "openai/resources/chat/completions";

const client = new OpenAI({
  baseURL: process.env.CLARIFAI_BASE_URL ?? "https://api.clarifai.com/v2/ext/openai/v1",
  apiKey: process.env.CLARIFAI_PAT,
});

const getWeather: ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Get the current weather of a city.",
    parameters: {
      type: "object",
      properties: { location: { type: "string", description: "City and country" } },
      required: ["location"],
    },
  },
};

const response = await client.chat.completions.create({
  model: "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
  messages: [{ role: "user", content: "What is the weather in London?" }],
  tools: [getWeather],
});
for (const call of response.choices[0]?.message.tool_calls ?? []) {
  if (call.type === "function") {
    console.log(call.function.name, JSON.parse(call.function.arguments));
  }
}
