# First call (from 01_set_up.ipynb). Set CLARIFAI_PAT, and then:
# sh first_call.sh

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
      "content": "Who are you?"
    }
  ]
}
JSON
