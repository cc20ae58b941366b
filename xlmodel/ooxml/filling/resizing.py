"""A table that gets more or fewer rows, and everything that has to know of it.

What Excel does: new rows take the formats and formulas of the last one; validations and conditional formats that reach
the last row reach the new ones; references to whole columns of the data, in formulas, names and charts, follow. Cells
below are free or move down by as much, in the table's columns only, and references to them move along. Where Excel
would refuse to move cells, so does this.
"""

import posixpath
import re
from collections.abc import Callable
from typing import Final

from xlmodel.errors import InputError
from xlmodel.ooxml.filling import markup, shared
from xlmodel.ooxml.filling.book import LAST_ROW, Area, Book, Table, address, area
from xlmodel.ooxml.filling.following import Resized, respell
from xlmodel.ooxml.filling.grid import BLANK, GONE, Cell, Grid, Held

_RELATIVE_ROW: Final = re.compile(r"(?<![\w.$!])\$?[A-Za-z]{1,3}[1-9]\d*(?![\w.(!\[])")


def resize(book: Book, table: Table, rows: int) -> tuple[Resized, Grid]:
    """Give a table as many data rows as asked, and return what changed with its sheet's cells taken up.

    Raises
    ------
    InputError
        Something stands in the way.
    """
    package = book.package
    old = package.plain(table.sheet.part)
    grid = Grid(old)
    data = table.data
    by = rows - data.height
    after = Area(table.area.top, table.area.left, table.area.bottom + by, table.area.right)
    if after.bottom > LAST_ROW:
        raise InputError(f"the table {table.name} would need {rows} rows, more than a sheet has", table.name)
    done = Resized(
        table.name, table.sheet.name, table.area, after, data, by != 0 and _in_the_way(book, table, grid, by)
    )
    if by:
        if done.shift:
            _refuse(book, table, grid, by)
        respell(book, table.sheet, done)
    grid = Grid(package.plain(table.sheet.part))
    formulas = False
    if by > 0:
        formulas = _move(grid, done) if done.shift else False
        formulas |= _grow(grid, done)
    elif by < 0:
        formulas = _shrink(grid, done)
        formulas |= _move(grid, done) if done.shift else False
    _table_part(book, table, done)
    return Resized(
        done.name, done.sheet, done.before, after, data, done.shift, formulas, _notes(book, table, done)
    ), grid


def _in_the_way(book: Book, table: Table, grid: Grid, by: int) -> bool:
    """Whether cells below have to move: the totals, or what lies where the new rows go."""
    if table.totals:
        return True
    if by < 0:
        return False
    new = Area(table.area.bottom + 1, table.area.left, table.area.bottom + by, table.area.right)
    for row in grid.rows:
        if new.top <= row <= new.bottom:
            for column, cell in grid.cells(row).items():
                if new.left <= column <= new.right and grid.filled(cell):
                    return True
    taken = [*grid.merged, *(cells for _, cells in grid.arrays)]
    taken += [other.area for other in book.tables_of(table.sheet) if other.name != table.name]
    return any(new.meets(cells) for cells in taken)


def _refuse(book: Book, table: Table, grid: Grid, by: int) -> None:
    """Refuse to move cells where Excel would, and where something would stay behind."""
    data = table.data
    gone = Area(data.bottom + by + 1, data.left, data.bottom, data.right) if by < 0 else None
    below = Area(data.bottom + 1, data.left, LAST_ROW, data.right)
    inside: Callable[[Area], bool] = lambda cells: (  # noqa: E731
        data.left <= cells.left and cells.right <= data.right and cells.top >= below.top
    )
    what = f"the table {table.name} cannot change to {data.height + by} rows"
    for cells in grid.merged:
        if (below.meets(cells) and not inside(cells)) or (gone is not None and gone.meets(cells)):
            raise InputError(f"{what}: the merged cell {cells} would have to be split", table.name)
    for home, cells in grid.arrays:
        split = cells.left < data.left or cells.right > data.right or (cells.top <= data.bottom < cells.bottom)
        if home != cells and ((below.meets(cells) and split) or (gone is not None and gone.meets(cells))):
            raise InputError(f"{what}: the array formula in {cells} would have to be split", table.name)
    for other in book.tables_of(table.sheet):
        if other.name != table.name and below.meets(other.area) and not inside(other.area):
            raise InputError(f"{what}: the table {other.name} below would have to be split", table.name)
    moving = [below] + ([gone] if gone is not None else [])
    for relation in book.package.relations(table.sheet.part):
        if relation.external or relation.target not in book.package:
            continue
        kind = posixpath.basename(relation.kind).lower()
        if kind in ("comments", "threadedcomment", "pivottable"):
            local = "location" if kind == "pivottable" else "(?:comment|threadedComment)"
            part = book.package.plain(relation.target)
            for tag in markup.tags(part, local):
                cells_of = area(tag.attributes.get("ref", ""))
                if cells_of is not None and any(zone.meets(cells_of) for zone in moving):
                    thing = "pivot table" if kind == "pivottable" else "comment"
                    raise InputError(f"{what}: the {thing} at {cells_of} would have to move", table.name)
    tail = grid.part[grid.part.index(b"sheetData") :]
    for tag in markup.tags(tail, "autoFilter"):
        cells_of = area(tag.attributes.get("ref", ""))
        if cells_of is not None and below.meets(cells_of):
            raise InputError(f"{what}: the filter on {cells_of} would have to move", table.name)
    last = max((row for row in grid.rows if any(grid.filled(c) for c in grid.cells(row).values())), default=0)
    if last + by > LAST_ROW:
        raise InputError(f"{what}: cells below would leave the sheet", table.name)


