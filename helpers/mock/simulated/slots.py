"""What a property of a schema is for: read from its name, its description and its format."""

# Word lists read better as text than as lists of quoted words.
# ruff: noqa: SIM905

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from helpers.mock.simulated.vocabulary import DOMAIN_OF_TOOL_WORD, stem

Role = Literal["from", "to"] | None

# kind: words of a name that mean it. A later word of a name counts before an earlier one.
_KINDS = """
place: location locations city cities place places town country countries region destination origin venue area where locality hometown departure arrival airport coordinates birthplace residence island state province pickup dropoff
timezone: timezone timezones tz
date: date dates day deadline due birthday birthdate dob checkin checkout when
datetime: datetime timestamp
time: time times hour clock
person: person people recipient recipients contact customer attendee attendees participant participants employee friend friends guest who assignee patient candidate speaker sender username user member members student passenger
email: email emails mail mails e_mail
url: url urls link uri website webpage image images photo picture href homepage image_url
file: file files filename path filepath document directory folder
phone: phone telephone mobile cell fax
id: id ids identifier uuid reference sku isbn number_plate tracking
ip: ip ipv4
hostname: hostname host domain
ticker: ticker tickers symbol symbols stock stocks
company: company companies organization organisation employer brand business
currency: currency currencies
language: language languages lang locale
expression: expression formula equation calculation
color: color colour colors colours
address: address street
message: message body content note notes comment announcement
subject: subject
title: title headline event track song album book movie film summary_title label
summary: summary abstract overview tldr
query: query question search q prompt keyword keywords_query term request topic about ask
payload: text sentence phrase input passage paragraph string document_text
code: code snippet script sql
answer: answer response reply final_answer output result solution
reason: reasoning explanation rationale justification reason thought thoughts chain_of_thought
keywords: keywords tags tag topics labels
sentences: steps instructions sentences lines facts points key_points bullets
unit: unit units uom
sort: genre genres cuisine cuisines style
channel: channel channels
maker: artist author singer band director creator writer composer
name: name names nickname
"""  # noqa: E501
_KIND_OF: dict[str, str] = {}
for _line in _KINDS.strip().splitlines():
    _kind, _words = _line.split(": ")
    for _word in _words.split():
        _KIND_OF.setdefault(_word, _kind)

