"""Values laid out over the cells of a place."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Any, TypeGuard

from xlmodel.errors import InputError
from xlmodel.ooxml.filling.book import Table
from xlmodel.ooxml.filling.places import Place
from xlmodel.ooxml.filling.values import Value


def of_table(at: Place, table: Table, value: Value) -> list[tuple[int, int, Any]]:
    """The cells of a table or its column, each with its value."""
    rows = listed(at.key, value)
    data = table.data
    if at.column is not None:
        if len(rows) > data.height:
            raise InputError(f"{at.key} has {len(rows)} values, and the rows given make {data.height}", at.key)
        filled = [*rows, *[None] * (data.height - len(rows))]
        return [(data.top + i, at.area.left, one) for i, one in enumerate(filled)]
    inputs = [i for i, column in enumerate(table.columns) if not column.calculated]
    cells: list[tuple[int, int, Any]] = []
    for i, row in enumerate(rows):
        if isinstance(row, Mapping):
            for header, one in row.items():
                if (column := table.column(header)) is None:
                    raise InputError(f"the table {table.name} has no column {header!r}", at.key)
                cells.append((data.top + i, data.left + column, one))
            continue
        if not many(row) or len(row) != len(inputs):
            given = len(row) if many(row) else 1
            raise InputError(
                f"row {i + 1} of {at.key} has {given} values; the table has {len(inputs)} columns to fill", at.key
            )
        cells += [(data.top + i, data.left + column, one) for column, one in zip(inputs, row, strict=True)]
    if not rows:
        cells = [(data.top, data.left + column, None) for column in inputs]
    return cells


def many(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value is several: a list, a tuple, an array, a column of a frame."""
    return isinstance(value, Sized) and isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def listed(key: str, value: Value) -> list[Any]:
    """The values of a column, or the rows of a table, which come as a list."""
    if not many(value):
        raise InputError(f"{key} is a table or a column of one and needs a list, got {value!r}", key)
    return list(value)


def of_block(at: Place, value: Value) -> list[tuple[int, int, Any]]:
    """The cells of a block, each with its value."""
    cells, key = at.area, at.key
    if not many(value):
        raise InputError(f"{key} is {cells.height * cells.width} cells, {at.sheet.cell(cells)}, and got one value", key)
    rows: list[Any] = list(value)
    if min(cells.height, cells.width) == 1 and not any(many(row) for row in rows):
        rows = [rows] if cells.height == 1 else [[one] for one in rows]
    if len(rows) != cells.height or any(not many(row) or len(row) != cells.width for row in rows):
        shape = (
            f"{cells.height} rows of {cells.width} values"
            if min(cells.height, cells.width) > 1
            else (f"{max(cells.height, cells.width)} values")
        )
        got = len(rows[0]) if len(rows) == 1 and many(rows[0]) else len(rows)
        raise InputError(f"{key} is {at.sheet.cell(cells)} and takes {shape}, got {got}", key)
    return [(cells.top + i, cells.left + j, one) for i, row in enumerate(rows) for j, one in enumerate(row)]
