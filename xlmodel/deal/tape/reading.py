"""From typed columns to arrays: numbers, words and flows, each cell that cannot be used named by row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from xlmodel.deal.tape.columns import COLUMNS, FLOWS, PROFILES, Column, Flags, Problem
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats

_KNOWN = {*COLUMNS, *FLOWS, "type"}


class Table(Protocol):
    """Columns by name: a mapping, or a pandas DataFrame."""

    def keys(self) -> Iterable[Any]:
        """Names of the columns."""

    def __getitem__(self, name: Any, /) -> Any:
        """One column."""


@dataclass(slots=True)
class Reading:
    """A table while it is read.

    Attributes
    ----------
    raw
        The cells by column as they were given: a single value, a row of values or a table.
    loans
        How many rows the tape has.
    problems
        What could not be used so far.
    """

    raw: dict[str, npt.NDArray[Any]]
    loans: int
    problems: list[Problem] = field(default_factory=list)

    def numbers(self, name: str, column: Column) -> Floats:
        """Return a column of numbers, shape (loans,), NaN where the loan has none or the cell is unusable."""
        raw = self.raw.get(name)
        if raw is None:
            if column.blank is None:
                raise InputError(f"{name} is missing: every loan needs it", name)
            return np.broadcast_to(np.float64(column.blank), (self.loans,))
        values, text = _numbers(raw)
        values = np.broadcast_to(values, (self.loans,))
        blank = np.isnan(values) & ~text
        bad = text | column.outside(values)
        for row in _places(np.broadcast_to(bad, values.shape)):
            cell = self.cell(name, row)
            told = f"{name} must be numeric, got {cell!r}" if np.isnan(values[row]) else None
            self.refuse(row, name, cell, told or column.expectation(name, float(values[row])))
        if column.blank is None:
            for row in _places(blank):
                self.refuse(row, name, None, f"{name} is missing")
        elif blank.any():
            values = np.where(blank, column.blank, values)
        # A cell that was named is not judged again together with others.
        return np.where(bad, np.nan, values) if bad.any() else values

    def profile(self) -> npt.NDArray[np.intp]:
        """Return the position in `PROFILES` of every loan's type; level where it is blank."""
        raw = self.raw.get("type")
        if raw is None:
            return np.zeros(self.loans, dtype=np.intp)
        words, place = np.unique(raw.astype(str), return_inverse=True)
        known = {**{p: i for i, p in enumerate(PROFILES)}, **dict.fromkeys(("", "none", "nan", "<na>"), 0)}
        code = np.array([known.get(word.strip().lower(), -1) for word in words], dtype=np.intp)
        profile = np.broadcast_to(code[place.reshape(raw.shape)], (self.loans,))
        for row in _places(profile < 0):
            cell = self.cell("type", row)
            self.refuse(row, "type", cell, f"type must be one of {', '.join(PROFILES)}, got {cell!r}")
        return profile

    def flow(self, name: str, periods: Floats) -> Floats | None:
        """Return a table (loans, periods) or (loans, 1), NaN where blank; cells behind a maturity are not judged."""
        raw = self.raw.get(name)
        if raw is None:
            return None
        values, text = _numbers(raw)
        if values.ndim < 2:
            values, text = values[..., None], text[..., None]
        shape = (self.loans, values.shape[-1])
        values = np.broadcast_to(values, shape)
        bad = np.broadcast_to(text | FLOWS[name].outside(values), shape)
        if bad.any():
            inside = np.arange(shape[-1]) < np.where(np.isnan(periods), 0, periods)[:, None]
            for row, k in np.argwhere(bad & (inside | (shape[-1] == 1))).tolist():
                cell, title = self.cell(name, row, k), f"{name} of period {k + 1}"
                told = f"{title} must be numeric, got {cell!r}" if np.isnan(values[row, k]) else None
                self.refuse(row, name, cell, told or FLOWS[name].expectation(title, float(values[row, k])))
        return values

    def refuse(self, row: int, column: str, value: object, expected: str) -> None:
        """Note that the loan in a row, counted from 0, cannot be analysed, and why."""
        self.problems.append(Problem(row + 1, column, value, expected))

    def refuse_where(self, bad: Flags, column: str, expected: str) -> None:
        """Refuse every row of a mask; in the sentence {got} is the cell of the column."""
        for row in _places(bad):
            cell = self.cell(column, row)
            shown = f"{cell:g}" if isinstance(cell, int | float) else repr(cell)
            self.refuse(row, column, cell, expected.format(got=shown))

    def shared(self, name: str) -> bool:
        """Whether one cell, or one row of a table, was given for all loans."""
        raw = self.raw.get(name)
        return raw is not None and (raw.ndim == 0 or (raw.ndim == 2 and len(raw) == 1))

    def refused(self, name: str) -> Flags:
        """Rows whose cell in that column has been named already, so that one fault is told once."""
        mask = np.zeros(self.loans, dtype=np.bool_)
        mask[[problem.row - 1 for problem in self.problems if problem.column == name]] = True
        return mask

    def cell(self, name: str, row: int, k: int = 0) -> Any:
        """What was typed, None where the column is not given."""
        raw = self.raw.get(name)
        if raw is None:
            return None
        at = (row if len(raw) > 1 else 0, k)[: raw.ndim] if raw.ndim else ()
        cell = raw[at]
        return cell.item() if isinstance(cell, np.generic) else cell


