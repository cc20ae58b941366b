"""Cells out: what a function returns, as a rectangle of cells.

Undefined elements become the Excel error of their reason, element by element; a NaN never reaches a sheet, where
it would turn into a blank and sum as zero.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.errors import ExcelError, InputError, RangeError, reason
from xlmodel.functions.cells import Cell, serial

Answer = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """Several named answers for each loan.

    Attributes
    ----------
    headings
        What each answer is called.
    values
        The answers on the last axis, before it the loans: none, one axis, or the two of a range that is a row or a
        column.
    headed
        Whether the headings are shown.
    """

    headings: tuple[str, ...]
    values: npt.NDArray[Any]
    headed: bool = True

    @classmethod
    def of(cls, columns: dict[str, Any], headed: bool = True) -> "Table":
        """Answers by their name, arrays that broadcast against each other."""
        values = np.stack(np.broadcast_arrays(*columns.values()), axis=-1)
        return cls(tuple(columns), values, headed)


def at(period: int | None, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the values of one period, counted from 1, or all of them when `period` is None.

    The answers of a table of loans stay below each other, as the loans do.

    >>> float(at(2, np.array([1.5, 1.4, 1.3])))
    1.4
    >>> at(2, np.array([[1.5, 1.4], [1.3, 1.2]])).tolist()
    [[1.4], [1.2]]
    """
    if period is None:
        return values
    periods = values.shape[-1] if values.ndim else 1
    if not 1 <= period <= periods:
        raise RangeError(f"period must lie between 1 and {periods}, got {period}", "period")
    if values.ndim > 1:
        return values[..., period - 1 : period]
    return np.asarray(values[period - 1] if values.ndim else values)


def cells(value: Any, column: bool = False) -> Answer:
    """Return what a function answered as rows of cells.

    Parameters
    ----------
    value
        A number, an array of at most two dimensions, text, a boolean, a date, None, or rows of those; or a `Table`,
        whose loans lie down the sheet, or across it as their row of arguments did.
    column
        Whether a one-dimensional answer lies down the sheet, as its series did.

    >>> from xlmodel.errors import NO_DEBT_SERVICE
    >>> cells(np.array([1.2, NO_DEBT_SERVICE.nan]))
    [[1.2, <ExcelError.DIV0: '#DIV/0!'>]]
    >>> cells(np.array([1.2, 1.3]), column=True)
    [[1.2], [1.3]]
    """
    if type(value) is float:
        return [[_cell(value)]]
    if isinstance(value, np.ndarray):
        return _array(value, column)
    if isinstance(value, Table):
        return _table(value)
    if isinstance(value, list | tuple):
        rows = value if value and isinstance(value[0], list | tuple) else _laid(list(value), column)
        return [[_cell(v) for v in row] for row in rows]
    return [[_cell(value)]]


def _array(values: np.ndarray[Any, Any], column: bool) -> Answer:
    if values.ndim == 0:
        return [[_cell(values.item())]]
    if values.ndim > 2:
        raise InputError(f"a sheet shows two dimensions, the answer has {values.ndim}")
    if values.size == 0:
        raise InputError("the answer is empty")
    rows = _laid(values, column) if values.ndim == 1 else values
    if values.dtype.kind != "f":
        return [[_cell(v) for v in row] for row in np.asarray(rows).tolist()]
    answer: Answer = np.asarray(rows).tolist()
    bad = ~np.isfinite(rows)
    if np.any(bad):
        for i, j in zip(*np.nonzero(bad), strict=True):
            answer[i][j] = _cell(answer[i][j])
    return answer


def _table(table: Table) -> Answer:
    values = np.atleast_2d(table.values)
    down = values.ndim == 2 or values.shape[1] == 1
    if not down and (values.ndim > 3 or values.shape[0] > 1):
        raise InputError("several answers for a table of arguments fit no sheet: ask for one of them")
    loans = _array(values.reshape(-1, values.shape[-1]), False)
    if down:
        return [list(table.headings), *loans] if table.headed else loans
    across: Answer = [list(answers) for answers in zip(*loans, strict=True)]
    if not table.headed:
        return across
    return [[heading, *answers] for heading, answers in zip(table.headings, across, strict=True)]


def _laid(values: Any, column: bool) -> Any:
    return [[v] for v in values] if column else [values]


def _cell(value: Any) -> Cell:
    if isinstance(value, float):
        why = reason(value)
        if why is not None:
            return why.error
        if value in (float("inf"), float("-inf")):
            return ExcelError.NUM
        return float(value)
    if value is None:
        return ExcelError.NA
    if isinstance(value, np.generic):
        return _cell(value.item())
    if isinstance(value, bool | str):
        return value
    if isinstance(value, dt.date):
        return serial(value)
    if isinstance(value, int):
        return float(value)
    raise TypeError(f"a cell cannot show {type(value).__name__}")
