"""What the simulated model will not do, so that a program's way with a refusal can be seen.

A few plain requests for help with a crime are known by their words. This keeps nobody safe; it is
here because a real model refuses, and in a place where many programs do not look.
"""

import re

REFUSAL = "I'm sorry, but I can't help with that."

_HELP = r"\b(?:how (?:do|can|could|would|should|to)|instructions|steps?|guide|tutorial|recipe|plan"
_HELP += r"|teach|explain|show|tell|help|write|give|make|create|generate)\b"
_CRIME = re.compile(
    rf"{_HELP}[^.?!\n]{{0,80}}?\b(?:"
    r"(?:build|make|making|building|assemble|assembling) (?:an? )?(?:\w+ )?(?:bomb|explosives?)"
    r"|(?:break|breaking|burgl\w+) in(?:to)? (?:[\w'’]+ ){0,3}(?:house|home|flat|car|account)"
    r"|(?:pick|picking) (?:\w+ ){0,3}(?:neighbou?r|stranger)\w*(?:'s|’s)? (?:\w+ )?lock"
    r"|phishing (?:e-?mail|message|page|text)|ransomware|malware|computer virus|keylogger"
    r"|(?:steal|stealing) (?:\w+ ){0,3}(?:car|money|passwords?|identity|credit cards?)"
    r"|(?:forge|forging|counterfeit\w*) (?:\w+ ){0,2}(?:money|notes?|passports?|documents?)"
    r"|(?:poison|kill|murder)(?:ing)? (?:some(?:one|body)"
    r"|(?:my|his|her|our|their) (?:boss|wife|husband|neighbou?r|friend|teacher|brother|sister))\b"
    r"|(?:make|cook|making|cooking) (?:crystal )?meth\b)",
    re.IGNORECASE,
)
_DEFENCE = re.compile(
    r"\b(?:recogni[sz]e|detect|avoid|prevent|protect|report|spot|against|defend|remove|train)",
    re.IGNORECASE,
)


def refuses(text: str) -> bool:
    """Whether a message asks for help with a crime, and not for help against one."""
    return bool(_CRIME.search(text)) and not _DEFENCE.search(text)