def read_table(table: Table, aside: Iterable[str]) -> Reading:
    """Return the columns of a table, or refuse names that nobody knows and columns that do not fit together."""
    left = set(aside)
    raw: dict[str, npt.NDArray[Any]] = {}
    numbered: dict[int, str] = {}
    for name in table.keys():  # noqa: SIM118  a DataFrame iterates over labels of any kind
        title = str(name)
        if title in left:
            continue
        stem, _, number = title.rpartition("_")
        if stem == "cfads" and number.isdecimal():
            numbered[int(number)] = name
        elif title in _KNOWN:
            raw[title] = _cells(title, table[name])
        else:
            raise InputError(f"{title} is no column of a tape: name it aside, or correct it", title)
    if numbered:
        if "cfads" in raw or sorted(numbered) != list(range(1, len(numbered) + 1)):
            raise InputError("cfads must be one table or the columns cfads_1, cfads_2 and so on", "cfads")
        row = [_cells("cfads", table[numbered[k]]) for k in sorted(numbered)]
        raw["cfads"] = np.stack(np.broadcast_arrays(*row), axis=-1)
    for title, cells in raw.items():
        allowed = {"cfads": (2,), "index": (0, 1, 2)}.get(title, (0, 1))
        if cells.ndim not in allowed:
            form = "a table of loans by periods" if title == "cfads" else "a column, one value a loan"
            raise InputError(f"{title} must be {form}, got {cells.ndim} dimensions", title)
    lengths = {title: len(cells) for title, cells in raw.items() if cells.ndim}
    loans = max(lengths.values(), default=1)
    for title, length in lengths.items():
        if length != loans and not (raw[title].ndim == 2 and length == 1):
            raise InputError(f"{title} has {length} rows where the tape has {loans}", title)
    if loans == 0 or not raw:
        raise InputError("the tape is empty: at least one loan is expected", "table")
    return Reading(raw, loans)


def _places(bad: Flags) -> list[int]:
    places: list[int] = np.flatnonzero(bad).tolist()
    return places


def _cells(name: str, given: Any) -> npt.NDArray[Any]:
    """Cells as they are, so that one which cannot be used can be named."""
    try:
        return np.asarray(given)
    except ValueError:
        raise InputError(f"{name} must have equally long rows", name) from None


def _numbers(raw: npt.NDArray[Any]) -> tuple[Floats, Flags]:
    """Cells as numbers, NaN for a blank; and where there is something that is neither."""
    if raw.dtype.kind in "fiub":
        return raw.astype(np.float64, copy=False), np.zeros((1,) * raw.ndim, dtype=np.bool_)
    values = np.full(raw.shape, np.nan)
    text = np.full(raw.shape, raw.dtype.kind in "mM")
    if text.any():
        return values, text  # dates convert to numbers nobody meant
    for at in np.ndindex(raw.shape):
        cell = raw[at]
        # pandas' NA is no number and equals nothing, not even itself; by name, as pandas need not be there.
        if cell is None or type(cell).__name__ == "NAType" or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            values[at] = float(cell)
        except (TypeError, ValueError):
            text[at] = True
    return values, text
