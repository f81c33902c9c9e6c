"""What tools returned, told as a person would tell it, with every value as it came."""

import re
from typing import Any

from helpers.mock.simulated import things
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.reading import Step
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import listing, name_words, spelt, table, word_set
from helpers.mock.simulated.things import keys, label, unwrapped

_LONGEST = 1_200
_MOST_ITEMS = 10
_DETAILS = ("message", "reason", "detail", "details", "description")
_TEXT_ERROR = re.compile(table("patterns")["results"]["text_error"], re.IGNORECASE)


def told(step: Step) -> str:
    """What one tool call returned, as a sentence or two."""
    text = (step.result or "").strip()
    value = parsed(text)
    if value is None or isinstance(value, str):
        return _text(step, value if isinstance(value, str) else text)
    return cut(_value(step, value))


def cut(text: str, longest: int = _LONGEST) -> str:
    """The first words of a text that is too long to be told."""
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " ..."


def subject(step: Step) -> str:
    """What a call was about: the first of its arguments that names a thing."""
    arguments = step.arguments or {}
    named = next((arguments[k] for k in arguments if k.lower() in keys("subjects")), None)
    values = [v for v in arguments.values() if isinstance(v, str) and v.strip()]
    return cut(" ".join(str(named or (values[0] if values else "")).split()), 60)


def failed(step: Step) -> bool:
    """Whether what came back is the report of a failure."""
    value = parsed(step.result or "")
    if isinstance(value, dict):
        return _error(value) is not None
    text = value if isinstance(value, str) else step.result or ""
    return _TEXT_ERROR.match(text.strip()) is not None


def _text(step: Step, text: str) -> str:
    if not text or text == "null":
        gets = not word_set("talk", "ask", "getters").isdisjoint(spelt(step.name).split())
        return f"I found nothing{_for(subject(step))}." if gets else _done(step)
    if _TEXT_ERROR.match(text):
        return _failure(step, text)
    text = cut(text)
    about = subject(step)
    if not re.search(r"\w\s+\w+\s+\w", text):  # no sentence, and no prose
        return f"For {about}, the answer is {text}." if about else f"The answer is {text}."
    if "\n" not in text and about and about.lower() not in text.lower() and len(text) < 60:
        return f"For {about}: {text.rstrip('.')}."
    return text if text[-1] in ".!?)]}" or "\n" in text else f"{text}."


def _failure(step: Step, reason: str) -> str:
    reason = cut(" ".join(reason.split()), 300).rstrip(".")
    about = subject(step)
    acts = not word_set("agent", "actions").isdisjoint(spelt(step.name).split())
    lead = "That did not work" if acts else "I could not find that out"
    return f"{lead}{f' for {about}' if about else ''}: {reason}."


def _done(step: Step) -> str:
    shown = [
        f"{spelt(key)} {_scalar(value)}"
        for key, value in (step.arguments or {}).items()
        if isinstance(value, str | int | float) and value != ""
    ]
    what = spelt(step.name) or "it"
    return cut(f"Done: {what}{f' ({listing(shown)})' if shown else ''}.", 300)


def _value(step: Step, value: Any) -> str:
    if isinstance(value, dict) and (reason := _error(value)) is not None:
        return _failure(step, reason)
    value = unwrapped(value)
    about = subject(step)
    if sentence := _conversion(step, value):
        return sentence
    match value:
        case dict():
            return _weather(step, value) or _record(step, value)
        case list():
            found = f"I found {_list(value) if value else 'nothing'}{_for(about)}."
            return _pictured(about, value) or found
        case str():
            return _text(step, value)
        case None | True:
            return _done(step)
        case False:
            return f"No{_for(about)}."
    expression = (step.arguments or {}).get("expression")
    if isinstance(expression, str) and len(expression) < 80:
        return f"{expression} = {written(value)}."
    unit = unit_in_key(step.name)[1]
    return f"The result is {written(value)}{f' {unit}' if unit else ''}."


def _for(about: str) -> str:
    return f" for {about}" if about else ""


def _error(value: dict[str, Any]) -> str | None:
    """What a result says of a failure; None where it says that there was none."""
    details = next((v for k in _DETAILS if isinstance(v := value.get(k), str)), "")
    for key in ("error", "errors", "exception", "error_message"):
        if reason := value.get(key):
            reason = reason.get("message") or reason if isinstance(reason, dict) else reason
            text = "an error" if reason is True else inline(reason)
            return f"{text} ({details})" if details and details != text else text
    status = str(value.get("status", "")).lower()
    if value.get("ok") is False or value.get("success") is False or status in keys("failed"):
        return details or (f"the status is {status}" if status else "it was reported as failed")
    known = {k: v for k, v in value.items() if k not in keys("subjects") | keys("unit_keys")}
    if known and all(v in (None, "", []) or str(v).lower() == "unknown" for v in known.values()):
        unknown = [spelt(k) for k, v in known.items() if str(v).lower() == "unknown"]
        return f"{listing(unknown)} unknown" if unknown else None
    return None


