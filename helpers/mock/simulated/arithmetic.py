"""Find arithmetic in a text, and do it: numbers and operators only, with bounded sizes."""

import ast
import math
import operator
import re
from collections.abc import Callable
from functools import cache

from helpers.mock.simulated.knowledge import MAGNITUDES, NUMBER_WORDS
from helpers.mock.simulated.measures import counted
from helpers.mock.simulated.texts import table
from helpers.remember import remember_texts

Number = int | float

# Every repeat has a bound, so that no text, however odd, takes more than linear time.
_OPERAND = r"(?:\(\s{0,3}){0,8}-?\d{1,40}(?:,\d{3}){0,8}(?:\.\d{1,40})?(?:\s?%)?(?:\s{0,3}\)){0,8}"
_OPERATOR = r"(?:\*\*|[-+*/×÷^−·]|x(?=\s*[\d(-])|%(?=\s*\d))"
_EXPRESSION = re.compile(
    rf"(?<![\w.]){_OPERAND}(?:\s{{0,3}}{_OPERATOR}\s{{0,3}}{_OPERAND}){{1,60}}"
)
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_LETTERS = re.compile(r"[a-z]+")


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sums in words, each with how it is written in symbols."""
    sums = table("sums")
    worded = [
        (rf"(?<![\w.]){each['of'].replace('N', _NUMBER)}", each["is"]) for each in sums["phrase"]
    ]
    signs = [
        (rf"(?<=[\d.)])\s*{word}(?!\w)", f" {sign}") for word, sign in sums["operators"].items()
    ]
    return tuple((re.compile(of, re.IGNORECASE), to) for of, to in worded + signs)


@cache
def _cues() -> frozenset[str]:
    """The words without which no sum is written in words."""
    sums = table("sums")
    found = " ".join([*(phrase["of"] for phrase in sums["phrase"]), *sums["operators"]])
    return frozenset(re.findall(r"[a-z]{3,}|[%/]", found)) - frozenset(sums["common"].split())


_FORMS = {
    form: re.compile(re.escape(form).replace("N", _NUMBER)) for form in table("sums")["operations"]
}
OPERATIONS: dict[str, str] = {
    name: form for form, names in table("sums")["operations"].items() for name in names.split()
}
"""The form that the sum of an operation has, by what the operation may be called."""


def operation(expression: str) -> str:
    """The form of an expression that is a single operation: "N + N"; "" where it is more."""
    plain = expression.replace("^", "**").translate(_SYMBOLS)
    plain = re.sub(r"\s?([-+*/%]+)\s?", r" \1 ", plain)
    return next((form for form, of in _FORMS.items() if of.fullmatch(plain)), "")


NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|\.\d)")


def numbers(text: str) -> list[float]:
    """The numbers of a text, in order."""
    return [float(number.group().replace(",", "")) for number in NUMBER.finditer(text)]


@remember_texts(512)
def digits(text: str) -> str:
    """A text with its number words as digits: "twenty-five" as 25, "1.5 million" as 1500000."""
    if not _COUNTING.isdisjoint(_LETTERS.findall(text.lower())):
        text = _COUNTED.sub(_as_digits, text)
    return text


_COUNTING = NUMBER_WORDS.keys() | MAGNITUDES.keys()
_COUNTED = re.compile(r"(?<![\w.])(?:\d[\d,]{0,40}(?:\.\d+)?(?= )|[a-z]+)(?:[ -][a-z]+\b)*", re.I)


def _as_digits(run: re.Match[str]) -> str:
    """Words that only blanks stand between, with the numbers among them as digits."""
    words, told, at = re.split(r"([ -])", run[0]), "", 0
    while at < len(words):
        size, value = counted([word.lower() for word in words[at : at + 24 : 2]], {})
        after = at + max(2 * size - 1, 1)
        told += (written(value) if size else words[at]) + "".join(words[after : after + 1])
        at = after + 1
    return told


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d{1,2}/\d{1,2}/\d{2,4}|\+?\d{2,4}-\d{3,4}(?:-\d{3,4})?")
_SYMBOLS = str.maketrans({"×": "*", "÷": "/", "−": "-", "·": "*", ",": None, "x": "*"})

_RANGE = re.compile(r"(?<!\d)\d{1,18}-\d{1,18}")

_OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_LARGEST_EXPONENT = 1_000
_LARGEST_BITS = 4_000  # of an integer: about 1,200 digits


def find(text: str) -> list[str]:
    """The expressions in a text, as written or put from words into symbols, in order."""
    if not _cues().isdisjoint(re.findall(r"[a-z]+|[%/]", text.lower())):
        text = _THOUSANDS.sub("", digits(text))
        for pattern, replacement in _phrases():
            text = pattern.sub(replacement, text)
    found = []
    for match in _EXPRESSION.finditer(text):
        source = match.group().strip()
        # A bracket belongs to the expression only if its partner does.
        while source.startswith("(") and source.count("(") > source.count(")"):
            source = source[1:].strip()
        while source.endswith(")") and source.count(")") > source.count("("):
            source = source[:-1].strip()
        rest = text[match.end() : match.end() + 2].lstrip()
        if _RANGE.fullmatch(source) and (rest[:1].isalpha() or rest[:1] == "-"):
            continue  # "3-5 days"
        if not _DATE.fullmatch(source):
            found.append(source)
    return found


def evaluate(expression: str) -> Number | None:
    """The value of an expression of numbers; None for anything else, or anything too large."""
    if len(expression) > 500:
        return None
    source = expression.replace("^", "**").translate(_SYMBOLS).strip()
    source = re.sub(r"(\d)\s*%(?!\s*[\d(])", r"\1/100", source)
    try:
        result = _value(ast.parse(source, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError, MemoryError):
        return None
    if isinstance(result, float):
        if not math.isfinite(result):
            return None
        if result.is_integer() and abs(result) < 1e15:
            return int(result)
    return result


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=bool()):
            raise ValueError("not a number")
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            first, second = _value(left), _value(right)
            if isinstance(op, ast.Pow):
                too_large = abs(second) > _LARGEST_EXPONENT
                if isinstance(first, int) and isinstance(second, int):
                    too_large |= first.bit_length() * abs(second) > _LARGEST_BITS
                if too_large or (first < 0 and not isinstance(second, int)):
                    raise ValueError("too large, or not real")
            result = _OPERATORS[type(op)](first, second)
            if isinstance(result, int) and result.bit_length() > _LARGEST_BITS:
                raise ValueError("too large")
            return result
    raise ValueError("not arithmetic")


def written(number: Number) -> str:
    """A number as a person would write it: no rounding noise, no trailing zeros."""
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.10g}"
