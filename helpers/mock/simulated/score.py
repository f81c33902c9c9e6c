"""Score: how well each span serves each property.

All pairs are scored by the same evidence: the kind of the span, the word before it, the property's
own words beside it, the role ("from", "to"), the unit.
"""

import re
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from helpers.mock.simulated import knowledge
from helpers.mock.simulated.candidates import FOUND, LEAST, REMINDERS, TOTALS, Candidates, Pair
from helpers.mock.simulated.days import ORDINALS
from helpers.mock.simulated.find import Span
from helpers.mock.simulated.knowledge import BREAKS, DENIAL, DETERMINERS, STOP, WANTS, stems
from helpers.mock.simulated.layout import listed
from helpers.mock.simulated.texts import asks, name_words, patterns, stem, stem_set, word_set
from helpers.mock.simulated.want import FREE, NAMED, ROLES, Want

_ACCEPTS: dict[str, dict[str, float]] = WANTS["accepts"]
_CUES = {kind: frozenset(words.split()) for kind, words in WANTS["before"].items()}
_ROLE_CUES = {role: frozenset(words.split()) for role, words in WANTS["roles"]["before"].items()}
_KINDS = {name: frozenset(kinds.split()) for name, kinds in WANTS["of_kinds"].items()}
_OTHER = {"from": "to", "to": "from", "first": "second", "second": "first"}
_EXCLUDES, _SHUNS = (stem_set("wants", "excludes", each) for each in ("names", "shuns"))
_DENIES = word_set("wants", "excludes", "before")
SURENESS = stem_set("wants", "unspoken", "sureness")
_AMOUNTS = knowledge.NUMBER_WORDS.keys() | knowledge.UNITS.keys()
_COUNTS, _OTHERS = (stem_set("wants", "counts", each) for each in ("names", "others"))
_SINGLY = word_set("wants", "counts", "singly")
_VAGUELY = word_set("wants", "counts", "vague") | knowledge.NUMBER_WORDS.keys()
_TITLES = stems("title task todo item name description")
_LETTERS = re.compile(r"[^\W\d_]+")
_LINKS = word_set("wants", "generic", "links")
_SHARED = word_set("wants", "of_kinds", "ways") | {"expression"}
# "Ada, 34, is here", "Bo, who is 34"
_ASIDE = re.compile(r"[,(]\s?\d+[,.)]$|\bis \d+(?:[,.:)]|$)")
_ANSWERED, _FORBIDS, _GRANTED, _EACH, _FORMER = (
    patterns("requests")[each] for each in ("answered", "forbids", "granted", "each", "former")
)
_PARTS = {"hour": ("time", 0), "minute": ("time", 1), "month": ("date", 1), "day": ("date", 2)}
_PLURAL = patterns("json")["plural"]
_MEASURED = frozenset(("length", "area", "mass", "volume", "temperature", "speed", "share"))
_ARTICLES = {"a": 1, "an": 1, "no": 0} | ORDINALS
_LABEL = 4
_ON, _OFF = (stem_set("wants", "switches", side) for side in ("on", "off"))
_SWITCHES = word_set("wants", "switches", "names") | word_set("wants", "switches", "helping")
_SIDES: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
"""By a word of a property: what makes a yes of it, and what a no."""
for _line in WANTS["booleans"]["sides"]:
    _yes, _no = map(stems, _line.split("|"))
    _SIDES |= dict.fromkeys(_no, (_no, _yes)) | dict.fromkeys(_yes, (_yes, _no))


