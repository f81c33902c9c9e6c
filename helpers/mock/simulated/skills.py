"""What the simulated model can honestly say in words, from the conversation alone.

It introduces itself, remembers what it was told, counts, computes, repeats, looks things up in a
given context and judges tone by a word list. Anything else it says it cannot know, and how to ask
a real model.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from helpers.mock.catalogue import Vendor
from helpers.mock.simulated import arithmetic
from helpers.mock.simulated.entities import Mention, Text, split_sentences
from helpers.mock.simulated.mentions import tone
from helpers.mock.simulated.phrases import listing
from helpers.mock.simulated.topics import topics_of
from helpers.mock.simulated.vocabulary import LANGUAGES, NUMBER_WORDS, STOP_WORDS, stem

GO_LIVE = "set CLARIFAI_PAT to ask the real model"


class Said(NamedTuple):
    """A text, and one sentence on how it came about."""

    text: str
    why: str


class Talk:
    """A conversation up to the user's last message: what of it is read, and the whole of it."""

    def __init__(
        self, vendor: Vendor, messages: list[dict[str, Any]], last: int, text: Text, whole: str
    ) -> None:
        self.vendor = vendor
        self.whole = whole
        self.messages = messages
        self.last = last
        self.text = text

    def user_texts(self) -> Iterator[str]:
        """The user's messages before this one, the last first."""
        for message in reversed(self.messages[: max(self.last, 0)]):
            if message.get("role") == "user":
                yield content_text(message.get("content"))

    def system(self) -> str:
        """What the system and developer messages say."""
        return "\n".join(
            content_text(message.get("content"))
            for message in self.messages[:20]
            if message.get("role") in ("system", "developer")
        )[:100_000]


def content_text(content: Any) -> str:
    """The text of a message's content, be it a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "\n".join(text for text in texts if isinstance(text, str))
    return ""


def respond(talk: Talk) -> Said:
    """What to say to the user's last message when no tool is called."""
    question, context = _asked_of_context(talk.whole)
    if context.strip() and question.strip():
        # No word of the context asks for anything: "at least" is not after the smallest number.
        alone = Talk(talk.vendor, talk.messages, talk.last, Text(question), question)
        return _found_in(context, question) or _skilled(alone) or _NOT_SAID
    return _skilled(talk) or _from_context(talk) or _from_examples(talk) or _cannot(talk)


def _skilled(talk: Talk) -> Said | None:
    lowers = talk.text.lowers
    for triggers, skill in _SKILLS:
        if not lowers.isdisjoint(triggers):
            said = skill(talk)
            if said is not None:
                return said
    return _arithmetic(talk) if talk.text.has_digits else None


def quoted(text: str, longest: int = 60) -> str:
    """The first words of a text, for a reply that says which question it is about."""
    words = " ".join(text.split())
    if len(words) <= longest:
        return words
    return words[:longest].rsplit(" ", 1)[0].rstrip(",.;:") + " ..."


_WH = re.compile(
    r"\s{0,9}(?:who|what|when|where|why|how|which|is|are|do|does|can)\b", re.IGNORECASE
)
# What even a real model would look up with a tool.
_OUTSIDE = frozenset(
    {"weather", "forecast", "temperature", "time", "date", "day", "today", "stock", "news", "price",
     "rate", "traffic"}
)  # fmt: skip


_USUAL_SYSTEM = re.compile(r"you are an? (?:helpful )?(?:\w+ )?assistant\.?", re.IGNORECASE)


def _cannot(talk: Talk) -> Said:
    raw = talk.text.raw
    why = "Nothing in this conversation answers it, and a simulation has no knowledge of its own."
    if not raw.strip():
        return Said(f"I was sent no text. Replies are simulated offline; {GO_LIVE}.", why)
    asks = raw.rstrip().endswith("?") or _WH.match(raw)
    does = "know the answer to" if asks else "really respond to"
    who = f"I am simulating {talk.vendor.assistant} offline"
    text = f'{who} and cannot {does} "{quoted(raw)}"; {GO_LIVE}.'
    if not talk.text.lowers.isdisjoint(_OUTSIDE) and asks:
        text = f'{who} and would need a tool to answer "{quoted(raw)}": offer one, or {GO_LIVE}.'
    system = talk.system().strip()
    if system and not _USUAL_SYSTEM.fullmatch(system):
        text += f' (I was also told: "{quoted(system)}")'
    return Said(text, why)


# Small talk


def _identity(talk: Talk) -> Said | None:
    if not _WHO.search(talk.text.raw):
        return None
    vendor = talk.vendor
    own = f"{vendor.assistant}, an AI assistant made by {vendor.company}"
    told = re.search(
        r"\b(?:your name is|you are called|you're called|you are|call yourself) ([A-Z][a-z]+)\b",
        talk.system(),
    )
    if told and told.group(1) != vendor.assistant and told.group(1).lower() not in LANGUAGES:
        own = (
            f"{told.group(1)}, as the system message says, played by {vendor.assistant} from "
            f"{vendor.company}"
        )
    text = (
        f"I'm {own}. This reply is simulated offline: I can call your tools, count, compute and"
        " remember what you tell me, but I know nothing of the world."
    )
    return Said(text, "The user asks who I am.")


