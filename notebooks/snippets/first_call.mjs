// First call (from 01_set_up.ipynb). Set CLARIFAI_PAT, and then:
// npm install openai && node first_call.mjs

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
      content: "Who are you?"
    }
  ]
});
const message = response.choices[0].message;
console.log(message.content ?? JSON.stringify(message.tool_calls, null, 2));
