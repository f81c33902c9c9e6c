# Needs curl 7.76 or newer, and the variable CLARIFAI_PAT.
curl --silent --show-error --fail-with-body \
  "${CLARIFAI_BASE_URL:-https://api.clarifai.com/v2/ext/openai/v1}/chat/completions" \
  --header "Authorization: Bearer $CLARIFAI_PAT" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b",
    "messages": [{"role": "user", "content": "How much is 17 * 23?"}]
  }'