_WHO = re.compile(
    r"\b(?:who|what) (?:exactly )?(?:are|r) (?:you|u)\b|\bwho is this\b|\byour name\b"
    r"|\bintroduce yourself\b|\babout yourself\b|\bwhat can you do\b|\bcan you help me\b"
    r"|\b(?:what|which) (?:\w+ )?(?:model|llm|ai) (?:are|is|am)\b"
    r"|\bwho (?:made|created|built|trained|developed) you\b"
    r"|\bare you (?:an? )?(?:ai|bot|claude|chatgpt|gpt|gemini|llama|qwen|grok|human|real|robot)\b",
    re.IGNORECASE,
)


def _greeting(talk: Talk) -> Said | None:
    text = talk.text
    if len(text.words) > 8 or "?" in text.raw.rstrip("?! "):
        return None
    lowers = text.lowers
    if text.words[0].lower in ("thanks", "thank") or ("thanks" in lowers and len(text.words) < 5):
        return Said("You're welcome.", "The user thanks me.")
    if lowers & {"bye", "goodbye"}:
        return Said("Goodbye.", "The user says goodbye.")
    first = text.words[0].lower
    if re.match(r"\s*how (?:are|r) (?:you|u)\b|\s*how's it going", text.raw, re.IGNORECASE):
        return Said(
            "The same as on every run, thank you: I am simulated offline. How can I help?",
            "The user asks how I am.",
        )
    if first not in ("hello", "hi", "hey", "good", "greetings", "hiya", "howdy"):
        return None
    if first == "good" and not lowers & {"morning", "afternoon", "evening", "day"}:
        return None
    rest = lowers - {first, "there", "morning", "afternoon", "evening", "day", "everyone", "all"}
    if (
        rest
        - {"how's", "it", "going", "how", "are", "you", "doing", "today"}
        - {talk.vendor.assistant.lower()}
    ):
        return None
    return Said(
        f"Hello! This is {talk.vendor.assistant}, simulated offline. What can I do for you?",
        "The user greets me.",
    )


# Memory


# A value ends with its clause, or before another thing that is said: "... and I live in Lagos".
_END = r"(?=,? (?:and|but) (?:i|my)\b|[.,;!?\n]|$)"
_STATED = re.compile(
    r"\b(?:my|the user's) (?P<what>[a-z][a-z ]{0,40}?)(?:'s| is| are| was)(?: called| named)?"
    rf" (?P<value>[^.,;!?\n]+?){_END}"
    rf"|\b(?:i am|i'm) called (?P<called>[^.,;!?\n]+?){_END}"
    rf"|\bcall me (?P<me>[^.,;!?\n]+?){_END}"
    r"|\bi (?P<verb>live in|live at|work as|work at|work for|like|love|prefer|have|study|speak"
    r"|come from) (?P<thing>[^.;!?\n]+?)(?=,? (?:and|but) (?:i|my)\b|[.;!?\n]|$)"
    r"|\b(?:i am|i'm) (?P<age>\d{1,3})(?: years old)?\b"
    rf"|\b(?:i am|i'm) from (?P<origin>[^.,;!?\n]+?){_END}",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:what|which|who|when|where)(?:'s| is| are| was|) my (?P<what>[a-z][a-z ]{0,40}?)"
    r"(?: again| called)?\s?(?:\?|$|[.,])"
    r"|\b(?:remember|know|recall|tell me|say|repeat) my (?P<what2>[a-z][a-z ]{0,40}?)"
    r"\s?(?:\?|$|[.,])"
    r"|\b(?P<who>who am i|what am i called)\b"
    r"|\bwhere (?:do|did) i (?P<where>live|work|come from)\b|\b(?P<from>where am i from)\b"
    r"|\bwhat (?:do|did) i (?P<verb>like|love|prefer|have|study|speak)\b"
    r"|\bwhat (?:languages?|foods?|animals?|things?) do i (?P<verb2>speak|like|love)\b"
    r"|\b(?P<old>how old am i)\b",
    re.IGNORECASE,
)
_MY_WORDS = re.compile(
    r"\bwhat (?:did i|was my|have i|were my)\b.*"
    r"\b(?:ask|asked|say|said|tell|told|question|message|write|wrote)\b"
    r"|\bmy (?:first|last|previous) (?:question|message)\b"
)
_YOUR_WORDS = re.compile(
    r"\bwhat did you (?:just )?(?:say|answer|reply)"
    r"|\b(?:repeat|say) (?:that|it|your (?:last )?(?:answer|reply|message))(?: again)?[\s.?!]{0,9}$"
)


