// npm install openai, then: node javascript.mjs
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.CLARIFAI_BASE_URL ?? "https://api.clarifai.com/v2/ext/openai/v1",
  apiKey: process.env.CLARIFAI_PAT,
});

const stream = await client.chat.completions.create({
  model: "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
  messages: [{ role: "user", content: "How much is 17 * 23?" }],
  stream: true,
});
for await (const chunk of stream) {
  // The last chunk has the usage and no choices: hence the question marks.
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
process.stdout.write("\n");
