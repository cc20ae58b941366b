"""The spreadsheet functions that the report's formulas use, with the meaning they have in Excel and LibreOffice."""

import datetime as dt
import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from xlmodel.maths.cashflow import irr, xirr
from xlmodel.maths.dates import add_months, from_serial, to_serial


class Failed(Exception):  # noqa: N818  an error value, as a cell shows it
    """An error value, such as #DIV/0!, on its way to the cell that shows it or the IFERROR that does not."""


class Span:
    """Cells of a sheet, one or a rectangle."""

    __slots__ = ("_cells", "bottom", "left", "right", "sheet", "top")

    def __init__(self, cells: Any, sheet: str, top: int, left: int, bottom: int, right: int) -> None:
        self._cells, self.sheet = cells, sheet
        self.top, self.left, self.bottom, self.right = top, left, bottom, right

    def to(self, other: "Span") -> "Span":
        """The rectangle from these cells to others."""
        return Span(
            self._cells, self.sheet, min(self.top, other.top), min(self.left, other.left),
            max(self.bottom, other.bottom), max(self.right, other.right),
        )  # fmt: skip

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    def value(self) -> Any:
        """What its first cell shows."""
        found = self._cells.value(self.sheet, self.top, self.left)
        if isinstance(found, Failed):
            raise found
        return found

    def values(self) -> list[Any]:
        """What all its cells show, row by row."""
        found = [
            self._cells.value(self.sheet, row, column)
            for row in range(self.top, self.bottom + 1)
            for column in range(self.left, self.right + 1)
        ]
        for value in found:
            if isinstance(value, Failed):
                raise value
        return found

    def at(self, row: int, column: int) -> "Span":
        """One of its cells, counted from 1."""
        if not (1 <= row <= self.shape[0] and 1 <= column <= self.shape[1]):
            raise Failed("#REF!")
        top, left = self.top + row - 1, self.left + column - 1
        return Span(self._cells, self.sheet, top, left, top, left)


def flat(value: Any) -> Any:
    """A value that is no reference any more: a single one, or an array of them."""
    if not isinstance(value, Span):
        return value
    if value.shape == (1, 1):
        return value.value()
    found = value.values()
    if all(isinstance(v, float | int) and not isinstance(v, bool) for v in found):
        return np.array(found, dtype=np.float64).reshape(value.shape)
    return np.array([*found, None], dtype=object)[:-1].reshape(value.shape)


def number(value: Any) -> Any:
    """A value as a number, or an array of numbers; a text that is none is an error."""
    value = flat(value)
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return np.array([number(v) for v in value.flat], dtype=np.float64).reshape(value.shape)
        return value.astype(np.float64) if value.dtype == bool else value
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise Failed("#VALUE!") from None
    return float(value)


def texted(value: Any) -> str:
    """A value as the text that & joins."""
    value = flat(value)
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else f"{float(value):.15g}"


def _numbers(arguments: tuple[Any, ...]) -> list[float]:
    """The numbers among the arguments: texts and blanks in ranges do not count."""
    found: list[float] = []
    for argument in arguments:
        if isinstance(argument, Span):
            found += [float(v) for v in argument.values() if isinstance(v, float | int) and not isinstance(v, bool)]
        elif isinstance(argument, np.ndarray):
            found += [float(v) for v in argument.flat if isinstance(v, float | int | np.number)]
        else:
            found.append(float(number(argument)))
    return found


def _truth(value: Any) -> bool:
    value = flat(value)
    if isinstance(value, str):
        raise Failed("#VALUE!")
    return bool(value)


def _truths(arguments: tuple[Any, ...]) -> list[bool]:
    return [bool(t) for a in arguments for t in (flat(a).flat if isinstance(flat(a), np.ndarray) else [_truth(a)])]


def _if(test: Callable[[], Any], yes: Callable[[], Any], no: Callable[[], Any] = lambda: False) -> Any:
    return yes() if _truth(test()) else no()


def _iferror(value: Callable[[], Any], other: Callable[[], Any]) -> Any:
    try:
        found = flat(value())
    except Failed:
        return other()
    return found


def _iserror(value: Callable[[], Any]) -> bool:
    try:
        flat(value())
    except Failed:
        return True
    return False


def _choose(index: Callable[[], Any], *others: Callable[[], Any]) -> Any:
    return others[int(number(index())) - 1]()


def _and(*tests: Callable[[], Any]) -> bool:
    # All are asked, as a spreadsheet asks them: an error in any is the answer.
    return all(_truths(tuple([t() for t in tests])))


def _or(*tests: Callable[[], Any]) -> bool:
    return any(_truths(tuple([t() for t in tests])))