class Scorer(Candidates):
    """How well the spans of a part of a text serve the properties of one thing."""

    def pairs(self, want: Want) -> list[Pair]:
        """What could serve a property, the best first."""
        if id(want) not in self.known:
            self.known[id(want)] = sorted(self._pairs(want), key=lambda p: (-p.score, p.span.start))
        return self.known[id(want)]

    def _pairs(self, want: Want) -> list[Pair]:
        if want.options and ((found := self._options(want)) or not want.soft):
            return found
        if want.type == "boolean":
            return self._boolean(want)
        if found := self._as_written(want):
            return found
        if want.type == "string":
            found = self._texts(want)
        else:
            found = [pair for span in self.spans("number") for pair in self._number(want, span)]
            found += self._by_article(want) if want.type == "integer" else []
            kind, nth = _PARTS.get(want.name, ("", 0))
            points = ((s, re.findall(r"\d+", s.value)[nth]) for s in self.spans(kind))
            found += [Pair(0.9, want, replace(s, end=s.start), int(part)) for s, part in points]
        # Of a text that may be null, or whose name tells nothing, a guess is worse than none.
        loose = want.required or (self.reply and want.type != "string")
        least = LEAST if loose else 0.72
        if want.many and want.type == "string":
            # Of a list, one that is sure vouches for the others; of what could be anything, none.
            least = min(least, 0.25)
            coded = want.kinds.get("code", 0.0) > LEAST  # and a number may be one
            found = [p for p in found if coded or p.span.kind != "number"]
            found = [p for p in found if p.span.kind in _KINDS["signed"]] or found
            if sort := want.stems & stem_set("wants", "sorts"):  # "Which are fruits: fig, leek?"
                last = (stem(p.span.text.lower().rpartition(" ")[2]) for p in found)
                of = [*map(knowledge.SORTS.get, last)]
                found = [p for p, own in zip(found, of, strict=True) if not own or own & sort]
        bare = 0.2 * (self.reply and not want.many and want.kinds.items() >= FREE.items())
        vague = {"phrase": bare} if want.required or want.many else {"phrase": 0.3, "rest": 0.2}
        return [p for p in found if p.score >= least + vague.get(p.span.kind, 0.0)]

    def _as_written(self, want: Want) -> list[Pair]:
        """What a text has as it is: a list, lines of its own, what stands after a name and ":"."""
        held = str if want.type == "string" else int | float
        found = [
            Pair(1.2 + 0.4 * self._beside(want, s, self.text.before(s)), want, s, s.value)
            for s in (self.spans("literal") if want.many else ())
            if isinstance(s.value, list) and all(isinstance(each, held) for each in s.value)
        ]
        if found or want.type != "string":
            return found
        if want.stems & stem_set("wants", "handed", "names") and not self.reply:
            found = [Pair(1.8, want, span, span.text) for span in self.spans("block")]
        if want.stems & _TITLES:  # of "three tasks: ..." each is one
            found += [Pair(1.6, want, s) for s in self.spans("item") if s.code in self.tool]
        for span in self.spans("labelled") if not found else ():
            label = [stem(word) for word in name_words(span.value.partition(" of ")[0])]
            takes = want.many or not _KINDS["labelled"].isdisjoint(want.kinds)
            titled = self.text.raw[: span.start].rstrip(" :").rpartition(" ")[2][:1].isupper()
            other = titled and label[1:] and label[-1] not in want.beside  # "Hotel Alpenrose: ..."
            items = listed(span.text, people="person" in want.kinds)
            if takes and not other and len(label) < _LABEL and not want.beside.isdisjoint(label):
                return [Pair(1.6, want, span, items if want.many else span.text.strip("'\""))]
            kinds = {kind for word in label for kind in NAMED.get(word, ())} or {"thing"}
            first = DETERMINERS.isdisjoint(span.text.split()[:1])
            holds = first if "clause" in want.kinds else "thing" in kinds & want.kinds.keys()
            # "Pesto: basil, oil and cheese", but no "Address: Elm Road, Leeds"
            opens = items[1:] and self.text.raw.lower().startswith(f"{span.value}:")
            if self.reply and want.many and opens and holds and self.named.isdisjoint(label):
                found.append(Pair(1.0, want, span, items))
        if want.many and "clause" in want.kinds and not found:
            found = [Pair(1.0, want, span, listed(span.text)) for span in self.spans("chores")]
        if want.stems & _TITLES and not found:  # "Add a task for Bo: water the ferns"
            orders = (span for span in self._told() if asks(span.text))
            found = [Pair(1.0, want, s) for s in orders if self.text.raw[s.start - 2] == ":"]
        return found

    # Strings

    def _texts(self, want: Want) -> list[Pair]:
        best: dict[tuple[int, int], Pair] = {}
        kinds = want.kinds
        if self.tool & REMINDERS and want.stems & _TITLES:
            kinds = kinds | {"message": 0.9}
        # "Allergic to nuts" says what else "no nuts" says.
        excludes = bool(want.stems & _EXCLUDES) and _SHUNS.isdisjoint(self.text.stems)
        # "Lyon, France", where the country has a property of its own
        own = [s for k in ("country", "state") if stem(k) in self.named for s in self.text.spans(k)]
        for kind, weight in kinds.items():
            for accepted, worth in _ACCEPTS.get(kind, {}).items():
                for span in self._candidates(accepted, kind, want):
                    # "without onions": a thing may be named only to say that it is not meant.
                    said = self.text.before(span, 5)  # "no nuts or eggs"
                    denied = not _DENIES.isdisjoint(said[-5 if said[-1:] == ["or"] else -2 :])
                    apart = span.kind == "region" and any(map(span.meets, own))
                    if apart or (denied and span.kind in _KINDS["deniable"]) is not excludes:
                        continue
                    score = weight * worth + self._evidence(want, span, kind) + 0.6 * excludes
                    place = (span.start, span.end)
                    if place not in best or best[place].score < score:
                        best[place] = Pair(score, want, span)
        if want.required and not best and _KINDS["sure"].isdisjoint(kinds):
            return [Pair(0.5, want, span) for span in self.spans("quote")]
        return list(best.values())

    def _evidence(self, want: Want, span: Span, kind: str) -> float:
        """What stands around a span for or against that it serves."""
        before = self.text.before(span, 4)
        last = before[-1] if before else ""
        is_phrase, places, low = span.kind == "phrase", kind == "place", span.text.islower()
        # "at work", "in the evening"
        idle = before[-2:] == ["in", "the"] or stem(span.text.lower()) in knowledge.VERBS
        # What a sentence begins with may be what it is about.
        # Brackets have who made it, or how well: "The Mill (Ada Moss)", "Greek (basic)".
        tells = kind == "person" or want.kinds == FREE
        named = want.stems & _TITLES or want.kinds.get("thing") == 1
        opens = self.reply and want.required and not before and self.text.raw[span.end :][:1] != ":"
        score = 0.1 * (is_phrase and last in DETERMINERS)
        if last in DETERMINERS and len(before) > 1:
            last = before[-2]
        loose = span.kind in ("phrase", "name") and kind not in _KINDS["doers"]
        near = {stem(word) for word in (last, *self.text.after(span, 1))}
        longer = (s.end > span.end for s in self.spans("name") if s.start == span.start)
        goes_on = self.reply and span.kind == "name" and not span.text[-1].isdigit()
        goes_on &= self.text.code == "en" and not _KINDS["whole"].isdisjoint(want.kinds)
        wider = (s.end > span.end for s in self.spans("phrase") if s.start == span.start)
        if self._beside(want, span, before):
            own = {*map(stem, before)} & want.stems - knowledge.STOP_STEMS  # "Next visit: "
            score += (0.5 if span.kind in ("date", "time") else 0.4) + 0.3 * (len(own) > 1)
        elif want.sole and is_phrase and self.tool & (near | self._near(before)):
            score += 0.5  # "lentil recipes", "a recipe for lentils"
        elif self._near(before) & self.named - want.stems - knowledge.STOP_STEMS:
            score -= 0.3
        elif loose and self.tool & near:
            score += 0.25
        within = self.reply and (kind, last) == ("name", "in")  # says where, and not who
        signs = (
            (0.2, last in _CUES.get(kind, ()) and not within),
            (0.2, opens and kind in _KINDS["subjects"] and "job" not in want.kinds),
            # "Ada Moss painted The Mill"
            (0.25, opens and kind == "person" and "by" not in self.text.after(span, 4)),
            (-0.6, last == "by" and _KINDS["doers"].isdisjoint((*want.words, *want.kinds))),
            # "What has Ada painted?", "Ada needs a taxi"
            (0.4, kind == "person" and last in _CUES["doer"] and _CUES["asked"] & {*before}),
            (0.5, not before and _CUES["needy"] & near),
            # "Emma by Jane Austen"
            (-0.1, self.reply and kind == "country" and span.kind == "name"),
            (-0.4 if "person" in want.kinds else 0.2, last in word_set("words", "makes")),
            (-0.3 if named else 0.3 * tells, self.text.raw.startswith("(", span.start - 1)),
            # "8001 Zurich"
            (0.25, places and any(0 < span.start - s.end < 3 for s in self.spans("postcode"))),
            # "born in 1957 in Tartu"
            (0.4, self.reply and (places or not is_phrase) and want.beside & {*map(stem, before)}),
            (-0.4, is_phrase and places and (idle or last not in _CUES["place"])),
            (0.25, is_phrase and not places and (last.isdigit() or last in _AMOUNTS)),
            (-0.7, self._is_of_another_kind(want, span)),
            # "a team lunch at Cafe Nord", "Our oak table is in the shop"
            (-0.4, span.kind == "name" and "occasion" in want.kinds and last in _CUES["where"]),
            (-0.4, self.reply and is_phrase and "thing" in want.kinds and last in _CUES["beside"]),
            # "Riverside Hall"
            (-0.3, places and "name" in want.kinds and any(longer)),
            (-0.3, goes_on and any(wider)),  # "Onion soup"
            # "Bought these boots in May", "This scarf is made of silk"
            (0.3, self.reply and named and low and knowledge.is_verbal(last.rstrip("y"))),
            (0.4 if kind == "material" else -0.4, self.reply and before[-2:] == ["made", "of"]),
        )
        score += sum(weight for weight, holds in signs if holds)
        # "to spend a day" is no place as "to the hall" may be.
        sure = 0.5 if is_phrase and places and DETERMINERS.isdisjoint(before[-1:]) else 1.0
        return score + (sure * self._at_end(want, span, kind, before) if want.role else 0.0)

    def _at_end(self, want: Want, span: Span, kind: str, before: list[str]) -> float:
        """How well a span is at that end of a pair which a property wants: "from" or "to"."""
        if span.kind in ("unit", "currency") and any(
            0 <= span.start - number.end <= 2 or number.start == span.start
            for number in self.text.spans("number")
        ):
            return 0.45 if want.role == "from" else -0.5
        words = [word for word in before[-2:] if word not in DETERMINERS] or [""]
        if both := ROLES.get("_".join(words)):  # "check-in 4 May"
            return 0.45 if both == want.role else -0.5
        # "lands in Oslo"
        last = words[0] if words[-1] in ("in", "at") and kind == "place" else words[-1]
        # Who sends is told by "from" alone.
        unsaid = not want.required and "person" in want.kinds and kind not in ("date", "time")
        other = unsaid or last in _ROLE_CUES[_OTHER[want.role]]
        return 0.45 if last in _ROLE_CUES[want.role] else -0.5 * other

    def is_led(self, pair: Pair) -> bool:
        """Whether the word before a span says which end of a pair it is: "from EUR", "to CHF"."""
        leads = _ROLE_CUES.get(pair.want.role, frozenset()) & _CUES["leads"]
        return not leads.isdisjoint(self.text.before(pair.span, 1))

    def _is_of_another_kind(self, want: Want, span: Span) -> bool:
        """Whether the tables say what a span is, and the property looks for something else."""
        own = self.text.definite.get((span.start, span.end), set())
        dated = self.reply and span.kind != "quote" and own & {"date", "currency"}
        # "Paris" may be a name, as "the pets Tilly and Max" are, and "Sunday" is none.
        free = ("name" in want.kinds and not dated) or (want.many and span in self.text.listed)
        return bool(own) and not (free or any(own & _ACCEPTS.get(k, {}).keys() for k in want.kinds))

    def _beside(self, want: Want, span: Span, before: list[str]) -> bool:
        """Whether the property's own words stand beside a span: "room Elm", "5 days"."""
        # What is said after a comma is of another.
        after, at = self.text.after(span, 2), self.text.index(span.end)
        apart = ("," in self.text.gap(each) for each in range(at, at + len(after)))
        ahead = after[: next((n for n, holds in enumerate(apart) if holds), 2)]
        ahead = ahead[:1] if not BREAKS.isdisjoint(ahead[:1]) else ahead
        # "user-12" and "marketing department" say by themselves whose they are.
        tells = span.kind in ("code", "number", "phrase", "person")
        inner = _LETTERS.findall(span.text.lower()) if tells else []
        # The time in "tomorrow at 7", who painted in "Ada painted it".
        ahead = [word for word in ahead if word not in _LINKS and word[-2:] != "ed"]
        near = self._near(before).union(map(stem, (*ahead, *inner[-2:])))
        return not want.beside.isdisjoint(near)

    @staticmethod
    def _near(before: list[str]) -> frozenset[str]:
        """The word before a span, and the one before that where the last only links: "named"."""
        size = 3 if before and before[-1] in _CUES["title"] else 2  # "is called"
        near = before[-size:] if before and before[-1] in _CUES["links"] else before[-1:]
        return frozenset(map(stem, near))

    # Numbers

    def _number(self, want: Want, span: Span) -> list[Pair]:
        """A number with how well it serves; none where it has a unit of something else."""
        score, after = 0.45, self.text.after(span, 1)
        free = span.text.lower() == "free" and "money" not in want.dimensions
        if free or (span.text.isalpha() and _EACH.search(self.text.raw)):
            return []  # of "two numbers, 36 and 48", "two sets, one of 36 and one of 48"
        measured = {"money"} if span.code else set[str]()
        measured |= {span.unit.dimension} - {"portion"} if span.unit else set()
        if measured & want.dimensions:
            score += 0.45
        elif measured and (want.unit or (measured == {"money"} and want.type == "integer")):
            return []
        elif measured and want.dimensions - {"money"}:
            score -= 0.35
        beside = self._beside(want, span, self.text.before(span))
        # "a day" is no hour of the day, and "54 m²" are no rooms
        alien = want.name in _PARTS and span.unit not in (None, want.unit)
        alien |= bool(measured & _MEASURED and not want.dimensions and _PLURAL.search(want.name))
        if not beside and (alien or (want.stems & SURENESS and "share" not in measured)):
            return []
        if want.role and (ends := self.ends(span)) & {want.role, _OTHER[want.role]}:
            score += 0.45 if want.role in ends else -0.5
        counts = want.stems & _COUNTS and not (BREAKS | knowledge.LISTING).issuperset(after)
        # "The 5 best hits"
        usual = want.unspoken and (self.tool | FOUND) & set(map(stem, self.text.after(span, 2)))
        about = self.text.raw[max(span.start - 4, 0) : span.end + 1]
        aged = "age" in want.words and _ASIDE.search(about)
        own = want.unit is not None and span.unit == want.unit
        # "We have 90 pupils and need 4 globes"
        score -= 0.7 * bool(counts and not beside and _OTHERS.intersection(map(stem, after)))
        if counts or usual or aged or own or beside:
            score += 0.4
        # What is to be paid is more than what each thing costs.
        if span.code and want.stems & TOTALS:
            score += 0.2 * all(s.value <= span.value for s in self.spans("number") if s.code)
            near = self._near(self.text.before(span)) - want.stems - knowledge.STOP_STEMS
            score -= 0.5 * (not beside and not near.isdisjoint(self.named))  # "parking 24 euros"
        if _FORMER.search(self.text.raw[max(span.start - 20, 0) : span.start]):
            score += 0.5 if want.role == "from" else -0.5
        if "year" in want.words:
            score += 0.4 if 1000 <= span.value <= 2100 or span.value < 0 else -1.0
        return [Pair(score, want, span)]

    def _by_article(self, want: Want) -> list[Pair]:
        """ "A child", "no pets", "not a single key", "the second floor": how many, or which."""
        counts, found = want.stems & _COUNTS, list[Pair]()
        plain = [each for each in self.tokens if each.lower not in _SINGLY]
        for one, other in pairwise(plain if not want.unit else ()):
            own = other.lower in want.words if one.lower in ORDINALS else other.stem in want.stems
            of_any = counts and one.lower in ("a", "an") and other.lower not in _VAGUELY  # "a lamp"
            if one.lower in _ARTICLES and (own or (of_any and other.stem not in self.tool)):
                count = _ARTICLES[one.lower] * DENIAL.isdisjoint(self.text.before(one, 1))
                span = Span("number", one.text, count, one.start, one.end)
                found.append(Pair(0.8 if own else LEAST, want, span))
        return found

    # Options, yes and no

    def _options(self, want: Want) -> list[Pair]:
        found: list[Pair] = []
        for value, terms in want.options:
            if span := next(filter(None, (self._mention(want, t, value) for t in terms)), None):
                score = 1.2 - 0.1 * (span.text in STOP) + 0.05 * len(span.text.split())
                found.append(Pair(score, want, span, value))
        for (kind, name), value in want.signs.items():
            for span in self.spans(kind):
                if name in ("", span.unit.name if span.unit else span.value, span.code):
                    # A sum's numbers, and an address, are others' values.
                    sign = replace(span, end=span.start) if kind in _SHARED else span
                    found.append(Pair(1.2 + self._evidence(want, span, ""), want, sign, value))
        # "Critical" is what is called so before what it may be called as well.
        return sorted(found, key=lambda pair: pair.span.text.lower() != str(pair.value).lower())

    def _mention(self, want: Want, term: tuple[str, ...], value: Any) -> Span | None:
        """Where the words of an option stand, and not denied; a letter only beside its name."""
        wanted, size = [stem(word) for word in term], len(term)
        for at in range(len(self.stems)) if wanted[0] in self.text.stems else ():
            if self.stems[at : at + size] == wanted:
                first, last = self.tokens[at], self.tokens[at + size - 1]
                near = (*self.text.before(first, 1), *self.text.after(first, 1))
                letter = len("".join(term)) < 2 and want.stems.isdisjoint(map(stem, near))
                # "in three weeks" is not weekly
                counts = [number.end + 1 for number in self.text.spans("number")]
                if letter or (first.lower in knowledge.UNITS and first.start in counts):
                    continue
                if want.stems & _EXCLUDES or DENIAL.isdisjoint(self.text.before(first, 2)):
                    found = self.text.raw[first.start : last.end]
                    return Span("option", found, value, first.start, last.end)
        return None

    def _boolean(self, want: Want) -> list[Pair]:
        """Yes or no by the first word for each: a switch, one of two sides, the property's name."""
        own = frozenset(map(stem, {*want.words} - _SWITCHES))
        names = (stem("_".join(want.words)), *sorted(own))
        yes, no = next((_SIDES[word] for word in names if word in _SIDES), (own, frozenset()))
        yes, no, kind = (yes, no, "option") if own else (yes | _ON, no | _OFF, "switch")
        found: dict[bool, Pair] = {}
        for at, token in enumerate(self.tokens):
            both = "_".join(self.stems[at : at + 2])
            word = both if both in yes | no else token.stem  # "part-time"
            if word in yes | own | no:
                near = {*self.stems[max(at - 3, 0) : at], *self.stems[at + 1 : at + 3]}
                rest = takewhile(lambda each: each.stem in want.stems, self.tokens[at + 1 :])
                last = [token, *rest][-1]  # "Pets allowed: no"
                granted = _GRANTED.match(self.text.raw, token.end)
                lead = self.text.raw[max(token.start - 99, 0) : token.start]
                lead = lead.rpartition(",")[2] if granted else lead  # "no lift, dogs allowed"
                few = self.text.before(token, min(len(lead.split()), 3))
                denied = not (DENIAL.isdisjoint(few) and (_OFF - yes - no).isdisjoint(near))
                denied |= bool(_FORBIDS.search(lead) or (granted and granted["no"]))
                said = (word in yes | own) is not denied
                if answer := _ANSWERED.match(self.text.raw, last.end):
                    said = (word in yes | own) is bool(answer["yes"])
                span = Span(kind, token.text, said, token.start, token.start)
                pair = Pair(1.3 if answer else 1.0 - 0.1 * (word not in own), want, span, said)
                found[said] = max(found.get(said, pair), pair, key=lambda each: each.score)
        return [*found.values()]
