from collections.abc import Callable

import pytest

from helpers.docstrings import read_docstring


def google(city: str, unit: str, days: int) -> None:
    """Get the weather.

    Of one city: today's.

    Args:
        city (str, optional): Where.
        unit (Callable[[int], str]): Of what: the temperature,
            not the wind.

            Never the rain.
        *days: How many.

    Returns:
        weather: not a parameter

    """


def numpy(city: str, unit: str, days: int) -> None:
    """Get the weather.

    Of one city: today's.

    Parameters
    ----------
    city : str, optional
        Where.
    unit : {"celsius", "fahrenheit"}
        Of what: the temperature,
        not the wind.

        Never the rain.
    days
        How many.

    Returns
    -------
    weather : str
        not a parameter
    """


def rest(city: str, unit: str, days: int) -> None:
    """Get the weather.

    Of one city: today's.

    :param city: Where.
    :param str unit: Of what: the temperature,
        not the wind.

        Never the rain.
    :type unit: str
    :param int days: How many.
    :returns: not a parameter
    :raises ValueError: not a parameter
    """


@pytest.mark.parametrize("function", [google, numpy, rest], ids=lambda each: str(each.__name__))
def test_three_styles_say_the_same(function: Callable[..., object]) -> None:
    assert read_docstring(function) == (
        "Get the weather.\n\nOf one city: today's.",
        {
            "city": "Where.",
            "unit": "Of what: the temperature, not the wind. Never the rain.",
            "days": "How many.",
        },
    )


def test_a_line_alone_is_the_description() -> None:
    def joke() -> None:
        """Tell a joke: a short one."""

    assert read_docstring(joke) == ("Tell a joke: a short one.", {})


def test_no_docstring_is_an_empty_description() -> None:
    def silent() -> None: ...

    assert read_docstring(silent) == ("", {})


def test_parameters_may_come_without_a_description_of_the_function() -> None:
    def bare(city: str) -> None:
        """:param city: Where."""

    assert read_docstring(bare) == ("", {"city": "Where."})


def test_an_empty_section_describes_nothing() -> None:
    def empty() -> None:
        """Do nothing.

        Args:
        """

    assert read_docstring(empty) == ("Do nothing.", {})
