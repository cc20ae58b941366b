"""Where a key leads: a defined name, an address, a column of a table, or a table."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from xlmodel.errors import InputError
from xlmodel.ooxml.filling.book import Area, Book, Name, Sheet, Table, area

_COLUMN: Final = re.compile(r"([^\[\]!]+)\[(.*)\]", re.DOTALL)
_WHOLE: Final = ("", "#data", "[#data]")
_AT_SHEET: Final = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Cells on a sheet.

    Attributes
    ----------
    key
        The key it was found by.
    area
        Its cells.
    table
        The table whose data it is, or None for cells that are what they are.
    column
        The place of a table's column, from 0; None for the whole table.
    """

    key: str
    sheet: Sheet
    area: Area
    table: Table | None = None
    column: int | None = None


def place(book: Book, key: str) -> Place:
    """Return where a key leads.

    Parameters
    ----------
    book
        An open workbook.
    key
        A defined name, ``Sheet!Name`` for one of a sheet, ``Sheet!B4`` or ``Sheet!B4:B10``, ``Table[Column]``, or
        ``Table``. Small and capital letters are the same, as in Excel.

    Raises
    ------
    InputError
        The workbook has nothing of that name, or it stands for something else than cells of one sheet.
    """
    if (found := _AT_SHEET.fullmatch(key)) is not None:
        sheet = _sheet(book, found[1].replace("''", "'") if found[1] else found[2], key)
        if (cells := area(found[3])) is not None:
            return Place(key, sheet, cells)
        local = [n for n in book.names if n.sheet == sheet and n.name.casefold() == found[3].casefold()]
        if not local:
            raise InputError(f"{key} is neither an address nor a name of the sheet {sheet.name}", key)
        return _named(book, key, local[0])
    if (found := _COLUMN.fullmatch(key)) is not None:
        return _of_table(book, key, found[1], found[2])
    names = [n for n in book.names if n.name.casefold() == key.casefold()]
    everywhere = [n for n in names if n.sheet is None]
    if everywhere or len(names) == 1:
        return _named(book, key, (everywhere or names)[0])
    if names:
        sheets = ", ".join(n.sheet.name for n in names if n.sheet)
        raise InputError(f"{key} is a name of several sheets ({sheets}): write Sheet!{key}", key)
    if key.casefold() in book.tables:
        return _of_table(book, key, key, "")
    if area(key) is not None:
        raise InputError(f"{key} needs its sheet: write Sheet!{key}", key)
    known = [n.name for n in book.names] + [t.name for t in book.tables.values()]
    raise InputError(f"{book.package.path.name} has no name or table {key!r}{_meant(key, known)}", key)


def _sheet(book: Book, name: str, key: str) -> Sheet:
    if (sheet := book.sheets.get(name.casefold())) is None:
        known = [s.name for s in book.sheets.values()]
        raise InputError(f"{key} names a sheet that {book.package.path.name} has not{_meant(name, known)}", key)
    return sheet


def _of_table(book: Book, key: str, name: str, inside: str) -> Place:
    if (table := book.tables.get(name.strip().casefold())) is None:
        known = [t.name for t in book.tables.values()]
        raise InputError(f"{book.package.path.name} has no table {name!r}{_meant(name, known)}", key)
    if inside.strip().lower() in _WHOLE:
        return Place(key, table.sheet, table.data, table)
    if (column := table.column(inside)) is None:
        known = [c.name for c in table.columns]
        raise InputError(f"the table {table.name} has no column {inside!r}{_meant(inside, known)}", key)
    data, at = table.data, table.area.left + column
    return Place(key, table.sheet, Area(data.top, at, data.bottom, at), table, column)


def _named(book: Book, key: str, name: Name) -> Place:
    text = name.text.strip().removeprefix("=")
    if (found := _COLUMN.fullmatch(text)) is not None and found[1].casefold() in book.tables:
        return _of_table(book, key, found[1], found[2])
    if (found := _AT_SHEET.fullmatch(text)) is not None and (cells := area(found[3])) is not None:
        sheet = book.sheets.get((found[1].replace("''", "'") if found[1] else found[2]).casefold())
        if sheet is not None:
            return Place(key, sheet, cells)
    raise InputError(f"{key} stands for {name.text!r}, not for cells of one sheet, so it cannot be filled", key)


def _meant(word: str, known: list[str]) -> str:
    by_small = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_small, 1)
    return f"; did you mean {by_small[close[0]]}?" if close else ""
