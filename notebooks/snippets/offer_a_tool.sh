# Offer a tool (from 03_tool_calling.ipynb). Set CLARIFAI_PAT, and then:
# sh offer_a_tool.sh

curl --silent --show-error --fail-with-body \
  "${CLARIFAI_BASE_URL:-https://api.clarifai.com/v2/ext/openai/v1}/chat/completions" \
  --header "Authorization: Bearer $CLARIFAI_PAT" \
  --header "Content-Type: application/json" \
  --data @- <<'JSON'
{
  "model": "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
  "messages": [
    {
      "role": "user",
      "content": "What is the weather like in New York today?"
    }
  ],
  "tool_choice": "auto",
  "tools": [
    {
      "type": "function",
      "function": {
        "name": "get_weather",
        "description": "Get the current weather of a city.",
        "parameters": {
          "type": "object",
          "properties": {
            "location": {
              "type": "string",
              "description": "City and country, e.g., 'Bogotá, Colombia'"
            }
          },
          "required": [
            "location"
          ],
          "additionalProperties": false
        }
      }
    }
  ]
}
JSON