def measures(step: Step) -> dict[str, Any]:
    """What a result says, by key: one level of nesting and wrapping is undone."""
    value = unwrapped(parsed(step.result or ""))
    found: dict[str, Any] = {}
    for key, each in value.items() if isinstance(value, dict) else ():
        if not isinstance(each, dict):
            found[key] = each
        elif key in keys("degrees") or keys("unit_keys").isdisjoint(each):
            found |= {key if k in ("value", "amount") else k: v for k, v in each.items()}
        else:  # {"wind": {"speed": 12, "unit": "km/h"}}
            found |= {f"{key} {k}": f"{_scalar(v)} {unit_of(each)}".strip()
                      for k, v in each.items() if k not in keys("unit_keys")}  # fmt: skip
    return found


_MEASURE = re.compile(table("patterns")["results"]["measure"])


def measured(step: Step, already: bool = False) -> list[tuple[float, str]]:
    """The numbers of a result that have a unit; of a temperature without one, it is the usual."""
    value, found = measures(step), list[tuple[float, str]]()
    usual = "°C" if already else ""
    for key, each in value.items() or [("", step.result or "")]:
        number, hot = things.number(each), key.lower() in keys("degrees")
        if number is not None and type(each) is not str:
            unit = unit_in_key(key)[1] or unit_of(value) or usual * hot
            found += [(number, unit)] if unit else []
        elif isinstance(each, str):
            found += [(float(n), _unit(unit)) for n, unit in _MEASURE.findall(each)]
    return found


def degrees(step: Step) -> tuple[float, str] | None:
    """The temperature in a result, and its unit: "°C", "°F" or ""."""
    value = measures(step)
    plain = (things.number(value[key]) for key in value if key.lower() in keys("degrees"))
    found = ((number, unit) for number, unit in measured(step) if unit[:1] == "°")
    hot = next(found, None)
    number = next((number for number in plain if number is not None), None)
    return hot or ((number, "") if number is not None else None)


def unit_of(value: dict[str, Any]) -> str:
    key = next((k for k in value if k in keys("unit_keys") and isinstance(value[k], str)), None)
    return _unit(value[key]) if key else ""


def _weather(step: Step, value: dict[str, Any]) -> str:
    """The sentence that a person would say about the weather, if that is what this is."""
    hot, value = degrees(step), measures(step)
    place = next((value[k] for k in value if k in keys("places") and isinstance(value[k], str)), "")
    place = place or subject(step)
    if hot is None or not place or keys("degrees").isdisjoint(map(str.lower, value)):
        return ""
    number, unit = hot
    sentence = f"In {place}, it is {written(number)}{f' {unit}' if unit else ' degrees'}"
    sky = next((k for k in value if k in keys("sky") and isinstance(value[k], str)), None)
    if sky:
        said = value[sky].strip().rstrip(".")
        sentence += f" and {said[:1].lower() + said[1:]}"
    skipped = keys("degrees") | keys("unit_keys") | keys("places") | {sky}
    rest = {k: v for k, v in value.items() if k not in skipped and v not in (None, "", [], {})}
    if rest:
        sentence += f", with {listing(facts(rest, plain=True))}"
    return f"{sentence}."


def _conversion(step: Step, value: Any) -> str:
    """ "100 USD is 92.3 EUR", if a call and its result say so much."""
    told = (step.arguments or {}) | (value if isinstance(value, dict) else {"result": value})
    roles = table("results")["conversion"].values()
    found = [next((told[k] for k in of.split() if k in told), None) for of in roles]
    if None in found or type(found[2]) not in (int, float):
        return ""
    amount, source, result, target = map(_scalar, found)
    return f"{amount} {_unit(source)} is {result} {_unit(target)}."


def _record(step: Step, value: dict[str, Any]) -> str:
    if not value or all(each in (True, None, "") for each in value.values()):
        return _done(step) if value else f"I found nothing{_for(subject(step))}."
    subjects = table("results")["subjects"].split()
    named = next((k for k in subjects if isinstance(value.get(k), str | int)), None)
    about = _scalar(value[named]) if named and len(value) > 1 else subject(step)
    rest = {key: each for key, each in value.items() if key != named and each != about} or value
    shown = listing(facts(rest))
    return f"For {about}, {shown}." if about else f"{shown[:1].upper()}{shown[1:]}."