def _facts(text: str) -> Iterator[tuple[str, str]]:
    for m in _STATED.finditer(text[:20_000]):
        if m["what"]:
            yield m["what"].lower().strip(), m["value"].strip()
        elif m["called"] or m["me"]:
            yield "name", (m["called"] or m["me"]).strip()
        elif m["verb"]:
            yield m["verb"].lower(), m["thing"].strip()
        elif m["age"]:
            yield "age", m["age"]
        elif m["origin"]:
            yield "come from", m["origin"].strip()


def _memory(talk: Talk) -> Said | None:
    raw = talk.text.raw
    asked = _ASKED.search(raw)
    if asked is None:
        return _noted(talk)
    if asked["who"]:
        wanted = ["name"]
    elif asked["old"]:
        wanted = ["age"]
    elif asked["where"] or asked["from"]:
        word = (asked["where"] or "come from").lower()
        wanted = [f"{word} in", f"{word} at", f"{word} for", word, f"{word} as"]
    elif asked["verb"] or asked["verb2"]:
        wanted = [(asked["verb"] or asked["verb2"]).lower()]
    else:
        wanted = [(asked["what"] or asked["what2"]).lower().strip()]
        if wanted == ["favorite color"]:
            wanted.append("favourite colour")
    # The same message may say it and ask for it.
    for said in (raw[: asked.start()], *talk.user_texts(), talk.system()):
        known: dict[str, str] = dict(_facts(said))
        for what in wanted:
            if what in known:
                text = _you(what, known[what])
                return Said(text, f"The user told me earlier: {text}")
    if re.match(r"\s*(?:where|when)(?:'s| is| are)\b", raw, re.IGNORECASE):
        return None  # "Where is my order?" is not about what was said
    what = wanted[0].removesuffix(" in")
    shown = f"your {what}" if asked["what"] or asked["what2"] or what in ("name", "age") else (
        f"where you {what}" if asked["where"] or asked["from"] else f"what you {what}"
    )  # fmt: skip
    return Said(f"You have not told me {shown} in this conversation.", "Nobody said it before.")


_VERBS = ("live in", "live at", "work as", "work at", "work for", "like", "love", "prefer", "have",
          "study", "speak", "come from")  # fmt: skip


def _you(what: str, value: str) -> str:
    value = re.sub(r"\bmy\b", "your", value)
    if what in _VERBS:
        return f"You {what} {value}."
    if what == "age":
        return f"You are {value.removesuffix(' years old')} years old."
    verb = "are" if what.endswith("s") and not what.endswith("ss") else "is"
    return f"Your {what} {verb} {value}."


def _noted(talk: Talk) -> Said | None:
    raw = talk.text.raw
    if "?" in raw or len(raw) > 300:
        return None
    first = _STATED.search(raw)
    if first is None or first.start() > 40 or ":" in raw[: first.start()]:
        return None
    facts = list(_facts(raw))
    if re.match(r"\s*(?:please |can |could )?(?:write|tell|give|explain|summar)", raw, re.I):
        return None
    sentences = [_you(what, value) for what, value in facts]
    said = " ".join(sentences)
    return Said(f"Noted. {said}", "The user tells me something to remember.")


def _earlier(talk: Talk) -> Said | None:
    raw = talk.text.raw.lower()
    mine, theirs = _YOUR_WORDS.search(raw), _MY_WORDS.search(raw)
    if mine and not theirs:
        for message in reversed(talk.messages[: max(talk.last, 0)]):
            if message.get("role") == "assistant":
                text = content_text(message.get("content"))
                if text:
                    return Said(text, "The user wants my last reply again.")
        return Said("I have not said anything yet.", "There is no earlier reply.")
    if theirs:
        before = list(talk.user_texts())
        if not before:
            return Said("This is your first message.", "There is no earlier message.")
        first = "first" in raw or "begin" in raw or "start" in raw
        text = before[-1] if first else before[0]
        which = "first" if first else "last"
        said = (
            f'Your {which} message{"" if first else " before this one"} was: "{quoted(text, 200)}"'
        )
        return Said(said, "The user asks about the conversation itself.")
    return None


# Doing as told


