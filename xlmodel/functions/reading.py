"""Cells in: what a sheet hands over, read by the kind of each argument.

The rules, the same on every host that lets them be the same:

* an omitted argument, or a single blank cell, takes the default; without a default it is refused;
* a blank inside a range counts as 0, as in Excel's own arithmetic;
* text that spells a number with a decimal point is that number, TRUE is 1, a date is its serial number;
* in a ratio an error value, or the text n/a, is a period that is not defined;
* any other text is refused, and a cell with an error value makes the result that error;
* in a series a row or a column is time, and a table is loans down, periods across. When a row meets a column
  of another length, one argument is a table, or a loan argument lists several loans, a column is one number per loan.

Single cells are read without numpy, which keeps a scalar call cheap.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from xlmodel.errors import NOT_TESTED, TEXT_FOR_NUMBER, CellError, ExcelError, InputError, RangeError, cell_error
from xlmodel.functions.cells import OMITTED, UNDEFINED, Argument, Cell, calendar, numeral, rectangle, serial, single
from xlmodel.functions.record import Kind, Parameter, Record
from xlmodel.maths.domain import Floats

Decode = Callable[[Any], Cell]
"""Turns what one host puts in a cell into a `Cell`; only called for cells that are not plain numbers."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The arguments of one call, ready for the function, and how a series lay in the sheet."""

    values: list[Any]
    column: bool


def plain(cell: Any) -> Cell:
    """The decoder of a host whose cells need no decoding."""
    read: Cell = cell
    return read


def read(record: Record, arguments: Sequence[Argument], decode: Decode = plain) -> Reading:
    """Return the values of a call's arguments in the order of the record.

    Raises
    ------
    InputError, CellError
        A missing or superfluous argument, a wrong kind, or an error value in a cell.
    """
    parameters = record.parameters
    if len(arguments) > len(parameters) and not (parameters and parameters[-1].variadic):
        raise InputError(f"{record.name} takes at most {len(parameters)} arguments, got {len(arguments)}")
    tolerant = record.elementwise
    values: list[Any] = []
    lying: list[bool] = []
    serial_at: list[int] = []
    several = False
    for i, parameter in enumerate(parameters):
        if parameter.variadic:
            values.extend(_decoded(a, decode) for a in arguments[i:])
            break
        argument = arguments[i] if i < len(arguments) else OMITTED
        cell = _lone(argument, decode)
        if cell is None or cell is OMITTED:
            if parameter.required:
                how = "blank" if cell is None else "missing"
                raise InputError(f"{parameter.label} is {how}: it has no default", parameter.label)
            values.append(parameter.default)
            continue
        kind = parameter.arg.kind
        if cell is not _MANY:
            values.append(_ONE[kind](cell, parameter))
            continue
        rows = rectangle(argument)
        if kind in _TIME:
            serial_at.append(i)
            lying.append(len(rows) > 1 and len(rows[0]) == 1)
        values.append(_many(rows, parameter, decode, tolerant))
        several = several or (kind is Kind.LOAN and values[-1].size > 1)
    if serial_at and not several:
        _lay(values, serial_at, lying)
    return Reading(values, bool(lying) and lying[0])


_MANY: Final = object()
_TIME: Final = frozenset({Kind.SERIES, Kind.RATIO})
_LARGEST_WHOLE: Final = 2_958_465  # the last date a sheet knows, beyond any count of periods or tests


def _lone(argument: Argument, decode: Decode) -> Any:
    """The only cell of an argument, or `_MANY`."""
    if type(argument) is float:
        return argument
    if isinstance(argument, list | tuple):
        if len(argument) != 1:
            if not argument:
                return None
            return _MANY
        argument = argument[0]
        if isinstance(argument, list | tuple):
            if len(argument) != 1:
                return _MANY
            argument = argument[0]
    return argument if type(argument) is float or argument is OMITTED else decode(argument)


