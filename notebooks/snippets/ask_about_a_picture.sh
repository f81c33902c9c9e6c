# Ask about a picture (from 07_show_a_picture.ipynb). Set CLARIFAI_PAT, and then:
# sh ask_about_a_picture.sh

curl --silent --show-error --fail-with-body \
  "${CLARIFAI_BASE_URL:-https://api.clarifai.com/v2/ext/openai/v1}/chat/completions" \
  --header "Authorization: Bearer $CLARIFAI_PAT" \
  --header "Content-Type: application/json" \
  --data @- <<'JSON'
{
  "model": "https://clarifai.com/openai/chat-completion/models/gpt-4o",
  "messages": [
    {
      "role": "user",
      "content": [
        {
          "type": "text",
          "text": "What is in this picture?"
        },
        {
          "type": "image_url",
          "image_url": {
            "url": "https://samples.clarifai.com/metro-north.jpg"
          }
        }
      ]
    }
  ]
}
JSON
