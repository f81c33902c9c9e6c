"""The mock endpoint: Clarifai's OpenAI-compatible API on loopback, with a simulated model."""
