"""Find the passage that answers a question: in a context, or among what was said before."""

import re
from collections.abc import Callable, Iterable, Sized
from functools import cache
from typing import NamedTuple

from helpers.mock.simulated import texts
from helpers.mock.simulated.arithmetic import digits, numbers
from helpers.mock.simulated.knowledge import stems
from helpers.mock.simulated.texts import Said, flat, met, stem, stem_set, table, word_set, words
from helpers.remember import remember_texts

compiled = cache(re.compile)
_PATTERNS = texts.patterns("passages")


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
    return tuple(stem(word) for word in said.replace("-", " ").split() if word not in small)


@remember_texts(512)
def material(line: str) -> frozenset[str]:
    """The stems of a line's telling words, and of what these imply."""
    told = content(line)
    return frozenset(told).union(*(_thesaurus().get(word, ()) for word in told))


@cache
def _thesaurus() -> dict[str, frozenset[str]]:
    """What a word implies, all by their stems: words that mean as much, its sorts and states."""
    data = table("thesaurus")
    alike = [(stems(group), stems(group)) for group in data["same"]]
    sorts = (data["sorts"] | data["states"]).items()
    return texts.by_word([*alike, *((stems(members), stems(sort)) for sort, members in sorts)])


def sourced(text: str) -> list[str]:
    """The sentences of a text; where each of its lines is a source, behind that one's name."""
    sources = text.strip().splitlines()
    names = list(map(_source, sources))
    if not all(names):
        return [*texts.sentences(text)]
    named = zip(names, map(texts.sentences, sources), strict=True)
    return [
        line if line.startswith(name) else name + line for name, lines in named for line in lines
    ]


def _source(line: str) -> str:
    """The name of its source that a line begins with, or ""."""
    found = _PATTERNS["source"].match(line)
    return found[0] if found else ""


def answering(question: str, lines: list[str], topical: bool = True) -> Found | None:
    """The line that has most of a question's words, and what the question is after.

    With `topical`, the lines are of one text: what the first is about, all are; one that leaves
    much open will do; and of lines that have as much, the first is taken. Of what was said in a
    talk, the last is.
    """
    if not lines:  # as in most requests, where a question need not be taken apart
        return None
    question = question[:2_000]
    if word_set("memory", "now") & {*words(question)}:  # "My old car was red."
        lines = [line for line in lines if word_set("memory", "past").isdisjoint(words(line))]
    weighed = [each for each in _weighed(question, lines, topical) if each[0].sure or topical]
    weighed = weighed if topical else weighed[::-1]
    return max(weighed, key=lambda each: (each[0].sure, each[1]), default=(None, 0))[0]


def _weighed(question: str, lines: list[str], topical: bool) -> Iterable[tuple[Found, float]]:
    """The lines that may answer a question, each with how much it has of it."""
    fits, asked, stems = kind(question), content(question), [material(line) for line in lines]
    rare = {word: 0.5 + 1 / (1 + sum(word in told for told in stems)) for word in asked}
    counted = {*content(" ".join(_PATTERNS["many"].findall(question)))}
    telling, names = _telling(question), _names(question)
    said, general = {*_PATTERNS["word"].findall(question)}, stem_set("thesaurus", "sorts")
    sorts = {word: general & _thesaurus().get(word, frozenset()) for word in asked}
    before = subject = stems[0] if topical and stems[2:] else frozenset[str]()
    source = ""
    for line, own in zip(lines, stems, strict=True):
        if topical and _source(line) != source:  # each source is about its own
            source, subject = _source(line), own
        told = {*content(line)}
        # A rule for pets is one for cats.
        own |= {word for word, of in sorts.items() if told & of}
        # "It closes at six" is about what the sentence before was about.
        before = own | (before if _PATTERNS["goes_on"].match(line) else subject)
        shared, left = rare.keys() & before, telling - before
        score = sum(rare[w] * (1.1 if w in told else 1 if w in own else 0.3) for w in shared)
        if not counted <= before or not (score or (fits and not left)):
            continue
        new = " ".join(word for word in line.split() if word.strip(",.!") not in said)
        if not fits or fits(new):
            bound = score >= 0.7 or not left  # that words share one subject is a loose bond
            sure = bound and len(left) < 2 and not left & names
            # What is forbidden is so behind the shed and in May, too.
            rule = _PATTERNS["rule"].match(line) if _PATTERNS["may"].search(question) else None
            sure |= rule is not None and not {*content(rule[1])}.isdisjoint(asked)
            yield Found(line, left, sure), score


def _telling(question: str) -> frozenset[str]:
    """The stems of a question's telling words that an answer has to have.

    The sort of thing that is asked for, "which colour", need not be said again.
    """
    question = question[: question.rfind("?")] or question
    sort = {part for word in _PATTERNS["sort"].findall(question) for part in content(word)}
    return frozenset(content(question)) - sort - stem_set("memory", "light")


def _names(question: str) -> set[str]:
    """The stems of the names of a question: a line that does not have one is silent on it."""
    # "What is my dog called?" is not answered by "My name is Ali".
    owned = map("".join, _PATTERNS["owned"].findall(question))
    heads = {part for phrase in owned for part in content(phrase)[:1]}
    return heads.union(content(" ".join(_PATTERNS["named"].findall(question))))


def told(text: str, line: str, question: str, left: Sized) -> Said:
    """What a line says, behind the yes or no to a question, and in doubt where it leaves words."""
    sure, why = whether(question, line), "What was said answers it."
    said = Said(f"{sure}. {text}" if sure else text, why, short=sure)
    return said.doubted(question) if left else said


def kind(question: str) -> Callable[[str], object] | None:
    """Whether a line has what a question word is after: "when" a time, "how many" a number."""
    asked = met(flat(question), "ask", "memory", "kind")
    return compiled(asked[0][0]["has"]).search if asked else None


def computes(question: str, line: str) -> bool:
    """Whether a question is after a number that has to be computed from the one in a line."""
    asked, own = (set(numbers(digits(text))) for text in (question, line))
    compares = word_set("sums", "compares") & ({*words(line)} - {*words(question)})
    beside = own and (compares or {*content(question)} - material(line))
    computed = asked - own or len(own) > 1 or beside
    return bool(computed and _PATTERNS["number"].search(question))


def whether(question: str, line: str) -> str:
    """ "Yes" or "No" to a question, if one clause of a line has all its words; or ""."""
    clauses = (c for c in _PATTERNS["clause"].split(line) if {*content(question)} <= material(c))
    asks = word_set("agent", "yes_no") & {*words(question)[:1]} and " or " not in question
    if not asks or (clause := next(clauses, None)) is None or _PATTERNS["partly"].search(line):
        return ""
    denies, denied = _PATTERNS["not"].findall(question), _PATTERNS["not"].findall(clause)
    return "Yes" if denies == denied else "" if denies else "No"


def related(one: str, other: str) -> bool:
    """Whether two texts share a telling word or a topic."""
    these, those = {*content(one)}, {*content(other)}
    topics = (stem_set("topics", name) for name in table("topics"))
    return bool(these & material(other)) or any(these & each and those & each for each in topics)
