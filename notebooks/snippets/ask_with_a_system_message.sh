# Ask with a system message (from 02_basic_inference.ipynb). Set CLARIFAI_PAT, and then:
# sh ask_with_a_system_message.sh

curl --silent --show-error --fail-with-body \
  "${CLARIFAI_BASE_URL:-https://api.clarifai.com/v2/ext/openai/v1}/chat/completions" \
  --header "Authorization: Bearer $CLARIFAI_PAT" \
  --header "Content-Type: application/json" \
  --data @- <<'JSON'
{
  "model": "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
  "messages": [
    {
      "role": "system",
      "content": "You are a helpful assistant."
    },
    {
      "role": "user",
      "content": "Who are you?"
    }
  ]
}
JSON
