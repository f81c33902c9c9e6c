"""What to say in words: small talk, what was said before, what a context has, and honesty."""

import re
from collections.abc import Callable, Iterable
from functools import cache

from helpers.mock.simulated import almanac, asking, crafts, memory, sights, style, sums, tongues
from helpers.mock.simulated.arithmetic import digits
from helpers.mock.simulated.knowledge import COMPLAINT, PRAISE
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.results import told
from helpers.mock.simulated.texts import (
    Said,
    by_first_word,
    choice,
    cued,
    flat,
    has,
    listing,
    quoted,
    sentences,
    stem,
    table,
    word_set,
    words,
)


def small_talk(turn: Turn) -> Said | None:
    """The answer to a greeting, thanks and the like, and to who I am."""
    code = style.language(turn)
    if code and code != "en":
        name = _intent_of(turn.text)
        language = table("languages")[code]
        key = {"night": "bye", "who": "who"}.get(name, name)
        if _asks_who(turn):
            key = "who"
        if key in language:
            said = language[key]["say"].format(assistant=turn.prompt.vendor.assistant)
            return Said(said, "Small talk, in the language that was asked for.")
    return _identity(turn) or _intent(turn)


def _intent_of(text: str) -> str:
    """Which small talk a message is, and nothing else beside it; "" for none."""
    said = flat(text)
    if len(said.split()) > 14:
        return ""
    best, longest = "", 0
    fillers, met = word_set("talk", "fillers"), dict[int, list[str]]()
    for cue, place in cued(said, _cues()):
        met.setdefault(place, []).append(cue)
    for place, cues in sorted(met.items()):
        each, rest = table("talk")["intent"][place], said
        for cue in sorted(cues, key=len, reverse=True):
            rest = rest.replace(f" {cue} ", "  ")
        allowed = fillers | set(each.get("beside", "").split()) if not each.get("alone") else set()
        if set(rest.split()) <= allowed and len(max(cues, key=len)) > longest:
            best, longest = each["name"], len(max(cues, key=len))
    return best


@cache
def _cues() -> dict[str, list[tuple[str, int]]]:
    intents = enumerate(table("talk")["intent"])
    return by_first_word((cue, place) for place, each in intents for cue in each["cues"])


def _intent(turn: Turn) -> Said | None:
    name = _intent_of(turn.text)
    if not name:
        return None
    intent = next(each for each in table("talk")["intent"] if each["name"] == name)
    wish = next((c for c in intent["cues"] if f" {c} " in flat(turn.text)), "")
    text = choice(intent["say"], turn.prompt.variant).format(
        assistant=turn.prompt.vendor.assistant,
        because=_because(turn),
        wish="Happy birthday" if "birthday" in wish else wish.capitalize(),
    )
    return Said(text, f"Small talk: {name}.")


def _because(turn: Turn) -> str:
    if turn.past and turn.past[-1].result is not None:
        return f"That is what came back when I asked. {told(turn.past[-1])}"
    return "There is no deeper reason: my replies follow from the words of this conversation."


def _asks_who(turn: Turn) -> bool:
    about = table("talk")["who"]["about"].split("|")
    return has(flat(turn.text), about) is not None and len(words(turn.text)) < 14


def _identity(turn: Turn) -> Said | None:
    who, vendor = table("talk")["who"], turn.prompt.vendor
    if has(flat(turn.text), who["tastes"].split("|")) and len(words(turn.text)) < 10:
        return Said(who["taste"].format(assistant=vendor.assistant), "The user asks what I like.")
    if not _asks_who(turn):
        return None
    said = set(words(turn.text))
    name = style.persona(turn)
    key = "persona" if name else "me"
    text = who[key].format(assistant=vendor.assistant, company=vendor.company, name=name)
    other = next((o for o in who["others"].split() if o.lower() in said), "")
    if "are" in said and other and other.lower() not in (vendor.assistant.lower(), name.lower()):
        text = who["other"].format(other=other) + text
    elif "are" in said and said & set(who["human_words"].split()):
        text = who["human"] + text
    elif "are" in said and said & set(who["robot_words"].split()):
        text = who["robot"] + text
    if turn.prompt.tools and said & {"can", "help", "do"}:
        names = listing([tool.name for tool in turn.prompt.tools[:8]])
        text += " " + who["tools"].format(tools=names)
    return Said(text, "The user asks who I am.")


Skill = Callable[[Turn], Said | None]


def _computed(turn: Turn) -> Said | None:
    if turn.marked and not any(map(str.isdigit, digits(turn.ask))):
        return None  # "How many hours a day ...?" is about the material
    return sums.compute(turn.ask if turn.marked or len(turn.text) > 400 else turn.text)