def _sumproduct(*arrays: Any) -> float:
    product: Any = 1.0
    for array in arrays:
        values = flat(array)
        if isinstance(values, np.ndarray) and values.dtype == object:
            values = np.array([v if isinstance(v, float | int) else 0.0 for v in values.flat]).reshape(values.shape)
        product = product * number(values)
    return float(np.sum(product))


def _index(array: Any, row: Any, column: Any = None) -> Any:
    at, across = int(number(row)), 0 if column is None else int(number(column))
    if isinstance(array, Span):
        if array.shape[0] == 1 and column is None:
            at, across = 1, at
        return array if at == 0 and across == 0 else array.at(at or 1, across or 1)
    values = np.atleast_2d(np.asarray(array))
    if at == 0 and across == 0:
        return values
    if values.shape[0] == 1 and column is None:
        at, across = 1, at
    return values[(at or 1) - 1, (across or 1) - 1]


def _match(value: Any, array: Any, kind: Any = 1) -> int:
    wanted, found = flat(value), flat(array)
    listed = list(found.flat) if isinstance(found, np.ndarray) else [found]
    if number(kind) == 0:
        for i, v in enumerate(listed, 1):
            same = v.casefold() == wanted.casefold() if isinstance(v, str) and isinstance(wanted, str) else (
                not isinstance(v, str) and not isinstance(wanted, str) and v is not None and v == wanted
            )  # fmt: skip
            if same:
                return i
        raise Failed("#N/A")
    below = [i for i, v in enumerate(listed, 1) if isinstance(v, float | int | np.number) and v <= wanted]
    if not below:
        raise Failed("#N/A")
    return below[-1]


def _criterion(rule: Any) -> Callable[[Any], bool]:
    rule = flat(rule)
    if not isinstance(rule, str):
        return lambda v: not isinstance(v, str) and v is not None and v == rule
    sign = re.match(r"<>|<=|>=|[<>=]", rule)
    word = rule[sign.end() :] if sign else rule
    try:
        level = float(word)
    except ValueError:
        same = re.compile(fnmatch.translate(word.casefold()))
        wanted = not (sign and sign[0] == "<>")
        return lambda v: (isinstance(v, str) and same.fullmatch(v.casefold()) is not None) == wanted
    compare = {"<>": "__ne__", "<=": "__le__", ">=": "__ge__", "<": "__lt__", ">": "__gt__", "=": "__eq__"}
    name = compare[sign[0] if sign else "="]
    return lambda v: (
        (isinstance(v, float | int) and not isinstance(v, bool) and bool(getattr(float(v), name)(level)))
        or (name == "__ne__" and not isinstance(v, float | int))
    )


def _where(pairs: tuple[Any, ...]) -> list[bool]:
    keep: list[bool] = []
    for span, rule in zip(pairs[::2], pairs[1::2], strict=True):
        accept = _criterion(rule)
        found = [accept(v) for v in span.values()]
        keep = found if not keep else [a and b for a, b in zip(keep, found, strict=True)]
    return keep


def _sumifs(span: Span, *pairs: Any) -> float:
    rows = zip(span.values(), _where(pairs), strict=True)
    return float(sum(v for v, keep in rows if keep and isinstance(v, float | int)))


def _sumif(span: Span, rule: Any, added: Span | None = None) -> float:
    return _sumifs(span if added is None else added, span, rule)


def _day(serial: Any) -> dt.date:
    day: dt.date = from_serial(np.floor(number(serial))).astype("datetime64[D]").item()
    return day


def _date(year: Any, month: Any, day: Any) -> float:
    y, m = int(number(year)), int(number(month)) - 1
    first = np.datetime64(f"{y + m // 12:04d}-{m % 12 + 1:02d}-01", "D")
    return float(to_serial(first + np.timedelta64(int(number(day)) - 1, "D")))


def _edate(serial: Any, months: Any) -> float:
    start = np.array([np.datetime64(_day(serial), "D")])
    return float(to_serial(add_months(start, int(number(months))))[0])


def _eomonth(serial: Any, months: Any) -> float:
    day = _day(serial)
    return _date(day.year, day.month + int(number(months)) + 1, 0)


def _round(value: Any, digits: Any) -> Any:
    x, scale = number(value), 10.0 ** number(digits)
    with np.errstate(over="ignore"):
        # Half away from zero on the number a person would see, as a spreadsheet rounds.
        found = np.sign(x) * np.floor(np.round(np.abs(x) * scale, 9) + 0.5) / scale
    return np.where(np.isfinite(found), found, x)[()]


def _mod(value: Any, by: Any) -> Any:
    if number(by) == 0:
        raise Failed("#DIV/0!")
    return np.mod(number(value), number(by))


