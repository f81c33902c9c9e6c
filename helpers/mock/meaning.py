"""What a text is about, as a direction: near texts have near directions.

The direction of a text is the weighted sum of those of its words; the rarer count for more.
They are GloVe's, for the commonest 20,000 words (`data/LICENSE-word-vectors.txt`); a word that is
not among them has a direction of its own, and those of its groups of letters. Besides, a denial and
a number each have one, which the words around them would hide. No model is behind it: it knows
neither the order of words nor what a sentence does with them.

All are whole numbers, so that sums are exact and the same on every machine.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from functools import cache
from hashlib import shake_128
from operator import mul
from pathlib import Path

from helpers.remember import remember

_FOLDER = Path(__file__).parent / "data"
_SMALL = 96
"""The dimensions of a word's vector."""

_LENGTH = 254
"""The length of a word's vector; what has none is as long where it counts as much."""
_FULL = 1000
"""The weight of a rare word."""

_LESS = 10
"""What a word that says little, as "the" does, is divided by."""

_SPOTS = 24
"""In how many dimensions a feature without a vector is."""
_DENIES = re.compile(r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot)\b"
                     r"|n['’]t\b")  # fmt: skip
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


def direction(text: str | list[int], dimensions: int) -> list[int]:
    """The direction of a text, or of tokens that only their model could read, in whole numbers."""
    if not isinstance(text, str):
        return _spread([0] * _SMALL, Counter(f"token {token}" for token in text), dimensions)
    lowered = text.casefold()
    ranks, vectors, common = _words()
    small = [0] * _SMALL
    features = Counter[str]()
    for word in _WORD.findall(lowered):
        rank = ranks.get(word)
        if rank is not None:
            weight = _weight(rank) // (_LESS if word in common else 1)
            start = rank * _SMALL
            for place, number in enumerate(vectors[start : start + _SMALL]):
                small[place] += weight * number
            # Two texts that share a word are nearer than two that have it in other words.
            features[f"word {word}"] += weight // 4
        elif word[0].isdigit():
            features[f"number {word}"] += _FULL // 2
        else:
            features[f"word {word}"] += _FULL // 2
            padded = f"<{word}>"
            for place in range(len(padded) - 2):
                features[f"letters {padded[place : place + 3]}"] += _FULL // 8
    denials = len(_DENIES.findall(lowered))
    if denials % 2:
        features["denied"] += _length(small) * 2 // (3 * _LENGTH)
    if not features and not any(small):
        # Punctuation alone has a direction too, and no text has none.
        features[f"text {text.strip()}"] = _FULL
    return _spread(small, features, dimensions)


def _spread(small: list[int], features: Counter[str], dimensions: int) -> list[int]:
    """All of it in as many dimensions as a model has: the same few numbers, turned and mixed."""
    large = [small[place] if up else -small[place] for place, up in _plan(dimensions)]
    # What has few spots has as long a vector as what is everywhere.
    height = math.isqrt(_LENGTH * _LENGTH * (dimensions // _SMALL) // _SPOTS)
    for feature, weight in features.items():
        for spot in _spots(feature, dimensions):
            if spot >= 0:
                large[spot] += height * weight
            else:
                large[~spot] -= height * weight
    return large


def alike(one: str, other: str) -> float:
    """How near two words are in what they mean: the cosine of the angle between them."""
    these, those = direction(one, _SMALL), direction(other, _SMALL)
    return float(sum(map(mul, these, those)) / math.hypot(*these) / math.hypot(*those))


def _length(vector: list[int]) -> int:
    return math.isqrt(sum(number * number for number in vector))


def _weight(rank: int) -> int:
    """What a word counts for: little where it is common, as "the" is (Arora and others, 2017)."""
    # By Zipf's law the word of a rank makes up about a tenth of a text, divided by the rank.
    return _FULL * (rank + 1) // (rank + 1 + 60)


@cache
def _words() -> tuple[dict[str, int], array[int], frozenset[str]]:
    """The rank of each word, the vectors by rank, one after the other, and what says little.

    They are read when the first word is looked up.
    """
    ranks: dict[str, int] = {}
    for line in (_FOLDER / "words.txt").read_text("utf-8").splitlines():
        # A rarer word has no vector of its own, and that of the word which is nearest to it.
        word, _, like = line.partition(" ")
        ranks[word] = int(like) if like else len(ranks)
    vectors = array("b", (_FOLDER / "word_vectors.bin").read_bytes())
    common = frozenset((_FOLDER / "function_words.txt").read_text("utf-8").split())
    return ranks, vectors, common


@cache
def _plan(dimensions: int) -> list[tuple[int, bool]]:
    """For each dimension, which of the few numbers it has, and whether as it is."""
    drawn = shake_128(b"plan").digest(2 * dimensions)
    plan: list[tuple[int, bool]] = []
    for start in range(0, dimensions, _SMALL):
        block = sorted(range(_SMALL), key=lambda place: (drawn[start + place], place))
        plan += [(place, drawn[dimensions + start + place] % 2 == 0) for place in block]
    return plan


@remember(2_048)
def _spots(feature: str, dimensions: int) -> array[int]:
    """In which dimensions a feature is; the complement of one (`~`) where it takes away there."""
    drawn = shake_128(feature.encode("utf-8", "surrogatepass")).digest(3 * _SPOTS)
    places = (int.from_bytes(drawn[3 * n : 3 * n + 2], "big") % dimensions for n in range(_SPOTS))
    # As machine numbers, since thousands are kept.
    return array("i", (p if drawn[3 * n + 2] % 2 == 0 else ~p for n, p in enumerate(places)))
