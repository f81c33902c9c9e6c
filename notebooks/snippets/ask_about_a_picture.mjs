// Ask about a picture (from 07_show_a_picture.ipynb). Set CLARIFAI_PAT, and then:
// npm install openai && node ask_about_a_picture.mjs

import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.CLARIFAI_BASE_URL ?? "https://api.clarifai.com/v2/ext/openai/v1",
  apiKey: process.env.CLARIFAI_PAT,
});

const response = await client.chat.completions.create({
  model: "https://clarifai.com/openai/chat-completion/models/gpt-4o",
  messages: [
    {
      role: "user",
      content: [
        {
          type: "text",
          text: "What is in this picture?"
        },
        {
          type: "image_url",
          image_url: {
            url: "https://samples.clarifai.com/metro-north.jpg"
          }
        }
      ]
    }
  ]
});
const message = response.choices[0].message;
console.log(message.content ?? JSON.stringify(message.tool_calls, null, 2));
