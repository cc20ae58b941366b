"""What a cell can hold, as the file writes it: numbers, text, dates, truth values, errors, nothing."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import numpy as np

from xlmodel.errors import ExcelError, InputError, cell_error, reason

Scalar = float | int | str | bool | dt.date | dt.datetime | None
Value = Scalar | Sequence[Scalar] | Sequence[Sequence[Scalar]] | Sequence[Mapping[str, Scalar]]
"""What a place is filled with: one value, a row or column of them, or rows."""

LONGEST_TEXT: Final = 32767
_DAY: Final = dt.timedelta(days=1)
_EPOCH: Final = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
_LEAP: Final = 60  # 29 February 1900, a day Excel has and the calendar has not
_LAST: Final = {False: 2958466, True: 2957004}  # the days before 1 January 10000
_EXACT: Final = 2**53
# XML cannot hold these, so a workbook writes their number; a text that looks like such a number is marked too.
_ENCODED: Final = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_CODE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Form(Enum):
    """What a value needs the cell's number format to be, for a reader to see what it is."""

    ANY = 0
    DATE = 14
    MOMENT = 22


def scalar(value: Any, place: str) -> Scalar:
    """Return a value as one of the kinds a cell holds.

    Parameters
    ----------
    value
        What was given; numbers and dates of numpy and pandas and decimals are taken too.
    place
        What the sentences call the cell.

    Raises
    ------
    InputError
        It is none of the kinds, an infinite number, an integer Excel would round, text too long, or a time with a zone.

    Examples
    --------
    >>> import numpy as np
    >>> scalar(np.float64(1.5), "x"), scalar(np.datetime64("2026-03-31"), "x"), scalar("=1+1", "x")
    (1.5, datetime.date(2026, 3, 31), '=1+1')
    """
    if isinstance(value, np.datetime64):
        fine = value if value.dtype in ("M8[D]", "M8[M]", "M8[Y]") else value.astype("M8[us]")
        value = fine.astype("M8[D]").item() if fine is value else fine.item()
    elif isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, int):
        if abs(value) > _EXACT and int(float(value)) != value:
            raise InputError(f"{place} would hold {value}, which Excel rounds: give it as text", place)
        return value
    if isinstance(value, float):
        if math.isinf(value):
            raise InputError(f"{place} would hold an infinite number, which Excel has not", place)
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, dt.date):
        if value != value:  # the missing date of pandas
            return None
        return _moment(value, place)
    raise InputError(
        f"{place} would hold a {type(value).__name__}; a cell holds a number, text, date, or nothing", place
    )


def _text(value: str, place: str) -> str:
    try:
        length = len(value.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise InputError(f"{place} would hold half of a letter, which is no text", place) from None
    if length > LONGEST_TEXT:
        raise InputError(f"{place} would hold {length} letters; a cell holds {LONGEST_TEXT}", place)
    return str(value)


def _moment(value: dt.date, place: str) -> dt.date:
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise InputError(f"{place} would hold a time with a time zone, which Excel has not", place)
        return dt.datetime(*value.timetuple()[:6], value.microsecond)
    return dt.date(value.year, value.month, value.day)


def serial(value: dt.date, epoch_1904: bool, place: str) -> float:
    """Return the number that stands for a date.

    >>> serial(dt.date(2026, 3, 31), False, "x"), serial(dt.date(1900, 2, 28), False, "x")
    (46112, 59)
    >>> serial(dt.datetime(2026, 3, 31, 12), True, "x")
    44650.5
    """
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    passed = moment - _EPOCH[epoch_1904]
    days = passed.days
    if not epoch_1904 and days <= _LEAP:
        days -= 1
    if days < (0 if epoch_1904 else 1):
        raise InputError(f"{place} would hold {value}, a day before those this workbook can count", place)
    part = (passed - passed.days * _DAY) / _DAY
    return days + part if part else days


def moment(number: float, epoch_1904: bool, form: Form) -> Scalar:
    """Return the date that a number stands for in a cell shown as a date, or the number when it is none.

    >>> moment(46112.0, False, Form.DATE), moment(46112.5, False, Form.DATE), moment(60.0, False, Form.DATE)
    (datetime.date(2026, 3, 31), datetime.datetime(2026, 3, 31, 12, 0), 60.0)
    """
    day = math.floor(number)
    if not (0 if epoch_1904 else 1) <= number < _LAST[epoch_1904] or (day == _LEAP and not epoch_1904):
        return number
    if not epoch_1904 and day < _LEAP:
        day += 1
    # A day's number leaves room for thousandths of a second and no more.
    thousandths = round((number - math.floor(number)) * 86_400_000)
    found = _EPOCH[epoch_1904] + dt.timedelta(days=day, milliseconds=thousandths)
    whole = form is Form.DATE and thousandths == 0
    return found.date() if whole else found


def error_of(value: float) -> ExcelError:
    """Return the error that an undefined number shows."""
    why = reason(value)
    return ExcelError.NUM if why is None else why.error


def undefined(text: str) -> float:
    """Return the undefined number that an error cell holds."""
    return cell_error(ExcelError(text) if text in set(ExcelError) else ExcelError.VALUE).nan


def written(number: float) -> bytes:
    """Return a number as a workbook writes it.

    >>> written(10.0), written(0.1), written(1e300)
    (b'10', b'0.1', b'1e+300')
    """
    return repr(number).removesuffix(".0").encode()


def encoded(text: str) -> str:
    r"""Return text with what XML cannot hold written as a workbook writes it.

    >>> encoded("a\x08b _x0041_")
    'a_x0008_b _x005F_x0041_'
    """
    return _ENCODED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def decoded(text: str) -> str:
    r"""Return what text of a workbook says.

    >>> decoded("a_x0008_b _x005F_x0041_")
    'a\x08b _x0041_'
    """
    if "_x" not in text:
        return text
    letters = _CODE.sub(lambda found: chr(int(found[1], 16)), text)
    return letters.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
