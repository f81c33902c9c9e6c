"""What is remembered takes a bounded amount of memory, however long the texts are."""

from helpers.remember import remember, remember_words


def test_short_texts_are_remembered_and_of_long_ones_the_last_two() -> None:
    seen: list[object] = []

    @remember(3)
    def length(text: str, more: int = 0) -> int:
        """How long it is."""
        seen.append(text[:1])
        return len(text) + more

    long = ["a" * 5_000, "b" * 5_000, "c" * 5_000]
    for text in ("x", "x", "y", *long, long[1], long[2], long[0]):
        assert length(text) == len(text)
    assert seen == ["x", "y", "a", "b", "c", "a"]
    assert length("x", 2) == 3
    assert length.__doc__ == "How long it is."


def test_a_few_words_are_remembered_and_long_ones_never() -> None:
    seen: list[str] = []

    @remember_words(2)
    def length(word: str) -> int:
        seen.append(word[:1])
        return len(word)

    for word in ("x", "x", "y", "a" * 5_000, "a" * 5_000, "z", "z", "x"):
        assert length(word) == len(word)
    assert seen == ["x", "y", "a", "a", "z", "x"]
