"""Find the passage that answers a question: in a context, or among what was said before."""

import re
from collections.abc import Callable, Iterable, Set
from functools import cache
from typing import Any, NamedTuple

from helpers.mock.simulated.arithmetic import digits, numbers
from helpers.mock.simulated.knowledge import COMPLAINT, PRAISE, WEEKDAYS
from helpers.mock.simulated.texts import (
    Said,
    flat,
    has,
    met,
    quoted,
    sentences,
    stem,
    stem_set,
    table,
    word_set,
    words,
)
from helpers.remember import remember_texts

_PATTERNS = {name: re.compile(of, re.I) for name, of in table("patterns")["passages"].items()}
_GOES_ON, _NOT, _CLAUSE = _PATTERNS["goes_on"], _PATTERNS["not"], _PATTERNS["clause"]
_SORT, _MANY, _INSTEAD = _PATTERNS["sort"], _PATTERNS["many"], _PATTERNS["instead"]
_NAME = re.compile(r"(?<=[a-z,] )[A-ZÀ-Þ][\w-]+")
_LABEL = re.compile(r"\W{0,3}(?:[^\W\d]{1,12} )?\d{1,3}[\]:.)]{1,2}\s")
_WORD = re.compile(r"[A-ZÀ-Þ][\w-]+")
_OWNED = re.compile(r"\b[Mm]y ([\w' -]{2,60})")
_LIGHT = stem_set("memory", "light")
_NOW, _PAST = word_set("memory", "now"), word_set("memory", "past")
_MEANT = [(word, re.compile(of).search) for word, of in table("memory")["meant"].items()]


class Found(NamedTuple):
    """A line, and the telling words of a question that it leaves open, by their stems."""

    line: str
    left: frozenset[str]
    sure: bool


@remember_texts(512)
def content(text: str) -> tuple[str, ...]:
    """The stems of a text's telling words, in order; a phrase of the thesaurus counts as one."""
    said = flat(text)
    for word, cues in met(said, "", "thesaurus", "phrases"):
        for cue in cues:
            said = said.replace(f" {cue} ", f" {word} ")
    small = word_set("memory", "small")
    telling = (word for word in said.split() if word not in small)
    return tuple(stem(part) for word in telling for part in word.split("-"))


@remember_texts(512)
def material(line: str) -> frozenset[str]:
    """The stems of a line's telling words, of what these imply, and of what its form tells."""
    told = {*content(line), *(word for word, has_it in _MEANT if has_it(line))}
    return frozenset(told).union(*map(_implied, told))


@cache
def _thesaurus() -> dict[str, set[str]]:
    """What a word implies, all by their stems: words that mean as much, and its sorts."""
    found: dict[str, set[str]] = {}
    for group in table("thesaurus")["same"]:
        stems = {*map(stem, group.split())}
        for word in stems:
            found.setdefault(word, set()).update(stems)
    for sort, members in table("thesaurus")["sorts"].items():
        for word in members.split():
            found.setdefault(stem(word), set()).add(stem(sort))
    return found


def _implied(word: str) -> set[str]:
    return _thesaurus().get(word, set())


def answering(
    question: str, lines: list[str], topical: bool = True, latest: bool = False
) -> Found | None:
    """The line that has most of a question's words or topics, and what the question is after.

    With `topical`, the lines are of one text: what the first is about, all are; words of a topic
    speak for a line; and one that leaves much open will do. Of lines that have as much, the first
    is taken, or with `latest` the last.
    """
    question = question[:2_000]
    if not _NOW.isdisjoint(words(question)):  # "My old car was red."
        lines = [line for line in lines if _PAST.isdisjoint(words(line))]
    weighed = _weighed(question, lines, topical) if lines else ()
    found = [each for each in weighed if each[0].sure or topical]
    found = found[::-1] if latest else found
    return max(found, key=lambda each: (each[0].sure, each[1]))[0] if found else None


def _weighed(question: str, lines: list[str], topical: bool) -> Iterable[tuple[Found, float]]:
    """The lines that may answer a question, each with how much it has of it."""
    rule, stems = _kind(question), [material(line) for line in lines]
    fits, asked = kind(question), [*rule.get("about", ()), *content(question)]
    before = subject = stems[0] if topical and stems[2:] else frozenset[str]()
    weights = {
        word: (1.5 + 0.1 * place) * (0.5 + 1 / (1 + sum(word in told for told in stems)))
        * (0.6 if word in subject else 1) for place, word in enumerate(asked)
    }  # fmt: skip
    given, counted = {*_NAME.findall(question)}, {*content(" ".join(_MANY.findall(question)))}
    for line, own in zip(lines, stems, strict=True):
        # "It closes at six" is about what the sentence before was about.
        taken = (before if _GOES_ON.match(_LABEL.sub("", line, 1)) else subject) - own
        before = own | taken
        about = _topics(weights.keys() - own) & _topics(own - weights.keys()) if topical else ()
        score = sum(weights[word] for word in weights.keys() & own) + 0.4 * len(about)
        new = _WORD.sub(lambda word: "" if word[0] in given else word[0], line)
        left = frozenset(_left_out(question, before))
        fit = not fits or fits(new)
        asks = line.endswith("?") and lines[1:]
        if asks or not fit or not counted <= before or not (score or (fits and not left)):
            continue
        # That words share one subject is a loose bond.
        bound = score >= 0.8 or not left
        score += 0.05 * len(weights.keys() & {*map(stem, words(line))})
        score += 0.4 * sum(weights[word] for word in weights.keys() & taken)
        yield Found(line, left, bound and not _silent(question, left, topical)), score


