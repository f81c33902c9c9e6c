"""Segments: the parts of a text that each hold one record, or one call."""

import re
from collections.abc import Iterator
from itertools import chain, dropwhile, groupby, pairwise, product
from operator import not_

from helpers.mock.simulated.assign import assign
from helpers.mock.simulated.candidates import TOTALS, Chosen, Pair
from helpers.mock.simulated.find import Text
from helpers.mock.simulated.knowledge import DENIAL, PATTERNS
from helpers.mock.simulated.score import Scorer
from helpers.mock.simulated.texts import word_set
from helpers.mock.simulated.want import NUMBERS, Want

_CLOSE, _FAR = 0.1, 0.65
"""How much less sure what comes again may be."""
_VAGUE = frozenset(("phrase", "rest", "name"))
_LABELLED = ("name", "code", "number")
_CERTAIN = (*NUMBERS, "boolean")
"""What comes again in another record, and never in the same: "the lamp off and the fan on"."""
_NEAR = 25
"""Characters between what is taken back and what is said instead, and the words for that."""
_MEASURED = ("number", "date", "time", "unit", "currency")
_UNTOLD = word_set("wants", "untold", "words")
# "Milk: 1.20" is one part, and "In the box: 2 mugs" is two.
_PART = re.compile(PATTERNS["segments"]["part"], re.I)
_LABEL, *_CUTS = (re.compile(PATTERNS["segments"][x], re.I) for x in ("label", "line", "item"))
_CORRECTED = re.compile(PATTERNS["requests"]["corrected"], re.I)
_SEPARATOR = re.compile(r"[.;,\n](?=\s)|\n|\s(?:and|also|then|or|plus|und|et|y|e)\s|&", re.I)


def segments(
    scorer: Scorer, wants: list[Want], zone: tuple[int, int], *, sure: bool
) -> list[tuple[int, int]]:
    """The parts of a text that each hold one record, cut where a property's value comes again.

    What is left when one record has taken its spans, and could serve as well, begins another.
    `sure` asks that the values are listed together, or each as sure as can be.
    """
    if not sure and (parts := whole(scorer, wants, zone) or alike(scorer, zone)):
        return parts
    text, chosen = scorer.text, assign(scorer, wants)
    required = [want for want in wants if want.required and not want.many]
    again = not word_set("words", "again").isdisjoint(token.lower for token in scorer.tokens)
    found: list[list[Pair]] = [[]]
    for close, extras, firsts in _repeats(scorer, required, chosen):
        ordered = _distinct([*firsts, *extras])
        anchors = ordered[:: len(firsts)]
        # "room Elm and room Oak"
        own = frozenset[str]().union(*(p.want.stems for p in ordered if p.span.kind in _LABELLED))
        listed = all(text.joined(one.span, other.span, own) for one, other in pairwise(ordered))
        told = again and close and not any(pair.span.kind in _VAGUE for pair in ordered)
        # "from EUR to CHF and from USD to NOK"
        gaps = [(one.span.end, other.span.start) for one, other in pairwise(anchors)]
        apart = all(_SEPARATOR.search(text.raw, *gap) for gap in gaps)
        led = apart and all(map(scorer.is_led, anchors))
        numeric = any(p.want.type in NUMBERS for p in anchors)
        # "Write to Ada. Bo is at home": what stands before a name may tell of one of them only.
        unlike = 0.25 if (sure or numeric) and not led else 0.45
        least = max(0.85 * sure, *(pair.score - unlike for pair in ordered))
        certain = led or all(map(_is_certain, anchors))
        serves = (certain or not sure) and all(pair.score >= least for pair in anchors)
        same = len({pair.span.kind == "quote" for pair in anchors}) == 1
        if same and (listed or told or serves):
            found.append(anchors)
    # Of as many, the first in the text: a record begins with what is said first of it.
    best = max(found, key=lambda anchors: (len(anchors), *(-a.span.start for a in anchors[:1])))
    cuts = [zone[0]]
    for one, other in pairwise(best):
        between = [*_SEPARATOR.finditer(text.raw, one.span.end, other.span.start)]
        if between or other.want.type != "boolean":  # "Mute the sound" is one
            cuts.append(between[-1].start() if between else other.span.start)
    return list(pairwise([*cuts, zone[1]]))


def _is_certain(pair: Pair) -> bool:
    return pair.want.type in _CERTAIN or pair.span.kind in ("file", "unit")


