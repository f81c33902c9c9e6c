"""Questions about pictures, answered from what was measured of them and seen in them."""

import re
from collections.abc import Sequence

from helpers.mock.pictures import questions
from helpers.mock.pictures.describe import written
from helpers.mock.simulated import sums
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.rows import rows
from helpers.mock.simulated.texts import Said, flat, has, stem, stem_set, table, words

_WHY = "Pictures can be measured offline, and a few plain things in them seen."
_SIZE = re.compile(table("patterns")["sights"]["size"], re.DOTALL)


def _read(description: str) -> dict[str, str]:
    """A description taken apart: its form, width and height, its colours, what it shows."""
    whole = description.rstrip(".")
    found = _SIZE.fullmatch(whole)
    sight = found.groupdict("") if found else dict.fromkeys(_SIZE.groupindex, "")
    told = f"shows {sight['shown']}" if sight["shown"] else f"is {sight['colours'] or whole}"
    return {**sight, "whole": whole, "told": told}


def seen(turn: Turn) -> Said | None:
    """The answer to a question about the pictures; None for a message about something else."""
    sights = [_read(image) for image in turn.prompt.images]
    asked = flat(turn.text)
    cues = table("pictures")
    if not sights or not (turn.pictures or has(asked, cues["about"])):
        return None
    if turn.pictures and sums.expressions(turn.text):
        return None
    many = len(sights)
    if has(asked, cues["read"]) and (text := text_in(turn.prompt.images)):
        return Said(text, _WHY, exact=True)
    if many > 1 and (which := _which(asked, turn.text, sights)):
        return which
    if many == 1 and (answer := _of_one(asked, turn.text, sights[0])):
        return Said(answer, _WHY)
    honest = table("talk")["honest"]
    whole = "; ".join(sight["whole"] for sight in sights)
    lead = "I was sent this picture: " if many == 1 else f"I was sent {many} pictures: "
    return Said(f"{lead}{whole}.\n{honest['pictures']} {honest['live']}", _WHY)


def text_in(descriptions: Sequence[str]) -> str:
    """What is written in the pictures that are described so."""
    return "\n".join(filter(None, map(written, descriptions)))


def _of_one(asked: str, text: str, sight: dict[str, str]) -> str:
    cues = table("pictures")
    if sight["width"] and has(asked, cues["size"]):
        return "It is {width} pixels wide and {height} pixels high ({form}).".format(**sight)
    # One sentence asks, and another may say how to answer.
    for sentence in re.split(r"(?<=[.?!:])\s+", text):
        if (reply := questions.answer(flat(sentence), [sight["whole"]])) is not None:
            return reply
    # "What is the total?", of a receipt that has a line with it.
    for label, number in reversed(rows(written(sight["whole"]))):
        if has(asked, [label.lower()]):
            return f"It says “{label} {number}”."
    if (shown := sight["shown"]) and has(asked, cues["what"]):
        file = "({form}, {width} × {height} pixels)".format(**sight)
        if shown.startswith("“"):
            return f"Its file says what it shows: {shown[1:-1].rstrip('.')}. {file}"
        return f"The picture {sight['told']} {file}."
    return ""


def _which(asked: str, text: str, sights: list[dict[str, str]]) -> Said | None:
    """ "Which of the two shows a train?": the picture that has most of the question's words."""
    wanted = {stem(word) for word in asked.split()} - {"show", "pictur"}
    wanted -= stem_set("memory", "small")
    scores = [len(wanted & {stem(word) for word in words(sight["whole"])}) for sight in sights]
    place = scores.index(max(scores))
    if "which" not in asked.split() or scores.count(scores[place]) != 1:
        return None
    letters = re.findall(r"\b(?:[Pp]icture|[Ii]mage) ([A-Z])\b", text)
    name = letters[place] if len(letters) >= len(sights) else str(place + 1)
    if has(asked, ("its letter", "the letter", "only the letter", "its number")):
        return Said(name, _WHY, exact=True)
    return Said(f"Picture {name}: it {sights[place]['told']}.", _WHY)
