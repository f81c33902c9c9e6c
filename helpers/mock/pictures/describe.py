"""What can honestly be said of a picture without a vision model.

    PNG, 480 × 320 pixels, mostly blue, with some green, shows a brown house on the left
    PNG, 640 × 427 pixels, gray and red, described in the file as “A red train at a platform”

The eyes are those of the native recogniser, `see`. What a file says is written in the picture
follows line by line; `written` gets it back.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections import Counter

from helpers.mock.pictures import draw
from helpers.mock.pictures.file import NotAPicture
from helpers.mock.pictures.scene import listed, phrase
from helpers.mock.pictures.see import Sight, look
from helpers.mock.requests import InvalidRequest

_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*(;base64)?,")
_DESCRIBED = re.compile(r"described in the file as “(.*)”", re.DOTALL)
_QUOTED = re.compile(r"\b(?:says|reads) “([^”]{1,200})”")
_LONGEST_ADDRESS = 200
_MOST_THINGS = 8


def describe(url: str, field: str) -> str:
    """Say what is known of a picture given as a data URI or an address.

    Nothing is fetched: of a remote picture only the address is known, and of one that the mock
    drew itself everything. Raises InvalidRequest, which names `field`, for what is no picture.
    """
    if url[:5].lower() == "data:":
        return _told(_decoded(url, field), field)
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        raise InvalidRequest(
            field, "Should be an http(s) address or a data URI like data:image/png;base64,iVBO..."
        )
    drawing = draw.find(url)
    if drawing is not None:
        return _told(drawing.png(), field)
    address = url if len(url) <= _LONGEST_ADDRESS else url[:_LONGEST_ADDRESS] + "…"
    return f"{address}, not fetched, because simulated replies are made offline"


def written(description: str) -> str:
    """What is written in a picture that is described so: its lines, or what is quoted."""
    told = _DESCRIBED.search(description)
    first, _, lines = (told[1] if told else "").partition("\n")
    return lines or "\n".join(_QUOTED.findall(first))


def _decoded(url: str, field: str) -> bytes:
    head = _DATA_URI.match(url[:200])
    if head is None or not head[2]:
        raise InvalidRequest(field, "The data URI should begin with data:image/png;base64, or such")
    if not (head[1] or "").lower().startswith("image/"):
        raise InvalidRequest(field, f"The data URI holds {head[1] or 'text'}, not a picture")
    try:
        return b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(field, f"The data URI is not valid base64: {error}") from error


def _told(data: bytes, field: str) -> str:
    try:
        return _sentence(look(data))
    except NotAPicture as error:
        text = str(error)
        raise InvalidRequest(field, text[0].upper() + text[1:]) from error


def _sentence(sight: Sight) -> str:
    file = sight.file
    assert file is not None
    width, height = file.size
    parts = [file.form, f"{width} × {height} pixels", _colours(sight)]
    if file.description:
        parts.append(f"described in the file as “{file.description}”")
    elif sight.things:
        parts.append(f"shows {_things(sight)}")
    return ", ".join(parts)


def _things(sight: Sight) -> str:
    """What is seen, each kind of thing once for every place where it is."""
    kinds = Counter((thing.name, thing.colour, thing.where) for thing in sight.things)
    told = []
    for (name, colour, where), many in list(kinds.items())[:_MOST_THINGS]:
        told.append(f"{phrase(name, many, colour)} {where}")
    rest = len(kinds) - len(told)
    return listed([*told, f"{rest} more shapes"] if rest > 0 else told)


def _colours(sight: Sight) -> str:
    """The names of the commonest colours; transparent parts count as white."""
    names = Counter(dict(sight.colours))
    total = names.total()
    # Equally common ones in the order of their names.
    ranked = sorted(names.items(), key=lambda each: (-each[1], each[0]))
    common = [name for name, count in ranked[:4] if count >= total / 20]
    (first, count), rest = ranked[0], common[1:]
    if count >= total * 0.95:
        return f"{first} all over" if count == total else f"nearly all {first}"
    lead = f"mostly {first}" if count > total / 2 else first
    return f"{lead}, with some {listed(rest)}" if rest else lead
