"""What tools returned, told as a person would tell it, with every value as it came."""

from itertools import islice
from typing import Any

from helpers.mock.simulated import texts, things
from helpers.mock.simulated.arithmetic import written
from helpers.mock.simulated.knowledge import CHANGES
from helpers.mock.simulated.reading import Step
from helpers.mock.simulated.records import parsed
from helpers.mock.simulated.texts import listing, name_words, quoted, spelt, stem, table, word_set
from helpers.mock.simulated.things import keys, unwrapped

_LONGEST, _MOST_ITEMS = 1_200, 10
_PATTERNS = texts.patterns("results")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def told(step: Step, code: str = "en") -> str:
    """What one tool call returned, as a sentence or two; the weather in the language of a code."""
    returned, about = _returned(step), subject(step)
    if reason := _error(returned):
        acts = not word_set("agent", "actions").isdisjoint(name_words(step.name))
        lead = "That did not work" if acts else "I could not find that out"
        return f"{lead}{_for(about)}: {_scalar(reason)}."
    value = unwrapped(returned)
    said = {**(step.arguments or {}), **(value if isinstance(value, dict) else {"result": value})}
    ways = (_formed("conversion", said), _pictured(about, value), _weather(step, code))
    text = next(filter(None, ways), "") or _plainly(step, value)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " ..."


def _plainly(step: Step, value: Any) -> str:
    """What a result says that has none of the usual forms."""
    about = subject(step)
    if isinstance(value, list):
        found = [each for each in value if each not in _NOTHING]
        return f"I found {inline(found) if found else 'nothing'}{_for(about)}."
    if value in (None, "", "null") or any(_reports(step, k, value) for k in ("status", "ok")):
        value = {"status": None if value == "null" else value}
    if isinstance(value, dict):
        return _record(step, value)
    text = value if isinstance(value, str) else measure({step.name: value}, step.name)
    if not _PATTERNS["prose"].search(text):
        return f"{f'For {about}, the' if about else 'The'} answer is {text}."
    return text if text[-1] in ".!?)]}" or "\n" in text else f"{text}."


def _returned(step: Step) -> Any:
    """What came back: a value, or a text that is none."""
    text = (step.result or "").strip()
    value = parsed(text)
    return text if value is None else value


def subject(step: Step) -> str:
    """What a call was about: the first of its arguments that names a thing."""
    arguments = step.arguments or {}
    named = next((arguments[k] for k in arguments if k.lower() in keys("subjects")), None)
    values = [v for v in arguments.values() if isinstance(v, str) and v.strip()]
    values = [v for v in values if v[-1] not in ".!?"]  # a sentence is what was said
    return quoted(str(named or next(iter(values), "")))


def failed(step: Step) -> bool:
    """Whether what came back is the report of a failure."""
    return bool(_error(_returned(step)))


def _for(about: str) -> str:
    return f" for {about}" if about else ""


def _error(value: Any) -> str:
    """What a result says of a failure; nothing where it says that there was none."""
    if not isinstance(value, dict):
        return value if isinstance(value, str) and _PATTERNS["text_error"].match(value) else ""
    said = {key: str(each).lower() for key, each in value.items() if each not in _NOTHING}
    fails = said.get("status") in keys("failed") or "false" in map(said.get, keys("succeeds"))
    if fails or any(value.get(key) for key in keys("errors")):
        reasons = [k for k in said if k in keys("details") | keys("errors") and said[k] != "true"]
        return "; ".join(inline(value[key]) for key in reasons) or "it was reported as failed"
    told = [key for key in said if key not in keys("subjects") | keys("unit_keys")]
    unknown = {said[key] for key in told} == {"unknown"}
    return f"{listing([*map(spelt, told)])} unknown" if unknown else ""


def _gets(step: Step) -> bool:
    return not word_set("talk", "ask", "getters").isdisjoint(name_words(step.name))


def _reports(step: Step, key: str, value: Any) -> bool:
    """Whether an entry of a result only says that something was done: "saved", "posted"."""
    named = (*name_words(step.name), "")
    if value is True or key != "status" or key in named or stem(named[0]) not in CHANGES:
        return value is True and key in keys("succeeds") and not _gets(step)
    return _PATTERNS["done"].fullmatch(str(value)) is not None


