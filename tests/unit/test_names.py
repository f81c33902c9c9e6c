"""Names are found by their form, also those that no table has; what is taken back is left out."""

import pytest

from helpers.mock.simulated.find import Text
from helpers.mock.simulated.segments import corrected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Is it windy in Chester-le-Street?", ["Chester-le-Street"]),
        ("Trains to Burton upon Trent and St. Neots", ["Burton upon Trent", "St. Neots"]),
        ("Look for The Tin Lantern by Asta Kvam", ["The Tin Lantern", "Asta Kvam"]),
        ("Look for Of Salt and Snow by A. B. Crewe", ["Of Salt and Snow", "A. B. Crewe"]),
        ("Look for A Summer in Ghent, please", ["A Summer in Ghent"]),
        ("Have you read Asta Kvam's The Tin Lantern?", ["Asta Kvam", "The Tin Lantern"]),
        ("Write to Jean-Luc van der Elst today", ["Jean-Luc van der Elst"]),
        ("See Siobhan O'Hare on Monday", ["Siobhan O'Hare"]),
        ("Please greet Dr. Ewa Łuczak", ["Dr. Ewa Łuczak"]),
        ("Eat at Luigi's for once", ["Luigi's"]),
        ("Opening times, please", []),
        ("Meet me on Friday in May", []),
    ],
)
def test_names_are_found_by_their_form(text: str, names: list[str]) -> None:
    assert [span.value for span in Text(text).spans("name") if span.start] == names


def test_a_title_may_go_on_in_small_letters() -> None:
    (span,) = Text("Add the event Chess evening on Friday").spans("name")
    assert span.value == "Chess evening"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Fly to Lima, no, Quito", "Fly to Quito"),
        ("Fly to Lima. Oops, to Quito", "Fly to Quito"),
        ("Fly to Lima, scratch that, Quito!", "Fly to Quito!"),
        ("Fly to Lima - I meant Quito", "Fly to Quito"),
        ("Fly to Lima, correction: Quito", "Fly to Quito"),
        ("Fly to Quito instead of Lima", "Fly to Quito"),
        ("Wait for 5, sorry, make that 6 minutes", "Wait for 6 minutes"),
        ("Come on Friday, or rather on Sunday", "Come on Sunday"),
        ("Come at 5 pm, hang on, at 7 pm", "Come at 7 pm"),
        ("Fly to Lima, no, Quito, wait, Cusco", "Fly to Cusco"),
        ("Not Lima, I meant Quito", "Not Lima, I meant Quito"),
        ("Is Lima warm, no? Is Quito?", "Is Lima warm, no? Is Quito?"),
    ],
)
def test_what_is_taken_back_is_left_out(said: str, meant: str) -> None:
    assert corrected(Text(said)).raw == meant
