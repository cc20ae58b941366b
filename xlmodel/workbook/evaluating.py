"""What a native formula shows: templates evaluated as a spreadsheet evaluates them, so that no value is written twice.

A template is parsed once and a cell is evaluated when it is first asked for. Only what the report's own formulas use is
known; anything else is refused by name when the report is made, never guessed.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from xlmodel.workbook.layout import Layout, Place
from xlmodel.workbook.spreadsheet import FUNCTIONS, LAZY, Failed, Span, flat, number, texted

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?)|(?P<text>\"(?:[^\"]|\"\")*\")|\{(?P<key>[^{}|]+)(?:\|(?P<part>\w+))?\}"
    r"|(?P<call>[A-Z][A-Z0-9.]*)\(|(?P<word>TRUE|FALSE)\b|(?P<sign><>|<=|>=|[-+*/^&=<>%(),:]))"
)
_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
Node = Callable[["Cells", int, int], Any]
"""What a part of a formula is worth, on the sheet of its row, in a column."""


class Cells:
    """Every cell of the pages of a report, evaluated when it is asked for.

    Parameters
    ----------
    layout
        Where every key lies.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._values: dict[tuple[str, int, int], Any] = {}
        self._formulas: dict[tuple[str, int, int], str] = {}
        self._asked: set[tuple[str, int, int]] = set()

    def put(self, sheet: str, row: int, column: int, value: Any) -> None:
        """Give a cell its value."""
        self._values[sheet, row, column] = value

    def formula(self, sheet: str, row: int, column: int, template: str) -> None:
        """Give a cell its formula."""
        self._formulas[sheet, row, column] = template

    def value(self, sheet: str, row: int, column: int) -> Any:
        """Return what a cell shows; None where it is empty."""
        at = (sheet, row, column)
        if at in self._values:
            return self._values[at]
        template = self._formulas.get(at)
        if template is None:
            return None
        if at in self._asked:
            raise ValueError(f"a formula hangs on itself: {sheet}, row {row + 1}, column {column + 1}: {template}")
        self._asked.add(at)
        try:
            found = _single(parsed(template)(self, column, row))
        except Failed as failed:
            found = failed
        finally:
            self._asked.discard(at)
        if isinstance(found, bool | np.bool_):
            found = bool(found)
        elif isinstance(found, np.generic):
            found = found.item()
        self._values[at] = found
        return found

    def place(self, key: str) -> Place:
        """Return where a key lies."""
        return self._layout[key]


@cache
def parsed(template: str) -> Node:
    """Return a formula template as something that can be evaluated.

    Raises
    ------
    ValueError
        Something the report's formulas do not use.
    """
    tokens = _tokens(template.removeprefix("="))
    node, rest = _comparison(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"cannot read {template!r} from {tokens[rest].text!r} on")
    return node


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    part: str = ""


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"cannot read {text!r} at {text[at : at + 20]!r}")
        kind = match.lastgroup or ""
        if match["key"] is not None:
            found.append(_Token("key", match["key"], match["part"] or ""))
        else:
            found.append(_Token(kind, match[kind]))
        at = match.end()
    return found


def _binary(
    lower: Callable[[list[_Token], int], tuple[Node, int]], signs: dict[str, Callable[[Any, Any], Any]]
) -> Callable[[list[_Token], int], tuple[Node, int]]:
    """A level of operators that associate to the left."""

    def parse(tokens: list[_Token], at: int) -> tuple[Node, int]:
        left, at = lower(tokens, at)
        while at < len(tokens) and tokens[at].kind == "sign" and tokens[at].text in signs:
            apply = signs[tokens[at].text]
            right, at = lower(tokens, at + 1)
            left = _joined(left, right, apply)
        return left, at

    return parse


def _joined(left: Node, right: Node, apply: Callable[[Any, Any], Any]) -> Node:
    return lambda cells, column, row: apply(left(cells, column, row), right(cells, column, row))


def _unary(tokens: list[_Token], at: int) -> tuple[Node, int]:
    token = tokens[at]
    if token.kind == "sign" and token.text in "+-":
        inner, at = _unary(tokens, at + 1)
        if token.text == "+":
            return inner, at
        return (lambda cells, column, row: _negative(inner(cells, column, row))), at
    node, at = _range(tokens, at)
    while at < len(tokens) and tokens[at].text == "%" and tokens[at].kind == "sign":
        whole = node
        node, at = _joined(whole, lambda *_: 100.0, _arithmetic(operator.truediv)), at + 1
    return node, at


def _range(tokens: list[_Token], at: int) -> tuple[Node, int]:
    left, at = _atom(tokens, at)
    while at < len(tokens) and tokens[at].text == ":" and tokens[at].kind == "sign":
        right, at = _atom(tokens, at + 1)
        left = _joined(left, right, lambda a, b: a.to(b))
    return left, at


def _atom(tokens: list[_Token], at: int) -> tuple[Node, int]:
    token = tokens[at]
    if token.kind == "number":
        value = float(token.text)
        return (lambda *_: value), at + 1
    if token.kind == "text":
        text = token.text[1:-1].replace('""', '"')
        return (lambda *_: text), at + 1
    if token.kind == "word":
        truth = token.text == "TRUE"
        return (lambda *_: truth), at + 1
    if token.kind == "key":
        key, part = token.text, token.part
        return (lambda cells, column, row: _reference(cells, key, part, column)), at + 1
    if token.kind == "sign" and token.text == "(":
        node, at = _comparison(tokens, at + 1)
        return node, at + 1
    if token.kind == "call":
        return _call(tokens, at)
    raise ValueError(f"a formula cannot have {token.text!r} here")