def _positive(apply: Callable[[Any], Any], low: float) -> Callable[[Any], Any]:
    def calculate(value: Any) -> Any:
        x = number(value)
        if np.any(np.asarray(x) < low) or (low == 0 and apply is np.log and np.any(np.asarray(x) <= 0)):
            raise Failed("#NUM!")
        return apply(x)

    return calculate


def _irr(flows: Any, guess: Any = None) -> float:
    found = float(irr(np.asarray(number(flows)).ravel(), guess=0.1 if guess is None else float(number(guess))))
    if np.isnan(found):
        raise Failed("#NUM!")
    return found


def _xirr(flows: Any, dates: Any, guess: Any = None) -> float:
    days = from_serial(np.asarray(number(dates)).ravel())
    found = float(xirr(np.asarray(number(flows)).ravel(), days))
    if np.isnan(found):
        raise Failed("#NUM!")
    return found


def _formatted(value: Any, form: Any) -> str:
    x, rule = number(value), str(form)
    if "yyyy" in rule:
        day = _day(x)
        return rule.replace("yyyy", f"{day:%Y}").replace("mmmm", f"{day:%B}").replace("mmm", f"{day:%b}").replace(
            "dd", f"{day:%d}"
        ).replace("d", str(day.day), 1 if "dd" not in rule else 0)  # fmt: skip
    percent = rule.endswith("%")
    decimals = len(rule.rstrip('%x"').partition(".")[2].strip('"x'))
    shown = f"{x * (100 if percent else 1):{',' if ',' in rule else ''}.{decimals}f}"
    return shown + ("%" if percent else "")


def _elementwise(test: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        found = flat(value)
        if isinstance(found, np.ndarray):
            return np.array([test(v) for v in found.flat], dtype=bool).reshape(found.shape)
        return test(found)

    return apply


def _is_number(value: Callable[[], Any]) -> Any:
    try:
        return _elementwise(lambda v: isinstance(v, float | int | np.number) and not isinstance(v, bool))(value())
    except Failed:
        return False


def _search(wanted: Any, text: Any) -> int:
    at = texted(text).casefold().find(texted(wanted).casefold())
    if at < 0:
        raise Failed("#VALUE!")
    return at + 1


def _average(*arguments: Any) -> float:
    found = _numbers(arguments)
    if not found:
        raise Failed("#DIV/0!")
    return sum(found) / len(found)


def _exact(a: Any, b: Any) -> Any:
    x, y = np.broadcast_arrays(np.asarray(flat(a), dtype=object), np.asarray(flat(b), dtype=object))
    if x.ndim == 0:
        return texted(x.item()) == texted(y.item())
    found = [texted(p) == texted(q) for p, q in zip(x.flat, y.flat, strict=True)]
    return np.array(found, dtype=bool).reshape(x.shape)


LAZY: Final[Mapping[str, Callable[..., Any]]] = {
    "IF": _if, "IFERROR": _iferror, "ISERROR": _iserror, "ISNUMBER": _is_number, "CHOOSE": _choose, "AND": _and,
    "OR": _or,
}  # fmt: skip
"""Functions that take their arguments as questions, to be asked or not."""

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "ABS": lambda x: abs(number(x)),
    "AVERAGE": _average,
    "COUNT": lambda *a: float(len(_numbers(a))),
    "COUNTA": lambda *a: float(sum(v is not None for s in a for v in (s.values() if isinstance(s, Span) else [s]))),
    "COUNTIF": lambda span, rule: float(sum(_where((span, rule)))),
    "COUNTIFS": lambda *pairs: float(sum(_where(pairs))),
    "DATE": _date,
    "DAY": lambda x: float(_day(x).day),
    "EDATE": _edate,
    "EOMONTH": _eomonth,
    "EXACT": _exact,
    "EXP": lambda x: np.exp(number(x)),
    "INDEX": _index,
    "INT": lambda x: np.floor(number(x)),
    "IRR": _irr,
    "LN": _positive(np.log, 0),
    "MATCH": _match,
    "MAX": lambda *a: max(_numbers(a), default=0.0),
    "MIN": lambda *a: min(_numbers(a), default=0.0),
    "MOD": _mod,
    "MONTH": lambda x: float(_day(x).month),
    "NOT": lambda x: not _truth(x),
    "ROUND": _round,
    "ROWS": lambda span: float(span.shape[0]),
    "SEARCH": _search,
    "SQRT": _positive(np.sqrt, 0),
    "SUM": lambda *a: float(sum(_numbers(a))),
    "SUMIF": _sumif,
    "SUMIFS": _sumifs,
    "SUMPRODUCT": _sumproduct,
    "TEXT": _formatted,
    "XIRR": _xirr,
    "YEAR": lambda x: float(_day(x).year),
}
