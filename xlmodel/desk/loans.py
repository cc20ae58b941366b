"""Loans as a mapping sees them: the values of its fields in base units, from a tape or a deal description."""

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import Sourced
from xlmodel.deal.tape import COLUMNS, Problem
from xlmodel.deal.tape.columns import FLOWS, PROFILES
from xlmodel.desk import fields
from xlmodel.desk.mapping import Field
from xlmodel.desk.mapping import Mapping as Placed
from xlmodel.desk.tables import Rows
from xlmodel.errors import InputError
from xlmodel.functions.cells import numeral

NAMES: Final = ("loan_id", "loan id", "loan", "id", "deal_id", "deal", "name", "reference")
"""Columns of a tape that name its loans, the first one that is there."""
_STEP: Final = re.compile(r"([A-Za-z_]+)|\[(\d*)\]")
_NUMBERED: Final = re.compile(r"(cfads|index)_(\d+)")
_YES: Final = {"true": True, "yes": True, "false": False, "no": False}
_WANTED: Final = {
    "number": "a number",
    "whole": "a whole number",
    "text": "text",
    "date": "a date such as 2026-05-29",
    "yes/no": "TRUE or FALSE",
}


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan.

    Attributes
    ----------
    number
        Its row on the tape, counted from 1 without the headings.
    label
        What it is called, empty where the tape does not say.
    values
        What it holds by the names of the mapping's fields, in base units; a list where there is one value a period
        or a part. A field that is not there is left as the workbook has it.
    problems
        Why it cannot be filled.
    """

    number: int
    label: str
    values: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of its values."""
        return hashlib.sha256(json.dumps(self.values, default=str, sort_keys=True).encode()).hexdigest()


def of_tape(rows: Rows, mapping: Placed, label: str = "") -> Iterator[Loan]:
    """Yield the loans of a tape, each checked on its own.

    Parameters
    ----------
    rows
        The tape. Columns the mapping does not place are left aside; ``cfads_1``, ``cfads_2``, ... are one.
    mapping
        What is placed.
    label
        The column that names the loans; a usual one is looked for where none is given.

    Raises
    ------
    InputError
        The tape has none of the columns, lacks one that every loan needs, or has no such column of names.
    """
    at = {heading: i for i, heading in enumerate(rows.headings)}
    if label and label not in at:
        raise InputError(f"the tape has no column {label}", "name")
    small = {heading.casefold(): heading for heading in rows.headings}
    named = label or next((small[name] for name in NAMES if name in small), "")
    wanted = [field for field in mapping.fields if field.column and _columns(field.column, at)]
    if not wanted:
        asked = ", ".join(field.column for field in mapping.fields if field.column) or "none"
        raise InputError(f"the tape has none of the columns that the mapping places: {asked}", "data")
    for field in mapping.fields:
        if field.required and field.column and not _columns(field.column, at):
            raise InputError(f"the tape has no column {field.column}, which every loan needs", field.column)
    for number, row in enumerate(rows.cells, 1):
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for field in wanted:
            cells = [row[i] for i in _columns(field.column, at)]
            several = _NUMBERED.fullmatch(rows.headings[_columns(field.column, at)[0]]) is not None
            found, wrong = zip(*(_read(field, cell) for cell in cells), strict=True)
            problems += [
                Problem(number, field.column, cell, why) for cell, why in zip(cells, wrong, strict=True) if why
            ]
            values[field.name] = trimmed(found) if several else found[0]
            if field.required and not any(wrong) and values[field.name] in (None, []):
                problems.append(Problem(number, field.column, None, f"{field.column} is missing"))
        said = row[at[named]] if named else None
        yield Loan(number, "" if said is None else str(said), values, tuple(problems))


def of_deal(deal: Deal, mapping: Placed) -> Loan:
    """Return a deal as a mapping places it.

    Raises
    ------
    InputError
        The mapping places nothing by a key of the deal.
    """
    placed = [field for field in mapping.fields if field.key]
    if not placed:
        raise InputError("the mapping has no key of a deal description, so a deal cannot be filled by it", "mapping")
    values = {field.name: looked_up(deal, field.key) for field in placed}
    missing = [
        Problem(1, field.key, None, f"{field.key} is missing")
        for field in placed
        if field.required and values[field.name] in (None, [])
    ]
    return Loan(1, deal.name, values, tuple(missing))