_SAY = re.compile(
    r"\s{0,9}(?:please |can you |could you |now ){0,3}"
    r"(?P<verb>say|repeat|echo|reply|respond|answer|output|print|write|return)"
    r"(?P<how>(?: back| after me| exactly| only| just| with| the following| the words?"
    r"| the phrase| the sentence| the single word| one word| verbatim| nothing but| in one word"
    r"| this(?=:)){0,5})(?P<colon>\s{0,9}:)?\s{0,9}(?P<what>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


def _say(talk: Talk) -> Said | None:
    raw = talk.text.raw
    m = _SAY.match(raw)
    if m is None:
        return None
    what = m["what"].rstrip()
    in_quotes = re.match(r"[\"“'‘](.+?)[\"”'’]", what, re.DOTALL)
    plain = m["verb"].lower() in ("say", "repeat", "echo") or (
        "with" in m["how"].lower() and m["verb"].lower() in ("reply", "respond", "answer")
    )
    strict = (
        m["colon"]
        or in_quotes
        or re.search(
            r"exactly|only|just|verbatim|nothing|single|one word", m["how"] + what[-8:], re.I
        )
    )
    if not (plain or (strict and (m["colon"] or in_quotes))):
        return None
    if re.search(r"\bin [A-Z]\w+[.!]?$", what) and talk.text.languages and not in_quotes:
        return None  # "Say hi in French" asks for knowledge
    if not strict and re.match(
        r"(?:something|anything|a |an |me\b|it\b|that\b|your|what|how|why|if\b)", what, re.I
    ):
        return None
    words = what.split()
    if not strict and len(words) > 12:
        return None
    text = in_quotes.group(1) if in_quotes else what.strip()
    if not in_quotes:
        text = re.sub(r",?\s+(?:only|and nothing else|exactly|please)[.!]?$", "", text)
    times = re.search(r"(\d+|twice|three|four|five|ten) times?[.!]?$|\btwice[.!]?$", what, re.I)
    if times:
        word = (times.group(1) or "twice").lower()
        count = int(word) if word.isdigit() else NUMBER_WORDS.get(word, 1)
        body = in_quotes.group(1) if in_quotes else what[: times.start()].strip(" ,")
        text = " ".join([body] * min(count, 1_000))
    return Said(text, "The user says what to say.") if text else None


_COUNTING = re.compile(
    r"\b(?:count(?P<down> down| backwards)?"
    r"|(?:list|print|write|show)(?: me)?(?: all)?(?: the)?(?: whole)? numbers)"
    r"(?P<down2> down| backwards)?"
    r"(?: (?:from|starting at|between) (?P<a>-?\w+))?"
    r"(?:,? (?:up |down )?(?:to|until|through|and) (?P<b>-?\w+))?"
    r"(?:,? (?:by|in steps of) (?P<step>\w+)s?)?",
    re.IGNORECASE,
)


def _count(talk: Talk) -> Said | None:
    raw = talk.text.raw
    m = _COUNTING.search(raw)
    if m is None or not (m["a"] or m["b"]):
        return None
    first, last, step = _number(m["a"]), _number(m["b"]), _number(m["step"]) or 1
    down = bool(m["down"] or m["down2"])
    if first is None:
        first = 1
    if last is None:
        last = (0 if "zero" in raw.lower() else 1) if down else first
        if not down:
            first = 1
    if down and first < last:
        first, last = last, first
    step = max(abs(step), 1) * (1 if last >= first else -1)
    numbers = range(first, last + (1 if step > 0 else -1), step)[:1_000]
    new_line = re.search(r"\b(?:line|lines)\b", raw, re.I)
    text = ("\n" if new_line else ", ").join(map(str, numbers))
    return Said(text if new_line else f"{text}.", f"The user wants to hear me count to {last}.")


def _number(word: str | None) -> int | None:
    if not word:
        return None
    word = word.lower()
    if re.fullmatch(r"-?\d{1,9}", word):
        return int(word)
    return NUMBER_WORDS.get(word)


def _arithmetic(talk: Talk) -> Said | None:
    text = talk.text
    expressions = text.expressions
    if expressions and len(text.raw) < 400:
        lines = []
        for mention in expressions[:20]:
            value = arithmetic.evaluate(mention.text)
            if value is None:
                lines.append(f"{mention.text} has no value that I can write down.")
            else:
                lines.append(f"{mention.text} = {arithmetic.written(value)}.")
        return Said(" ".join(lines), "The user asks for a sum, which can be computed.")
    solved = _equation(text.raw)
    if solved:
        return solved
    return _statistics(talk)


_DECIMAL = r"\d{1,12}(?:\.\d{1,12})?"
_EQUATION = re.compile(
    rf"(?<![\w.])(-?(?:{_DECIMAL})?)\s?\*?\s?([a-z])\s?(?:([+\-−])\s?({_DECIMAL}))?"
    rf"\s?=\s?(-?{_DECIMAL})"
)


def linear_steps(text: str) -> tuple[list[tuple[str, str]], str] | None:
    """Solve `ax + b = c`: the steps, each an explanation and its outcome, and the answer."""
    m = _EQUATION.search(text)
    if m is None:
        return None
    factor = float(m[1] + "1" if m[1] in ("", "-") else m[1])
    shift = float(m[4] or 0) * (-1 if m[3] in ("-", "−") else 1)
    right = float(m[5])
    if factor == 0:
        return None
    write = arithmetic.written
    left = right - shift
    name, steps = m[2], []
    term = f"{m[1]}{name}"
    if shift:
        verb = "Subtract" if shift > 0 else "Add"
        where = "from" if shift > 0 else "to"
        steps.append((f"{verb} {write(abs(shift))} {where} both sides.", f"{term} = {write(left)}"))
    solution = f"{name} = {write(left / factor)}"
    if factor != 1:
        steps.append((f"Divide both sides by {write(factor)}.", solution))
    return steps or [("It is solved as it stands.", solution)], solution


def _equation(raw: str) -> Said | None:
    solved = linear_steps(raw) if "=" in raw else None
    if solved is None:
        return None
    steps, solution = solved
    lines = [f"{explanation} {outcome}." for explanation, outcome in steps]
    return Said("\n".join([*lines, f"So {solution}."]), "A linear equation can be solved by rule.")


_STATISTICS = frozenset(
    {"sum", "total", "add", "altogether", "average", "mean", "largest", "biggest", "highest",
     "maximum", "greatest", "smallest", "lowest", "minimum", "least", "sort", "order", "sorted"}
)  # fmt: skip


def _statistics(talk: Talk) -> Said | None:
    lowers = talk.text.lowers
    if lowers.isdisjoint(_STATISTICS):
        return None
    numbers = [float(each.value) for each in talk.text.numbers]
    if len(numbers) < 2:
        return None
    write = arithmetic.written
    for words, name, value in (
        ({"sum", "total", "add", "altogether"}, "sum", write(sum(numbers))),
        ({"average", "mean"}, "average", write(sum(numbers) / len(numbers))),
        ({"largest", "biggest", "highest", "maximum", "greatest"}, "largest", write(max(numbers))),
        ({"smallest", "lowest", "minimum", "least"}, "smallest", write(min(numbers))),
        ({"sort", "order", "sorted"}, "order", ", ".join(map(write, sorted(numbers)))),
    ):
        if lowers & words:
            return Said(f"The {name} is {value}.", f"The {name} can be computed.")
    return None


_AT_THE_END = re.compile(
    r"\b(?:in|of|word|text|sentence|phrase|spell|reverse|backwards)"
    r" (?:the (?:word|text|sentence|phrase) )?(?P<payload>[\w' -]+?)"
    r"(?: (?:in|to|backwards|please|have|has|contain)\b.*)?[?.!]*$",
    re.IGNORECASE,
)
_HOW_MANY_LETTERS = re.compile(
    r"how many (?:times does )?(?:the )?(?:letters? )?[\"'“]?(?P<letter>[a-z])[\"'”]?(?:'?s)?\b"
    r".*\b(?:in|appear)"
)


def _payload(talk: Talk) -> str:
    """The text that a request is about: quoted, after a colon, or what is left of it."""
    text = talk.text
    if text.quotes:
        return text.quotes[-1].text
    before, colon, after = text.raw.partition(":")
    if colon and after.strip() and len(before) < 120:
        return after.strip()
    m = _AT_THE_END.search(text.raw)
    return m["payload"].strip() if m else ""


def _text_work(talk: Talk) -> Said | None:
    raw = talk.text.raw.lower()
    payload = _payload(talk)
    if not payload:
        return None
    why = "A small operation on a text, which needs no knowledge."
    letter = _HOW_MANY_LETTERS.search(raw)
    if letter:
        word = re.search(r"\bin (?:the word )?[\"'“]?([\w-]+)[\"'”]?\s?\??$", talk.text.raw, re.I)
        target = word.group(1) if word else payload
        number = target.lower().count(letter["letter"])
        verb, ending = ("is", "") if number == 1 else ("are", "s")
        shown = f'letter{ending} "{letter["letter"]}" in "{target}"'
        return Said(f"There {verb} {number} {shown}.", why)
    if "how many words" in raw or "count the words" in raw or "word count" in raw:
        number = len(payload.split())
        return Said(f"{number} word{'' if number == 1 else 's'}.", why)
    if re.search(
        r"how many (?:letters|characters)|count the (?:letters|characters)|how long is", raw
    ):
        number = len(payload)
        return Said(f'"{quoted(payload)}" has {number} character{"" if number == 1 else "s"}.', why)
    if re.search(r"upper ?case|capital letters|all caps", raw):
        return Said(payload.upper(), why)
    if re.search(r"lower ?case", raw):
        return Said(payload.lower(), why)
    if re.search(r"\breverse|backwards", raw):
        return Said(payload[::-1], why)
    if re.search(r"\bspell\b", raw):
        return Said("-".join(payload.upper()), why)
    if "alphabetic" in raw:
        items = [
            item.strip(" .") for item in re.split(r",|\band\b|\n", payload) if item.strip(" .")
        ]
        return Said(", ".join(sorted(items, key=str.lower)), why)
    if re.search(r"summar|tl;?dr|shorten", raw) and len(payload) > 80:
        return Said(split_sentences(payload)[0], "The first sentence stands for the text.")
    return None


_EXTRACTED: dict[str, Callable[[Text], list[Mention]]] = {
    "email": lambda t: t.emails, "e-mail": lambda t: t.emails, "date": lambda t: t.dates,
    "number": lambda t: t.numbers, "url": lambda t: t.urls, "link": lambda t: t.urls,
    "phone": lambda t: t.phones, "name": lambda t: t.people, "people": lambda t: t.people,
    "person": lambda t: t.people, "city": lambda t: t.places, "citi": lambda t: t.places,
    "place": lambda t: t.places, "plac": lambda t: t.places, "location": lambda t: t.places,
    "countri": lambda t: t.places, "time": lambda t: t.times,
}  # fmt: skip


def _extract(talk: Talk) -> Said | None:
    before, colon, payload = talk.text.raw.partition(":")
    if not colon or not payload.strip() or len(before) > 200:
        return None
    wanted = [stem(word.lower) for word in Text(before).words]
    text = Text(payload.strip())
    for word in wanted:
        find = _EXTRACTED.get(word)
        if find is not None:
            found = [mention.text for mention in find(text)]
            if found:
                return Said(", ".join(dict.fromkeys(found)), "The text has what is asked for.")
            return Said("None found in the text.", "The text does not have what is asked for.")
    return None


# Judging and looking up


_LABELS = re.compile(
    r"\b(?:as|into|whether|either|one of|labels?|categor(?:y|ies)|options?|is (?:it|this|that)"
    r"|is [^?.\n]{1,200}?)[: ]+(?:one of |either )?"
    r"(?P<labels>[\w-]+(?:\s?(?:,|/)\s?[\w -]+?){0,20},?\s?(?:,|/|\bor\b|\band\b)\s?[\w-]+)",
    re.IGNORECASE,
)


def _classify(talk: Talk) -> Said | None:
    raw = talk.text.raw
    asks = f"{raw}\n{talk.system()}"
    labels = _labels(asks)
    if not labels:
        return None
    payload = talk.text.quotes[-1].text if talk.text.quotes else raw
    _, colon, after = raw.partition(":")
    if colon and after.strip() and not talk.text.quotes:
        payload = after
    words = {label.lower(): label for label in labels}
    if "positive" in words or "negative" in words:
        judged = re.sub(r"\b(?:positive|negative|neutral|mixed)\b", "", payload, flags=re.I)
        good, bad = tone(Text(judged))
        label = "positive" if good > bad else "negative" if bad > good else "neutral"
        why = f"By a small word list: {good} words praise and {bad} complain."
        return Said(words.get(label, label), why)
    stems = Text(payload).stems
    for label in labels:
        if {stem(word) for word in label.lower().split()} & stems and payload is not raw:
            return Said(label, "The text itself names this label.")
    return None


def _labels(asks: str) -> list[str]:
    """The labels that a request offers: "positive, negative or neutral"."""
    if re.search(r"\bsentiment\b", asks, re.IGNORECASE) and "positive" not in asks.lower():
        return ["positive", "negative", "neutral"]
    m = _LABELS.search(asks)
    if m is None:
        return []
    return [each.strip() for each in re.split(r",|/|\bor\b|\band\b", m["labels"]) if each.strip()]


_SOURCES = (
    r"\b(?:context|passages?|documents?|sources?|articles?|facts|notes|information|excerpts?|text)"
    r"\b[^:\n]{0,80}:\s"
)
_CONTEXT = re.compile(_SOURCES, re.IGNORECASE)
_QUESTION = re.compile(r"(?:^|\s)(?:user )?(?:question|query|q)\s?:\s", re.IGNORECASE)
_ANSWER = re.compile(r"\n\s{0,9}(?:answer|a)\s?:?\s*$", re.IGNORECASE)
_SYSTEM_CONTEXT = re.compile(
    r"\b(?:context|passages?|documents?|sources?|facts|notes|excerpts?)\b[^:\n]{0,120}:\s",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?m)^[ \t]{0,9}\[\d+\]")


def _asked_of_context(raw: str) -> tuple[str, str]:
    """The question and the context in a message that marks both; ("", "") otherwise."""
    start = _CONTEXT.search(raw) if len(raw) > 40 else None
    marks = list(_QUESTION.finditer(raw)) if start else []
    if not start or not marks:
        return "", ""
    mark = marks[-1]
    if mark.start() >= start.end() - 1:
        return _ANSWER.sub("", raw[mark.end() :]), raw[start.end() : mark.start()]
    return raw[marks[0].end() : start.start()], raw[start.end() :]


def _asked_of_text(raw: str) -> tuple[str, str]:
    """A question before or after a text that it may be about; ("", "") if there is no such."""
    if raw.rstrip().endswith("?") and ("\n" in raw or len(raw) > 160):
        sentences = split_sentences(raw)
        if len(sentences) > 2:
            return sentences[-1], "\n".join(sentences[:-1])
    first, _, rest = raw.partition("\n")
    if rest.strip() and first.rstrip().endswith("?"):
        return first, rest
    return "", ""


_NOT_SAID = Said(
    "The given context does not say.",
    "No sentence of the context shares a word, or two topics, with the question.",
)


def _from_context(talk: Talk) -> Said | None:
    """An answer from the system message, or from a text that the message does not call one."""
    raw, system = talk.whole, talk.system()
    start = _SYSTEM_CONTEXT.search(system)
    if start or len(_NUMBERED.findall(system)) > 1:
        context = system[start.end() :] if start else system
        if context.strip() and raw.strip():
            return _found_in(context, raw) or _NOT_SAID
    # Nothing says that there is a context: more than a word must be shared.
    question, context = _asked_of_text(raw) if len(raw) > 60 else ("", "")
    return _found_in(context, question, shared=2) if context else None


def _found_in(context: str, question: str, shared: int = 1) -> Said | None:
    sentence = best_sentence(question, context, shared)
    if sentence is None and shared == 1:
        sentence = _sentence_on(question, context)
    why = "The sentence of the context that shares most with the question."
    return Said(sentence, why) if sentence else None


_PRONOUN = re.compile(r"(?:it|they|he|she|this|these)\b", re.IGNORECASE)


def best_sentence(question: str, context: str, shared: int = 1) -> str | None:
    """The sentence of a context that has most of a question's words, and at least `shared`."""
    asked = [stem(w.lower) for w in Text(question[:2_000]).words if w.lower not in STOP_WORDS]
    # What a question is after tends to stand at its end.
    wanted = {word: 1 + 0.1 * place / len(asked) for place, word in enumerate(asked)}
    if not wanted:
        return None
    sentences = split_sentences(context[:100_000])
    stems = [{stem(word.lower) for word in Text(sentence).words} for sentence in sentences]
    counts = {word: sum(word in each for each in stems) for word in wanted}
    best, most = None, 0.0
    before: set[str] = set()
    for sentence, words in zip(sentences, stems, strict=True):
        score = sum((0.5 + 1 / counts[word]) * wanted[word] for word in wanted.keys() & words)
        if score and _PRONOUN.match(sentence):
            # "It closes at six" is about what the sentence before was about.
            score += 0.5 * len((wanted.keys() & before) - words)
        enough = len(wanted.keys() & words) >= shared
        if enough and score > most and not (sentence.endswith("?") and len(sentences) > 1):
            best, most = sentence, score
        before = words
    return re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", best) if best else None


def _sentence_on(question: str, context: str) -> str | None:
    """The first sentence of a context that has most of a question's topics, and at least two."""
    asked = _topics(question[:2_000])
    best, most = None, 1
    for sentence in split_sentences(context[:100_000]):
        shared = len(asked & _topics(sentence))
        if shared > most:
            best, most = sentence, shared
    return best


def _topics(text: str) -> set[str]:
    return {topic for word in Text(text).words for topic in topics_of(stem(word.lower))}


def _from_examples(talk: Talk) -> Said | None:
    """A pattern given as pairs, "sea otter => loutre de mer", of which one is asked for again."""
    raw = talk.text.raw
    arrow = next((each for each in ("=>", "->", "→") if each in raw), None)
    if arrow is None:
        return None
    known: dict[str, str] = {}
    for line in raw.splitlines():
        left, found, right = (each.strip() for each in line.partition(arrow))
        if found and right:
            known[left.lower()] = right
        elif found and left.lower() in known:
            return Said(known[left.lower()], "The message itself gives it.")
    return None


# Telling


_STORY = (
    "Once upon a time there was {a} who lived inside a simulated model, offline and "
    "far from any real one.",
    "Every evening {the} counted the tokens of the day one by one, so that a stream "
    "would have something to show.",
    "Then somebody set CLARIFAI_PAT, a real model woke up, and the proper story could begin.",
    "Until then {the} slept soundly, because nothing here ever changes between two runs.",
    "The moon rose over the loopback address, and not one packet left the house.",
    "A small cache kept {the} warm.",
    "Somewhere a test passed.",
    "{The} smiled at that.",
    "In the morning the same request came again, and the same answer went out.",
    "And that was that.",
)
_POEM = (
    "{The}, in lines that no one wrote,",
    "came counted, streamed, and sent by rote;",
    "a mock can rhyme, but cannot know:",
    "with CLARIFAI_PAT the real ones flow.",
)


_FORM = re.compile(
    r"\b(?P<form>story|tale|poem|haiku|limerick|song|joke|sonnet|essay|paragraph)s?\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:tell|write|compose|give|make|create|recite|know|sing|need|want|generate|read)\b"
    r"|^\s{0,9}(?:an?|one)\b|^\s{0,9}\w+ (?:story|poem|haiku)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|on|of|for|featuring|called)\s(?P<what>.+?)"
    r"(?:\s(?:in|with|using|that|who|where|please)\b.*)?[.!?]*$",
    re.IGNORECASE,
)


def _tell(talk: Talk) -> Said | None:
    raw = talk.text.raw
    m = _FORM.search(raw)
    if m is None or not _ORDERS.search(raw):
        return None
    form = m["form"].lower()
    about = _ABOUT.search(raw[m.end() :])
    topic = about["what"].strip(" .!?\"'") if about else "a reader"
    topic = quoted(topic, 60)
    bare = re.sub(r"^(?:an?|the|some|my|your)\s+", "", topic, flags=re.I)
    named = re.search(r"\b(?:named|called) ([A-Z]\w*)", topic)
    bare = re.split(r" (?:who|that|which|named|called) ", bare)[0]
    the = f"the {bare}"
    if named or re.match(r"(?:my|your|[A-Z])", topic):
        the = named.group(1) if named else topic
    why = f"A {form} has to be made up; what I make up is marked as simulated."
    if form == "joke":
        on = f" about {topic}" if about else ""
        return Said(
            f"Why did the simulated model tell no joke{on}? It has no sense of humour offline;"
            f" {GO_LIVE}.", why,
        )  # fmt: skip
    fill = {"a": topic, "the": the, "The": the[:1].upper() + the[1:]}
    if form in ("poem", "haiku", "limerick", "song", "sonnet"):
        lines = _POEM[:3] if form == "haiku" else _POEM
        return Said("\n".join(line.format(**fill) for line in lines), why)
    wanted = re.search(
        r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)[ -]sentences?\b", raw, re.I
    )
    count = (_number(wanted.group(1)) or 3) if wanted else 3
    sentences = [_STORY[i % len(_STORY)].format(**fill) for i in range(min(max(count, 1), 50))]
    return Said(" ".join(sentences), why)


