"""The registry through which sheets find each other's cells.

A formula is a template in which `{key}` stands for the cell registered under that key:

* `{debt[0].rate}` is one cell, absolute.
* `{cfads}` is a row of the timeline in the formula's own column, `{cfads|prev}` in the column before it;
  `{cfads|all}` is the range of its periods, `{cfads|path}` the same with the closing column, and
  `{cfads|closing}`, `{cfads|first}`, `{cfads|last}`, `{cfads|total}` are single cells of it.
* `{curve.years|all}` is a block of cells below each other; `{curve.years|whole}` is the same, and one cell where the
  block is a single one.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from xlmodel.ooxml.addresses import cell

HERE: Final = "\x01"
"""Stands for the letter of the column a timeline formula is written into, until it is written."""

BEFORE: Final = "\x02"
"""Stands for the letter of the column before that one."""

_REFERENCE: Final = re.compile(r"\{([^{}|]+)(?:\|(\w+))?\}")
_PLAIN: Final = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a timeline lie, counted from 0; the same on every sheet with periods across."""

    total: int
    closing: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key lies: one cell, a block of cells, or a row of the timeline when it has `columns`."""

    sheet: str
    row: int
    column: int
    last_row: int
    columns: Columns | None = None
    last_column: int | None = None


class Layout:
    """Which cell, block or row each key names.

    >>> layout = Layout()
    >>> layout.register("rate", Place("Inputs", 4, 3, 4))
    >>> layout.register("cfads", Place("Timeline", 9, 4, 9, Columns(2, 3, 4, 7)))
    >>> layout.resolve("=SUM({cfads|all})*{rate}", "Checks")
    '=SUM(Timeline!$E$10:$H$10)*Inputs!$D$5'
    """

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self.notes: list[tuple[str, str, str]] = []
        """Of every input that names its source: what it is called, the keys of the source and of the input's cells."""
        self.checks: list[tuple[str, str]] = []
        """What must hold: a sentence, and a formula that is true when it does."""

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __getitem__(self, key: str) -> Place:
        return self._places[key]

    def register(self, key: str, place: Place) -> None:
        """Give a key its place.

        Raises
        ------
        KeyError
            A key that has a place already.
        """
        if key in self._places:
            raise KeyError(f"the key {key} is registered twice")
        self._places[key] = place

    def adopt(self, prefix: str, other: "Layout") -> None:
        """Register every key of another layout with a prefix before it."""
        for key, place in other._places.items():
            self.register(prefix + key, place)

    def reference(self, key: str, part: str = "", sheet: str = "") -> str:
        """Return how a formula on `sheet` spells the reference to a key.

        Raises
        ------
        KeyError
            A key no sheet has registered, or a part it does not have.
        """
        place = self._places[key]
        prefix = "" if place.sheet == sheet else quoted(place.sheet) + "!"
        return prefix + _address(place, part)

    def stretch(self, key: str, first: int, last: int) -> str:
        """Return the absolute range of some periods of a timeline row, both counted from 0, the sheet named."""
        place = self._places[key]
        if place.columns is None:
            raise KeyError(f"{key} is not a row of the timeline")
        start = place.columns.first
        ends = f"{cell(place.row, start + first)}:{cell(place.row, start + last)}"
        return f"{quoted(place.sheet)}!{ends}"

    def resolve(self, template: str, sheet: str) -> str:
        """Return the formula with every key replaced; `HERE` and `BEFORE` stand for letters still to come."""
        return _REFERENCE.sub(lambda found: self.reference(found[1], found[2] or "", sheet), template)


def quoted(sheet: str) -> str:
    """Return a sheet's name as a reference spells it.

    >>> quoted("Timeline"), quoted("Sources & uses")
    ('Timeline', "'Sources & uses'")
    """
    return sheet if _PLAIN.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"


@cache
def _address(place: Place, part: str) -> str:
    if place.columns is None:
        first = cell(place.row, place.column)
        last = place.column if place.last_column is None else place.last_column
        block = f"{first}:{cell(place.last_row, last)}"
        single = (place.row, place.column) == (place.last_row, last)
        return {"": first, "all": block, "whole": first if single else block}[part]
    across, row = place.columns, place.row
    if part in ("", "prev"):
        return f"{BEFORE if part else HERE}{row + 1}"
    if part in ("all", "whole", "path"):
        start = across.closing if part == "path" else across.first
        return f"{cell(row, start)}:{cell(row, across.last)}"
    return cell(
        row, {"closing": across.closing, "first": across.first, "last": across.last, "total": across.total}[part]
    )
