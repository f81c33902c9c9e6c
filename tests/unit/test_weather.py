import json

import pytest

from helpers.weather import get_weather


@pytest.mark.parametrize("place", ["New York", "New York, USA", "  new york city, NY, USA "])
def test_new_york_is_partly_cloudy_at_20_degrees(place: str) -> None:
    assert get_weather(place) == {
        "location": place,
        "condition": "partly cloudy",
        "temperature": 20,
        "unit": "celsius",
    }


def test_london_is_rainy_at_15_degrees() -> None:
    weather = get_weather("London, United Kingdom")
    assert (weather["temperature"], weather["condition"]) == (15, "rainy")


@pytest.mark.parametrize("place", ["Lagos, Nigeria", "Londonderry", "York", "", ","])
def test_any_other_place_is_unknown_and_has_no_temperature(place: str) -> None:
    assert get_weather(place) == {"location": place, "condition": "unknown"}


def test_a_report_can_be_sent_to_a_model_as_json() -> None:
    report = get_weather("London")
    assert json.loads(json.dumps(report)) == report
