"""What passes between a sheet and the catalogue: cells in, cells out, in one spelling for every host.

A *cell* is None (blank), a number, a boolean, text, a date, or an `ExcelError`. An *argument* is one cell or a
rectangle of cells (rows of equal length), or `OMITTED`. An answer is always a rectangle. Dates are Excel serial
numbers in the 1900 system unless a host hands over date objects.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from xlmodel.errors import ExcelError, InputError

Cell: TypeAlias = float | int | bool | str | dt.date | ExcelError | None
Row: TypeAlias = Sequence[Cell]
Rectangle: TypeAlias = Sequence[Row]
Argument: TypeAlias = Any
"""A `Cell`, a `Rectangle` or `OMITTED`; typed loosely because hosts hand over what they like."""


class _Omitted:
    """The argument was not given at all."""

    def __repr__(self) -> str:
        return "OMITTED"

    def __reduce__(self) -> str:
        return "OMITTED"  # the one object, in a copy and in another process too


OMITTED: Final = _Omitted()

UNDEFINED: Final = "n/a"
"""What reports and templates show where a number does not exist; a ratio takes it for a period that is not defined."""

_EPOCH: Final = dt.date(1899, 12, 30).toordinal()
_NUMERAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SECONDS: Final = 86_400


def rectangle(argument: Argument) -> Rectangle:
    """Return an argument as rows of cells; a single cell is a rectangle of one.

    >>> rectangle(5.0), rectangle([1.0, 2.0])
    (((5.0,),), ([1.0, 2.0],))
    """
    if isinstance(argument, list | tuple):
        if argument and isinstance(argument[0], list | tuple):
            return argument
        return (argument,)
    return ((argument,),)


def single(argument: Argument, name: str) -> Cell:
    """Return the one cell of an argument, or refuse a range.

    >>> single(((5.0,),), "periods")
    5.0
    """
    rows = rectangle(argument)
    if len(rows) == 1 and len(rows[0]) == 1:
        cell: Cell = rows[0][0]
        return cell
    raise InputError(f"{name} takes one cell, got a range of {len(rows)} x {len(rows[0])}", name)


def serial(date: dt.date) -> float:
    """Return the Excel serial number of a date or a date and time, 1900 system.

    Dates before March 1900 are refused: there Excel counts a 29 February 1900 that never was.

    >>> serial(dt.date(2026, 1, 31)), serial(dt.datetime(2026, 1, 31, 12))
    (46053.0, 46053.5)
    """
    days = date.toordinal() - _EPOCH
    if days < 61:
        raise InputError(f"dates before 1 March 1900 have no reliable serial number, got {date}")
    if isinstance(date, dt.datetime):
        return days + (date.hour * 3600 + date.minute * 60 + date.second) / _SECONDS
    return float(days)


def calendar(number: float, name: str) -> dt.date:
    """Return the date of an Excel serial number, its time of day dropped.

    >>> calendar(46053.5, "closing_date")
    datetime.date(2026, 1, 31)
    """
    if not 61 <= number < 2_958_466:
        raise InputError(f"{name} must be a date from 1 March 1900 to 31 December 9999, got {number:g}", name)
    return dt.date.fromordinal(int(number) + _EPOCH)


def numeral(text: str) -> float | None:
    """Return the number that a text spells with a decimal point, or None.

    Thousands separators, percent signs and currency signs are refused: what they mean depends on the locale.

    >>> numeral(" 1.5 "), numeral("1,5"), numeral("nan")
    (1.5, None, None)
    """
    stripped = text.strip()
    return float(stripped) if _NUMERAL.fullmatch(stripped) else None
