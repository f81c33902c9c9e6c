"""Find the passage that answers a question: in a context, or among what was said before."""

import re
from collections.abc import Callable, Iterable
from functools import cache

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

_PRONOUN = re.compile(r"(?:it|they|he|she|this|these)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;]\s|\b(?:but|and|while|although)\b")
_NOT = re.compile(table("patterns")["passages"]["not"], re.IGNORECASE)
_INSTEAD = re.compile(table("patterns")["passages"]["instead"], re.IGNORECASE)
_LABEL = re.compile(r"\W{0,3}(?:[^\W\d]{1,12} )?\d{1,3}[\]:.)]{1,2}\s")
_NAME = re.compile(r"(?<=[a-z,] )[A-ZÀ-Þ][\w-]+")
_WORD = re.compile(r"[A-ZÀ-Þ][\w-]+")
_OWNED = re.compile(r"\b[Mm]y ([\w' -]{2,60})")
_SORT = re.compile(r"\b(?:which|what|whose|how(?: many| much)?) ([^\W\d_]+)")
_LIGHT = stem_set("memory", "light")
_NOW, _PAST = word_set("memory", "now"), word_set("memory", "past")


_SAME = {stem(word): stem(other) for word, other in table("memory")["same"].items()}
"""The stems of words, each with that of a word that means as much."""
_MEANT = [(word, re.compile(of).search) for word, of in table("memory")["meant"].items()]


def content(text: str) -> list[str]:
    """The stems of a text's telling words, in order; synonyms count as one."""
    small = word_set("memory", "small")
    found = (part for word in words(text) if word not in small for part in word.split("-"))
    return [_SAME.get(stem(word), stem(word)) for word in found]


def material(line: str) -> set[str]:
    """The stems of a line's telling words, and of what it is about by its form."""
    return {*content(line), *(word for word, has_it in _MEANT if has_it(line))}


def goes_on(line: str) -> bool:
    """Whether a line is about what the one before it was about: "It closes at six"."""
    return _PRONOUN.match(_LABEL.sub("", line)) is not None


def answering(
    question: str, lines: list[str], topical: bool = True, latest: bool = False
) -> str | None:
    """The line that has most of a question's words or topics, and what the question is after.

    Of lines that have as much, the first, or with `latest` the last.
    """
    question = question[:2_000]
    asked, fits = content(question), kind(question)
    if not _NOW.isdisjoint(words(question)):  # "My old car was red."
        lines = [line for line in lines if _PAST.isdisjoint(words(line))]
    wanted = {word: 1 + 0.1 * place / len(asked) for place, word in enumerate(asked)}
    stems = [material(each) for each in lines]
    counts = {word: sum(word in line_stems for line_stems in stems) for word in wanted}
    many = re.search(r"\bhow many ([^\W\d_]+)", question.lower())
    counted = set(content(many[1])) if many else set()
    given = {*_NAME.findall(question)}
    best, most, before = None, 0.0, set[str]()
    for line, found in zip(lines, stems, strict=True):
        # "It closes at six" is about what the sentence before was about.
        taken = before - found if goes_on(line) else set()
        common = wanted.keys() & (found | taken)
        score = sum((0.5 + 1 / max(counts[word], 1)) * wanted[word] * (1 if word in found else 0.4)
                    for word in common)  # fmt: skip
        said = {*map(stem, words(line))}
        score += 0.05 * len(common & said & {*map(stem, words(question))})
        about = len(_topics(wanted.keys() - found) & _topics(found - wanted.keys())) * topical
        score += 0.4 * about
        silent = not (common or about) or leaves_out(question, found | taken, topical)
        if silent or not (counted <= found or _topics(counted) & _topics(found)):
            score = 0.0
        better = score > most or (latest and score == most > 0)
        new = _WORD.sub(lambda word: "" if word[0] in given else word[0], line)
        if better and (not fits or fits(new)) and not (line.endswith("?") and lines[1:]):
            best, most = line, score
        before = found | taken
    return best


