"""Sentences: what tools returned, put into words, with every value as it came."""

import json
import re
from typing import Any

from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.slots import name_words

_PLACES = ("location", "city", "place", "name")
_LONGEST = 1_200
_MOST_ITEMS = 10
_SUBJECTS = ("location", "city", "place", "name", "title", "symbol", "ticker", "company", "product",
             "subject", "label", "country")  # fmt: skip
_UNITS = {
    "celsius": "°C", "c": "°C", "°c": "°C", "fahrenheit": "°F", "f": "°F", "°f": "°F",
    "kelvin": "K", "percent": "%", "meters": "m", "metres": "m", "kilometers": "km",
    "kilometres": "km",
}  # fmt: skip
_KEY_UNITS = {
    "_celsius": "°C", "_c": "°C", "_fahrenheit": "°F", "_f": "°F", "_percent": "%", "_km": "km",
    "_kmh": "km/h", "_kph": "km/h", "_mph": "mph", "_usd": "USD", "_eur": "EUR", "_kg": "kg",
    "_ms": "ms", "_minutes": "minutes", "_hours": "hours", "_seconds": "seconds", "_mm": "mm",
    "_meters": "m", "_miles": "miles", "_days": "days",
}  # fmt: skip
_MEASURED = ("temperature", "temp", "amount", "value", "price", "distance", "weight", "height",
             "speed", "wind", "result", "converted", "high", "low", "duration",
             "total")  # fmt: skip
_TEXT_ERROR = re.compile(
    r"\s*(?:error\b|exception\b|traceback\b|failed\b|failure\b|unknown (?:tool"
    r"|function|location|city|place"
    r"|argument)|invalid\b|not found\b|no such\b|no (?:data|result|match|weather)|cannot\b|can't\b"
    r"|could not\b|unable\b|[A-Za-z]*(?:Error|Exception)\b)",
    re.IGNORECASE,
)