def facts(value: dict[str, Any], plain: bool = False, depth: int = 0) -> list[str]:
    """`the price is 189.5 USD` for each entry, a unit or a currency joined to its number."""
    unit_key = next((k for k in value if k in keys("unit_keys")), None)
    of_unit = keys("price" if unit_key == "currency" else "measured")
    measured = [
        key for key in value
        if unit_key and not of_unit.isdisjoint(spelt(key).split()) and not unit_in_key(key)[1]
        and isinstance(value[key], int | float) and not isinstance(value[key], bool)
    ]  # fmt: skip
    found = []
    for key, each in value.items():
        if key == unit_key and measured:
            continue
        has_unit = things.number(each) is not None
        label, unit = unit_in_key(key) if has_unit else (_labelled(key), "")
        unit = _unit(str(value[unit_key])) if unit_key and key in measured else unit
        text = f"{inline(each, depth)} {unit}".strip().replace(" %", "%")
        if isinstance(each, bool) and not plain:
            owned = key.lower().startswith("has_") or label in keys("things")
            verb, no = ("has", "no ") if owned else ("is", "not ")
            found.append(f"it {verb} {'' if each else no}{label}")
            continue
        many = isinstance(each, list) and label.endswith("s")
        verb = "are" if many or label in keys("plural") else "is"
        if not label:  # {"km": 14}
            found.append(text if plain else f"it is {text}")
            continue
        found.append(f"{label} {text}" if plain else f"the {label} {verb} {text}")
    if len(found) > _MOST_ITEMS:
        found = [*found[:_MOST_ITEMS], f"{len(found) - _MOST_ITEMS} more"]
    return found or ["nothing"]


def measure(value: dict[str, Any], key: str) -> str:
    """A number of a result with its unit, which may stand beside it or in its key."""
    beside = {k: v for k, v in value.items() if k == key or k in keys("unit_keys")}
    label = unit_in_key(key)[0]
    told = next(f for f in facts(beside, plain=True) if f.startswith(label))
    return told[len(label) :].strip()


def _unit(text: str) -> str:
    return str(table("results")["units"].get(text.lower(), text))


def unit_in_key(key: str) -> tuple[str, str]:
    """What a key names, and the unit that ends it: `weight_kg` is the weight in kg."""
    *label, last = name_words(key) or [key]
    unit = table("results")["units"].get(last, "") if label or last[1:] else ""
    if unit:
        return " ".join(label), unit
    return _labelled(key), table("results")["plain_units"].get(last, "")


def _labelled(key: str) -> str:
    label = spelt(key)
    return label.removeprefix("is ").removeprefix("has ") or key


def _scalar(value: Any) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return written(value)
    return cut(" ".join(str(value).split()), 300).rstrip(".")


def inline(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict | list) and depth > 2:
        return f"{len(value)} {'values' if isinstance(value, dict) else 'items'}"
    if isinstance(value, dict):
        named = label(value)
        rest = {key: each for key, each in value.items() if key != named}
        pairs = ", ".join(facts(rest, plain=True, depth=depth + 1)) if rest else ""
        if named:
            return f"{_scalar(value[named])}{f' ({pairs})' if pairs else ''}"
        return pairs or "nothing"
    if isinstance(value, list):
        return _list(value, depth) if value else "none"
    return _scalar(value)


def _list(value: list[Any], depth: int = 0) -> str:
    """The items, at most ten of them, and how many more there are."""
    shown = [inline(each, depth + 1) for each in value[:_MOST_ITEMS]]
    left = len(value) - len(shown)
    return listing([*shown, f"{left} more"] if left else shown)


def _pictured(about: str, found: list[Any]) -> str:
    """Concepts, and things in their boxes, as a sentence; nothing for a list of something else.

    >>> _pictured("garden.png", [{"name": "sun", "value": 0.98}, {"name": "tree", "value": 0.97}])
    'garden.png shows the sun and a tree.'
    """
    if not found or not all(isinstance(e, dict) and isinstance(e.get("name"), str) for e in found):
        return ""
    shown = [(_with_article(each["name"]), each) for each in found[:_MOST_ITEMS]]
    if all(word_set("results", "box") <= each.keys() for each in found):
        boxes = listing([f"{name} ({_box(each)})" for name, each in shown])
        return f"I found {boxes}{f' in {about}' if about else ''}."
    if not all(isinstance(each.get("value"), int | float) for each in found):
        return ""
    of_kind = word_set("results", "kinds_of_picture")
    kinds = [name for name, each in shown if each["name"] in of_kind]
    things = [name for name, _ in shown if name not in kinds]
    kind = f" It is {listing(kinds)}." if things and kinds else ""
    return f"{about or 'The picture'} shows {listing(things or kinds)}.{kind}"


def _box(each: dict[str, Any]) -> str:
    return ", ".join(f"{key.partition('_')[0]} {each[key]}" for key in each if key != "name")


def _with_article(name: str) -> str:
    last = name.split()[-1] if name.split() else name
    if last in word_set("results", "unique"):
        return f"the {name}"
    if last in word_set("results", "uncountable") or last.endswith("s"):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
