"""Ask a model through LlamaIndex, whole and as a stream, and let it call a function."""

import os

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike

llm = OpenAILike(
    model="https://clarifai.com/openai/chat-completion/models/gpt-4o",
    api_base=os.environ["CLARIFAI_BASE_URL"],
    api_key=os.environ["CLARIFAI_PAT"],
    is_chat_model=True,
    is_function_calling_model=True,
)


def multiply(a: int, b: int) -> int:
    """Multiply two whole numbers."""
    return a * b


messages = [ChatMessage(role="user", content="How much is 17 * 23?")]
print(llm.chat(messages).message.content)
print("".join(piece.delta or "" for piece in llm.stream_chat(messages)))
print(llm.predict_and_call([FunctionTool.from_defaults(multiply)], "Multiply 6 and 7.").response)