def _call(tokens: list[_Token], at: int) -> tuple[Node, int]:
    name, at = tokens[at].text, at + 1
    arguments: list[Node] = []
    while tokens[at].text != ")" or tokens[at].kind != "sign":
        if tokens[at].text == "," and tokens[at].kind == "sign":
            arguments.append(lambda *_: None)
        else:
            node, at = _comparison(tokens, at)
            arguments.append(node)
        if tokens[at].text == "," and tokens[at].kind == "sign":
            at += 1
    if name in LAZY:
        lazy = LAZY[name]

        def later(cells: Cells, column: int, row: int) -> Any:
            return lazy(*[_asked(node, cells, column, row) for node in arguments])

        return later, at + 1
    if name not in FUNCTIONS:
        raise ValueError(f"the function {name} is not one that the report's formulas use")
    function = FUNCTIONS[name]
    return (lambda cells, column, row: function(*[n(cells, column, row) for n in arguments])), at + 1


def _asked(node: Node, cells: Cells, column: int, row: int) -> Callable[[], Any]:
    return lambda: node(cells, column, row)


def _reference(cells: Cells, key: str, part: str, column: int) -> Any:
    place = cells.place(key)
    row, last_row = place.row, place.last_row
    if place.columns is None:
        last = place.column if place.last_column is None else place.last_column
        if part == "":
            return Span(cells, place.sheet, row, place.column, row, place.column)
        return Span(cells, place.sheet, row, place.column, last_row, last)
    across = place.columns
    if part in ("", "prev"):
        at = column - (part == "prev")
        return Span(cells, place.sheet, row, at, row, at)
    if part in ("all", "whole", "path"):
        return Span(cells, place.sheet, row, across.closing if part == "path" else across.first, row, across.last)
    at = {"closing": across.closing, "first": across.first, "last": across.last, "total": across.total}[part]
    return Span(cells, place.sheet, row, at, row, at)


def _single(value: Any) -> Any:
    """What stands in the one cell of a formula."""
    if isinstance(value, Span):
        value = value.value()
    if isinstance(value, np.ndarray):
        value = value.flat[0]
    return 0.0 if value is None else value


_CANCELS: Final = 2.0**-48
"""A sum this small beside its first part is 0 to a spreadsheet: the parts cancel but for their rounding."""


def _arithmetic(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def calculate(a: Any, b: Any) -> Any:
        x, y = number(a), number(b)
        if apply is operator.truediv and not isinstance(y, np.ndarray) and y == 0:
            raise Failed("#DIV/0!")
        if apply is operator.pow:
            with np.errstate(all="ignore"):
                return np.power(x, y)
        found = apply(x, y)
        if apply not in (operator.add, operator.sub) or isinstance(found, np.ndarray):
            return found
        return 0.0 if abs(found) < _CANCELS * abs(x) else found

    return calculate


def _negative(value: Any) -> Any:
    return -number(value)


def _compared(sign: str) -> Callable[[Any, Any], Any]:
    apply = _COMPARE[sign]

    def compare(a: Any, b: Any) -> Any:
        x, y = flat(a), flat(b)
        if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
            return _elementwise(apply, x, y)
        return apply(*_ordered(x, y))

    return compare


def _elementwise(apply: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    if all(not isinstance(v, np.ndarray) or v.dtype != object for v in (x, y)) and not isinstance(x, str) and not (
        isinstance(y, str)
    ):  # fmt: skip
        return apply(x, y)
    a, b = np.broadcast_arrays(np.asarray(x, dtype=object), np.asarray(y, dtype=object))
    found = np.array([apply(*_ordered(p, q)) for p, q in zip(a.flat, b.flat, strict=True)], dtype=bool)
    return found.reshape(a.shape)


def _ordered(x: Any, y: Any) -> tuple[Any, Any]:
    """Two values as Excel orders them: numbers before texts before truths; texts without their case."""

    def rank(v: Any) -> tuple[int, Any]:
        if isinstance(v, bool | np.bool_):
            return 2, bool(v)
        return (1, v.casefold()) if isinstance(v, str) else (0, 0.0 if v is None else v)

    if x is None and isinstance(y, str):
        x = ""
    if y is None and isinstance(x, str):
        y = ""
    return rank(x), rank(y)


def _text(a: Any, b: Any) -> str:
    return texted(a) + texted(b)


_power = _binary(_unary, {"^": _arithmetic(operator.pow)})
_product = _binary(_power, {"*": _arithmetic(operator.mul), "/": _arithmetic(operator.truediv)})
_sum = _binary(_product, {"+": _arithmetic(operator.add), "-": _arithmetic(operator.sub)})
_concatenation = _binary(_sum, {"&": _text})
_comparison = _binary(_concatenation, {sign: _compared(sign) for sign in _COMPARE})

__all__: Sequence[str] = ["Cells", "parsed"]
