"""Find arithmetic in a text, and do it: numbers and operators only, with bounded sizes."""

import ast
import math
import operator
import re
from collections.abc import Callable

Number = int | float

# Every repeat has a bound, so that no text, however odd, takes more than linear time.
_OPERAND = r"(?:\(\s{0,3}){0,8}-?\d{1,40}(?:,\d{3}){0,8}(?:\.\d{1,40})?(?:\s?%)?(?:\s{0,3}\)){0,8}"
_OPERATOR = r"(?:\*\*|[-+*/×÷^−·]|x(?=\s*[\d(-])|%(?=\s*\d))"
_EXPRESSION = re.compile(
    rf"(?<![\w.]){_OPERAND}(?:\s{{0,3}}{_OPERATOR}\s{{0,3}}{_OPERAND}){{1,60}}"
)
_HAS_WORDS = re.compile(
    r"\b(?:plus|minus|times|divided|multipl\w+|over|squared|cubed|power|root|sum|product"
    r"|difference|quotient|percent|add|subtract|divide|mod|modulo)\b|%\s+of",
    re.IGNORECASE,
)
_N = r"(-?\d+(?:\.\d+)?)"
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (rf"{_N}\s*(?:%|percent)\s+of\s+{_N}", r"\1 / 100 * \2"),
        (rf"(?:square root of|sqrt of)\s+{_N}", r"\1 ** 0.5"),
        (rf"cube root of\s+{_N}", r"\1 ** (1 / 3)"),
        (rf"(?:sum of|add)\s+{_N}\s+(?:and|to)\s+{_N}", r"\1 + \2"),
        (rf"(?:difference (?:of|between))\s+{_N}\s+and\s+{_N}", r"\1 - \2"),
        (rf"subtract\s+{_N}\s+from\s+{_N}", r"\2 - \1"),
        (rf"(?:product of|multiply)\s+{_N}\s+(?:and|by|with)\s+{_N}", r"\1 * \2"),
        (rf"(?:quotient of|divide)\s+{_N}\s+(?:and|by)\s+{_N}", r"\1 / \2"),
        (r"\bplus\b", "+"),
        (r"\bminus\b", "-"),
        (r"\b(?:times|multiplied by)\b", "*"),
        (r"\b(?:divided by|over)\b", "/"),
        (r"\b(?:to the power of|raised to)\b", "**"),
        (r"\bmod(?:ulo)?\b", "%"),
        (r"\s+squared\b", " ** 2"),
        (r"\s+cubed\b", " ** 3"),
    )
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d{1,2}/\d{1,2}/\d{2,4}|\+?\d{2,4}-\d{3,4}(?:-\d{3,4})?")
_SYMBOLS = str.maketrans({"×": "*", "÷": "/", "−": "-", "·": "*", ",": None, "x": "*"})

_RANGE = re.compile(r"\d+-\d+")

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
    if _HAS_WORDS.search(text):
        for pattern, replacement in _WORDS:
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