def looked_up(deal: Any, key: str) -> Any:
    """Return what stands at a path of a deal in base units, None where nothing does.

    ``covenants[].name`` is the list of all of them, ``debt[0].rate.source`` where a number comes from.
    """
    held: Any = deal
    steps = list(_STEP.finditer(key))
    for i, step in enumerate(steps):
        if held is None:
            return None
        if step[1]:
            held = getattr(held, step[1], None)
        elif step[2]:
            held = held[int(step[2])] if int(step[2]) < len(held) else None
        else:
            rest = key[step.end() :].removeprefix(".")
            return trimmed([looked_up(item, rest) for item in held])
        if isinstance(held, Sourced) and i == len(steps) - 1:
            return float(held.value)
    return float(held.value) if isinstance(held, Sourced) else held


def judged(field: Field, value: Any) -> str | None:
    """Return why a value is not one a field can have, None where it is."""
    if value is None:
        return None
    column = COLUMNS.get(field.column) or FLOWS.get(field.column)
    if field.column == "type":
        known = value in PROFILES
        return None if known else f"type must be one of {', '.join(PROFILES)}, got {value!r}"
    if column is not None and isinstance(value, int | float) and column.outside(np.array([value], np.float64)).any():
        return column.expectation(field.name, float(value))
    return None


def typed(field: Field, cell: Any) -> tuple[Any, str | None]:
    """Return a cell as the kind of its field, or why it is none."""
    if cell is None or cell == "":
        return None, None
    refusal = f"{field.name} must be {_WANTED[field.kind]}, got {cell!r}"
    if isinstance(cell, float) and math.isnan(cell):
        return None, f"{field.name} is an error or an undefined number"
    if field.kind == "text":
        if isinstance(cell, str):
            return cell, None
        return (cell.isoformat() if isinstance(cell, dt.date) else str(cell)), None
    if field.kind == "date":
        return _date(cell, refusal)
    if field.kind == "yes/no":
        found = cell if isinstance(cell, bool) else _YES.get(str(cell).strip().casefold())
        return found, None if found is not None else refusal
    number = _number(cell)
    if number is None or not math.isfinite(number):
        return None, refusal
    if field.kind == "whole":
        return (int(number), None) if number.is_integer() else (None, refusal)
    return number, None


def trimmed(values: Sequence[Any]) -> list[Any]:
    """Return a list without the blanks at its end."""
    kept = list(values)
    while kept and kept[-1] is None:
        kept.pop()
    return kept


def _read(field: Field, cell: Any) -> tuple[Any, str | None]:
    value, wrong = typed(field, cell)
    if field.column == "type" and isinstance(value, str):
        value = value.strip().lower() or None
    return value, wrong or judged(field, value)


def _columns(column: str, at: Mapping[str, int]) -> list[int]:
    """The places of a column on a tape: one, or those of its periods in order."""
    if column in at:
        return [at[column]]
    if column not in FLOWS:
        return []
    numbered = {
        int(found[2]): i for name, i in at.items() if (found := _NUMBERED.fullmatch(name)) and found[1] == column
    }
    if sorted(numbered) != list(range(1, len(numbered) + 1)):
        raise InputError(f"the columns of {column} must be {column}_1, {column}_2 and so on, without a gap", column)
    return [numbered[k] for k in sorted(numbered)]


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        text = cell.strip()
        if text.endswith("%"):
            percent = numeral(text[:-1])
            return None if percent is None else fields.out_of(percent, "%")
        return numeral(text)
    try:
        return float(cell)  # Parquet has decimals
    except (TypeError, ValueError):
        return None


def _date(cell: Any, refusal: str) -> tuple[Any, str | None]:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time() and cell.tzinfo is None:
        return cell.date(), None
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell, None
    if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", cell.strip()):
        try:
            return dt.date.fromisoformat(cell.strip()), None
        except ValueError:
            return None, refusal
    return None, refusal