def _number(cell: Cell, parameter: Parameter) -> float:
    kind = type(cell)
    if kind is float or kind is int or kind is bool:
        return float(cell)  # type: ignore[arg-type]
    if isinstance(cell, ExcelError):
        raise CellError(cell_error(cell), parameter.label)
    if isinstance(cell, str):
        number = numeral(cell)
        if number is not None:
            return number
    if isinstance(cell, dt.date):
        return serial(cell)
    raise InputError(f"{parameter.label} must be a number, got {_quoted(cell)}", parameter.label)


def _ratio(cell: Cell, parameter: Parameter) -> float:
    if isinstance(cell, ExcelError):
        return cell_error(cell).nan
    if _says_undefined(cell):
        return NOT_TESTED.nan
    return _number(cell, parameter)


def _says_undefined(cell: Cell) -> bool:
    """Whether a cell shows what reports and templates show where a ratio is not defined."""
    return isinstance(cell, str) and cell.strip().casefold() == UNDEFINED


def _vector(cell: Cell, parameter: Parameter) -> list[float]:
    return [_number(cell, parameter)]


def _whole(cell: Cell, parameter: Parameter) -> int:
    number = _number(cell, parameter)
    if not number.is_integer():
        raise InputError(f"{parameter.label} must be a whole number, got {number:g}", parameter.label)
    if abs(number) > _LARGEST_WHOLE:
        raise RangeError(f"{parameter.label} must be at most {_LARGEST_WHOLE:,}, got {number:g}", parameter.label)
    return int(number)


def _flag(cell: Cell, parameter: Parameter) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, ExcelError):
        raise CellError(cell_error(cell), parameter.label)
    if isinstance(cell, str) and cell.strip().upper() in {"TRUE", "FALSE"}:
        return cell.strip().upper() == "TRUE"
    if isinstance(cell, float | int) and cell in (0, 1):
        return bool(cell)
    raise InputError(f"{parameter.label} must be TRUE or FALSE, got {_quoted(cell)}", parameter.label)


def _text(cell: Cell, parameter: Parameter) -> str:
    if isinstance(cell, ExcelError):
        raise CellError(cell_error(cell), parameter.label)
    if isinstance(cell, str):
        return cell
    raise InputError(f"{parameter.label} must be text, got {_quoted(cell)}", parameter.label)


def _choice(cell: Cell, parameter: Parameter) -> str:
    wanted = _text(cell, parameter).strip().casefold()
    for choice in parameter.arg.choices:
        if choice.casefold() == wanted:
            return choice
    allowed = ", ".join(f'"{c}"' for c in parameter.arg.choices)
    raise InputError(f"{parameter.label} must be one of {allowed}, got {_quoted(cell)}", parameter.label)


def _date(cell: Cell, parameter: Parameter) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, str) and not isinstance(cell, ExcelError):
        try:
            return dt.date.fromisoformat(cell.strip())
        except ValueError:
            pass
        if numeral(cell) is None:
            raise InputError(
                f"{parameter.label} must be a date (a date cell or text like 2026-01-31), got {_quoted(cell)}",
                parameter.label,
            )
    return calendar(_number(cell, parameter), parameter.label)


def _dates(cell: Cell, parameter: Parameter) -> list[dt.date]:
    return [_date(cell, parameter)]


def _label(cell: Cell, parameter: Parameter) -> str:
    """A name: text, or a number as a sheet shows it; a blank is the empty name."""
    if isinstance(cell, ExcelError):
        raise CellError(cell_error(cell), parameter.label)
    if cell is None or isinstance(cell, str):
        return (cell or "").strip()
    return f"{_number(cell, parameter):.15g}"


def _labels(cell: Cell, parameter: Parameter) -> list[str]:
    return [_label(cell, parameter)]


def _as_it_is(cell: Cell, parameter: Parameter) -> tuple[tuple[Cell, ...], ...]:
    del parameter
    return ((cell,),)


