# Run a batch (from 14_do_many_at_once.ipynb). Set CLARIFAI_PAT, and then:
# pip install openai && python run_a_batch.py

import asyncio
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import openai
from openai import AsyncOpenAI

MODEL = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
PER_SECOND = 10

client = AsyncOpenAI(
    base_url=os.environ.get("CLARIFAI_BASE_URL", "https://api.clarifai.com/v2/ext/openai/v1"),
    api_key=os.environ["CLARIFAI_PAT"],
    max_retries=0,
)

reviews = [
    "Great phone, love the screen.",
    "It broke after two days, very bad.",
    "Fast delivery and a friendly note. Excellent!",
    "Terrible battery, I want my money back.",
    "Works perfectly, my kids love it.",
    "The worst headphones I have ever had.",
    "Beautiful colours and a good price.",
    "Poor sound, and the cable is broken.",
    "I am very happy with this lamp.",
    "Awful smell, sent it back.",
    "Excellent value, would buy again.",
    "Disappointing: slow and noisy.",
    "A wonderful gift, my father is delighted.",
    "Useless manual and a bad support line.",
    "Easy to set up and great to use.",
    "It arrived damaged, and nobody answers.",
    "The best coffee grinder in years.",
    "Cheap plastic, a waste of money.",
    "Comfortable, warm, and lovely to look at.",
    "I hate the app, it crashes all the time.",
]

INSTRUCTION = "Is this review positive or negative? Answer with one word."


async def ask(review):
    parts = [{"type": "text", "text": text} for text in (INSTRUCTION, review)]
    message = {"role": "user", "content": parts}
    return await client.chat.completions.create(model=MODEL, messages=[message])


class Pace:
    def __init__(self, per_second):
        self.interval, self.free = 1 / per_second, 0.0

    async def wait(self, units=1):
        now = time.monotonic()
        start = max(self.free, now)
        self.free = start + units * self.interval
        await asyncio.sleep(start - now)


pace = Pace(PER_SECOND)
tokens = Pace(per_second=60_000 / 60)
slots = asyncio.Semaphore(8)


@dataclass
class Outcome:
    item: int | str
    text: str | None = None
    error: str | None = None
    again: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    thoughts: int = 0  # of the tokens out


def outcome_of(item, reply):
    if not reply.choices:
        return Outcome(item, error=f"an error as a reply: {reply.model_extra}", again=True)
    outcome = Outcome(item)
    if usage := reply.usage:  # some servers send none
        outcome.tokens_in, outcome.tokens_out = usage.prompt_tokens, usage.completion_tokens
        details = usage.completion_tokens_details
        outcome.thoughts = (details.reasoning_tokens or 0) if details else 0
    choice = reply.choices[0]
    if choice.finish_reason == "stop":
        outcome.text = choice.message.content or ""
    else:
        outcome.error = f"ended by {choice.finish_reason}"
    return outcome


async def attempt(item, request):
    async with slots:
        await pace.wait()
        await tokens.wait(50)
        try:
            return outcome_of(item, await request(item))
        except openai.APIStatusError as error:
            again = error.status_code == 429 or error.status_code >= 500
            return Outcome(item, error=f"{error.status_code} {error.body}", again=again)
        except openai.APIConnectionError as error:
            return Outcome(item, error=str(error), again=True)


def kept(path):
    outcomes = {}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for line in text.splitlines():
        if line:
            try:
                outcome = Outcome(**json.loads(line))
                outcomes[outcome.item] = outcome
            except json.JSONDecodeError:
                print("skipped, as it is not JSON:", line)
    return outcomes


async def run(items, request, path):
    settled = {item for item, each in kept(path).items() if not each.again}
    attempts = [attempt(item, request) for item in items if item not in settled]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")  # after half a line, a new one begins
        for number, each in enumerate(asyncio.as_completed(attempts), 1):
            file.write(json.dumps(asdict(await each)) + "\n")
            file.flush()
            if number % 5 == 0 or number == len(attempts):
                print(number, "of", len(attempts))


async def main():
    few = dict(enumerate(reviews[:5]))
    answers_file = Path(tempfile.mkdtemp()) / "moods.jsonl"  # put yours in a folder that stays

    await run(few, lambda number: ask(few[number]), answers_file)
    for number, outcome in sorted(kept(answers_file).items()):
        print(outcome.text, "|", few[number])


asyncio.run(main())
