# Ask a model from a shell with Clarifai's own command line.
clarifai model predict \
    https://clarifai.com/openai/chat-completion/models/gpt-oss-120b \
    "How much is 17 * 23?"
