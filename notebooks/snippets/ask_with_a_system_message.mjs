// Ask with a system message (from 02_basic_inference.ipynb). Set CLARIFAI_PAT, and then:
// npm install openai && node ask_with_a_system_message.mjs

import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.CLARIFAI_BASE_URL ?? "https://api.clarifai.com/v2/ext/openai/v1",
  apiKey: process.env.CLARIFAI_PAT,
});

const response = await client.chat.completions.create({
  model: "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
  messages: [
    {
      role: "system",
      content: "You are a helpful assistant."
    },
    {
      role: "user",
      content: "Who are you?"
    }
  ]
});
const message = response.choices[0].message;
console.log(message.content ?? JSON.stringify(message.tool_calls, null, 2));