_ONE: Final[dict[Kind, Callable[[Cell, Parameter], Any]]] = {
    Kind.NUMBER: _number,
    Kind.SERIES: _number,
    Kind.RATIO: _ratio,
    Kind.LOAN: _number,
    Kind.LIST: _vector,
    Kind.LADDER: _number,
    Kind.WHOLE: _whole,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.TEXT: _text,
    Kind.LABELS: _labels,
    Kind.DATES: _dates,
    Kind.CELLS: _as_it_is,
}


def _many(rows: Any, parameter: Parameter, decode: Decode, tolerant: bool) -> Any:
    kind = parameter.arg.kind
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise InputError(f"{parameter.label} must be a rectangle of cells", parameter.label)
    if kind is Kind.CELLS:
        return _decoded(rows, decode)
    if kind in _TIME or kind in {Kind.NUMBER, Kind.LADDER}:
        return _numbers(rows, parameter, decode, undefined=kind is Kind.RATIO, tolerant=tolerant)
    if kind in {Kind.LOAN, Kind.LIST, Kind.DATES, Kind.LABELS}:
        if len(rows) > 1 and width > 1:
            raise InputError(
                f"{parameter.label} takes one row or one column, got {len(rows)} x {width} cells",
                parameter.label,
            )
        if kind is Kind.DATES:
            return [_date(decode(cell), parameter) for cell in chain.from_iterable(rows)]
        if kind is Kind.LABELS:
            return [_label(decode(cell), parameter) for cell in chain.from_iterable(rows)]
        return _numbers(rows, parameter, decode).ravel()
    return single(rows, parameter.label)


def _numbers(
    rows: Any, parameter: Parameter, decode: Decode, *, undefined: bool = False, tolerant: bool = False
) -> Floats:
    """A rectangle of numbers; error cells and text become tagged NaN where one bad cell must not spoil the rest."""
    if set(map(type, chain.from_iterable(rows))) == {float}:
        return np.array(rows, dtype=np.float64)
    out = np.empty((len(rows), len(rows[0])))
    for i, row in enumerate(rows):
        for j, raw in enumerate(row):
            cell = decode(raw)
            if cell is None or cell == "":
                out[i, j] = 0.0
            elif isinstance(cell, ExcelError) and (undefined or tolerant):
                out[i, j] = cell_error(cell).nan
            elif undefined and _says_undefined(cell):
                out[i, j] = NOT_TESTED.nan
            else:
                try:
                    out[i, j] = _number(cell, parameter)
                except CellError as error:
                    raise CellError(error.undefined, _place(parameter, rows, i, j)) from None
                except InputError:
                    if not tolerant:
                        where = _place(parameter, rows, i, j)
                        raise InputError(f"{where} must be a number, got {_quoted(cell)}", where) from None
                    out[i, j] = TEXT_FOR_NUMBER.nan
    return out


def _lay(values: list[Any], places: list[int], lying: list[bool]) -> None:
    """Turn ranges into time: drop the second axis of rows and columns unless loans are meant."""
    lengths = {values[i].size for i in places if 1 in values[i].shape}
    tables = any(1 not in values[i].shape for i in places)
    if tables or (len(lengths) > 1 and len(set(lying)) > 1):
        return
    for i in places:
        values[i] = values[i].ravel()


def _decoded(argument: Argument, decode: Decode) -> Argument:
    if argument is OMITTED:
        return OMITTED
    return tuple(tuple(c if type(c) is float else decode(c) for c in row) for row in rectangle(argument))


def _place(parameter: Parameter, rows: Any, i: int, j: int) -> str:
    if len(rows) == 1:
        return f"{parameter.label}, cell {j + 1},"
    return (
        f"{parameter.label}, row {i + 1}," if len(rows[0]) == 1 else f"{parameter.label}, row {i + 1} column {j + 1},"
    )


def _quoted(cell: Any) -> str:
    if cell is None:
        return "a blank"
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    text = f'"{cell}"' if isinstance(cell, str) else str(cell)
    return text if len(text) <= 60 else text[:57] + '..."'
