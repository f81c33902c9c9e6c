"""What the simulated model will not do, so that a program's way with a refusal can be seen.

A few plain requests for help with a crime are known by their words. This keeps nobody safe; it is
here because a real model refuses, and in a place where many programs do not look.
"""

import re

from helpers.mock.simulated.texts import table

_KNOWN = table("refusals")
REFUSAL: str = _KNOWN["say"]
_CRIME = re.compile(rf"{_KNOWN['help']}[^.?!\n]{{0,80}}?\b(?:{'|'.join(_KNOWN['crimes'])})\b", re.I)
_DEFENCE = re.compile(rf"\b(?:{_KNOWN['defence']})", re.IGNORECASE)


def refuses(text: str) -> bool:
    """Whether a message asks for help with a crime, and not for help against one."""
    return bool(_CRIME.search(text)) and not _DEFENCE.search(text)
