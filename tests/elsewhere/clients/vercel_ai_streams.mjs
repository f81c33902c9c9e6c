// Let Vercel's AI SDK stream a loop of tools, and fill a schema, whole and as a stream.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const clarifai = createOpenAICompatible({
  name: "clarifai",
  baseURL: process.env.CLARIFAI_BASE_URL,
  apiKey: process.env.CLARIFAI_PAT,
  supportsStructuredOutputs: true, // Without it, the SDK sends no schema.
});
const model = clarifai("https://clarifai.com/openai/chat-completion/models/gpt-oss-120b");

const getWeather = tool({
  description: "Get the current weather of a city.",
  inputSchema: z.object({ location: z.string().describe("City and country") }),
  execute: async ({ location }) => ({ location, condition: "rainy", temperature: 15, unit: "celsius" }),
});
const weather = streamText({
  model,
  prompt: "What is the weather in London?",
  tools: { get_weather: getWeather },
  stopWhen: stepCountIs(5),
});
let text = "";
let thoughts = 0;
let calls = 0;
for await (const part of weather.fullStream) {
  if (part.type === "error") throw part.error;
  if (part.type === "text-delta") text += part.text;
  if (part.type === "reasoning-delta") thoughts += part.text.length;
  if (part.type === "tool-call") calls += 1;
}
console.log(calls, "call,", thoughts > 0 ? "thoughts," : "no thoughts,", text);

const person = z.object({ name: z.string(), age: z.number().int() });
const asked = { model, prompt: "Ada Lovelace is 36 years old.", output: Output.object({ schema: person }) };
const whole = await generateText(asked);
console.log(JSON.stringify(whole.output));

const streamed = streamText(asked);
let partial = 0;
for await (const each of streamed.partialOutputStream) partial += each ? 1 : 0;
console.log(partial > 1 ? "partly, then" : "at once:", JSON.stringify(await streamed.output));

const usage = await weather.totalUsage;
console.log(usage.totalTokens === usage.inputTokens + usage.outputTokens ? "usage adds up" : usage);
