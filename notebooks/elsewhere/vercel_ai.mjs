// npm install ai @ai-sdk/openai-compatible zod, then: node vercel_ai.mjs
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, tool } from "ai";
import { z } from "zod";

const clarifai = createOpenAICompatible({
  name: "clarifai",
  baseURL: process.env.CLARIFAI_BASE_URL ?? "https://api.clarifai.com/v2/ext/openai/v1",
  apiKey: process.env.CLARIFAI_PAT,
});
const model = clarifai("https://clarifai.com/openai/chat-completion/models/gpt-oss-120b");

const sum = await generateText({ model, prompt: "How much is 17 * 23?" });
console.log(sum.text);

const getWeather = tool({
  description: "Get the current weather of a city.",
  inputSchema: z.object({ location: z.string().describe("City and country") }),
  execute: async ({ location }) => ({
    location,
    condition: "rainy",
    temperature: 15,
    unit: "celsius",
  }),
});

const weather = await generateText({
  model,
  prompt: "What is the weather in London?",
  tools: { get_weather: getWeather },
  stopWhen: stepCountIs(5),
});
console.log(weather.text);
