"""Fill any JSON schema from a text: the arguments of a tool call, or a structured reply.

A value comes from the text where the text has one; else from the schema's default or enumeration;
else it is the plainest that is valid. The result is valid whenever the schema can be satisfied by
rules as simple as these, and nothing raises.
"""

# Word lists read better as text than as lists of quoted words.
# ruff: noqa: SIM905

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from helpers.mock.simulated import arithmetic, json_schema
from helpers.mock.simulated.entities import Mention, Text, split_sentences
from helpers.mock.simulated.json_schema import Schema, equal, fits
from helpers.mock.simulated.mentions import (
    FINDERS,
    LEADING_ARTICLE,
    LIST_SEPARATOR,
    MESSAGE_LEADS,
    TRAILING_PLACE,
    addresses_in,
    code_in,
    content_words,
    has_pair,
    in_role,
    judged_option,
    kind_of_name,
    mentioned_options,
    named_values,
    object_pieces,
    stands_beside,
    wants_iso,
    ways_to_write,
)
from helpers.mock.simulated.plain_values import (
    NOTHING,
    PLAIN,
    bound_of,
    clamp,
    fit_length,
    implied_type,
    new_names,
    plain_number,
    plain_string,
    schema_of,
    smallest_of,
    without_repeats,
)
from helpers.mock.simulated.slots import ASKED, FREE, Slot, read_slot, slot_of
from helpers.mock.simulated.vocabulary import (
    STOP_WORDS,
    UNITS,
    stem,
    stems,
)

