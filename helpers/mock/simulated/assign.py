"""Assign: which span serves which property. The best pair is taken first; a span serves once."""

import re
from dataclasses import replace

from helpers.mock.simulated.candidates import LEAST, Chosen, Pair
from helpers.mock.simulated.find import Span, Text
from helpers.mock.simulated.knowledge import PATTERNS
from helpers.mock.simulated.score import Scorer
from helpers.mock.simulated.want import Want

_TAIL = re.compile(PATTERNS["requests"]["tail"])
_ITEMS = ("phrase", "name", "row", "person")


def assign(scorer: Scorer, wants: list[Want]) -> Chosen:
    """The best pairs, each span serving one property; a list takes all that serve it as well."""
    pairs: list[Pair] = []
    scorer.named = frozenset().union(*(want.stems for want in wants))
    listed = scorer.text.listed if any(want.many for want in wants) else ()
    for want in wants[:400]:
        serving = [p for p in scorer.pairs(want)[:40] if want.many or p.span not in listed]
        if serving and serving[0].span.kind == "rest" and not want.many:
            # What holds to the end of a message leaves to others what is surely theirs.
            serving = [replace(serving[0], score=min(serving[0].score, 0.8))]
        elif _is_loose(serving, want) and len(chain := _chained(scorer.text, serving)) > 1:
            # A list takes the more surely what is listed together.
            serving = [replace(pair, score=pair.score + 0.1) for pair in chain]
        pairs += serving
    # Of the same score, first for what is required and has no other, then for the first property.
    sole = {id(want): want.required and len(scorer.pairs(want)) == 1 for want in wants}
    rank = {id(want): (not sole[id(want)], at) for at, want in enumerate(wants)}
    pairs.sort(key=lambda pair: (-round(pair.score, 3), rank[id(pair.want)], pair.span.start))
    chosen: Chosen = {}
    used: list[Span] = []
    for pair in pairs:
        own = chosen.get(pair.want.path)
        if own and (not pair.want.many or isinstance(own[0].value, list)):
            continue
        if pair.span.code != "told" and any(map(pair.span.meets, used)):
            shorter = _shortened(scorer.text, pair.span, used)
            if shorter is None or scorer.is_own(shorter):
                continue
            pair = replace(pair, span=shorter)
        used.append(pair.span)
        chosen.setdefault(pair.want.path, []).append(pair)
    # One word of a message is no list of "metrics".
    vague = [path for path, own in chosen.items() if _is_loose(own, own[0].want)]
    return {p: own for p, own in chosen.items() if p not in vague or own[0].score >= LEAST}


def _shortened(text: Text, span: Span, used: list[Span]) -> Span | None:
    """What holds to the end of a message, without what others have of its start and its end."""
    start, end = span.start, span.end
    if span.kind == "phrase":  # "a grey cat"
        starts = (o.end for o in used if o.kind in ("color", "size") and o.start == start)
        return text.trimmed(text.index(max(starts, default=end)), text.index(end))
    if span.kind != "rest" or any(o.start <= start and end <= o.end for o in used):
        return None
    # Of "a blue umbrella" the colour serves another as well, and is no end of it.
    inside = [other for other in used if start < other.start < end]
    first = min((other.start for other in inside), default=0)
    cuts = [cut.start() for cut in _TAIL.finditer(text.raw, start, first)]
    end = cuts[-1] if cuts else start if {o.kind for o in inside} - {"option", "switch"} else end
    body = text.raw[start:end].rstrip(" ,;.")
    return replace(span, text=body, value=body, start=start, end=start + len(body))


def _is_loose(pairs: list[Pair], want: Want) -> bool:
    """Whether a list could have any words of a text."""
    return want.many and bool(pairs) and pairs[0].span.kind in _ITEMS


def _chained(text: Text, pairs: list[Pair]) -> list[Pair]:
    """Of the things that a list could hold, those that are listed together; the most of them."""
    chains: list[list[Pair]] = []
    for pair in sorted(pairs, key=lambda pair: pair.span.start):
        last = chains[-1][-1].span if chains else pair.span
        # "Add Bo and Tilly; the owner is Ida"
        apart = last.kind != pair.span.kind and ";" in text.raw[last.end : pair.span.start]
        if chains and text.joined(last, pair.span) and not apart:
            chains[-1].append(pair)
        else:
            chains.append([pair])
    return max(chains, key=lambda chain: (len(chain), max(pair.score for pair in chain)))
