"""Tapes as files: CSV, a sheet of a workbook, or Parquet; rows of cells under their headings."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xlmodel.desk.seeing import quoted, used
from xlmodel.errors import InputError
from xlmodel.ooxml.filling import read
from xlmodel.ooxml.filling.book import Area, Book
from xlmodel.ooxml.filling.grid import Grid
from xlmodel.ooxml.package import Package

ENDINGS: Final = (".csv", ".xlsx", ".xlsm", ".parquet")
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""With one of these a program that opens a CSV file begins a formula."""
_DELIMITERS: Final = (",", ";", "\t")
_MOST_ROWS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as its file has it: texts in a CSV, typed cells otherwise; None is blank."""

    headings: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...]


def load(path: Path) -> Rows:
    """Return the rows of a tape.

    The first line, or the first row of the first sheet, holds the headings; of a workbook with a table, that table is
    read instead. Rows in which nothing stands are left out at the end only, so that numbers of rows stay.

    Raises
    ------
    InputError
        No such file, another kind of file, no headings, a heading twice, or a row that has too many cells.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"a tape is a file ending in {', '.join(ENDINGS)}, got {path.name}", "data")
    if not path.is_file():
        raise InputError(f"there is no file {path}", "data")
    if ending == ".csv":
        grid: list[Sequence[Any]] = _of_csv(path)
    elif ending == ".parquet":
        grid = _of_parquet(path)
    else:
        grid = _of_workbook(path)
    while grid and all(_blank(cell) for cell in grid[-1]):
        grid.pop()
    if len(grid) < 2:
        raise InputError(f"{path.name} is empty: headings and at least one row are expected", "data")
    headings = [str(cell or "").strip() for cell in grid[0]]
    while headings and not headings[-1]:
        headings.pop()
    for i, heading in enumerate(headings, 1):
        if not heading:
            raise InputError(f"{path.name}: the heading of column {i} is blank", "data")
        if heading in headings[: i - 1]:
            raise InputError(f"{path.name}: the heading {heading} stands twice", "data")
    rows = []
    for i, row in enumerate(grid[1:], 1):
        if not all(_blank(cell) for cell in row[len(headings) :]):
            raise InputError(
                f"{path.name}: row {i} has {len(row)} cells where there are {len(headings)} headings", "data"
            )
        cells = [None if _blank(cell) else cell for cell in row[: len(headings)]]
        rows.append((*cells, *[None] * (len(headings) - len(cells))))
    return Rows(tuple(headings), tuple(rows))


def as_csv(rows: Rows) -> bytes:
    """Return a table as a CSV file in UTF-8.

    >>> as_csv(Rows(("a", "b"), ((0.1, None), (True, "x, y")))).decode().splitlines()
    ['a,b', '0.1,', 'TRUE,"x, y"']
    """
    out = io.StringIO(newline="")
    # Python leaves a lone carriage return bare, and would read it back as the end of the line.
    table = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    table.writerow(rows.headings)
    for row in rows.cells:
        table.writerow([_spelled(cell) for cell in row])
    return out.getvalue().encode()


def joined(tables: Sequence[Rows]) -> Rows:
    """Return one table of the rows of several, with every heading of theirs.

    >>> joined([Rows(("a", "b"), ((1, 2),)), Rows(("b", "c"), ((3, 4),))])
    Rows(headings=('a', 'b', 'c'), cells=((1, 2, None), (None, 3, 4)))
    """
    headings = tuple(dict.fromkeys(heading for table in tables for heading in table.headings))
    named = [dict(zip(table.headings, row, strict=True)) for table in tables for row in table.cells]
    return Rows(headings, tuple(tuple(row.get(heading) for heading in headings) for row in named))


def _spelled(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return cell if isinstance(cell, str) else repr(cell)


def _blank(cell: Any) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float) and cell != cell)


def _of_csv(path: Path) -> list[Sequence[Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} must be UTF-8 text, byte {error.start} is not", "data") from None
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{path.name} is not CSV: {error}", "data") from None


def _of_parquet(path: Path) -> list[Sequence[Any]]:
    try:
        from pyarrow import ArrowException, parquet
    except ModuleNotFoundError:
        raise InputError(
            "reading Parquet needs pyarrow: pip install 'xlmodel[parquet]', or save the tape as CSV", "data"
        ) from None
    try:
        table = parquet.read_table(path)
    except ArrowException as error:
        raise InputError(f"{path.name} is not a Parquet file that can be read: {error}", "data") from None
    columns = [column.to_pylist() for column in table.columns]
    return [list(table.column_names), *zip(*columns, strict=True)]


def _of_workbook(path: Path) -> list[Sequence[Any]]:
    package = Package.open(path)
    book = Book(package)
    table = next(iter(book.tables.values()), None)
    if table is not None and table.header:
        sheet, area = table.sheet, Area(table.data.top - 1, table.area.left, table.data.bottom, table.area.right)
    else:
        sheet = next(iter(book.sheets.values()))
        area = used(Grid(package.plain(sheet.part)))
    if area.height > _MOST_ROWS:
        raise InputError(f"{path.name} has {area.height:,} rows; save a tape of this size as CSV", "data")
    key = quoted(sheet.name, area)
    found: Any = read(path, [key])[key]
    if area.height == 1:
        found = [found] if area.width > 1 else [[found]]
    elif area.width == 1:
        found = [[cell] for cell in found]
    return [list(row) for row in found]
