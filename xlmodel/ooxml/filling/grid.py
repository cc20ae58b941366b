"""The cells of one sheet, changed where they stand; rows and cells nobody asks for are never taken apart."""

import re
from dataclasses import dataclass
from typing import Final

from xlmodel.ooxml.addresses import letters
from xlmodel.ooxml.filling import markup
from xlmodel.ooxml.filling.book import Area, address, area, number
from xlmodel.ooxml.filling.rows import NUMBER, Row, Rows

_TEXT: Final = rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*"
_ADDRESS: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d+)[\"']")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell taken apart.

    Attributes
    ----------
    head
        Its attributes as written.
    inner
        What is between its tags.
    """

    head: bytes
    inner: bytes

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes."""
        return markup.attributes(self.head)


@dataclass(frozen=True, slots=True)
class Held:
    """What a cell is to hold.

    Attributes
    ----------
    inner
        What is between its tags, without prefixes; None takes the cell out altogether.
    kind
        Its type attribute.
    style
        The number of its format; None keeps the one there is.
    metadata
        The number of its cell metadata, which a dynamic array has.
    picture
        The number of its value metadata, which a picture in a cell has.
    """

    inner: bytes | None
    kind: str | None = None
    style: int | None = None
    metadata: str | None = None
    picture: str | None = None


BLANK: Final = Held(b"")
GONE: Final = Held(None)