def listing(items: list[str]) -> str:
    """a; a and b; a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def result_sentence(name: str, arguments: dict[str, Any], content: str) -> str:
    """What one tool call returned, as a sentence."""
    text = content.strip()
    if not text:
        return f"{_called(name, arguments)} returned nothing."
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return _text_sentence(name, arguments, text)
    return _cut(_value_sentence(name, arguments, value))


def _called(name: str, arguments: dict[str, Any]) -> str:
    shown = [_short(value) for value in arguments.values() if value is not None]
    return f"{name}({', '.join(shown)[:120]})" if name else "The tool"


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value if len(value) <= 60 else value[:57] + "..."
    return json.dumps(value, ensure_ascii=False)[:60]


def _text_sentence(name: str, arguments: dict[str, Any], text: str) -> str:
    if _TEXT_ERROR.match(text):
        return _failure(name, arguments, text)
    text = _cut(text)
    if re.search(r"\w\s+\w+\s+\w", text):  # already a sentence, or prose
        return text if text[-1] in ".!?)]}" or "\n" in text else f"{text}."
    return f"{_called(name, arguments)} returned {text}."


def _failure(name: str, arguments: dict[str, Any], reason: str) -> str:
    reason = _cut(" ".join(reason.split()), 300).rstrip(".")
    return (
        f"{_called(name, arguments)} did not give a result: {reason}. I have no value to "
        f"report for it."
    )


def _value_sentence(name: str, arguments: dict[str, Any], value: Any) -> str:
    if isinstance(value, dict):
        reason = _error_of(value)
        if reason is not None:
            return _failure(name, arguments, reason)
        value = _unwrapped(value)
    if isinstance(value, dict):
        return _weather(arguments, value) or _conversion(value) or _about(name, arguments, value)
    if isinstance(value, list):
        if not value:
            return f"{_called(name, arguments)} found nothing."
        return f"{_called(name, arguments)} returned {_list(value)}."
    if isinstance(value, str):
        return (
            _text_sentence(name, arguments, value)
            if value
            else f"{_called(name, arguments)} returned nothing."
        )
    if value is None:
        return f"{_called(name, arguments)} returned nothing."
    if isinstance(value, bool):
        return f"{_called(name, arguments)} returned {'yes' if value else 'no'}."
    expression = arguments.get("expression")
    if isinstance(expression, str) and len(expression) < 80:
        return f"{expression} = {written(value)}."
    return f"{_called(name, arguments)} returned {written(value)}."


def _error_of(value: dict[str, Any]) -> str | None:
    for key in ("error", "errors", "exception", "error_message"):
        reason = value.get(key)
        if reason:
            if isinstance(reason, dict):
                reason = reason.get("message") or reason.get("description") or reason
            details = value.get("message") or value.get("details") or value.get("detail")
            text = reason if isinstance(reason, str) else json.dumps(reason, ensure_ascii=False)
            if reason is True:
                text = "an error"
            return f"{text} ({details})" if isinstance(details, str) and details != text else text
    status = str(value.get("status", "")).lower()
    failed = value.get("ok") is False or value.get("success") is False
    if failed or status in ("error", "failed", "failure", "not found", "not_found", "unknown"):
        for key in ("message", "reason", "detail", "details", "description"):
            if isinstance(value.get(key), str):
                return str(value[key])
        return f"status {status}" if status else "it reported a failure"
    unknown = [k for k, v in value.items() if isinstance(v, str) and v.lower() == "unknown"]
    known = [
        k for k in value if k not in unknown and k not in _SUBJECTS and k not in ("unit", "units")
    ]
    if unknown and not [k for k in known if value[k] not in (None, "", [])]:
        return f"{listing([_key(k) for k in unknown])} unknown"
    return None


def _unwrapped(value: dict[str, Any]) -> Any:
    """What is inside `{"result": ...}` and the like, if nothing else is."""
    outputs = value.get("outputs")
    if isinstance(outputs, list) and outputs and isinstance(outputs[0], dict):
        data = outputs[0].get("data")  # a reply of Clarifai's own API, handed on whole
        if isinstance(data, dict) and isinstance(data.get("concepts"), list):
            return data["concepts"]
    for _ in range(3):
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key in (
                "concepts",
                "result",
                "results",
                "data",
                "output",
                "content",
                "response",
                "answer",
                "value",
            ):
                if isinstance(inner, dict):
                    value = inner
                    continue
                return inner
        break
    return value


def _key(key: str) -> str:
    words = name_words(key)
    if len(words) > 1 and words[0] in ("is", "has"):
        words = words[1:]
    return " ".join(words) or key


def _weather(arguments: dict[str, Any], value: dict[str, Any]) -> str:
    """The sentence that a person would say about the weather, if that is what this is."""
    for key in ("weather", "current", "current_weather", "now"):
        inner = value.get(key)
        if isinstance(inner, dict):
            value = {k: v for k, v in value.items() if k != key} | inner
    if not any(isinstance(value.get(key), str) for key in _PLACES):
        place_said = next(
            (arguments[k] for k in _PLACES if isinstance(arguments.get(k), str)), None
        )
        if place_said:
            value = {"location": place_said, **value}
    temperature = next((k for k in value if k.lower() in (
        "temperature", "temp", "temperature_c", "temp_c", "temperature_celsius", "temperature_f",
        "temp_f", "temperature_fahrenheit")), None)  # fmt: skip
    place = next((k for k in _PLACES if isinstance(value.get(k), str)), None)
    degrees = value.get(temperature) if temperature else None
    if (
        temperature is None
        or place is None
        or isinstance(degrees, dict | list | bool)
        or degrees is None
    ):
        return ""
    unit_key = next(
        (k for k in ("unit", "units", "temperature_unit") if isinstance(value.get(k), str)), None
    )
    unit = _unit(value[unit_key]) if unit_key else _unit_in_key(temperature)[1]
    said = _scalar(degrees) + (f" {unit}" if unit and not str(degrees).endswith(unit) else "")
    sky = next((k for k in ("condition", "conditions", "description", "weather", "summary", "sky")
                if isinstance(value.get(k), str) and value[k]), None)  # fmt: skip
    sentence = f"In {value[place]}, it is {said}"
    if sky:
        words = value[sky].strip().rstrip(".")
        sentence += f" and {words[:1].lower() + words[1:]}"
    rest = {
        k: v for k, v in value.items()
        if k not in (temperature, place, unit_key, sky) and v not in (None, "", [], {})
    }  # fmt: skip
    if rest:
        sentence += f", with {listing(_facts(rest, plain=True))}"
    return sentence + "."


def _about(name: str, arguments: dict[str, Any], value: dict[str, Any]) -> str:
    if not value:
        return f"{_called(name, arguments)} returned nothing."
    subject = next(
        (k for k in _SUBJECTS if isinstance(value.get(k), str | int) and value[k] != ""), None
    )
    rest = {key: each for key, each in value.items() if key != subject}
    if not rest or (len(value) == 1 and value.get("success", value.get("ok")) is True):
        rest, subject = value, None
    if value in ({"success": True}, {"ok": True}):
        return f"{_called(name, arguments)} succeeded."
    if subject is None:
        return f"{_called(name, arguments)} returned {listing(_facts(value, plain=True))}."
    return f"For {value[subject]}, {listing(_facts(rest))}."


def _conversion(value: dict[str, Any]) -> str:
    """ "100 USD is 92.3 EUR", if the result says so much."""

    def first(*keys: str) -> Any:
        return next((value[key] for key in keys if value.get(key) not in (None, "")), None)

    amount = first("amount", "value")
    source = first("from", "from_currency", "from_unit", "base", "source")
    target = first("to", "to_currency", "to_unit", "quote", "target")
    result = first("converted", "converted_amount", "result", "converted_value")
    numbers = all(isinstance(each, int | float) for each in (amount, result))
    if not numbers or not isinstance(source, str) or not isinstance(target, str):
        return ""
    rate = first("rate", "exchange_rate")
    at = f", at a rate of {_scalar(rate)}" if isinstance(rate, int | float) else ""
    return f"{_scalar(amount)} {_unit(source)} is {_scalar(result)} {_unit(target)}{at}."


def _facts(value: dict[str, Any], plain: bool = False) -> list[str]:
    """`the price is 189.5 USD` for each entry, a unit or a currency joined to its number."""
    unit_key = next(
        (k for k in ("unit", "units", "currency") if isinstance(value.get(k), str)), None
    )
    measured = [
        key for key in value
        if any(word in _MEASURED for word in name_words(key))
        and isinstance(value[key], int | float) and not isinstance(value[key], bool)
    ] if unit_key else []  # fmt: skip
    facts = []
    for key, each in value.items():
        if key == unit_key and measured:
            continue
        label, unit = _unit_in_key(key)
        text = _inline(each)
        if key in measured and unit_key:
            unit = _unit(value[unit_key])
        if unit:
            text += f" {unit}"
        verb = "are" if isinstance(each, list) and label.endswith("s") else "is"
        facts.append(f"{label} {text}" if plain else f"the {label} {verb} {text}")
    if len(facts) > _MOST_ITEMS:
        left = len(facts) - _MOST_ITEMS
        facts = [*facts[:_MOST_ITEMS], f"{left} more"]
    return facts or ["nothing"]


def _unit(text: str) -> str:
    return _UNITS.get(text.lower(), text)


def _unit_in_key(key: str) -> tuple[str, str]:
    lower = key.lower()
    for ending, unit in _KEY_UNITS.items():
        if lower.endswith(ending) and len(lower) > len(ending):
            return _key(key[: -len(ending)]), unit
    return _key(key), ""


def _scalar(value: Any) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return written(value)
    return _cut(" ".join(str(value).split()), 300).rstrip(".")


def _inline(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict):
        if depth > 2:
            return f"{len(value)} values"
        pairs = [
            f"{_unit_in_key(key)[0]} {_inline(each, depth + 1)}" + (
                f" {_unit_in_key(key)[1]}" if _unit_in_key(key)[1] else ""
            )
            for key, each in list(value.items())[:_MOST_ITEMS]
        ]  # fmt: skip
        return ", ".join(pairs) or "nothing"
    if isinstance(value, list):
        return _list(value, depth) if value else "none"
    return _scalar(value)


def _list(value: list[Any], depth: int = 0) -> str:
    """The items, at most ten of them, and how many more there are."""
    if depth > 2:
        return f"{len(value)} items"
    concepts = all(
        isinstance(each, dict) and isinstance(each.get("name"), str)
        and isinstance(each.get("value"), int | float) for each in value
    )  # fmt: skip
    if concepts:
        shown = [f"{each['name']} ({each['value']:.2f})" for each in value[:_MOST_ITEMS]]
    else:
        shown = [_inline(each, depth + 1) for each in value[:_MOST_ITEMS]]
    left = len(value) - len(shown)
    if left:
        shown.append(f"{left} more")
    if any(isinstance(each, dict) for each in value) and not concepts:
        return "; ".join(shown)
    return listing(shown)


def _cut(text: str, longest: int = _LONGEST) -> str:
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0] + " ..."
