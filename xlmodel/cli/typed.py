"""Arguments as a person types them into a cell: numbers, percentages, TRUE, dates, text and array constants."""

import datetime as dt
import re
from typing import Final

from xlmodel.errors import ExcelError, InputError
from xlmodel.functions.cells import OMITTED, Argument, Cell, numeral

_ELEMENT: Final = re.compile(r'\s*("(?:[^"]|"")*"|[^,;{}"]*)\s*')
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')


def typed(text: str) -> Argument:
    """Return what a cell would hold after somebody typed `text`; nothing at all is an omitted argument.

    >>> typed("40%"), typed("-1.5e3"), typed("true"), typed("#N/A"), typed("2026-01-31")
    (0.4, -1500.0, True, <ExcelError.NA: '#N/A'>, datetime.date(2026, 1, 31))
    >>> typed('{1,2;"a",TRUE}'), typed("'5"), typed("")
    (((1.0, 2.0), ('a', True)), '5', OMITTED)
    """
    stripped = text.strip()
    if not stripped:
        return OMITTED
    if stripped.startswith("{"):
        return _array(stripped)
    return _cell(stripped)


def _cell(text: str) -> Cell:
    number = numeral(text)
    if number is not None:
        return number
    if text.endswith("%") and (percent := numeral(text[:-1])) is not None:
        return percent / 100
    upper = text.upper()
    if upper in {"TRUE", "FALSE"}:
        return upper == "TRUE"
    if upper in set(ExcelError):
        return ExcelError(upper)
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return quoted[1].replace('""', '"')
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _array(text: str) -> tuple[tuple[Cell, ...], ...]:
    if not text.endswith("}") or len(text) < 3:
        raise InputError(f"an array constant is written like {{1,2;3,4}}, got {text}")
    body = text[1:-1]
    rows: list[list[Cell]] = [[]]
    place = 0
    while True:
        found = _ELEMENT.match(body, place)
        element = found[1].strip() if found else ""
        if found is None or not element:
            raise InputError(f"an array constant has a value in every place, got {text}")
        rows[-1].append(_cell(element))
        place = found.end()
        if place == len(body):
            break
        if body[place] not in ",;":
            raise InputError(f"an array constant holds numbers, texts in quotes, TRUE, FALSE and errors, got {text}")
        if body[place] == ";":
            rows.append([])
        place += 1
    if len({len(row) for row in rows}) > 1:
        raise InputError(f"the rows of an array constant have one length, got {text}")
    return tuple(map(tuple, rows))