def whole(scorer: Scorer, wants: list[Want], zone: tuple[int, int]) -> list[tuple[int, int]]:
    """The sentences, or the items of a list, of which each has all that a record needs."""
    text, needed = scorer.text, {want.path for want in wants if want.required}
    label = _LABEL.match(text.raw, *zone)
    starts = (label.end(), zone[0]) if label else zone[:1]
    # Of "Shopping: milk, 6 eggs and some bread", each is one.
    for cut, start in product(_CUTS, starts if len(needed) > 1 else starts[: bool(label)]):
        found = []
        for part in text.parts(cut, (start, zone[1])):
            own = Scorer(text, *part, scorer.tool, scorer.reply, scorer.taken)
            if told := needed & assign(own, wants).keys():
                found.append(part)
            if told and told != needed:
                break
        else:
            if found[1:]:
                return found
    return []


def alike(scorer: Scorer, zone: tuple[int, int]) -> list[tuple[int, int]]:
    """Neighbouring parts that are made alike: "3 apples at 0.50, 2 melons at 2.25"."""
    text = scorer.text
    measured = [span for kind in _MEASURED for span in scorer.spans(kind)]

    def form(part: tuple[int, int]) -> tuple[int, ...]:
        """Where a part has numbers and days among its words; empty for what is no record."""
        tokens = text.tokens[text.index(part[0]) : text.index(part[1])]
        tells = [t for t in tokens if t.lower not in word_set("wants", "untold", "asides")]
        numbers = [next((1 + (s.kind == "date") for s in measured if s.start <= t.start < s.end),
                        t.lower in _UNTOLD) for t in tells]  # fmt: skip
        if all(numbers) or tokens[0].stem in TOTALS or text.raw.startswith(":", part[1]):
            return ()  # the age in "Ada, 34, paid 12 euros", "Soup for four: 2 onions"
        numbers[0] |= tokens[0].lower in ("a", "an")
        # Of "Mix 200 g flour, 2 eggs", the first word belongs to none.
        return tuple(kind for kind, _ in groupby(dropwhile(not_, numbers)))

    runs = [list(parts) for made, parts in groupby(text.parts(_PART, zone), form) if made]
    best = max(runs, key=len, default=[])
    return best if len(best) > 1 else []


def _repeats(
    scorer: Scorer, wants: list[Want], chosen: Chosen
) -> Iterator[tuple[bool, list[Pair], list[Pair]]]:
    """What could serve as well as what was chosen, and the properties' values that it could be.

    Whether it comes close to them is told first.
    """
    ranked = sorted(chain.from_iterable(map(scorer.pairs, wants[:20])), key=lambda p: p.score)
    best = {(pair.span.start, pair.span.end): pair.score for pair in ranked}
    for margin in (_CLOSE, _FAR):
        groups: dict[tuple[int, ...], tuple[list[Pair], list[Pair]]] = {}
        for want in wants[:20]:
            if not (own := chosen.get(want.path)):
                continue
            first = own[0]
            had = [p.span for path, pairs in chosen.items() if path != want.path for p in pairs]
            close = (p for p in scorer.pairs(want) if p.score >= first.score - margin)
            # What serves another better tells nothing, and all that a message has left comes once.
            fresh = (p for p in close if p.score >= best[p.span.start, p.span.end])
            left = [p for p in fresh if p.span.kind != "rest" and not any(map(p.span.meets, had))]
            if extras := [pair for pair in _distinct([first, *left]) if pair is not first]:
                key = tuple(pair.span.start for pair in extras)
                groups.setdefault(key, (extras, []))[1].append(first)
        yield from ((margin == _CLOSE, *group) for group in groups.values())


def _distinct(pairs: list[Pair]) -> list[Pair]:
    """The pairs in order of the text, without repeats and overlaps."""
    kept: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: (pair.span.start, -pair.score)):
        if not any(pair.span.meets(other.span) for other in kept):
            kept.append(pair)
    return kept


def corrected(text: Text) -> Text:
    """A text without what is taken back in it: "in Paris, no wait, in Lyon"."""
    for match in _CORRECTED.finditer(text.raw):
        near = 1 if match[0].rstrip().endswith("no") else _NEAR  # "in Porto with a dog, no GPS"
        for kind in word_set("wants", "retracted", "kinds"):
            spans = text.spans(kind)
            before = [span for span in spans if 0 <= match.start() - span.end < near]
            after = [span for span in spans if 0 <= span.start - match.end() < _NEAR]
            if not before or not after or not DENIAL.isdisjoint(text.before(before[-1], 1)):
                continue  # "Not Porto, I meant Braga"
            if "?" not in text.raw[match.end() : after[0].start]:
                left = match.start() if match["instead"] else before[-1].start
                rest = after[0].end if match["instead"] else match.end()
                return corrected(Text(text.raw[:left] + text.raw[rest:], text.images, text.today))
    return text