def respond(turn: Turn) -> Said:
    """What to say to the user's last message when no tool is called."""
    skills: tuple[Skill, ...] = (
        small_talk,
        sights.seen,
        tongues.reply,
        asking.answered,
        crafts.classify,
        crafts.count,
        crafts.dictated,
        crafts.tell,
        almanac.translated,
        crafts.text_work,
        crafts.extract,
        _computed,
        from_data,
        memory.recall,
        almanac.looked_up,
        crafts.examples,
        memory.noted,
    )
    for skill in skills:
        if (said := skill(turn)) is not None:
            return said
    return cannot(turn)


# What a context has


def from_data(turn: Turn) -> Said | None:
    """An answer from the material of the message, with its source; or that it does not say."""
    if not turn.data or len(words(turn.data)) < 4:
        return None
    if not _seeks(turn.ask):
        return None
    found = best_sentence(turn.ask, turn.data)
    if found is None and sums.compute(turn.text) is not None:
        return None
    if found is None and almanac.looked_up(turn) is not None and not turn.marked:
        return None
    return found or (_not_said() if turn.marked or len(turn.data) > 60 else None)


def _seeks(ask: str) -> bool:
    return ask.rstrip().endswith("?") or (
        words(ask)[:1] != [] and (words(ask)[0] in word_set("reading", "imperatives"))
    )


def _not_said() -> Said:
    return Said(table("talk")["honest"]["context"], "No sentence of the context is about it.")


_PRONOUN = re.compile(r"(?:it|they|he|she|this|these)\b", re.IGNORECASE)


def best_sentence(question: str, context: str, shared: int = 1) -> Said | None:
    """The sentence of a context that has most of a question's words or topics."""
    small = word_set("memory", "small")
    asked = [stem(w) for w in _split(question[:2_000]) if w not in small]
    wanted = {word: 1 + 0.1 * place / len(asked) for place, word in enumerate(asked)}
    if not wanted:
        return None
    told_lines = sentences(context)
    stems = [{stem(w) for w in _split(each)} for each in told_lines]
    counts = {word: sum(word in each for each in stems) for word in wanted}
    topics = _topics(asked)
    best, most, before = None, 0.0, set[str]()
    for sentence, found in zip(told_lines, stems, strict=True):
        score = sum((0.5 + 1 / counts[word]) * wanted[word] for word in wanted.keys() & found)
        if score and _PRONOUN.match(sentence):
            # "It closes at six" is about what the sentence before was about.
            score += 0.5 * len((wanted.keys() & before) - found)
        about = len(topics & _topics(found))
        common = len(wanted.keys() & found)
        if about < 2 and (common < shared or (common == 1 and len(wanted) > 2)):
            score = 0.0
        if score + 0.4 * about > most and not (sentence.endswith("?") and len(told_lines) > 1):
            best, most = sentence, score + 0.4 * about
        before = found
    return Said(best, "The sentence of the context that shares most with it.") if best else None


def _split(text: str) -> list[str]:
    """The words of a text, those with a hyphen in their parts."""
    return [part for word in words(text) for part in word.split("-")]


def _topics(stems: Iterable[str]) -> set[str]:
    known = _subjects()
    return {topic for word in stems for topic in known.get(word, ())}


@cache
def _subjects() -> dict[str, list[str]]:
    """What a word is about, by its stem: mostly one subject."""
    found: dict[str, list[str]] = {}
    words_of = {name: text.split() for name, text in table("topics").items()}
    for name, known in (words_of | {"praise": PRAISE, "complaint": COMPLAINT}).items():
        for word in known:
            found.setdefault(stem(word), []).append(name)
    return found


# What cannot be said


def cannot(turn: Turn) -> Said:
    """What is said when nothing in the conversation answers."""
    honest, why = table("talk")["honest"], "A simulation has no knowledge of its own."
    asked, name = quoted(turn.ask), turn.prompt.vendor.assistant
    fallback = re.search(r"\bsay:? ['\"“‘]([^'\"”’]{3,200})['\"”’]", turn.system)
    if fallback:
        return Said(fallback[1], "The system message says what to say here.", exact=True)
    if not words(turn.ask) and not turn.prompt.images:
        key = "empty" if not turn.text.strip() else "unable"
    elif _seeks(turn.ask) and set(words(turn.ask)) & word_set("talk", "honest", "outside"):
        key = "tool"
    elif topic := _topic(turn.ask):
        text = honest["topic"].format(assistant=name, topic=topic)
        return Said(f"{text}\n{honest['live']}", why)
    else:
        key = "unknown" if turn.ask.rstrip().endswith("?") else "unable"
    return Said(f"{honest[key].format(assistant=name, asked=asked)}\n{honest['live']}", why)


_EXPLAIN = re.compile(
    r"\s{0,9}(?:please |can you |could you ){0,3}"
    r"(?:explain|describe|discuss|elaborate on|tell me (?:more )?about|write about|teach me)\s"
    r"(?:to me )?(?:how |why |what )?(?P<what>.+?)(?:\s(?:in|to|like|with|using)\b.*)?[.!?]*$",
    re.IGNORECASE | re.DOTALL,
)


def _topic(ask: str) -> str:
    found = _EXPLAIN.match(ask)
    return quoted(found["what"], 60) if found else ""