def _left_out(question: str, told: Set[str]) -> set[str]:
    """The stems of a question's telling words that what is told, by its stems, is silent on.

    The sort of thing that is asked for, "which colour", need not be said again.
    """
    question = question[: question.rfind("?")] or question
    sort = {part for word in _SORT.findall(question) for part in content(word)}
    return {*content(question)} - sort - told - _LIGHT


def _silent(question: str, left: frozenset[str], topical: bool) -> bool:
    """Whether a line that leaves this open is silent on a name of a question, or on much else."""
    names = {part for name in _NAME.findall(question) for part in content(name)}
    # "What is my dog called?" is not answered by "My name is Ali".
    names |= {part for owned in _OWNED.findall(question) for part in content(owned)[:1]}
    # "Do I live in Paris?" is answered by "I live in Rome".
    named = names & left and (topical or not _is_whether(question))
    return bool(named or left & {*map(stem, WEEKDAYS)} or len(left) > 1)


def doubted(said: Said, question: str, found: Found) -> Said:
    """What a line says, with the doubt that is due where it leaves a word of a question open."""
    if not found.left:
        return said
    note = table("talk")["honest"]["unsure"].format(asked=quoted(question))
    return said._replace(text=f"{said.text}\n{note}", honest=True)


def _is_whether(question: str) -> bool:
    return not word_set("agent", "yes_no").isdisjoint(words(question)[:1])


def kind(question: str) -> Callable[[str], object] | None:
    """Whether a line has what a question word is after: "when" a time, "how many" a number."""
    rule = _kind(question)
    return _pattern(rule["has"]).search if rule else None


def _kind(question: str) -> dict[str, Any]:
    asked = met(flat(question), "ask", "memory", "kind")
    return asked[0][0] if asked else {}


def shortest(question: str, line: str) -> str:
    """The word or number of a line that a question is after, where the line has but one."""
    asked = flat(question)
    kinds = (rule for rule, _ in met(asked, "ask", "memory", "kind"))
    short = next((rule["short"] for rule in kinds if "short" in rule), "")
    found = {*filter(None, _pattern(short).findall(_LABEL.sub("", line)))}
    found = {each for each in found if each.lower() not in asked}
    return next(iter(found)) if len(found) == 1 else ""


_pattern = cache(re.compile)
_NUMBER_ASKED = re.compile(r"\bhow (?:many|much|far|old|fast)\b|\bthe (?:new|total|final) ")


def computes(question: str, line: str) -> bool:
    """Whether a question is after a number that has to be computed from the one in a line."""
    asked = set(numbers(digits(question)))
    own = numbers(digits(line))
    left = set(content(question)) - material(line) if own else set()
    left |= {*words(line)} & word_set("sums", "compares") - {*words(question)}
    asks = _NUMBER_ASKED.search(question.lower()) is not None
    more = not asked <= set(own) or bool(left) or len(own) > 1
    return asks and (more or "that" in words(question))


def whether(question: str, line: str) -> str:
    """ "Yes" or "No" to a question, if one clause of a line has all its words; or ""."""
    wanted, denies = set(content(question)), _NOT.findall(question)
    if not _is_whether(question) or " or " in question:
        return ""
    clause = next((c for c in _CLAUSE.split(line) if wanted <= material(c)), "")
    denied = _NOT.findall(clause)
    if not clause or (denies and denies != denied):
        return ""
    return "No" if denied and not denies else "Yes"


def instead(*orders: str) -> Said | None:
    """What a prompt tells to say where nothing answers: "otherwise say 'Not found'"."""
    for sentence in (each for order in orders for each in sentences(order)):
        given = _INSTEAD.search(sentence) if has(flat(sentence), table("reading")["else"]) else None
        if given is not None:
            return Said(given[1] or given[2], "The prompt says what to say here.", exact=True)
    return None


def related(one: str, other: str) -> bool:
    """Whether two texts share a telling word or a topic."""
    these, those = set(content(one)), set(content(other))
    return bool(these & material(other) or _topics(these) & _topics(those))


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
