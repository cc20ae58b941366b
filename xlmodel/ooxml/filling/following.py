"""References that follow when a table gets more or fewer rows: in formulas, names, charts, rules and pivot caches.

A range over whole columns of the data stays so. What lies below in the table's columns is referred to where it lies
now. A rule that reaches the last row reaches the new ones.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xlmodel.errors import InputError
from xlmodel.ooxml.filling import markup, references, shared
from xlmodel.ooxml.filling.book import LAST_ROW, Area, Book, Sheet, area
from xlmodel.ooxml.filling.grid import Grid

_SQUARES: Final = "(?:conditionalFormatting|dataValidation|ignoredError|protectedRange)"
_REFS: Final = "(?:mergeCell|hyperlink)"
_TABLE_REFS: Final = "(?:table|autoFilter|sortState|sortCondition)"
_LISTED: Final = re.compile(rb"<((?:[\w.-]+:)?sqref)>([^<]*)</")


@dataclass(frozen=True, slots=True)
class Resized:
    """How a table changed.

    Attributes
    ----------
    name, sheet
        The table and its sheet.
    before, after
        All its cells, with header and totals.
    data
        The cells of its data before.
    shift
        Whether the cells below moved.
    formulas
        Whether cells with formulas came, went or moved.
    """

    name: str
    sheet: str
    before: Area
    after: Area
    data: Area
    shift: bool
    formulas: bool = False
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows came, negative for those that went."""
        return self.after.bottom - self.before.bottom

    @property
    def last(self) -> int:
        """The last row of the data now."""
        return self.data.bottom + self.rows

    def moved(self, cells: Area, ranged: bool) -> Area:
        """Return where cells of the sheet are now.

        Raises
        ------
        InputError
            They are among the rows that went.
        """
        data, rows = self.data, self.rows
        if cells.left < data.left or cells.right > data.right or cells.bottom < data.bottom + min(rows, 0):
            return cells
        top, bottom = cells.top, cells.bottom
        if ranged and self.before.top <= top <= data.top and bottom == data.bottom:
            return Area(top, cells.left, self.last, cells.right)
        if not self.shift:
            return cells
        if rows > 0:
            top += rows if top > data.bottom else 0
            bottom += rows if bottom > data.bottom else 0
        else:
            if self.last < top and bottom <= data.bottom:
                raise InputError(
                    f"the table {self.name} cannot lose rows: {self.sheet}!{cells} is referred to or in use", self.name
                )
            top = top + rows if top > data.bottom else min(top, self.last + 1)
            bottom = bottom + rows if bottom > data.bottom else min(bottom, self.last)
        return Area(top, cells.left, min(bottom, LAST_ROW), cells.right)


def respell(book: Book, sheet: Sheet, done: Resized) -> None:
    """Change every reference to cells that moved, or to whole columns of the data, in all parts."""
    package = book.package
    at = {other.part.lower(): other for other in book.sheets.values()}
    tables = {t.part.lower(): t.sheet for t in book.tables.values()}
    marks = {markup.escaped(name).lower() for name in (sheet.name, sheet.name.replace("'", "''"))}
    for name in package.names:
        low = name.lower()
        if not low.endswith((".xml", ".vml")) or not low.startswith(posixpath.dirname(book.main).lower()):
            continue
        owner = at.get(low) or tables.get(low)
        here = owner is not None and owner.part == sheet.part
        seen = package.seen(name).lower()
        if not here and b"&#" not in seen and not any(mark in seen for mark in marks):
            continue
        part = raw = package.plain(name)
        if low in at:
            part = _unshared(part, sheet.name, here, here and done.shift)
        edits = list(_formula_edits(part, sheet.name, here, done))
        if low == sheet.part.lower():
            edits += _square_edits(part, done)
        elif here:
            edits += _ref_edits(part, _TABLE_REFS, done) if tables.get(low) and done.name not in _named(part) else []
        if "pivotcachedefinition" in low:
            edits += [
                markup.retagged(part, tag, {"ref": str(done.moved(cells, True))})
                for tag in markup.tags(part, "worksheetSource")
                if tag.attributes.get("sheet", "").lower() == sheet.name.lower()
                and (cells := area(tag.attributes.get("ref", ""))) is not None
            ]
        if edits or part != raw:
            package.replace(name, markup.spliced(part, edits))


def _named(part: bytes) -> str:
    return markup.must(part, "table").attributes.get("displayName", "")


def _unshared(part: bytes, sheet: str, here: bool, always: bool) -> bytes:
    """A sheet whose shared formulas are written out when one of them refers to the sheet that changes."""
    if b'"shared"' not in part:
        return part
    for tag in markup.tags(part, "f"):
        if not tag.empty and tag.attributes.get("t") == "shared":
            text = markup.unescaped(part[tag.end : markup.closing(part, tag, "f")])
            if always or references.mentions(text, sheet, here):
                grid = Grid(part)
                shared.write_out(grid)
                return grid.changed()
    return part


def _formula_edits(part: bytes, sheet: str, here: bool, done: Resized) -> Iterator[tuple[int, int, bytes]]:
    for start, end, _, _ in references.formulas(part):
        raw = part[start:end]
        text = markup.unescaped(raw)
        new = references.moved(text, sheet, here, done.moved)
        if new != text:
            yield start, end, markup.escaped(new, quoted=part[start - 1 : start] == b'"')


def _square_edits(part: bytes, done: Resized) -> Iterator[tuple[int, int, bytes]]:
    """The areas of rules, which reach new rows when they reach the last one, and of what else moves with its cells."""
    for tag in markup.tags(part, _SQUARES):
        if (text := tag.attributes.get("sqref")) and (new := _reaching(text, done)) != text:
            yield markup.retagged(part, tag, {"sqref": new})
    for found in _LISTED.finditer(part):
        text = found[2].decode()
        if (new := _reaching(text, done)) != text:
            yield found.start(2), found.end(2), new.encode()
    yield from _ref_edits(part, _REFS, done)


def _ref_edits(part: bytes, local: str, done: Resized) -> list[tuple[int, int, bytes]]:
    edits = []
    for tag in markup.tags(part, local):
        text = tag.attributes.get("ref", "")
        cells = area(text)
        if cells is not None and (new := done.moved(cells, ":" in text)) != cells:
            edits.append(markup.retagged(part, tag, {"ref": str(new)}))
    return edits


def _reaching(text: str, done: Resized) -> str:
    """Areas of a rule after the table changed."""
    found = []
    data, last = done.data, done.last
    for word in text.split():
        cells = area(word)
        if cells is None:
            found.append(word)
            continue
        in_band = data.left <= cells.left and cells.right <= data.right
        if done.rows < 0 and done.shift and in_band and last < cells.top and cells.bottom <= data.bottom:
            continue  # the rule was for rows that went
        new = done.moved(cells, True)
        if done.rows > 0 and cells.top <= data.bottom <= cells.bottom and new.bottom < last:
            if in_band:
                new = Area(new.top, new.left, last, new.right)
            elif cells.left <= data.right and cells.right >= data.left:
                left, right = max(cells.left, data.left), min(cells.right, data.right)
                found.append(str(Area(data.bottom + 1, left, last, right)))
        found.append(str(new))
    # A rule must be somewhere; one that lost all its rows stays on the last.
    return " ".join(found) or str(Area(last, data.left, last, data.right))
