"""Why the mock fails what it fails of a suite, by what a case and its message have in them."""

import re

REASONS: dict[str, dict[str, str]] = {
    "conformance": {
        r"server-sse-polling": "a warning: it agrees on protocol 2025-11-25, but then asks by"
        " 2025-03-26, for which the official package begins no stream with an empty event",
    },
    "json-schema": {
        r"^elsewhere$": "a schema elsewhere is not fetched: what nobody can check is taken to fit",
        r"": "patterns are Python's, whose digits are those of all scripts",
    },
    "openai-python": {
        r"TestModels \w*retrieve": "no model has the name that OpenAI gives to one",
        r"NotFoundError": "Clarifai names no such path, and the mock has none",
        r"with_all_params": "the example sets every field at once, of which some are not served",
        r"list_type": "the client asks for base64, which its own strict check does not take",
        r"created|isinstance\(None, int\)": "Clarifai's page has `created=None` for a picture",
        r"BadRequestError": "the example leaves out what OpenAI's own service asks for",
    },
    "clarifai-python-grpc": {
        r"takes no video": "the mock recognises pictures, and no videos",
        r"is not among the models": "the mock has one recogniser of pictures, and one detector",
    },
    "openresponses": {
        r"/responses/compact": "Clarifai names no way to compact a conversation",
        r"^websocket": "Clarifai names no WebSocket, and the mock has none",
    },
    "examples": {
        r"Max retries exceeded|NameResolution": "it fetches pictures that the run could not reach",
        r"when strict is true": "a strict schema is for OpenAI, whose rules it breaks",
        r"list index out of range": "it reads the first choice of a chunk that has the usage alone",
    },
    "vercel": {},
    "openai-openapi": {
        r"null is not of type": "Clarifai's runner sends a field without a value as null",
        r"is not of type .array": "the description leaves out base64, which a request may ask for",
    },
}


def why(suite: str, told: str) -> str:
    """The reason for a failure; the first words of it where none is known, for a person to look."""
    known = REASONS[suite].items()
    return next((reason for form, reason in known if re.search(form, told)), told[:160])