def _record(step: Step, value: dict[str, Any]) -> str:
    """What a result says by its keys; of one that says nothing, what was done or looked for."""
    told = {key: each for key, each in value.items() if each not in (None, "")}
    if not value or (_gets(step) and not told):
        return f"I found nothing{_for(subject(step))}."
    sole = all(each is True and not _gets(step) for each in told.values())
    left = {k: v for k, v in told.items() if not (sole or _reports(step, k, v))}
    if sole or left != told:
        made = {k: v for k, v in (step.arguments or {}).items() if v not in _NOTHING}
        shown = f" ({listing(facts(made, plain=True))})" if made else ""
        lead = next((v for k, v in told.items() if k not in left and v is not True), "done")
        text = quoted(f"{lead.capitalize()}: {spelt(step.name) or 'it'}{shown}.", 300)
        left = {k: v for k, v in left.items() if v not in made.values()}
        return f"{text} {sentence('', left)}" if left else text
    named = next((key for key in value if key in keys("subjects")), None)
    about = inline(value[named]) if named and len(value) > 1 else subject(step)
    rest = {key: each for key, each in value.items() if key != named and each != about} or value
    return sentence(about, rest)


def sentence(about: str, value: dict[str, Any]) -> str:
    """What the entries of a value say of a thing."""
    shown = listing(facts(value))
    return f"For {about}, {shown}." if about else f"{shown[:1].upper()}{shown[1:]}."


def _formed(name: str, told: dict[str, Any]) -> str:
    """The sentence of this name, where all of its parts are told; else nothing."""
    say, *parts = table("results")[name].items()
    values = {part: next((told[k] for k in of.split() if k in told), None) for part, of in parts}
    if any(value is None or isinstance(value, dict | list) for value in values.values()):
        return ""
    return str(say[1]).format(**{part: _unit(inline(value)) for part, value in values.items()})


def _weather(step: Step, code: str) -> str:
    """The sentence that a person would say about the weather, if that is what this is."""
    hot, value = degrees(step), measures(step)
    place = next((inline(value[k]) for k in value if k in keys("places")), "") or subject(step)
    if hot is None or not place or keys("degrees").isdisjoint(value):
        return ""
    sky = next((k for k in value if k in keys("sky") and isinstance(value[k], str)), "")
    said = value.get(sky, "").strip().rstrip(".")
    skipped = keys("degrees") | keys("unit_keys") | keys("places") | {sky}
    given = (step.arguments or {}).items()  # need not be told again
    rest = {k: v for k, v in value.items() if k not in skipped and v not in _NOTHING}
    rest = {k: v for k, v in rest.items() if (k, v) not in given}
    if str(value.get("day", "")).lower() in word_set("agent", "relative"):
        place = f"{place} {value['day']}"
        rest.pop("day", None)
    sentence = table("languages")[code]["weather"].format(
        place=place, degrees=f"{written(hot[0])} {hot[1] or 'degrees'}"
    )
    if code != "en":
        return f"{sentence[:-1]} ({said}){sentence[-1]}" if said else sentence
    sentence = sentence[:-1] + (f" and {said[:1].lower() + said[1:]}" if said else "")
    return f"{sentence}{f', with {listing(facts(rest, plain=True))}' if rest else ''}."


def _pictured(about: str, found: Any) -> str:
    """Concepts of a picture, and things in boxes, as a sentence; nothing for something else.

    >>> _pictured("garden.png", [{"name": "sun", "value": 0.98}, {"name": "tree", "value": 0.97}])
    'garden.png shows the sun and a tree.'
    """
    things_ = found if isinstance(found, list) else []
    if not things_ or not all(isinstance(each, dict) and "name" in each for each in things_):
        return ""
    names = [str(each["name"]) for each in things_[:_MOST_ITEMS]]
    boxes = [_formed("box", {**each, "name": _with_article(name)})
             for each, name in zip(things_, names, strict=False)]  # fmt: skip
    if all(boxes):
        return f"I found {listing(boxes)}{f' in {about}' if about else ''}."
    if any(each.keys() != {"name", "value"} for each in things_):
        return ""
    kinds = [name for name in names if name in keys("qualities")]
    kinds += [_with_article(name) for name in names if name in keys("kinds_of_picture")]
    plain = keys("qualities") | keys("kinds_of_picture")
    others = [_with_article(name) for name in names if name not in plain]
    if not others:
        return f"{about or 'The picture'} is {listing(kinds)}."
    kind = f" It is {listing(kinds)}." if kinds else ""
    return f"{about or 'The picture'} shows {listing(others)}.{kind}"


def _with_article(name: str) -> str:
    last = name.rpartition(" ")[2]
    if last in keys("unique"):
        return f"the {name}"
    plain = last in keys("uncountable") or last.endswith("s") or name.startswith("no ")
    return name if plain else f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


# Measures