def _grow(grid: Grid, done: Resized) -> bool:
    """Give the new rows the formats and formulas of the last one."""
    data = done.data
    formulas = False
    for column in range(data.left, data.right + 1):
        style = grid.style(data.bottom, column)
        formula = _lasting(grid, data, column)
        for row in range(data.bottom + 1, done.last + 1):
            if formula is None:
                grid.tell(row, column, Held(b"", None, style))
                continue
            formulas = True
            text = shared.translated(formula, (data.bottom, column), (row, column)) if _relative(formula) else formula
            grid.tell(row, column, Held(grid.held(markup.escaped(text), "f"), None, style))
    return formulas


def _lasting(grid: Grid, data: Area, column: int) -> str | None:
    """The formula of a column, as its last row has it; a cell below the first ones typed over does not end it."""
    cell = grid.cell(data.bottom, column)
    if cell is None or (found := grid.formula(cell)) is None or found[0].get("t") in ("array", "dataTable"):
        return None
    return shared.text_of(grid, data.bottom, column)


def _relative(formula: str) -> bool:
    return _RELATIVE_ROW.search(formula) is not None or "!" in formula


def _shrink(grid: Grid, done: Resized) -> bool:
    """Empty the rows that go; their formats stay, except where cells from below move in."""
    formulas = False
    for row in range(done.last + 1, done.data.bottom + 1):
        for column, cell in grid.cells(row).items():
            if done.data.left <= column <= done.data.right:
                formulas |= grid.formula(cell) is not None
                grid.tell(row, column, GONE if done.shift else BLANK)
    return formulas


def _move(grid: Grid, done: Resized) -> bool:
    """Move the cells below in the table's columns."""
    data, by = done.data, done.rows
    formulas = False
    moving: list[tuple[int, int, Cell]] = []
    for row in grid.rows:
        if row > data.bottom:
            moving += [(row, c, cell) for c, cell in grid.cells(row).items() if data.left <= c <= data.right]
    for row, column, _ in moving:
        grid.tell(row, column, GONE)
    for row, column, cell in moving:
        given = cell.attributes
        inner = cell.inner
        found = grid.formula(cell)
        if found is not None:
            formulas = True
            inner = _with_ref(inner, grid, done)
        style = int(given.get("s", 0))
        grid.told.setdefault(row + by, {})[column] = Held(
            inner, given.get("t"), style, given.get("cm"), given.get("vm")
        )
    return formulas


def _with_ref(inner: bytes, grid: Grid, done: Resized) -> bytes:
    """What a cell holds with the range of its array formula moved."""
    tag = markup.must(inner, "f")
    cells = area(tag.attributes.get("ref", ""))
    if cells is None:
        return inner
    new = Area(cells.top + done.rows, cells.left, cells.bottom + done.rows, cells.right)
    grid.moved_arrays.append((Area(new.top, new.left, new.top, new.left), new))
    return markup.spliced(inner, [markup.retagged(inner, tag, {"ref": str(new)})])


def _table_part(book: Book, table: Table, done: Resized) -> None:
    part = book.package.plain(table.part)
    root = markup.must(part, "table")
    change: dict[str, str | None] = {"ref": str(done.after)}
    if table.waiting:
        change["insertRow"] = None
    edits = [markup.retagged(part, root, change)]
    for tag in markup.tags(part, "autoFilter", root.end):
        cells = Area(done.after.top, done.after.left, done.last, done.after.right)
        edits.append(markup.retagged(part, tag, {"ref": str(cells)}))
    for tag in markup.tags(part, "(?:sortState|sortCondition)", root.end):
        cells_of = area(tag.attributes.get("ref", ""))
        if cells_of is not None:
            new = Area(cells_of.top, cells_of.left, cells_of.bottom + done.rows, cells_of.right)
            edits.append(markup.retagged(part, tag, {"ref": str(new)}))
    book.package.replace(table.part, markup.spliced(part, edits))


def _notes(book: Book, table: Table, done: Resized) -> tuple[str, ...]:
    """What a reader should look at: drawings do not move with cells of some columns only."""
    if done.rows <= 0:
        return ()
    grown = Area(done.before.bottom + 1, done.before.left, done.after.bottom, done.before.right)
    for relation in book.package.relations(table.sheet.part):
        if relation.kind.endswith("/drawing") and relation.target in book.package:
            root = book.package.xml(relation.target)
            for start in root.iter("{*}from"):
                row, column = int(start.findtext("{*}row", "0")) + 1, int(start.findtext("{*}col", "0")) + 1
                if (row, column) in grown:
                    return (f"The table {table.name} now lies under the drawing at {address(row, column)}.",)
    return ()