def left_out(question: str, told: set[str], topical: bool = True) -> set[str]:
    """The stems of a question's telling words that what is told, by its stems, is silent on.

    The sort of thing that is asked for, "which colour", need not be said again.
    """
    question = question[: question.rfind("?")] or question
    sort = {part for word in _SORT.findall(question.lower()) for part in content(word)}
    left = {*content(question)} - sort - told
    return {word for word in left if not (topical and _topics([word]) & _topics(told))}


def leaves_out(question: str, told: set[str], topical: bool = True) -> bool:
    """Whether what is told, by its stems, is silent on a name, or most else, of a question."""
    left = left_out(question, told, topical)
    names = {part for name in _NAME.findall(question) for part in content(name)}
    # "What is my dog called?" is not answered by "My name is Ali".
    names |= {part for owned in _OWNED.findall(question) for part in content(owned)[:1]}
    # "Do I live in Paris?" is answered by "I live in Rome".
    named = bool(names & left) and (topical or not _is_whether(question))
    return (
        named
        or not left.isdisjoint(map(stem, WEEKDAYS))
        or len(left) > 1
        or (topical and bool(left) and left == left_out(question, set(), topical=False))
    )


def doubted(said: Said, question: str, line: str, lines: list[str], topical: bool = True) -> Said:
    """What a line says, with the doubt that is due where it leaves a word of a question open."""
    before = lines[lines.index(line) - 1] if goes_on(line) and line in lines[1:] else ""
    told = material(line) | material(before)
    asked = {*content(question)}
    # That words share one subject is a loose bond; that they share two, a firm one.
    topical &= len(_topics(told - asked) & _topics(asked - told)) > 1
    if line and not left_out(question, told, topical) - _LIGHT:
        return said
    note = table("talk")["honest"]["unsure"].format(asked=quoted(question))
    return said._replace(text=f"{said.text}\n{note}", honest=True)


def _is_whether(question: str) -> bool:
    return not word_set("agent", "yes_no").isdisjoint(words(question)[:1])


def kind(question: str) -> Callable[[str], object] | None:
    """Whether a line has what a question word is after: "when" a time, "how many" a number."""
    asked = met(flat(question), "ask", "memory", "kind")
    return _pattern(asked[0][0]["has"]).search if asked else None


def shortest(question: str, line: str) -> str:
    """The word or number of a line that a question is after, where the line has but one."""
    asked = flat(question)
    kinds = (rule for rule, _ in met(asked, "ask", "memory", "kind"))
    short = next((rule["short"] for rule in kinds if "short" in rule), "")
    found = {*filter(None, _pattern(short).findall(line))}
    found = {each for each in found if each.lower() not in asked}
    return next(iter(found)) if len(found) == 1 else ""


_pattern = cache(re.compile)
_NUMBER_ASKED = re.compile(r"\bhow (?:many|much|far|old|fast)\b|\bthe (?:new|total|final) ")


def computes(question: str, line: str) -> bool:
    """Whether a question is after a number that has to be computed from the one in a line."""
    asked = set(numbers(digits(question)))
    own = numbers(digits(line))
    left = set(content(question)) - set(content(line)) if own else set()
    left |= {*words(line)} & word_set("sums", "compares") - {*words(question)}
    asks = _NUMBER_ASKED.search(question.lower()) is not None
    more = not asked <= set(own) or bool(left) or len(own) > 1
    return asks and (more or "that" in words(question))


def whether(question: str, line: str) -> str:
    """ "Yes" or "No" to a question, if one clause of a line has all its words; or ""."""
    wanted = set(content(question))
    if not _is_whether(question) or _NOT.search(question) or " or " in question:
        return ""
    clause = next((c for c in _CLAUSE.split(line) if wanted <= material(c)), "")
    return ("No" if _NOT.search(clause) else "Yes") if clause else ""


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
    return bool(these & those or _topics(these) & _topics(those))


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