def measures(step: Step) -> dict[str, Any]:
    """What a result says, by key: one level of nesting and wrapping is undone."""
    value = unwrapped(parsed(step.result or ""))
    found: dict[str, Any] = {}
    for key, each in value.items() if isinstance(value, dict) else ():
        if not isinstance(each, dict):
            found[key] = each
        elif unit := _beside(each):  # {"wind": {"speed": 12, "unit": "km/h"}}
            found |= {key if k in ("value", "amount") else f"{key} {k}": f"{inline(v)} {unit}"
                      for k, v in each.items() if k not in keys("unit_keys")}  # fmt: skip
        else:
            found |= each
    return found


def measured(step: Step) -> list[tuple[float, str]]:
    """The numbers of a result that have a unit, beside them, in their key or in their text."""
    value = measures(step) or {"": parsed(step.result) or step.result}
    found = (_PATTERNS["measure"].findall(measure(value, key)) for key in value)
    return [(float(n), _unit(unit)) for pairs in found for n, unit in pairs]


def degrees(step: Step) -> tuple[float, str] | None:
    """The temperature in a result, and its unit: "°C", "°F" or ""."""
    found = [each for each in measured(step) if each[1][:1] == "°"]
    plain = [(value, "") for key, value in measures(step).items()
             if key in keys("degrees") and type(value) in (int, float)]  # fmt: skip
    return next(iter(found + plain), None)


def unit_in_key(key: str) -> tuple[str, str]:
    """What a key names, and the unit that ends it: `weight_kg` is the weight in kg."""
    *label, last = name_words(key) or [key]
    unit = table("results")["units"].get(last, "") if label or last[1:] else ""
    label = label if unit else [*label, last]
    return _named(label), unit or table("results")["plain_units"].get(last, "")


def _named(label: list[str]) -> str:
    return " ".join(label[1:] if label[1:] and label[0] in ("is", "has") else label)


def _unit(text: str) -> str:
    return str(table("results")["units"].get(text.lower(), text))


def _beside(value: dict[str, Any]) -> str:
    """The unit that stands beside the numbers of a result."""
    return next((_unit(str(value[k])) for k in value if k in keys("unit_keys")), "")


def measure(value: dict[str, Any], key: str) -> str:
    """A value of a result with its unit, which may stand beside it or in its key."""
    if things.number(value[key]) is None:
        return inline(value[key])
    sort = keys("price" if "currency" in value else "measured")
    sole = [each for each in value if things.number(value[each]) is not None] == [key]
    unit = unit_in_key(key)[1] or (_beside(value) if sole or sort & {*name_words(key)} else "")
    return f"{inline(value[key])} {unit}".strip().replace(" %", "%")


# Values


def facts(value: dict[str, Any], plain: bool = False) -> list[str]:
    """`the price is 189.5 USD` for each entry, a unit or a currency joined to its number."""
    shown = {key: measure(value, key) for key in islice(value, _MOST_ITEMS)}
    joined = _beside(value) in {text.partition(" ")[2] for text in shown.values()}
    found: list[str] = []
    for key, text in shown.items():
        each = value[key]
        is_number = things.number(each) is not None
        label = unit_in_key(key)[0] if is_number else _named([*name_words(key)])
        if joined and key in keys("unit_keys"):
            continue
        if each in ([], {}):
            found.append(f"{'' if plain else 'there are '}no {label}")
        elif isinstance(each, bool) and not plain:
            verb, no = ("has", "no ") if label in keys("things") else ("is", "not ")
            found.append(f"it {verb} {'' if each else no}{label}")
        elif plain or not label:  # {"km": 14}
            found.append(f"{label} {text}".strip() if plain else f"it is {text}")
        else:
            many = isinstance(each, list) and label.endswith("s")
            found.append(f"the {label} {'are' if many else 'is'} {text}")
    return _more(found, value) or ["nothing"]


def _more(shown: list[str], of: Any) -> list[str]:
    """What is shown of the first ten of something, and how many more there are."""
    return [*shown, f"{len(of) - _MOST_ITEMS} more"] if len(of) > _MOST_ITEMS else shown


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "not given", True: "yes", False: "no"}[value]
    if isinstance(value, int | float):
        return written(value)
    return quoted(str(value), 300).rstrip(".")


def inline(value: Any) -> str:
    """A value in a few words."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    if isinstance(value, list):
        return listing(_more([*map(inline, value[:_MOST_ITEMS])], value)) or "none"
    named = things.label(value)
    rest = {key: each for key, each in value.items() if key != named}
    pairs = ", ".join(facts(rest, plain=True)) if rest else ""
    if named is None:
        return pairs or "nothing"
    return f"{_scalar(value[named])}{f' ({pairs})' if pairs else ''}"