_FORMATS = {
    "date": "date", "date-time": "datetime", "time": "time", "email": "email",
    "idn-email": "email", "uri": "url", "url": "url", "iri": "url", "uri-reference": "url",
    "uuid": "id", "ipv4": "ip", "hostname": "hostname", "idn-hostname": "hostname",
    "color": "color", "phone": "phone",
}  # fmt: skip
# Only the user can know these; a model that is not given one asks.
ASKED: frozenset[str] = frozenset(
    "place timezone date datetime time person email url file phone id ip hostname ticker company"
    " currency language expression color address number name message payload code generic"
    " title unit sort channel maker".split()
)
FREE: frozenset[str] = frozenset(
    "message subject title summary query payload code answer reason generic name".split()
)
_FROM = frozenset(
    "from origin source src start begin departure base sender first min checkin pickup".split()
)
_TO = frozenset(
    "to destination target dest dst end finish arrival quote recipient return max into dropoff"
    " checkout".split()
)
_BARE_ROLES = frozenset(
    "from to source target src dst base quote origin destination start end".split()
)
_EXAMPLES = re.compile(
    r"\(?\b(?:e\.\s?g\.?|eg\.|i\.e\.|for example|for instance|such as|examples?:|like ['\"“])"
    r".*?(?:\)|(?<=['\"”])\.?(?=\s|$)|[.;]\s|$)",
    re.IGNORECASE | re.DOTALL,
)
_EXAMPLE_PAIR = re.compile(r"[A-ZÀ-Ý][\w .'-]{0,60}, ?(?P<tail>[A-ZÀ-Ý][\w.'-]*)")
_SPLIT = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Words that stand beside a number when it belongs to a property of this name.
_BESIDE = {
    "age": "year old aged", "guest": "people person guest adult", "party": "people person guest of",
    "people": "person adult guest", "person": "people",
    "passenger": "people person adult passenger",
    "adult": "people person", "amount": "", "price": "", "limit": "first top most result item",
    "count": "first top time item", "num": "first top result item",
    "quantity": "item unit piece of",
    "top": "first best", "duration": "minute hour day second long", "minute": "min", "hour": "h",
    "kilometer": "km", "distance": "km mile kilometer meter", "temperature": "degree",
    "percent": "percent", "rating": "star", "star": "star", "weight": "kg kilo gram pound lb",
    "height": "cm tall meter feet", "width": "px pixel",
    "serving": "people person portion", "night": "night", "max": "most under below up maximum",
    "min": "least over above minimum", "year": "year", "length": "word character long",
    "word": "word", "side": "sided", "sid": "sided", "participant": "people person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What a property is for.

    `kind` is what to look for, `role` which of two ("from" or "to"), `stems` the words of its
    name, `beside` those that stand beside its number, `style` how a place is written, `wants` the
    words of its description, `pattern` and `beside_name` how a text may name it with its value.
    """

    kind: str
    role: Role
    words: tuple[str, ...]
    stems: frozenset[str]
    beside: frozenset[str]
    style: Literal["plain", "country", "state"]
    wants: frozenset[str]
    pattern: re.Pattern[str] | None
    beside_name: re.Pattern[str] | None


def name_words(name: str) -> list[str]:
    """The words of an identifier in snake, kebab or camel case, in lower case."""
    return [word.lower() for word in _SPLIT.findall(_CAMEL.sub(" ", name))]


def without_examples(description: str) -> str:
    """A description without its examples, whose words are not what the property is about."""
    if "e" not in description:
        return description
    return _EXAMPLES.sub(" ", description)


def hint_of(words: list[str]) -> str:
    """What "from" and "to" mean for a tool with these words in its name and description."""
    kinds = {"currency": "currency", "translation": "language", "flight": "place",
             "route": "place", "email": "email", "message": "person", "unit": "unit",
             "delivery": "place", "clock": "timezone"}  # fmt: skip
    if "sql" in words:
        return "sql"
    for word in words:
        kind = kinds.get(DOMAIN_OF_TOOL_WORD.get(stem(word), ""))
        if kind:
            return kind
    return ""


@lru_cache(maxsize=4096)
def read_slot(name: str, description: str, form: str, hint: str = "") -> Slot:
    """What the property of this name, description and format is for."""
    words = name_words(name)
    plain = without_examples(description).lower()
    described = [word for word in _SPLIT.findall(plain) if len(word) > 1]
    role: Role = None
    if "".join(words) in ("checkin", "checkout", "pickup", "dropoff"):
        words = ["".join(words)]
    if _FROM & set(words):
        role = "from"
    elif _TO & set(words):
        role = "to"
    kind = _FORMATS.get(form) or _kind_of(words, described, hint)
    stems = frozenset(map(stem, words))
    beside = set(stems)
    for word in stems:
        beside.update(map(stem, _BESIDE.get(word, "").split()))
    style: Literal["plain", "country", "state"] = "plain"
    if kind == "place":
        style = _place_style(words, description, plain)
    pattern = beside_name = None
    if words:
        label = r"[ _-]".join(map(re.escape, words))
        pattern = re.compile(
            rf"(?<!\w){label}\b[\"']?(?:\s*[:=]\s*|\s+(?:is|are|as|called|named|set to|should be"
            rf"|will be|was)\s+(?:an? |the )?)[\"“']?([^\"”\n,;]{{1,200}}?)"
            r"[\"”']?(?=\s*(?:[,;\n]|[.!?](?:\s|$)|\s(?:and|but|with|who|which)\s|$))",
            re.IGNORECASE,
        )
        beside_name = re.compile(
            rf"\b{label}s?\s+[\"'“]?(?P<value>[\w@#][\w@#/.:+-]*)", re.IGNORECASE
        )
    wants = frozenset(described)
    return Slot(
        kind, role, tuple(words), stems, frozenset(beside), style, wants, pattern, beside_name
    )


def slot_of(schema: dict[str, Any], name: str, hint: str = "") -> Slot:
    """What the property of this name and schema is for."""
    description, form = schema.get("description"), schema.get("format")
    return read_slot(
        name,
        description if isinstance(description, str) else "",
        form if isinstance(form, str) else "",
        hint,
    )


def _kind_of(words: list[str], described: list[str], hint: str) -> str:
    if len(words) == 1 and words[0] in _BARE_ROLES:
        if "email" in described and hint not in ("currency", "language"):
            return "email"
        for word in described:
            kind = _KIND_OF.get(word)
            if kind in ("place", "currency", "language", "email", "person", "timezone", "date"):
                return kind
        return (hint if hint != "sql" else "") or (
            "place" if words[0] in ("origin", "destination") else "generic"
        )
    if words and words[-1] in ("id", "ids", "uuid"):
        return "id"
    if words and words[-1] in ("format", "type", "mode", "category", "level"):
        return "generic"
    for word in reversed(words):
        kind = _KIND_OF.get(word)
        if kind == "name" and len(words) > 1:
            before = _KIND_OF.get(words[words.index(word) - 1])
            return before if before in ("place", "person", "file", "company", "language") else (
                "person" if words[0] in ("first", "last", "full", "given", "family") else "name"
            )  # fmt: skip
        if kind == "code" and len(words) > 1:
            continue
        if kind == "address" and "email" in words:
            return "email"
        if kind == "address" and "ip" in words:
            return "ip"
        if kind is not None:
            return kind
    if any(len(word) > 2 for word in words) and not set(words) & {"value", "param", "arg", "data"}:
        return "generic"
    for word in described:
        kind = _KIND_OF.get(word)
        if kind is not None and kind not in ("name", "date", "answer"):
            return kind
    return "generic"


def _place_style(
    words: list[str], description: str, plain: str
) -> Literal["plain", "country", "state"]:
    parts = {"city", "country", "state"} & set(words)
    if parts and "location" not in words and not re.search(r"city and|, ", description):
        return "plain"  # a property of its own for each part wants that part only
    if "state" in plain and "country" not in plain:
        return "state"
    if "country" in plain:
        return "country"
    pair = _EXAMPLE_PAIR.search(description)
    if pair is None:
        return "plain"
    return "state" if len(pair["tail"]) == 2 and pair["tail"].isupper() else "country"
