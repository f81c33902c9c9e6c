"""Questions about pictures, answered from what was measured of them and seen in them."""

import re
from collections.abc import Sequence

from helpers.mock.pictures import questions
from helpers.mock.pictures.describe import written
from helpers.mock.simulated.passages import content
from helpers.mock.simulated.reading import Turn
from helpers.mock.simulated.texts import Said, flat, has, sentences, table, word_set

_WHY = "Pictures can be measured offline, and a few plain things in them seen."
_ROW = re.compile(table("patterns")["row"])
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
    asked, cues = flat(turn.text), table("pictures")
    chooses = " or " in asked and has(asked, word_set("thesaurus", "sorts", "colour"))
    if not turn.prompt.images or not (turn.pictures or chooses or has(asked, cues["about"])):
        return None
    if has(asked, cues["read"]) and (text := text_in(turn.prompt.images)):
        return Said(text, _WHY, exact=True)
    sights = [_read(image) for image in turn.prompt.images]
    answer = _which(asked, turn.text, sights) if sights[1:] else _of_one(turn.text, sights[0])
    if answer:
        return answer
    honest = table("talk")["honest"]
    whole = "; ".join(sight["whole"] for sight in sights)
    told = f"I was sent {f'{len(sights)} pictures' if sights[1:] else 'this picture'}: {whole}."
    if "?" in turn.text and has(asked, cues["sent"]):
        return Said(f"Yes, {told}", _WHY)
    return Said(f"{told}\n{honest['pictures']} {honest['live']}", _WHY)


def text_in(descriptions: Sequence[str]) -> str:
    """What is written in the pictures that are described so."""
    return "\n".join(filter(None, map(written, descriptions)))


def _of_one(text: str, sight: dict[str, str]) -> Said | None:
    asked, cues, shown = flat(text), table("pictures"), sight["shown"]
    # One sentence asks, and another may say how to answer.
    replies = (questions.answer(flat(part), [sight["whole"]]) for part in sentences(text))
    # "What is the total?", of a receipt that has a line with it.
    told = [*_ROW.finditer(written(sight["whole"]))][::-1]
    lines = (f"It says “{row[0].strip()}”." for row in told if has(asked, [row[1].lower()]))
    reply = next(filter(None, (*replies, *lines)), "")
    file = "({form}, {width} × {height} pixels)".format(**sight)
    if sight["width"] and has(asked, cues["size"]):
        reply = "It is {width} pixels wide and {height} pixels high ({form}).".format(**sight)
    elif not reply and sight["width"] and has(asked, cues["what" if shown else "colour"]):
        says = f"Its file says what it shows: {shown[1:-1].rstrip('.')}. {file}"
        reply = says if shown.startswith("“") else f"The picture {sight['told']} {file}."
    short = "" if shown else sight["colours"].removesuffix(" all over")
    return Said(reply, _WHY, short=short) if reply else None


def _which(asked: str, text: str, sights: list[dict[str, str]]) -> Said | None:
    """ "Which of the two shows a train?": the picture that has most of the question's words."""
    scores = [len({*content(text)}.intersection(content(each["whole"]))) for each in sights]
    place = scores.index(max(scores))
    if "which" not in asked.split() or scores.count(scores[place]) != 1:
        return None
    letters = re.findall(r"\b(?:[Pp]icture|[Ii]mage) ([A-Z])\b", text)
    name = letters[place] if len(letters) >= len(sights) else str(place + 1)
    if has(asked, table("pictures")["place"]):
        return Said(name, _WHY, exact=True)
    return Said(f"Picture {name}: it {sights[place]['told']}.", _WHY)
