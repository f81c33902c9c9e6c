"""What a short message carries on from the ones before it: "And of Sweden?", "Sorry, he's 5"."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import dropwhile

from helpers.mock.simulated import asking, sums, tongues
from helpers.mock.simulated.arithmetic import NUMBER, digits, numbers, written
from helpers.mock.simulated.reading import Turn, split_up
from helpers.mock.simulated.texts import (
    Said,
    asks,
    flat,
    has,
    phrases,
    quotes,
    stem,
    table,
    word_set,
    words,
)

_TOKEN = re.compile(r"[^\W_]+(?:[.,'’@:/_-][^\W_]+)*%?")
_PRONOUN = re.compile(table("patterns")["carry"]["pronoun"], re.IGNORECASE)
_MEASURE = re.compile(r"(-?\d+(?:\.\d+)?)(?: ([a-z]+))?")
_PREPOSITION = re.compile(r"\b(?:on|in|at|from|to|of|for|with|by) (?=\S)")
_NOT = re.compile(r",? (?:and )?not\b")
_INSTEAD = re.compile(r",? (?:instead|then|please|now|already)(?=[.!?]*$)", re.IGNORECASE)
_LONGEST = 8


def goes_on(text: str) -> bool:
    """Whether a message begins as one that continues or corrects what went before."""
    return _cue(text) is not None or bool(
        has(f" {' '.join(words(text)[:6])} ", ("instead", "make that", "i meant", "actually"))
    )


def _cue(text: str, *kinds: str) -> str | None:
    start = f" {' '.join(_after_please(words(text)[:9])[:6])} "
    known = (cue for kind in kinds or ("continues", "corrects") for cue in phrases("agent", kind))
    met = [cue for cue in known if start.startswith(f" {cue} ")]
    return max(met, key=len, default=None)


def _after_please(said: list[str]) -> list[str]:
    """Words without "can you" and the like before them, where more follows than that."""
    asks_for = word_set("agent", "asks_for")
    return list(dropwhile(asks_for.__contains__, said)) or said


def without_cue(text: str) -> str:
    """A message without the words that only say that it goes on: "Actually, we will be six"."""
    bare = _INSTEAD.sub("", text.strip())
    while cue := _cue(bare):
        last = cue.split()[-1]
        place = bare.lower().find(last)
        if place < 0:
            break
        bare = bare[place + len(last) :].lstrip(" ,;:.!-")
    return bare or text


def completed(turn: Turn) -> Turn | None:
    """The turn with its message as a whole question, where that is only a part of one."""
    before = reply = ""
    again = 0
    for role, text in (*reversed(turn.earlier[:40]), ("user", turn.text)):
        if role == "assistant":
            reply = text
            continue
        repeats = bool(before) and _only_repeats(text)
        again = again + 1 if repeats else 0
        whole = before if repeats else _whole(text, before, reply)
        before = whole or text
    if not whole:
        return None
    prompt = replace(turn.prompt, variant=turn.prompt.variant + again)
    fresh = replace(turn, prompt=prompt, text=whole, ask="", how="", data="", marked=False)
    split_up(fresh)
    return fresh


def _only_repeats(text: str) -> bool:
    """ "Another one, please!" """
    said = set(words(text))
    more, beside = word_set("agent", "more"), word_set("agent", "more_beside")
    return bool(said & more) and said <= more | beside | word_set("talk", "fillers")


def _whole(text: str, before: str, reply: str) -> str:
    if not before or len(words(text)) > _LONGEST:
        return ""
    bare = without_cue(text)
    found = [m for m in _MEASURE.finditer(reply) if m.end() == len(reply.rstrip(" ."))]
    last = next((" ".join(filter(None, match.groups())) for match in reversed(found)), "")
    if last:
        pointed = [last if word in word_set("agent", "that") else word for word in words(text)]
        sum_ = " ".join(pointed)
        if last in pointed and sums.compute(sum_) is not None:
            return sum_
    for start, whole in table("agent")["operations"].items() if found else ():
        head, operation, rest = f" {digits(flat(text).strip())}".partition(f" {start} ")
        if operation and len(head.split()) < 3 and numbers(rest):
            return str(whole).format(last=found[-1][1], rest=rest)
    changes = bare != text.strip() and asks(before) and not _PRONOUN.match(bare)
    if not changes:
        return ""
    return swapped(before, bare)


def corrected(text: str) -> str:
    """What a correction says instead of a part of what was stated; "" for no correction."""
    cue = _cue(text, "corrects")
    bare = without_cue(text).strip(" .!") if cue else text.strip(" .!")
    if cue is None or "?" in text:
        return ""
    if _PRONOUN.match(bare) and (cut := _PREPOSITION.search(bare)):
        bare = bare[cut.start() :]  # "It's due on Monday"
    new = _NOT.split(_PRONOUN.sub("", bare, count=1) if _PRONOUN.match(bare) else bare)[0]
    short = 0 < len(words(new)) <= 4 and words(new)[0] not in word_set("memory", "subjects")
    return new if short else ""


def swapped(old: str, new: str, *, last: bool = False) -> str:
    """A text with one of its parts changed for a new one of the same kind; "" for none such.

    With `last`, the last word is of any kind: "My car is green" and "blue".
    """
    new = new.strip(" ?!.")
    old, tokens, said = digits(old), list(_TOKEN.finditer(digits(old))), words(new)
    if not said or not tokens:
        return ""
    if (inside := quotes(new)) and (before := quotes(old)):
        return old.replace(before[-1], inside[-1])
    fresh, found = numbers(digits(new)), numbers(old)
    if len(fresh) == len(found) > 1:
        return NUMBER.sub(lambda _: written(fresh.pop(0)), old)
    for part in (_after_preposition, _number, _named):
        if span := part(tokens, old, digits(new)):
            start, end, value = span
            return f"{old[:start]}{value}{old[end:]}"
    if last and len(said) < 3 and _plain(said[0]) and not new[0].isdigit():
        return f"{old[: tokens[-1].start()]}{new}{old[tokens[-1].end() :]}"
    return ""


_Part = tuple[int, int, str] | None


def _after_preposition(tokens: list[re.Match[str]], old: str, new: str) -> _Part:
    lead, _, rest = new.partition(" ")
    if lead.lower() not in word_set("agent", "prepositions") or not rest:
        return None
    for place in range(len(tokens) - 2, -1, -1):
        if tokens[place][0].lower() == lead.lower():
            end = _run(tokens, place + 1, old, lambda word: word[0].isupper())
            if end == place + 1:
                end = _run(tokens, end, old, _plain)
            return (
                (tokens[place + 1].start(), tokens[end - 1].end(), rest)
                if end > place + 1
                else None
            )
    return None


def _plain(word: str) -> bool:
    return word.lower() not in word_set("agent", "prepositions")


def _run(tokens: list[re.Match[str]], at: int, old: str, fits: Callable[[str], bool]) -> int:
    """Where the words that stand together from one on, and are of a kind, end."""
    end = at
    while end < len(tokens) and fits(tokens[end][0]) and (
        end == at or old[tokens[end - 1].end() : tokens[end].start()] == " "
    ):  # fmt: skip
        end += 1
    return end


def _number(tokens: list[re.Match[str]], old: str, new: str) -> _Part:
    fresh = [token for token in _TOKEN.finditer(new) if token[0][0].isdigit()]
    found = [token for token in tokens if token[0][0].isdigit()]
    if len(fresh) != 1 or not found:
        return None
    rest = {stem(word) for word in words(new[fresh[0].end() :])[:1]}
    alike = [
        token for token in found
        if token[0].endswith("%") == fresh[0][0].endswith("%")
        and rest <= {stem(word) for word in words(old[token.end() :])[:2]}
    ]  # fmt: skip
    if len(alike) != 1:
        return None
    return alike[0].start(), alike[0].end(), fresh[0][0]


def _named(tokens: list[re.Match[str]], old: str, new: str) -> _Part:
    """The last name: what begins with a capital, and does not begin the text."""
    if new[0].isdigit() or (not new[0].isupper() and len(words(new)) > 2):
        return None
    last = next(
        (n for n in range(len(tokens) - 1, 0, -1)
         if tokens[n][0][0].isupper() and tokens[n][0] not in ("I", "I'm", "I'll")),
        0,
    )  # fmt: skip
    if not last:
        return None
    first = last
    while first > 1 and tokens[first - 1][0][0].isupper() and (
        old[tokens[first - 1].end() : tokens[first].start()] == " "
    ):  # fmt: skip
        first -= 1
    return tokens[first].start(), tokens[last].end(), new


def restated(turn: Turn) -> Said | None:
    """The last reply once more, for a message that only says how: "Put that in one sentence"."""
    said, before = words(turn.text), turn.said_by("assistant")
    if not before or len(said) > 12:
        return None
    style = table("style")
    cues = [cue for rule in (*style["rule"], *style["manner"]) for cue in rule["when"]]
    form = has(flat(turn.text), [*cues, *style["words"]["single"]])
    code = tongues.named(turn.text)
    if not (form or code) or turn.text.rstrip().endswith("?"):
        return None
    translated = tongues.named(next(iter(turn.said_by("user")), ""))
    if code and translated and not has(flat(turn.text), word_set("agent", "that")):
        return None  # "Now to French", after a translation into Spanish
    left = set(said) - set((form or "").split()) - word_set("style", "words", "restate")
    left -= set(table("languages")[code]["english"].lower().split()) if code else set()
    if left - (word_set("talk", "fillers") if not code else set()) - word_set("reading", "polite"):
        return None
    why = "The user wants my last reply in another form."
    if code and turn.past and (known := asking.in_language(code, turn.past[-1])):
        return Said(known, why, exact=True)
    own = ("(Offline", "Set CLARIFAI")
    lines = [line for line in before[0].split("\n") if not line.startswith(own)]
    text = ("\n" if "- " in before[0] else " ").join(lines)
    only = f"\n{table('languages')[code]['only']}" if code not in ("", "en") else ""
    return Said(f"{text}{only}", why)
