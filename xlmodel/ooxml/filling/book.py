"""What a workbook has by name: its sheets, defined names and tables, and the calendar its dates count from."""

import posixpath
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

from lxml import etree

from xlmodel.errors import InputError
from xlmodel.ooxml.addresses import letters
from xlmodel.ooxml.filling.values import decoded
from xlmodel.ooxml.package import CONTENT_TYPES, Package

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_AREA: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6}))?")


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A block of cells; rows and columns are counted from 1 and the last ones belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    def meets(self, other: "Area") -> bool:
        """Whether a cell belongs to both."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def __str__(self) -> str:
        start, end = address(self.top, self.left), address(self.bottom, self.right)
        return start if start == end else f"{start}:{end}"


def address(row: int, column: int) -> str:
    """Return the address of a cell counted from 1.

    >>> address(4, 28)
    'AB4'
    """
    return f"{letters(column - 1)}{row}"


def area(text: str) -> Area | None:
    """Return the block an address names, with or without dollar signs, or None when it names none.

    >>> str(area("$b$4:D10")), area("Rate")
    ('B4:D10', None)
    """
    found = _AREA.fullmatch(text)
    if found is None:
        return None
    left, top = number(found[1]), int(found[2])
    right, bottom = (number(found[3]), int(found[4])) if found[3] else (left, top)
    top, bottom, left, right = min(top, bottom), max(top, bottom), min(left, right), max(left, right)
    return Area(top, left, bottom, right) if bottom <= LAST_ROW and right <= LAST_COLUMN else None


@cache
def number(column: str) -> int:
    """Return the number of a column, from 1.

    >>> number("A"), number("xfd")
    (1, 16384)
    """
    found = 0
    for letter in column.upper():
        found = found * 26 + ord(letter) - 64
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: the name on its tab, its place among all tabs from 0, and its part."""

    name: str
    index: int
    part: str

    def cell(self, place: Area) -> str:
        """Return how sentences and reports call a place on it."""
        return f"{self.name}!{place}"


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name: how it is written, the sheet it belongs to or None, and what it stands for."""

    name: str
    sheet: Sheet | None
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its header, and whether Excel fills it with a formula."""

    name: str
    calculated: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a sheet.

    Attributes
    ----------
    name
        The name formulas use.
    part
        Its part in the package.
    area
        All its cells, with header and totals.
    header, totals
        How many rows the header and the totals take, 0 or 1.
    waiting
        Whether it has no data, only the blank row Excel keeps for them.
    """

    name: str
    part: str
    sheet: Sheet
    area: Area
    header: int
    totals: int
    waiting: bool
    columns: tuple[Column, ...] = field(repr=False)

    @property
    def data(self) -> Area:
        """The cells of its data rows."""
        return Area(self.area.top + self.header, self.area.left, self.area.bottom - self.totals, self.area.right)

    def column(self, header: str) -> int | None:
        """Return the place of a column by its header, from 0, or None."""
        for wanted in (header, re.sub(r"'(.)", r"\1", header)):
            for i, column in enumerate(self.columns):
                if column.name.casefold() == wanted.casefold():
                    return i
        return None


class Book:
    """The names of an open workbook; looked up when they are asked for."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = package.main
        self._root = package.xml(self.main)

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The worksheets by their names in small letters; chart sheets and macro sheets have no cells to fill."""
        parts = {
            relation.key: relation.target
            for relation in self.package.relations(self.main)
            if relation.kind.endswith("/worksheet") and relation.target in self.package
        }
        found = {}
        for index, entry in enumerate(e for e in self._all("sheet")):
            key = next((v for k, v in entry.attrib.items() if etree.QName(k).localname == "id"), "")
            if key in parts:
                found[entry.get("name").casefold()] = Sheet(entry.get("name"), index, parts[key])
        return found

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The defined names, those Excel keeps for itself left out."""
        by_index = {sheet.index: sheet for sheet in self.sheets.values()}
        return tuple(
            Name(e.get("name"), by_index.get(int(e.get("localSheetId", -1))), e.text or "")
            for e in self._all("definedName")
            if not e.get("name", "").lower().startswith("_xlnm.") and (e.get("localSheetId") is None or by_index)
        )

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables of all sheets by their names in small letters."""
        if b"spreadsheetml.table+xml" not in self.package.read(CONTENT_TYPES):
            return {}
        return {t.name.casefold(): t for sheet in self.sheets.values() for t in self.tables_of(sheet)}

    def tables_of(self, sheet: Sheet) -> tuple[Table, ...]:
        """Return the tables of a sheet."""
        return tuple(
            self._table(sheet, relation.target)
            for relation in self.package.relations(sheet.part)
            if relation.kind.endswith("/table") and relation.target in self.package
        )

    @cached_property
    def epoch_1904(self) -> bool:
        """Whether dates are counted from 1904."""
        return any(e.get("date1904") in ("1", "true") for e in self._all("workbookPr"))

    @cached_property
    def strings_part(self) -> str | None:
        """The part that holds the shared texts, or None."""
        return self.related("/sharedStrings")

    @cached_property
    def styles_part(self) -> str | None:
        """The part that holds the formats, or None."""
        return self.related("/styles")

    def related(self, kind: str) -> str | None:
        """Return the part the workbook part is related to in a way, or None."""
        for relation in self.package.relations(self.main):
            if relation.kind.endswith(kind) and relation.target in self.package:
                return relation.target
        return None

    def _all(self, local: str) -> list[Any]:
        return list(self._root.iter(f"{{*}}{local}"))

    def _table(self, sheet: Sheet, part: str) -> Table:
        root = self.package.xml(part)
        place = area(root.get("ref", ""))
        columns = tuple(
            Column(decoded(e.get("name", "")), e.find("{*}calculatedColumnFormula") is not None)
            for e in root.iter("{*}tableColumn")
        )
        if place is None or len(columns) != place.width:
            raise InputError(f"{self.package.path.name} has a damaged table in {posixpath.basename(part)}", "file")
        name = root.get("displayName") or root.get("name", "")
        return Table(
            name,
            part,
            sheet,
            place,
            int(root.get("headerRowCount", 1)),
            int(root.get("totalsRowCount", 0)),
            root.get("insertRow") in ("1", "true"),
            columns,
        )
