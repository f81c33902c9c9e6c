"""What the words of other languages mean: the glossary, in messages and in the names of tools."""

import pytest

from helpers.mock.simulated.glossary import glossary, tongue
from helpers.mock.simulated.prompt import Tool
from helpers.mock.simulated.texts import foreign, name_words
from tests.unit.prompts import STRING, ask, parameters


@pytest.mark.parametrize("code", ["es", "fr", "de", "it", "pt", "nl"])
def test_a_language_has_its_words_and_its_numbers(code):
    meant = glossary(code)
    assert len(meant) > 300
    assert {"library", "rain", "tomorrow", "twelve"} <= {*meant.values()}


def test_english_needs_no_glossary():
    assert not glossary("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ricetta della pasta al forno", "it"),
        ("Abfahrten vom Bahnhof Fulda", "de"),
        ("Book a table at Casa Verde.", "en"),
        ("Find a hotel near the museum", "en"),
    ],
)
def test_the_words_of_the_glossary_tell_a_language(text, code):
    assert tongue(text) == code


def test_names_of_tools_are_read_in_english():
    assert name_words("buscar_farmacia") == ("find", "pharmacy")
    assert name_words("reserve_sale") == ("reserve", "sale")
    assert name_words("all_commander_stanza") == ("all", "commander", "stanza")
    assert not {"die", "sale", "data", "car"} & foreign().keys()


def test_a_tool_in_another_language_takes_the_word_as_it_was_written():
    tool = Tool("cercare_ricetta", "", parameters(piatto=STRING))
    (call,) = ask("Trova una ricetta per la ribollita", tool).calls
    assert call.arguments == '{"piatto": "ribollita"}'