Purpose = Literal["call", "reply"]
_DEEPEST = 12
_MOST_ITEMS = 500
_MOST_NAMES = 100
# Numbers that have a sensible value even when nobody gives one.
_COUNTS = frozenset(
    "limit count page max top n k num size offset timeout temperature results per quantity"
    " sides min number step depth".split()
)
_COMPUTED = stems("answer result total sum value solution")
_SURENESS = stems("confidence probability score certainty")
_NAMED = stems("team product book movie film artist band project model name")
_SWITCHES = stems("on power state enable active activate is")
# Words of a name that say that it is a yes or a no, and not of what.
_HELPERS = stems("is has include enable use should want get with need")
# Words that ask, and are no part of what is asked for.
_SCAFFOLD = frozenset(
    "please can could would will you i we want need like to me us for a an the some any of about on"
    " hey hi hello ok okay so now then and also just help let let's tell give show get find fetch"
    " look up search see check know what what's whats is are was were who who's where how when why"
    " which do does did much many there this that my our it its make create add set start do use"
    " using send write run call new into in at by with from up his her their be if called named"
    " titled saying says entitled off down should if open switch".split()
)
_TRAILING = frozenset(
    "please now today for me us thanks thank you right there is are mean means it does do like"
    " looks".split()
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A value for a schema, and the names of what it needs that only the user could have said."""

    value: Any
    missing: tuple[str, ...] = ()


def fill(
    schema: Schema,
    text: Text,
    *,
    backup: Text | None = None,
    purpose: Purpose = "call",
    hint: str = "",
    avoid: frozenset[str] = frozenset(),
    pins: dict[str, Mention] | None = None,
    reply: Callable[[], str] | None = None,
) -> Filled:
    """Fill a schema from a text, and from `backup` for what the text does not mention.

    `avoid` are stems of words that name the tool rather than a value, `pins` fixes what is found
    for a kind, and `reply` gives the text for properties that ask for an answer in words.
    """
    if not isinstance(schema, dict):
        schema = {}
    filler = _Filler(schema, text, backup, purpose, hint, avoid, pins or {}, reply)
    value, _ = filler.fill(schema, "", 0, required=True)
    if value is NOTHING or not fits(value, schema):
        value = _plain(schema, filler, value)
    return Filled(value, tuple(dict.fromkeys(filler.missing)))


def _plain(schema: Schema, filler: "_Filler", best: Any) -> Any:
    # What the text offers does not fit; try again without it, in a few ways.
    for salt in range(4):
        other = _Filler(schema, Text(""), None, "reply", "", frozenset(), {}, None)
        other.salt = salt
        value, _ = other.fill(schema, "", 0, required=True)
        if value is not NOTHING and fits(value, schema):
            return value
        if best is NOTHING:
            best = value
    return {} if best is NOTHING else best


class _Filler:
    """One filling: the texts, what has been used of them, and what was missing."""

    def __init__(
        self,
        root: Schema,
        text: Text,
        backup: Text | None,
        purpose: Purpose,
        hint: str,
        avoid: frozenset[str],
        pins: dict[str, Mention],
        reply: Callable[[], str] | None,
    ) -> None:
        self.root = root
        self.text = text
        self.texts = (text,) if backup is None or backup.raw == text.raw else (text, backup)
        self.purpose = purpose
        self.hint = hint
        self.avoid = avoid
        self.pins = pins
        self.reply = reply
        self.missing: list[str] = []
        self.claimed: list[Mention] = []
        self.salt = 0
        self.work = 0  # bounds what recursive and many-branched schemas can cost

    # Schemas

    def fill(
        self,
        schema: Any,
        name: str,
        depth: int,
        *,
        required: bool,
        siblings: frozenset[str] = frozenset(),
    ) -> tuple[Any, bool]:
        """A value, and whether the text supports it; `NOTHING` for an optional one without."""
        self.work += 1
        if schema is False:
            return NOTHING, False
        if not isinstance(schema, dict):
            schema = {}
        if "$ref" in schema:
            target = json_schema.resolve(schema["$ref"], self.root)
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            if depth > _DEEPEST or self.work > 2_000:
                target = None
            if not isinstance(target, dict):
                return self.fill(rest, name, depth + 1, required=required, siblings=siblings)
            merged = json_schema.merge(target, rest) if rest else target
            return self.fill(merged, name, depth + 1, required=required, siblings=siblings)
        if depth > _DEEPEST * 2 or self.work > 4_000:
            return (NOTHING, False) if not required else (smallest_of(schema), False)
        if "const" in schema:
            return schema["const"], False
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._fill_enum(schema, name, required)
        for keyword in ("allOf", "anyOf", "oneOf", "if"):
            if keyword in schema:
                return self._fill_combined(keyword, schema, name, depth, required, siblings)
        kinds = schema.get("type")
        if isinstance(kinds, list):
            options = [dict(schema, type=kind) for kind in kinds if isinstance(kind, str)]
            return self._fill_alternatives(options, name, depth, required, siblings)
        if not isinstance(kinds, str):
            kinds = implied_type(schema)
        match kinds:
            case "object":
                return self._fill_object(schema, name, depth, required)
            case "array":
                return self._fill_array(schema, name, depth, required)
            case "integer" | "number":
                return self._fill_number(schema, name, required, kinds == "integer")
            case "boolean":
                return self._fill_boolean(schema, name, required)
            case "null":
                return None, False
            case _:
                return self._fill_string(schema, name, required, siblings)

    def _fill_combined(
        self, keyword: str, schema: Schema, name: str, depth: int, required: bool,
        siblings: frozenset[str],
    ) -> tuple[Any, bool]:  # fmt: skip
        rest = {key: value for key, value in schema.items() if key != keyword}
        parts = schema[keyword]
        if keyword == "if":
            rest.pop("then", None)
            rest.pop("else", None)
            value, found = self.fill(rest, name, depth + 1, required=required, siblings=siblings)
            branch = schema.get("then" if fits(value, parts, self.root) else "else")
            if value is NOTHING or not isinstance(branch, dict) or fits(value, branch, self.root):
                return value, found
            merged = json_schema.merge(rest, branch)
            if branch is schema.get("then") and isinstance(parts, dict):
                merged = json_schema.merge(merged, parts)
            return self.fill(merged, name, depth + 1, required=required, siblings=siblings)
        options = (
            [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
        )
        if not options:
            return self.fill(rest, name, depth + 1, required=required, siblings=siblings)
        if keyword == "allOf":
            for part in options:
                rest = json_schema.merge(rest, self._resolved(part))
            # What could not be merged comes back as allOf; it has nothing to fill.
            rest.pop("allOf", None)
            return self.fill(rest, name, depth + 1, required=required, siblings=siblings)
        merged_options = [json_schema.merge(rest, self._resolved(part)) for part in options[:20]]
        value, found = self._fill_alternatives(merged_options, name, depth, required, siblings)
        return value, found

    def _resolved(self, schema: Schema) -> Schema:
        for _ in range(5):
            target = json_schema.resolve(schema.get("$ref"), self.root)
            if not isinstance(target, dict):
                break
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            schema = json_schema.merge(target, rest)
        return schema

    def _fill_alternatives(
        self, options: list[Schema], name: str, depth: int, required: bool, siblings: frozenset[str]
    ) -> tuple[Any, bool]:
        nullable = any(option.get("type") == "null" for option in options)
        others = [option for option in options if option.get("type") != "null"]
        if nullable and depth > _DEEPEST:
            return None, False
        fallback: Any = NOTHING
        missing = list(self.missing)
        for option in others:
            claimed = len(self.claimed)
            value, found = self.fill(
                option, name, depth + 1, required=required and not nullable, siblings=siblings
            )
            if value is not NOTHING and found and fits(value, option, self.root):
                self.missing = missing
                return value, True
            del self.claimed[claimed:]
            if fallback is NOTHING and value is not NOTHING and fits(value, option, self.root):
                fallback = value
        if nullable:
            self.missing = missing
            return (None, False) if required else (NOTHING, False)
        if fallback is NOTHING and others and required:
            fallback = smallest_of(others[0])
        return fallback, False

    # Scalars

    def _fill_enum(self, schema: Schema, name: str, required: bool) -> tuple[Any, bool]:
        rest = {key: value for key, value in schema.items() if key != "enum"}
        options = [each for each in schema["enum"] if fits(each, rest, self.root)] or schema["enum"]
        slot = slot_of(schema, name, self.hint)
        for text in self.texts:
            found = mentioned_options(options, slot, text)
            if found:
                mention, value = found[-1] if slot.role == "to" and len(found) > 1 else found[0]
                self.claimed.append(mention)
                return value, True
        if required and self.purpose == "reply":
            value = judged_option(options, self.text)
            if value is not NOTHING:
                return value, True
        if "default" in schema and any(equal(schema["default"], each) for each in options):
            return (schema["default"], False) if required else (NOTHING, False)
        if None in options:
            return (None, False) if required else (NOTHING, False)
        return (options[self.salt % len(options)], False) if required else (NOTHING, False)

    def _fill_boolean(self, schema: Schema, name: str, required: bool) -> tuple[Any, bool]:
        slot = slot_of(schema, name, self.hint)
        if slot.stems <= _SWITCHES:
            for text in self.texts:
                for word in text.words:
                    if word.lower in ("off", "disable", "deactivate", "on", "enable", "activate"):
                        return word.lower in ("on", "enable", "activate"), True
        asked = slot.stems - _HELPERS
        for text in self.texts:
            for index, word in enumerate(text.words):
                if stem(word.lower) in asked:
                    before = {each.lower for each in text.words[max(index - 3, 0) : index]}
                    denied = before & {
                        "no",
                        "not",
                        "without",
                        "don't",
                        "never",
                        "isn't",
                        "doesn't",
                        "non",
                    }
                    after = text.words[index + 1].lower if index + 1 < len(text.words) else ""
                    self.claimed.append(Mention(word.text, word.start, word.end))
                    return not denied and after not in ("off", "no", "false"), True
        if isinstance(schema.get("default"), bool):
            return (schema["default"], False) if required else (NOTHING, False)
        return (self.salt % 2 == 1, False) if required else (NOTHING, False)

    def _fill_number(
        self, schema: Schema, name: str, required: bool, whole: bool
    ) -> tuple[Any, bool]:
        slot = slot_of(schema, name, self.hint)
        if required and self.purpose == "reply" and slot.stems & _COMPUTED:
            for text in self.texts:
                for expression in text.expressions:
                    value = arithmetic.evaluate(expression.text)
                    if value is not None and fits(value, schema, self.root):
                        return value, True
        mention = self._number(slot, schema, whole, anywhere=required)
        if mention is not None:
            self._claim_number(mention, slot)
            number = clamp(mention.value, schema, whole)
            if fits(number, schema, self.root):
                return number, True
        if not required:
            return NOTHING, False
        default = schema.get("default")
        if default is not None and fits(default, schema, self.root):
            return default, False
        first = 0.5 if slot.stems & _SURENESS else 0
        if slot.stems & set(map(stem, _COUNTS)):
            first = 1
        elif name and self.purpose == "call":
            self.missing.append(name)
        return plain_number(schema, whole, first, self.salt), False

    def _claim_number(self, mention: Mention, slot: Slot) -> None:
        self.claimed.append(mention)
        after = next((word for word in self.text.words if word.start >= mention.end), None)
        if after is not None and stem(after.lower) in slot.beside:  # "4 people" belong together
            self.claimed.append(Mention(after.text, after.start, after.end))

    def _number(self, slot: Slot, schema: Schema, whole: bool, anywhere: bool) -> Mention | None:
        for text in self.texts:
            free = [each for each in text.numbers if each not in self.claimed]
            for mention in free:
                if stands_beside(mention, slot, text, self.avoid):
                    return mention
            if slot.stems & {"year"}:
                free = [each for each in free if 1000 <= float(each.value) <= 2200]
            digits = [each for each in free if each.text[-1:].isdigit() or each.text[:1].isdigit()]
            for mention in (digits or free) if anywhere else []:
                if not whole or float(mention.value).is_integer():
                    return mention
        return None

    def _fill_string(
        self, schema: Schema, name: str, required: bool, siblings: frozenset[str]
    ) -> tuple[Any, bool]:
        slot = slot_of(schema, name, self.hint)
        for candidate in self._strings(slot, schema, required, siblings):
            value = fit_length(candidate, schema)
            if value is not None and fits(value, schema, self.root):
                return value, True
        if not required:
            return NOTHING, False
        default = schema.get("default")
        if isinstance(default, str) and fits(default, schema, self.root):
            return default, False
        if slot.kind in ASKED and self.purpose == "call" and name:
            self.missing.append(name)
        examples = schema.get("examples")
        if isinstance(examples, list):
            for example in examples:
                if isinstance(example, str) and fits(example, schema, self.root):
                    return example, False
        return plain_string(schema, slot, self.salt, self.text), False

    def _strings(
        self, slot: Slot, schema: Schema, required: bool, siblings: frozenset[str]
    ) -> Iterator[str]:
        kind = slot.kind
        if kind == "name":
            kind = kind_of_name(schema, siblings, self.text)
        if slot.pattern is not None and kind not in ("place", "email", "url", "currency"):
            last = slot.words[-1]
            for text in self.texts:
                if last in text.lowers:
                    for match in slot.pattern.finditer(text.raw):
                        if kind not in FINDERS or kind == "person":
                            yield match.group(1).strip()
        if kind in ("generic", "id", "name") and slot.beside_name is not None:
            for text in self.texts:
                named = slot.beside_name.search(text.raw) if slot.words[-1] in text.lowers else None
                value = named["value"].rstrip(".:") if named else ""
                if (
                    value
                    and value.lower() not in STOP_WORDS
                    and stem(value.lower()) not in self.avoid
                ):
                    yield value
        if kind in FINDERS:
            mention = self._mention(kind, slot, siblings)
            if mention is not None:
                self.claimed.append(mention)
                yield from ways_to_write(mention, kind, slot, schema)
        if kind == "datetime":
            yield from self._datetimes(schema, slot)
        by_name = self.purpose == "call" and schema.get("format") not in ("email", "idn-email")
        if kind == "email" and by_name:  # "Send Bob an e-mail"; but no name is read as an address
            person = self._mention("person", slot, siblings)
            if person is not None:
                yield person.text
        if kind == "company" and self.text.names:
            yield self.text.names[-1].text
        if kind == "hostname" or kind == "url":
            for text in self.texts:
                for mention in text.domains:
                    yield f"https://{mention.text}" if kind == "url" else mention.text
        if kind == "address":
            yield from addresses_in(self.texts)
        if kind in ("phone", "id") and schema.get("format") != "uuid":
            for mention in self.text.numbers:
                if mention not in self.claimed and kind == "id":
                    yield mention.text
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            yield from self._matching_pieces(pattern)
        if kind == "title" and not required and self.text.quotes:
            yield self.text.quotes[0].text
        if kind in FREE and (required or kind in ("message", "subject")):
            yield from self._free(kind, slot, schema, required)
        if kind == "place" and required and self.purpose == "call":
            # "Bergen weather": what is left when the tool's own words are taken away.
            rest = self.focus()
            if rest and rest[:1].isupper() and len(rest) < 40 and not self.text.places:
                yield rest
        if kind in ("person", "company", "file", "ticker") and required and self.purpose == "call":
            rest = self.focus()
            if rest and len(rest.split()) <= 3 and rest[:1].isupper():
                yield rest.upper() if kind == "ticker" else rest

    def _mention(self, kind: str, slot: Slot, siblings: frozenset[str]) -> Mention | None:
        """The mention of a kind that suits a slot: the pinned one, or the one for its role."""
        if kind in self.pins and not (slot.role and has_pair(slot, siblings)):
            return self.pins[kind]
        find = FINDERS[kind]
        for text in self.texts:
            found = find(text)
            if not found:
                continue
            if slot.role is not None and has_pair(slot, siblings):
                chosen = in_role(found, slot.role, text, self.claimed, kind)
                if chosen is not None:
                    return chosen
                continue
            unused = [each for each in found if each not in self.claimed]
            if unused:
                return unused[0]
            if not any(slot.kind == read_slot(each, "", "").kind for each in siblings):
                return found[0]
        return None

    def _datetimes(self, schema: Schema, slot: Slot) -> Iterator[str]:
        for text in self.texts:
            if not text.dates and not text.times:
                continue
            dates = text.dates or [Mention("", -1, -1)]
            times = text.times or [Mention("", -1, -1)]
            day = dates[-1] if slot.role == "to" else dates[0]
            hour = times[-1] if slot.role == "to" else times[0]
            self.claimed += [day, hour]
            if wants_iso(schema, slot):
                yield f"{day.value or PLAIN['date']}T{hour.value or '00:00'}:00Z"
            yield " ".join(
                filter(None, (day.text, f"at {hour.text}" if day.text and hour.text else hour.text))
            )

    def _matching_pieces(self, pattern: str) -> Iterator[str]:
        for text in self.texts:
            for mention in (*text.ids, *text.quotes, *text.emails, *text.phones, *text.dates):
                yield mention.text
                yield str(mention.value)
            for word in text.words[:200]:
                yield word.text
                yield word.text.upper()
            compiled = json_schema.compile_pattern(pattern)
            if compiled is not None and not json_schema.is_risky(pattern):
                anchored = pattern.startswith("^") or pattern.endswith("$")
                for piece in re.findall(r"\S+", text.raw)[:200] if anchored else ():
                    yield piece.strip(".,;:!?()\"'")

    # Free text

    def _free(self, kind: str, slot: Slot, schema: Schema, required: bool) -> Iterator[str]:
        text = self.text
        if not text.raw.strip():
            return
        if self.purpose == "reply" and kind in ("answer", "reason", "message"):
            if kind == "reason":
                yield "Simulated offline: chosen by simple rules from the words of the message."
            elif self.reply is not None:
                yield self.reply()
        if kind == "payload" and self.hint in ("person", "email"):
            kind = "message"
        if kind == "code" or self.hint == "sql":
            yield from code_in(text.raw, self.hint == "sql")
        if kind == "message":
            if text.quotes and required:
                yield text.quotes[-1].text
            for pattern in MESSAGE_LEADS:
                lead = pattern.search(text.raw)
                if lead:
                    yield lead.group(1).strip(" .\"'“”")
            if not required:
                return
        if kind == "subject":
            about = re.search(
                r"\b(?:subject|about|regarding|re)\b:?\s+(.+?)(?:[.,;]|\s(?:saying|that|and)\s|$)",
                text.raw,
                re.IGNORECASE,
            )
            if about:
                yield about.group(1).strip(" \"'“”")
            if not required:
                return
            yield from (
                " ".join(body.split()[:6]) for body in self._free("message", slot, schema, True)
            )
        if kind == "title" and self.avoid & _PLANNED and not text.quotes:
            yield self._headline()
        if kind in ("title", "name"):
            called = re.search(
                r"\b(?:called|titled|named|entitled)\s+[\"'“]?([^\"'”,.;?!\n]+)", text.raw
            )
            if called:
                yield called.group(1).strip()
        if text.quotes and kind != "query":
            yield text.quotes[0].text
        if kind == "payload":
            yield from self._payloads()
        if kind == "summary":
            yield (split_sentences(text.raw) or [text.raw])[0]
        if self.purpose == "reply" and kind in ("name", "generic", "title"):
            if kind == "title":
                sentence = (split_sentences(text.raw) or [""])[0]
                yield " ".join(sentence.split()[:8]).rstrip(".,;:!?")
            elif kind == "name":
                # "to a science fair", "the recipe for lentil soup", "200 g flour"
                event = re.search(
                    r"\b(?:to|for|of) (?:a|an|the) ([a-z][\w -]*?)(?= on | at | in |[.,!?]|$)",
                    text.raw,
                )
                if event:
                    yield event.group(1)
                rest = self.focus(units=True)
                if rest and len(rest) < 60:
                    yield rest
            unclaimed = [name for name in text.names if name not in self.claimed]
            if unclaimed and slot.stems & _NAMED:
                yield unclaimed[0].text
            return
        rest = self.focus()
        if kind == "query":
            asks = re.match(r"\s*(?:who|what|when|where|why|how|which)\b", text.raw, re.IGNORECASE)
            plain = text.raw.strip().rstrip("?").strip()
            yield rest if rest and not asks and _is_search(slot, self.avoid) else plain
        if kind in ("title", "name", "generic"):
            # A name that no other property has taken: "a table at Chez Panisse".
            names = [name.text for name in text.names if not _taken(name, self.claimed)]
            if names and (kind != "generic" or len(names) == 1) and "event" not in slot.wants:
                yield names[-1]
        if rest:
            yield rest
        if kind in ("payload", "query", "message", "answer"):
            yield text.raw.strip()

    def _payloads(self) -> Iterator[str]:
        raw = self.text.raw
        for pattern in (
            r"\btranslate\s+(.+?)\s+(?:in)?to\s+[A-Z]\w+",
            r"\bsay\s+(.+?)\s+in\s+[A-Z]\w+",
            r":\s+(.+)$",
        ):
            match = re.search(pattern, raw, re.IGNORECASE | re.DOTALL)
            if match:
                yield match.group(1).strip(" \"'“”")

    def focus(self, units: bool = False) -> str:
        """What a request is about: without the words that ask, the tool's own and the claimed."""
        text = self.text
        words = text.words
        first, last = 0, len(words)
        claimed = {
            index
            for index, word in enumerate(words)
            for mention in self.claimed
            if mention.start <= word.start < mention.end
        }

        def is_noise(index: int, edge: frozenset[str]) -> bool:
            word = words[index]
            if index in claimed or word.lower in edge or stem(word.lower) in self.avoid:
                return True
            return units and (word.lower in UNITS or word.text.isdigit())

        while first < last and is_noise(first, _SCAFFOLD):
            first += 1
        while last > first and is_noise(last - 1, _TRAILING):
            last -= 1
            while last > first and (last in claimed or last - 1 in claimed) and (
                words[last - 1].lower in _SCAFFOLD or last - 1 in claimed
            ):  # fmt: skip
                last -= 1
        if first >= last:
            return ""
        return text.raw[words[first].start : words[last - 1].end].strip()

    def _headline(self) -> str:
        """The request as a title: without the verb that asks, and without when and where to."""
        raw = self.text.raw
        for mention in sorted((*self.text.dates, *self.text.times), key=lambda m: -m.start):
            raw = raw[: mention.start] + "\0" + raw[mention.end :]
        raw = re.sub(r"\s*\b(?:on|at|by|for|from|until|this|next|in)?\s?\0", "", raw)
        raw = _LISTED_IN.sub("", raw)
        raw = re.sub(r"\s+with (?:a )?\w+ priority\b", "", raw, flags=re.IGNORECASE)
        raw = _TITLE_VERBS.sub("", raw.strip(), count=1).strip(" .!?,\"'")
        return raw[:1].upper() + raw[1:] if len(raw) < 120 else ""

    # Objects

    def _fill_object(
        self, schema: Schema, name: str, depth: int, required: bool
    ) -> tuple[Any, bool]:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        needed = schema.get("required")
        needed = (
            [each for each in needed if isinstance(each, str)] if isinstance(needed, list) else []
        )
        siblings = frozenset(map(str, properties))
        values: dict[str, Any] = {}
        supported = False
        missing = list(self.missing)
        for each in sorted(properties, key=lambda key: _order(key, properties[key], self.hint)):
            sub = properties[each]
            value, found = self.fill(
                sub, each, depth + 1, required=each in needed, siblings=siblings - {each}
            )
            supported |= found
            if value is not NOTHING and (found or each in needed):
                values[each] = value
        if not supported and not required and depth > 0:
            self.missing = missing
            return NOTHING, False
        result = {each: values[each] for each in properties if each in values}
        for each in needed:
            if each not in result and len(result) < _MOST_ITEMS:
                value, _ = self.fill(
                    schema_of(each, schema), each, depth + 1, required=True, siblings=siblings
                )
                if value is not NOTHING:
                    result[each] = value
        if depth == 0 and self.purpose == "call" and not result and properties:
            self._fill_any(properties, siblings, result)
        supported |= self._fill_open(schema, result, depth, bool(properties))
        self._fill_dependencies(schema, result, depth)
        return result, supported or depth == 0

    def _fill_any(
        self, properties: Schema, siblings: frozenset[str], result: dict[str, Any]
    ) -> None:
        """Where nothing is required and nothing was found: the first text that can be free."""
        for each, sub in properties.items():
            if isinstance(sub, dict) and sub.get("type") == "string" and "enum" not in sub:
                slot = slot_of(sub, each, self.hint)
                if slot.kind in ("query", "payload", "message", "title", "name"):
                    missing = list(self.missing)
                    value, found = self.fill(sub, each, 1, required=True, siblings=siblings)
                    self.missing = missing
                    if found:
                        result[each] = value
                        return

    def _fill_open(
        self, schema: Schema, result: dict[str, Any], depth: int, declared: bool
    ) -> bool:
        """Properties that the schema allows without naming them."""
        extra = schema.get("additionalProperties", True)
        found = False
        if isinstance(extra, dict) and not declared and "patternProperties" not in schema:
            for key, piece in named_values(self.text, extra):
                value, _ = _Filler(
                    self.root, Text(piece), None, self.purpose, "", frozenset(), {}, None
                ).fill(extra, key, depth + 1, required=True)
                candidate = result | {key: value}
                if fits(value, extra, self.root) and fits(
                    key, schema.get("propertyNames"), self.root
                ):
                    result.update(candidate)
                    found = True
        least = schema.get("minProperties")
        if isinstance(least, int) and len(result) < least:
            properties = schema.get("properties")
            for each, sub in properties.items() if isinstance(properties, dict) else ():
                if each not in result and len(result) < least:
                    value, _ = self.fill(sub, each, depth + 1, required=True)
                    if value is not NOTHING:
                        result[each] = value
            for each in new_names(schema, min(least, _MOST_NAMES)):
                if len(result) >= least:
                    break
                if each not in result:
                    value, _ = self.fill(schema_of(each, schema), each, depth + 1, required=True)
                    if value is not NOTHING:
                        result[each] = value
        return found

    def _fill_dependencies(self, schema: Schema, result: dict[str, Any], depth: int) -> None:
        dependent = schema.get("dependentRequired")
        for _ in range(5):
            missing = [
                each
                for name, needed in (dependent.items() if isinstance(dependent, dict) else ())
                if name in result and isinstance(needed, list)
                for each in needed
                if isinstance(each, str) and each not in result
            ]
            for each in missing:
                value, _ = self.fill(schema_of(each, schema), each, depth + 1, required=True)
                if value is not NOTHING:
                    result[each] = value
            if not missing:
                break

    # Arrays

    def _fill_array(
        self, schema: Schema, name: str, depth: int, required: bool
    ) -> tuple[Any, bool]:
        items = schema.get("items", True)
        prefix = schema.get("prefixItems", items if isinstance(items, list) else None)
        if isinstance(items, list):
            items = schema.get("additionalItems", True)
        most = bound_of(schema.get("maxItems"), _MOST_ITEMS)
        least = min(bound_of(schema.get("minItems"), 0), _MOST_ITEMS)
        unique = schema.get("uniqueItems") is True
        values: list[Any] = []
        found = False
        missing = list(self.missing)
        if isinstance(prefix, list):
            for sub in prefix[:_MOST_ITEMS]:
                value, seen = self.fill(sub, name, depth + 1, required=True)
                found |= seen
                if value is NOTHING:
                    break
                values.append(value)
        elif isinstance(items, dict) and depth <= _DEEPEST:
            values = list(self._items(items, name, schema, depth))
            found = bool(values)
            if unique:
                values = without_repeats(values)
        self.missing = missing
        if not found and not required and not values:
            return NOTHING, False
        if (
            not found
            and isinstance(schema.get("default"), list)
            and fits(schema["default"], schema, self.root)
        ):
            return schema["default"], False
        if isinstance(items, dict) and not found and least == 0 and self.purpose == "call":
            slot = slot_of(items, name, self.hint)
            if name and slot.kind in ASKED and items.get("type") in ("string", "number", "integer"):
                self.missing.append(name)
        values = values[:most]
        values += self._contained(schema, values, name, depth)
        salt = self.salt
        for attempt in range(least * 3 + 10):
            if len(values) >= least or items is False:
                break
            self.salt = salt + (attempt if unique else 0)
            value, _ = self.fill(items, name, depth + 1, required=True)
            if value is NOTHING:
                break
            if not unique or not any(equal(value, each) for each in values):
                values.append(value)
        self.salt = salt
        self.missing = missing + [each for each in self.missing if each == name]
        return values, found

    def _contained(self, schema: Schema, values: list[Any], name: str, depth: int) -> list[Any]:
        rule = schema.get("contains")
        if rule is None:
            return []
        least = min(bound_of(schema.get("minContains"), 1), _MOST_ITEMS)
        items = schema.get("items")
        if isinstance(items, dict) and isinstance(rule, dict):
            rule = json_schema.merge(items, rule)
        added: list[Any] = []
        count = sum(fits(value, rule, self.root) for value in values)
        salt = self.salt
        for attempt in range(least * 3):
            if count + len(added) >= least:
                break
            self.salt = salt + attempt
            value, _ = self.fill(rule, name, depth + 1, required=True)
            if value is NOTHING:
                break
            if schema.get("uniqueItems") is not True or not any(
                equal(value, each) for each in [*values, *added]
            ):
                added.append(value)
        self.salt = salt
        return added

    def _items(self, items: Schema, name: str, schema: Schema, depth: int) -> Iterator[Any]:
        """The values that the text has for the items of an array."""
        items = self._resolved(items)
        text = self.text
        for candidate in self._item_values(items, name, schema, text, depth):
            value = candidate
            if isinstance(candidate, str) and items.get("type") in ("string", None):
                fitted = fit_length(candidate, items)
                value = candidate if fitted is None else fitted
            if fits(value, items, self.root):
                yield value

    def _item_values(
        self, items: Schema, name: str, schema: Schema, text: Text, depth: int
    ) -> Iterable[Any]:
        if not text.raw.strip():
            return ()
        description = str(schema.get("description", ""))
        if isinstance(items.get("enum"), list):
            return [
                value for _, value in mentioned_options(items["enum"], slot_of(items, name), text)
            ]
        kind = items.get("type")
        if kind in ("number", "integer"):
            numbers = [each.value for each in text.numbers if each not in self.claimed]
            return [int(n) if kind == "integer" and float(n).is_integer() else n for n in numbers]
        if kind == "object" or "properties" in items:
            pieces = object_pieces(items, name, text)
            filled = []
            for piece in pieces[:200]:
                sub = _Filler(
                    self.root,
                    Text(piece),
                    None,
                    self.purpose,
                    self.hint,
                    self.avoid,
                    {},
                    self.reply,
                )
                sub.work = self.work + 20
                value, found = sub.fill(items, name, depth + 2, required=True)
                self.work = max(self.work, sub.work)
                if value is not NOTHING and (found or len(pieces) == 1):
                    filled.append(value)
            return filled
        if kind not in ("string", None):
            return ()
        form = items.get("format")
        slot = read_slot(name, description, form if isinstance(form, str) else "", self.hint)
        if slot.kind in FINDERS:
            mentions = FINDERS[slot.kind](text)
            if not mentions and slot.kind == "email":
                mentions = text.people
            if not mentions and len(self.texts) > 1:
                mentions = FINDERS[slot.kind](self.texts[1])
            self.claimed += mentions
            return without_repeats(
                [next(ways_to_write(each, slot.kind, slot, items), each.text) for each in mentions]
            )
        if slot.kind == "sentences":
            return [sentence for sentence in text.sentences if not sentence.endswith(":")]
        if len(text.quotes) > 1:
            return [each.text for each in text.quotes]
        if slot.words and slot.words[-1] in text.lowers:
            after = re.search(
                rf"\b{re.escape(slot.words[-1])}:?\s+(?:are |is |of )?"
                r"([^.;:\n]{2,200}?)(?=\s(?:in|on|for|to|at|from)\s|[.;\n]|$)",
                text.raw,
                re.IGNORECASE,
            )
            if after:
                return [each for each in LIST_SEPARATOR.split(after.group(1).strip(" \"'")) if each]
        if slot.kind == "keywords" and not set(slot.words) & text.lowers:
            return content_words(text)[:5]
        if text.listed:
            return [TRAILING_PLACE.sub("", LEADING_ARTICLE.sub("", item)) for item in text.listed]
        if slot.kind == "name" and text.people:
            return [each.text for each in text.people]
        if text.quotes:
            return [each.text for each in text.quotes]
        for match in slot.pattern.finditer(text.raw) if slot.pattern else ():
            return [match.group(1).strip()]
        rest = self.focus() if self.purpose == "call" else ""
        return [rest] if rest else ()


def _order(name: str, schema: Any, hint: str) -> int:
    """What is plainest to find is looked for first, so that free text can do without it."""
    if not isinstance(schema, dict):
        return 2
    if "enum" in schema or "const" in schema:
        return 1
    kinds = schema.get("type")
    if kinds in ("object", "array"):
        return 3
    if kinds in ("boolean", "null"):
        return 1
    slot = slot_of(schema, name, hint)
    if kinds in ("number", "integer"):
        return 1
    return 4 if slot.kind in FREE else 0


_TITLE_VERBS = re.compile(
    r"(?:(?:please|can you|could you|i (?:want|need) (?:you )?to|schedule|create|add"
    r"|put|set(?: up)?"
    r"|book|make|plan|arrange|remind me(?: to| about)?|new|an?|the|task|to-?do|event|reminder|item"
    r"|calendar|entry|appointment for|to|for|called|that i (?:have|need) to)\b[\s:]*)+",
    re.IGNORECASE,
)
_LISTED_IN = re.compile(
    r"\s+(?:in|to|on|into) (?:my|the|our) (?:\w+[ -])?"
    r"(?:calendar|list|tasks?|agenda|diary|schedule)\b",
    re.IGNORECASE,
)
# Tools for what is planned have titles that describe it; those of other things are names.
_PLANNED = stems("event calendar meeting task remind reminder todo appointment alarm note schedule")


def _taken(mention: Mention, claimed: list[Mention]) -> bool:
    return any(each.start <= mention.start < each.end for each in claimed)


_TOPICS = stems("topic term keyword")
_SEARCHES = stems("search find lookup google wikipedia query retrieve news")


def _is_search(slot: Slot, avoid: frozenset[str]) -> bool:
    return bool(avoid & _SEARCHES or slot.stems & _TOPICS)