class Grid:
    """The cells of a sheet's part: made from its bytes, asked and told by row and column from 1, made bytes again."""

    def __init__(self, part: bytes) -> None:
        self.part = part
        self._tag = tag = markup.must(part, "sheetData")
        self.prefix = p = tag.prefix
        self._close = markup.closing(self.part, tag, "sheetData")
        self._cell = re.compile(b"<" + p + b"c" + _TEXT + rb"(?:/>|>(.*?)</" + p + rb"c\s*>)", re.DOTALL)
        self._formula = re.compile(b"<" + p + b"f" + _TEXT + rb"(?:/>|>(.*?)</" + p + rb"f\s*>)", re.DOTALL)
        self._ranged = re.compile(b"<" + p + rb"f(\s[^<>]*\bref\s*=[^<>]*)>")
        self._value = re.compile(b"<" + p + rb"v(?:\s[^>]*)?>([^<]*)</" + p + b"v")
        self.rows = Rows(part, p, tag.end, self._close)
        self._cells: dict[int, dict[int, Cell]] = {}
        self._ends: dict[int, int] = {}
        self.told: dict[int, dict[int, Held]] = {}
        self.moved_arrays: list[tuple[Area, Area]] = []

    def cells(self, row: int) -> dict[int, Cell]:
        """Return the cells of a row as they stood at first, by their columns."""
        if row not in self._cells:
            found: dict[int, Cell] = {}
            at = self.rows.get(row)
            column = 0
            if at is not None and not at.empty:
                end = at.inside
                for match in self._cell.finditer(self.part, at.inside, at.end):
                    given = _ADDRESS.search(match[1])
                    column = number(given[1].decode()) if given else column + 1
                    found[column] = Cell(match[1], match[2] or b"")
                    end = match.end()
                self._ends[row] = end
            self._cells[row] = found
        return self._cells[row]

    def cell(self, row: int, column: int) -> Cell | None:
        """Return a cell as it stood at first, or None."""
        return self.cells(row).get(column)

    def now(self, row: int, column: int) -> Cell | None:
        """Return a cell as it was told to be, or as it stood."""
        held = self.told[row].get(column) if row in self.told else None
        if held is None:
            return self.cell(row, column)
        return None if held.inner is None else Cell(b"", held.inner)

    def formula(self, cell: Cell) -> tuple[dict[str, str], bytes] | None:
        """Return the attributes and the text of a cell's formula, or None."""
        found = self._formula.search(cell.inner)
        return None if found is None else (markup.attributes(found[1]), found[2] or b"")

    def without_formula(self, inner: bytes) -> bytes:
        """Return what a cell holds beside its formula."""
        return self._formula.sub(b"", inner, count=1)

    def value(self, cell: Cell) -> bytes | None:
        """Return the value element's text of a cell, escaped, or None."""
        found = self._value.search(cell.inner)
        return None if found is None else found[1]

    def filled(self, cell: Cell | None) -> bool:
        """Whether a cell holds something."""
        return cell is not None and cell.inner.strip() != b""

    def style(self, row: int, column: int) -> int:
        """Return the number of the format a cell has, or would get when something is typed into it."""
        held = self.cell(row, column)
        if held is not None:
            return int(held.attributes.get("s", 0))
        if (at := self.rows.get(row)) is not None:
            given = markup.attributes(at.head)
            if given.get("customFormat") in ("1", "true"):
                return int(given.get("s", 0))
        return self._column_style(column)

    def _column_style(self, column: int) -> int:
        for tag in markup.tags(self.part, "col", 0, self._tag.start):
            given = tag.attributes
            if int(given["min"]) <= column <= int(given["max"]):
                return int(given.get("style", 0))
        return 0

    def tell(self, row: int, column: int, held: Held) -> None:
        """Say what a cell is to hold."""
        cells = self.told.setdefault(row, {})
        if held.style is None and column in cells and (style := cells[column].style) is not None:
            held = Held(held.inner, held.kind, style, held.metadata, held.picture)
        cells[column] = held

    def held(self, inner: bytes, element: str = "v") -> bytes:
        """Return an element of a cell with the sheet's prefix."""
        name = self.prefix + element.encode()
        return b"<" + name + b">" + inner + b"</" + name + b">"

    @property
    def arrays(self) -> list[tuple[Area, Area]]:
        """The cell that holds each array formula or data table, and the cells it fills."""
        found = []
        if b"array" in self.part or b"dataTable" in self.part:
            for match in self._ranged.finditer(self.part, self._tag.end, self._close):
                given = markup.attributes(match[1])
                cells = area(given.get("ref", "")) if given.get("t") in ("array", "dataTable") else None
                if cells is not None and cells.left not in self.told.get(cells.top, {}):
                    found.append((Area(cells.top, cells.left, cells.top, cells.left), cells))
        return found + self.moved_arrays

    @property
    def merged(self) -> list[Area]:
        """The merged cells."""
        found = [area(tag.attributes.get("ref", "")) for tag in markup.tags(self.part, "mergeCell", self._close)]
        return [cells for cells in found if cells is not None]

    def changed(self) -> bytes:
        """Return the part with what was told in its cells."""
        if not self.told:
            return self.part
        edits = []
        fresh: list[bytes] = []
        for row in sorted(self.told):
            if (at := self.rows.get(row)) is not None:
                edits.append((at.start, at.end, self._with(row, at)))
            elif text := self._new(row):
                if self._tag.empty:
                    fresh.append(text)
                else:
                    place = self.rows.place(row)
                    edits.append((place, place, text))
        if fresh:
            start = self.part[self._tag.start : self._tag.end].rindex(b"/") + self._tag.start
            closed = b"</" + self.prefix + b"sheetData>"
            edits.append((start, self._tag.end, b">" + b"".join(fresh) + closed))
        return self._with_dimension(markup.spliced(self.part, _joined(edits)))

    def _with(self, row: int, at: Row) -> bytes:
        """A row that was there, with what it was told."""
        told = self.told[row]
        cells = self.cells(row)
        head = at.head.removesuffix(b"/").rstrip()
        p = self.prefix
        pieces = []
        for column in sorted(cells.keys() | told.keys()):
            cell = cells.get(column)
            if column in told:
                pieces.append(self._cell_text(row, column, cell, told[column]))
            elif cell is not None:
                text = cell.head
                if _ADDRESS.search(text) is None:
                    text = markup.with_attribute(text, "r", address(row, column))
                pieces.append(self._tagged(text, cell.inner))
        head = markup.with_attribute(head, "r", str(row)) if NUMBER.search(head) is None else head
        head = _with_spans(head, told)
        inner = b"".join(pieces)
        if at.empty:
            tail = self.part[at.inside : at.end]
        else:
            close = self.part.rindex(b"</" + p + b"row", at.inside, at.end)
            # What may follow the cells of a row stays: extensions of later versions.
            inner += self.part[self._ends[row] : close].strip()
            tail = self.part[self.part.index(b">", close) + 1 : at.end]
        if not inner:
            return b"<" + p + b"row" + head + b"/>" + tail
        return b"<" + p + b"row" + head + b">" + inner + b"</" + p + b"row>" + tail

    def _new(self, row: int) -> bytes:
        told = self.told[row]
        inner = b"".join([self._cell_text(row, column, None, told[column]) for column in sorted(told)])
        p = self.prefix
        return b"<" + p + b'row r="%d">' % row + inner + b"</" + p + b"row>" if inner else b""

    def _cell_text(self, row: int, column: int, cell: Cell | None, held: Held) -> bytes:
        if held.inner is None:
            return b""
        style = (held.style if held.style is not None else self.style(row, column)) if cell is None else held.style
        if cell is None:
            if not held.inner and not style:
                return b""
            text = b' r="' + letters(column - 1).encode() + b'%d"' % row
            if style:
                text += b' s="%d"' % style
            if held.kind:
                text += b' t="' + held.kind.encode() + b'"'
            if held.metadata:
                text += b' cm="' + held.metadata.encode() + b'"'
            if held.picture:
                text += b' vm="' + held.picture.encode() + b'"'
            return self._tagged(text, held.inner)
        text = markup.with_attribute(cell.head, "r", address(row, column))
        for name, value in (("t", held.kind), ("cm", held.metadata), ("vm", held.picture), ("ph", None)):
            if value is not None or name.encode() + b"=" in text:
                text = markup.with_attribute(text, name, value)
        if style is not None:
            text = markup.with_attribute(text, "s", str(style) if style else None)
        return self._tagged(text, held.inner)

    def _tagged(self, head: bytes, inner: bytes) -> bytes:
        name = self.prefix + b"c"
        return b"<" + name + head + (b">" + inner + b"</" + name + b">" if inner else b"/>")

    def _with_dimension(self, part: bytes) -> bytes:
        """The part with the range in use made as large as the cells it holds now."""
        used = [(row, column) for row, told in self.told.items() for column, h in told.items() if h.inner]
        tag = markup.first(part, "dimension")
        if not used or tag is None or (now := area(tag.attributes.get("ref", ""))) is None:
            return part
        rows, columns = [row for row, _ in used], [column for _, column in used]
        top, left = min(now.top, min(rows)), min(now.left, min(columns))
        grown = Area(top, left, max(now.bottom, max(rows)), max(now.right, max(columns)))
        return part if grown == now else markup.spliced(part, [markup.retagged(part, tag, {"ref": str(grown)})])


def _with_spans(head: bytes, told: dict[int, Held]) -> bytes:
    """A row's attributes with the columns in use made as wide as its cells."""
    spans = markup.attributes(head).get("spans") if b"spans" in head else None
    if not spans or " " in spans or ":" not in spans:
        return head
    low, high = (int(end) for end in spans.split(":"))
    wider = f"{min(low, *told, low)}:{max(high, *told, high)}"
    return head if wider == spans else markup.with_attribute(head, "spans", wider)


def _joined(edits: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """New rows that belong before the same old one are put there together, in their order."""
    joined: dict[tuple[int, int], list[bytes]] = {}
    for start, end, text in edits:
        joined.setdefault((start, end), []).append(text)
    return [(start, end, b"".join(texts)) for (start, end), texts in joined.items()]
