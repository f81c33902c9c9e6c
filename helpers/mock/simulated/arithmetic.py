"""Find arithmetic in a text, and do it: numbers and operators only, with bounded sizes."""

import ast
import math
import operator
import re
from collections.abc import Callable
from statistics import mean

from helpers.mock.simulated.measures import COUNTING, counts, whole
from helpers.mock.simulated.texts import formed, table, words
from helpers.remember import remember_texts

Number = int | float

_FORM = table("patterns")["arithmetic"]
_EXPRESSION = re.compile(formed(_FORM["expression"], _FORM))
_NUMBER = r"(-?\d+(?:\.\d+)?)"
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|\.\d)")
_WORD = re.compile(r"\d[\d,]{0,40}(?:\.\d{1,40})?|[^\W\d_]+|[^\w\s-]")
"""A number, a word, or what ends a number in words."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SYMBOLS = str.maketrans({"×": "*", "÷": "/", "−": "-", "·": "*", ",": None, "x": "*"})

_SUMS = table("sums")
_WORDED = [(rf"(?<![\w.]){of.replace('N', _NUMBER)}", to) for of, to in _SUMS["phrases"].items()]
_WORDED += [(rf"(?<=[\d.)])\s*{word}(?!\w)", f" {to}") for word, to in _SUMS["operators"].items()]
_PHRASES = [(re.compile(of, re.IGNORECASE), to) for of, to in _WORDED]
"""Sums in words, each with how it is written in symbols."""
_CUES = frozenset(re.findall(r"[a-z]{3,}|[%/]", " ".join(of for of, _ in _WORDED)))
_CUES -= frozenset(_SUMS["common"].split())
"""The words without which no sum is written in words."""
_FORMS = {form: re.compile(re.escape(form).replace("N", _NUMBER)) for form in _SUMS["operations"]}
OPERATIONS: dict[str, str] = {
    name: form for form, names in _SUMS["operations"].items() for name in names.split()
}
"""The form that the sum of an operation has, by what the operation may be called."""
OF_SEVERAL: dict[str, Callable[[list[Number]], Number]] = {
    "total": sum, "average": mean, "most": max, "least": min,
    "difference": lambda numbers: abs(numbers[0] - numbers[-1])}  # fmt: skip
"""What may be asked of several numbers at once."""


def operation(expression: str) -> str:
    """The form of an expression that is a single operation: "N + N"; "" where it is more."""
    plain = expression.replace("^", "**").translate(_SYMBOLS)
    plain = re.sub(r"\s?([-+*/%]+)\s?", r" \1 ", plain)
    return next((form for form, of in _FORMS.items() if of.fullmatch(plain)), "")


def numbers(text: str) -> list[float]:
    """The numbers of a text, in order."""
    return [float(number.group().replace(",", "")) for number in NUMBER.finditer(text)]


@remember_texts(512)
def digits(text: str) -> str:
    """A text with its number words as digits: "twenty-five" as 25, "1.5 million" as 1500000."""
    if COUNTING.isdisjoint("-".join(words(text)).split("-")):
        return text
    found = [*_WORD.finditer(text)]
    told, end = "", 0
    for at, size, value in counts([word[0].lower() for word in found], {}):
        told += text[end : found[at].start()] + written(value)
        end = found[at + size - 1].end()
    return told + text[end:]


def find(text: str) -> list[str]:
    """The expressions in a text, as written or put from words into symbols, in order."""
    if not _CUES.isdisjoint(re.findall(r"[a-z]+|[%/]", text.lower())):
        text = _THOUSANDS.sub("", digits(text))
        for pattern, replacement in _PHRASES:
            text = pattern.sub(replacement, text)
    return [match.group().strip() for match in _EXPRESSION.finditer(text)]


_OPERATORS: dict[type[ast.AST], Callable[..., Number]] = {
    ast.USub: operator.neg,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_MOST_BITS = 4_000
"""Of an integer: about 1,200 digits."""


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
    fits = isinstance(result, int | float) and abs(result) < 2**_MOST_BITS
    return whole(result) if fits else None


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            first, second = _value(left), _value(right)
            if isinstance(op, ast.Pow) and math.log2(abs(first) + 2) * abs(second) > _MOST_BITS:
                raise ValueError("too large")
            return _OPERATORS[type(op)](first, second)
    raise ValueError("not arithmetic")


def written(number: Number) -> str:
    """A number as a person would write it: no rounding noise, no trailing zeros."""
    number = whole(number)
    return str(number) if isinstance(number, int) else f"{number:.10g}"