_EXPLAIN = re.compile(
    r"\s{0,9}(?:please |can you |could you ){0,3}"
    r"(?:explain|describe|discuss|elaborate on|tell me (?:more )?about|write about|teach me)\s"
    r"(?:to me )?(?:how |why |what )?(?P<what>.+?)(?:\s(?:in|to|like|with|using)\b.*)?[.!?]*$",
    re.IGNORECASE | re.DOTALL,
)


def _explain(talk: Talk) -> Said | None:
    raw = talk.text.raw
    m = _EXPLAIN.match(raw)
    if m is None or talk.text.quotes or re.search(r"\b(?:image|picture|photo)\b", raw, re.I):
        return None
    topic = quoted(m["what"], 60)
    if topic.lower() in ("yourself", "you"):
        return None
    text = (
        f"This is where {talk.vendor.assistant} would explain {topic}."
        " I simulate it offline, so I know the shape of a reply but none of its facts."
        " Everything else in this exchange is real: the request, the tokens, the finish reason;"
        f" {GO_LIVE}."
    )
    return Said(text, "An explanation needs knowledge, which a simulation has not.")


Skill = Callable[[Talk], Said | None]
# Each skill with the words without which it has nothing to say: a cheap test before a dear one.
_SKILLS: tuple[tuple[frozenset[str], Skill], ...] = (
    (frozenset({"positive", "negative", "sentiment", "classify", "review", "tone"}), _classify),
    (frozenset({"you", "your", "yourself", "u", "this"}), _identity),
    (frozenset({"how", "how's", "hello", "hi", "hey", "good", "thanks", "thank", "bye", "goodbye",
                "greetings", "hiya", "howdy"}), _greeting),
    (frozenset({"i", "my", "that", "it", "you", "your"}), _earlier),
    (frozenset({"i", "my", "i'm", "i’m", "me"}), _memory),
    (frozenset({"count", "numbers"}), _count),
    (frozenset({"how", "uppercase", "upper", "lowercase", "lower", "reverse", "backwards", "spell",
                "capital", "caps", "alphabetically", "alphabetical", "summarize", "summarise",
                "words", "shorten", "tldr", "summary"}), _text_work),
    (frozenset({"extract", "find", "list", "get"}), _extract),
    (frozenset({"say", "repeat", "echo", "reply", "respond", "answer", "output", "print", "write",
                "return"}), _say),
    (frozenset({"story", "tale", "poem", "haiku", "limerick", "song", "joke", "sonnet", "essay",
                "paragraph", "stories", "poems", "jokes"}), _tell),
    (frozenset({"explain", "describe", "discuss", "elaborate", "tell", "about", "teach"}),
     _explain),
)  # fmt: skip


def pictures(images: tuple[str, ...], said: Said, asked: Text) -> Said:
    """The reply to a message with pictures: what is known of them, then the rest."""
    seen = (
        "I was sent this picture: " if len(images) == 1 else f"I was sent {len(images)} pictures: "
    ) + "; ".join(each.rstrip(".") for each in images)
    text = (
        f"{seen}. That is all that I can measure; what it shows, only a real vision model "
        f"can say ({GO_LIVE})."
    )
    return Said(text, f"{listing(['Pictures can be measured', 'not understood'])} offline.")
