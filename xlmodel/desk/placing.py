"""From the fields of a loan to the cells of a workbook, and back."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from xlmodel.deal.inputs import Deal
from xlmodel.deal.reading import read as read_deal
from xlmodel.desk import fields
from xlmodel.desk.fields import SOURCE
from xlmodel.desk.loans import Loan, trimmed, typed
from xlmodel.desk.mapping import Field
from xlmodel.desk.mapping import Mapping as Placed
from xlmodel.desk.seeing import View
from xlmodel.desk.tables import Rows
from xlmodel.errors import InputError
from xlmodel.ooxml.filling import Value, read
from xlmodel.ooxml.filling.places import Place

_STEP: Final = re.compile(r"([A-Za-z_]+)|\[(\d*)\]")


class Places:
    """The places of a mapping in one workbook; made once for a batch.

    Raises
    ------
    InputError
        A place does not exist.
    """

    def __init__(self, workbook: Path, mapping: Placed) -> None:
        view = View(workbook)
        self.mapping = mapping
        self._room: dict[str, tuple[int, bool]] = {field.name: _room(view.at(field.cell)) for field in mapping.fields}

    def cells(self, loan: Loan) -> dict[str, Value]:
        """Return what goes into which place for one loan.

        Raises
        ------
        InputError
            A list has more values than there are cells.
        """
        return {f.cell: self._laid(f, loan.values[f.name]) for f in self.mapping.fields if f.name in loan.values}

    def _laid(self, field: Field, value: Any) -> Value:
        room, grows = self._room[field.name]
        held = [_in_cell(field, one) for one in (value if isinstance(value, list) else [value])]
        if room == 1 and not grows:
            if len(held) > 1:
                raise InputError(f"{field.name} has {len(held)} values, and {field.cell} is one cell", field.name)
            return held[0] if held else None
        if grows:
            return held
        if len(held) > room:
            raise InputError(f"{field.name} has {len(held)} values, and {field.cell} has {room} cells", field.name)
        return [*held, *[None] * (room - len(held))]


def taken(workbook: Path, mapping: Placed) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the fields of a workbook in base units, by name, and what is wrong with some of them.

    A row or a column of cells, or a column of a table, gives a list without the blanks at its end.
    """
    held = read(workbook, [field.cell for field in mapping.fields])
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in mapping.fields:
        cells = held[field.cell]
        several = isinstance(cells, list)
        found = []
        for cell in cells if isinstance(cells, list) else [cells]:
            if isinstance(cell, list):
                raise InputError(f"{field.cell} is a block of cells; {field.name} needs a row or a column", field.name)
            value, why = typed(field, cell)
            if why:
                wrong.append(f"{field.cell}: {why}")
            if field.unit and value is not None:
                value = fields.out_of(float(value), field.unit) if field.kind == "number" else value
            found.append(value)
        values[field.name] = trimmed(found) if several else found[0]
    return values, wrong


def as_deal(values: Mapping[str, Any], mapping: Placed, file: str) -> dict[str, Any]:
    """Return the deal description that a workbook holds, as tables; see `as_read` for it checked.

    A number is in the unit of its cell. Its source is what the cell of its source says, or else the cell itself.
    """
    leaves: dict[str, Any] = {}
    for field in mapping.fields:
        if field.key and not fields.is_source(field.key):
            for key, value in _spread(field.key, values[field.name]):
                leaves[key] = _leaf(field, value, f"{file}, {field.cell}")
    for field in mapping.fields:
        if fields.is_source(field.key):
            for key, value in _spread(field.key, values[field.name]):
                number = leaves.get(key.removesuffix(SOURCE))
                if isinstance(number, dict):
                    number["source"] = value
    leaves |= {key: held for key, held in mapping.fixed.items() if fields.of_key(key)}
    return _nested(leaves)


def as_read(values: Mapping[str, Any], mapping: Placed, file: str) -> Deal:
    """Return the deal that a workbook holds.

    Raises
    ------
    DealError
        What is missing or impossible, by path.
    """
    return read_deal(as_deal(values, mapping, file))


def as_rows(values: Mapping[str, Any], mapping: Placed) -> Rows:
    """Return the tape of one loan that a workbook holds.

    Raises
    ------
    InputError
        The mapping places no column of a tape.
    """
    row: dict[str, Any] = {}
    for field in mapping.fields:
        if not field.column:
            continue
        value = values[field.name]
        if isinstance(value, list):
            row |= {f"{field.column}_{i}": one for i, one in enumerate(value, 1)}
        else:
            row[field.column] = value
    row |= {name: held for name, held in mapping.fixed.items() if fields.of_column(name)}
    if not row:
        raise InputError("the mapping has no column of a tape, so a tape cannot be read by it", "mapping")
    return Rows(tuple(row), (tuple(row.values()),))


def _room(at: Place) -> tuple[int, bool]:
    """How many values a place takes, and whether it grows."""
    return at.area.height * at.area.width, at.table is not None


def _in_cell(field: Field, value: Any) -> Any:
    if value is None or field.kind != "number":
        return value
    return fields.into(float(value), field.unit)


def _leaf(field: Field, value: Any, source: str) -> Any:
    if value is None or field.kind != "number":
        return value
    return {"value": fields.into(value, field.unit), "unit": field.unit, "source": source}


def _spread(key: str, value: Any) -> list[tuple[str, Any]]:
    """A value by its path, each of a list by its own; blanks are left out."""
    if "[]" not in key or not isinstance(value, list):
        return [] if value is None else [(key, value)]
    return [(key.replace("[]", f"[{i}]", 1), one) for i, one in enumerate(value) if one is not None]


def _nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Tables from paths; a list has the items that some path names, in order."""
    root: dict[Any, Any] = {}
    for key, value in leaves.items():
        at = root
        steps = [step[1] or int(step[2]) for step in _STEP.finditer(key)]
        for step in steps[:-1]:
            at = at.setdefault(step, {})
        at[steps[-1]] = value
    packed: dict[str, Any] = _packed(root)
    return packed


def _packed(held: Any) -> Any:
    if not isinstance(held, dict):
        return held
    if held and all(isinstance(key, int) for key in held):
        return [_packed(held[key]) for key in sorted(held)]
    return {key: _packed(one) for key, one in held.items()}
