"""Many deals of one structure as one: a description whose numbers are columns.

A number of a stack is an array of shape (loans, 1), so that it broadcasts against periods, which come last. One deal is
a stack of one: every figure is computed by the same operations on arrays of the same kind, which is why a deal gives
the same bits alone, on a tape and as a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from xlmodel.deal.quantity import Sourced
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats

Result = TypeVar("Result")

PerLoan = Any
"""A number of one loan, an array of one for each in a stack."""


def numbers_of(part: Any, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every number of a description with its path, such as `debt[0].margin`, in the order of the description."""
    if isinstance(part, Sourced):
        yield path, part
    elif isinstance(part, tuple):
        for i, one in enumerate(part):
            yield from numbers_of(one, f"{path}[{i}]")
    elif hasattr(type(part), "model_fields"):
        for name in type(part).model_fields:
            yield from numbers_of(getattr(part, name), f"{path}.{name}" if path else name)


def stacked(part: Result, loans: int, columns: Mapping[str, Floats] | None = None) -> Result:
    """Return a description whose numbers are columns.

    Parameters
    ----------
    part
        A deal: what all have in common, and the number of every path that has no column.
    loans
        How many there are, at least 1.
    columns
        By path, shape (loans,), in base units.

    Raises
    ------
    InputError
        A path at which the description holds no number.
    """
    given = {} if columns is None else dict(columns)
    found = _stacked(part, "", loans, given)
    if given:
        name = next(iter(given))
        raise InputError(f"{name} is no number of this deal", name)
    return found  # type: ignore[no-any-return]


def _stacked(part: Any, path: str, loans: int, columns: dict[str, Floats]) -> Any:
    if isinstance(part, Sourced):
        column = columns.pop(path, None)
        values = np.full((loans, 1), part.value) if column is None else np.asarray(column, dtype=np.float64)[:, None]
        return Sourced.model_construct(value=values, unit=part.unit, source=part.source, typed=part.typed)
    if isinstance(part, tuple):
        return tuple(_stacked(one, f"{path}[{i}]", loans, columns) for i, one in enumerate(part))
    if not hasattr(type(part), "model_fields"):
        return part
    changed = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if value is None or isinstance(value, str | int | float):
            continue
        made = _stacked(value, f"{path}.{name}" if path else name, loans, columns)
        if made is not value:
            changed[name] = made
    return part.model_copy(update=changed) if changed else part


def loan(results: Result, row: int) -> Result:
    """Return the results of one loan of a stack: every array without its leading axis.

    Records, tuples and mappings are followed; an array of one loan is a row of its periods, or a number.
    """
    return _loan(results, row)  # type: ignore[no-any-return]


def _loan(part: Any, row: int) -> Any:
    if isinstance(part, np.ndarray):
        return part[row] if part.ndim and part.dtype.kind in "fbi" else part
    if isinstance(part, tuple):
        return tuple(_loan(one, row) for one in part)
    if isinstance(part, dict):
        return {name: _loan(one, row) for name, one in part.items()}
    if is_dataclass(part) and not isinstance(part, type) and not hasattr(type(part), "model_fields"):
        if getattr(part, "shared", False):
            return part
        return type(part)(**{f.name: _loan(getattr(part, f.name), row) for f in fields(part) if f.init})
    return part
