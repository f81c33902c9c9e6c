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


def epydoc(city: str, unit: str, days: int) -> None:
    """Get the weather.

    Of one city: today's.

    @param city: Where.
    @param unit: Of what: the temperature,
        not the wind.

        Never the rain.
    @param days: How many.
    @return: not a parameter
    """


def javadoc(city: str, unit: str, days: int) -> None:
    """Get the weather.

    Of one city: today's.

    @param city Where.
    @param unit Of what: the temperature,
        not the wind.

        Never the rain.
    @param days How many.
    @return not a parameter
    """


@pytest.mark.parametrize(
    "function", [google, numpy, rest, epydoc, javadoc], ids=lambda each: str(each.__name__)
)
def test_all_styles_say_the_same(function: Callable[..., object]) -> None:
    assert read_docstring(function) == (
        "Get the weather.\n\nOf one city: today's.",
        {
            "city": "Where.",
            "unit": "Of what: the temperature, not the wind. Never the rain.",
            "days": "How many.",
        },
    )


@pytest.mark.parametrize(
    ("docstring", "description", "parameters"),
    [
        (
            "Search.\n\nArgs:\n    text: What.\n\nCosts one credit.",
            "Search.\n\nCosts one credit.",
            {"text": "What."},
        ),
        (
            "Search.\n\nSide Effects:\n    Writes a file.\n\nArgs:\n    text: What.",
            "Search.\n\nSide Effects:\n    Writes a file.",
            {"text": "What."},
        ),
        (
            "Search.\n\nArgs:\n    text: What.\n\nLimits:\n    Ten a day.\n",
            "Search.\n\nLimits:\n    Ten a day.",
            {"text": "What."},
        ),
        (
            "Go.\n\nArgs:\n    x: One.\n\nKeyword Args:\n    y: Two.\n\nReturns:\n    z: Three.",
            "Go.",
            {"x": "One.", "y": "Two."},
        ),
        (
            "Go.\n\nParameters\n----------\nx, y : float\n    Where to.\n*rest\n    More.\n",
            "Go.",
            {"x": "Where to.", "y": "Where to.", "rest": "More."},
        ),
        (
            ":class:`Order` by its number.\n\n:func:`orders` has all.\n\n:param number: Which.",
            ":class:`Order` by its number.\n\n:func:`orders` has all.",
            {"number": "Which."},
        ),
        (
            "Go.\n\n:param x: Where,\n    in metres.\n:type x: float\n\nNever by night.",
            "Go.\n\nNever by night.",
            {"x": "Where, in metres."},
        ),
        (
            "Go.\n\n**Args:**\n    x: One.\n\nNote:\n    Costs one credit.",
            "Go.\n\nNote:\n    Costs one credit.",
            {"x": "One."},
        ),
        ("Go.\n\nArgs:\n    no entry at all\n    x: One.", "Go.", {"x": "One."}),
        (
            "Go.\n\nSteps:\n    1. Look.\n    2. Leap.",
            "Go.\n\nSteps:\n    1. Look.\n    2. Leap.",
            {},
        ),
    ],
)
def test_nothing_of_a_docstring_is_lost(
    docstring: str, description: str, parameters: dict[str, str]
) -> None:
    def function() -> None: ...

    function.__doc__ = docstring
    assert read_docstring(function) == (description, parameters)


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


@pytest.mark.parametrize(
    "entries",
    [
        "city - Where.\n    unit (str) -- Of what.",
        "- city: Where.\n    - unit: Of what.",
        "* `city`: Where.\n    * **unit** (str): Of what.",
        "city {str} \u2013 Where.\n    unit: Of what.",
        "city : str\n        Where.\n    unit : str, optional\n        Of what.",
        "city\n        Where.\n    unit\n        Of what.",
        '"city": Where.\n    "unit": Of what.',
    ],
)
def test_an_entry_may_be_written_as_people_write_lists(entries: str) -> None:
    def weather() -> None: ...

    weather.__doc__ = f"Get the weather.\n\nArgs:\n    {entries}\n"
    assert read_docstring(weather) == (
        "Get the weather.",
        {"city": "Where.", "unit": "Of what."},
    )


@pytest.mark.parametrize(
    "section",
    [
        "## Parameters\n- `city`: Where.\n- `unit` (str): Of what.",
        "**Arguments**:\n\n* **city**: Where.\n* **unit**: Of what.",
        ":Parameters:\n    city: Where.\n    unit: Of what.",
        ":Parameters:\n  - `city`: Where.\n  - `unit`: Of what.",
        "Inputs:\n    1. city: Where.\n    2. unit: Of what.",
        "Args:\ncity: Where.\nunit (str): Of what.",
        "Required parameter:\n    \u2022 city: Where.\n\nOptional args:\n    unit: Of what.",
        "Parameters\n==========\ncity : str\n    Where.\nunit : str\n    Of what.",
        ":Parameters:\n    city : str\n        Where.\n    unit : str\n        Of what.",
        "Args (both required):\n    city: Where.\n    unit: Of what.",
        "@param city - Where.\n@param {string} unit Of what.",
        "@param[in] city Where.\n@param[in,out] unit Of what.",
    ],
)
def test_a_section_may_be_headed_as_in_any_style(section: str) -> None:
    def weather(city: str, unit: str) -> None: ...

    weather.__doc__ = f"Get the weather.\n\n{section}\n\nIt is free."
    assert read_docstring(weather) == (
        "Get the weather.\n\nIt is free.",
        {"city": "Where.", "unit": "Of what."},
    )


def test_what_is_no_entry_is_not_lost() -> None:
    def weather() -> None: ...

    weather.__doc__ = "Get the weather.\n\nArgs:\n    A city and then a unit\n"
    description, parameters = read_docstring(weather)
    assert "A city and then a unit" in description and not parameters
