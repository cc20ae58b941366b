"""The values that formulas showed when the workbook was last calculated, after cells they may depend on were filled.

Which formulas depend on what was filled is judged by whole sheets: those filled, and those whose formulas mention such
a sheet, a name or table that leads there, or look cells up by text. That takes too many rather than too few, and costs
a search instead of a calculation tree.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Final

from xlmodel.errors import ExcelError
from xlmodel.ooxml.filling import markup
from xlmodel.ooxml.filling.book import Book, Sheet, address, number
from xlmodel.ooxml.filling.grid import Grid, Held
from xlmodel.ooxml.filling.values import encoded, written
from xlmodel.ooxml.package import CONTENT_TYPES, Package, relations_part

Shown = float | str | bool | ExcelError | None
"""What a cell shows after a calculation."""

Recalculate = Callable[[bytes], Mapping[tuple[str, int, int], Shown]]
"""A calculation engine: the content of a workbook in; what its cells show out, by sheet, row and column from 0."""

_FORMULA: Final = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^<>]*)?>([^<]*)</")
_AT: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+\d+)[\"']")
_USUAL: Final = re.compile(rb'<c r="([A-Z]+\d+)"(?: s="\d+")?>')
_PLAIN: Final = re.compile(rb'(<c r="([A-Z]+\d+)"(?: s="\d+")?><f>[^<]*</f>)<v>[^<]*</v>')
_KIND: Final = re.compile(rb"\st\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ANYWHERE: Final = re.compile(rb":[\w.]+!|:[^'!<>:]*'!")
_BY_TEXT: Final = b"indirect("
_CALL: Final = re.compile(rb"XLMODEL[_.]\w+\(", re.IGNORECASE)
# What an engine answers that does not know a function is not a value of the cell.
_UNKNOWN: Final = (None, ExcelError.NAME)


def stale(book: Book, filled: Collection[str]) -> list[Sheet]:
    """Return the sheets whose formulas may show something else once cells on the sheets named were filled."""
    package = book.package
    with_formulas = {}
    for sheet in book.sheets.values():
        part = package.seen(sheet.part)
        if b"f>" in part:
            with_formulas[sheet.name] = part if sheet.name in filled else part.lower()
    reached = set(filled)
    words: set[bytes] = set()
    tables = [(table.sheet.name, _word(table.name)) for table in book.tables.values()]
    while True:
        before = len(reached), len(words)
        for name in reached:
            words.update((_word(name) + b"!", _word(name.replace("'", "''")) + b"'!"))
        words.update(word for name, word in tables if name in reached)
        words.update(_word(n.name) for n in book.names if _mentions(_word(n.text), words))
        reached.update(
            name for name, part in with_formulas.items() if name not in reached and _formula_mentions(part, words)
        )
        if (len(reached), len(words)) == before:
            return [sheet for sheet in book.sheets.values() if sheet.name in reached and sheet.name in with_formulas]


def _word(text: str) -> bytes:
    # Bytes, because what is searched is: small letters of the first 128 only, others as Excel writes them.
    return markup.escaped(text).lower()


def _formula_mentions(part: bytes, words: Collection[bytes]) -> bool:
    """Whether a formula of a sheet holds one of the words; looked for in the whole part first, which is quick."""
    if not _mentions(part, words) and b"&#" not in part:
        return False
    formulas = b"\n".join(_FORMULA.findall(part))
    # What is written by its number may be anything.
    return b"&#" in formulas or _mentions(formulas, words)


def _mentions(text: bytes, words: Collection[bytes]) -> bool:
    return _BY_TEXT in text or any(word in text for word in words) or _ANYWHERE.search(text) is not None


def refreshed(part: bytes, shown: Mapping[tuple[int, int], Shown]) -> tuple[bytes, list[str], list[str]]:
    """Return a sheet's part with the values of its formulas renewed.

    Parameters
    ----------
    part
        The sheet, plain.
    shown
        What cells show, by row and column from 1; a cell that is not there, and the error of an unknown name, drop
        the value.

    Returns
    -------
    tuple
        The part, the addresses whose values were renewed, and those whose values were dropped.
    """
    if not shown:
        # Long sheets of ordinary formulas: all values go at once.
        split: list[bytes] = _PLAIN.split(part)
        addresses = split[2::3]
        if len(addresses) == part.count(b"<f"):
            del split[2::3]
            return b"".join(split), [], [at.decode() for at in addresses]
    renewed: list[str] = []
    dropped: list[str] = []
    pieces: list[bytes] = []
    done = 0
    p = markup.must(part, "sheetData").prefix
    mark = b"<" + p + b"c"
    for found in _with_value(p).finditer(part):
        place = found.start()
        start = part.rfind(mark, done, place)
        if not shown and (usual := _USUAL.fullmatch(part, start, place)) is not None:
            dropped.append(usual[1].decode())
            pieces.append(part[done : found.end(1)])
            done = found.end()
            continue
        if (at := _AT.search(part, start, place)) is None:
            continue
        where = at[1].decode()
        value = shown.get(_row_and_column(where)) if shown else None
        head = part[start:place]
        if b" t" in head:
            head = _KIND.sub(b"", head, count=1)
        kind = inner = b""
        if _known(value):
            renewed.append(where)
            kind, inner = _shown(value, p)
        else:
            dropped.append(where)
        pieces += (part[done:start], head.rstrip()[:-1], kind, b">", found[1], inner)
        done = found.end()
    pieces.append(part[done:])
    part = b"".join(pieces)
    if b'"array"' in part or b'"dataTable"' in part:
        part = _arrays(part, shown, renewed, dropped)
    return part, renewed, dropped


def _arrays(part: bytes, shown: Mapping[tuple[int, int], Shown], renewed: list[str], dropped: list[str]) -> bytes:
    """The part with the values renewed that array formulas show in cells beside their own."""
    grid = Grid(part)
    for home, cells in grid.arrays:
        for row in range(cells.top, cells.bottom + 1) if home != cells else ():
            for column, cell in grid.cells(row).items():
                if (row, column) not in cells or (row, column) in home or not grid.filled(cell):
                    continue
                value = shown.get((row, column))
                kind = inner = b""
                if _known(value):
                    renewed.append(address(row, column))
                    kind, inner = _shown(value, grid.prefix)
                else:
                    dropped.append(address(row, column))
                grid.tell(row, column, Held(inner, kind.decode().split('"')[1] if kind else None))
    return grid.changed()


@cache
def _with_value(prefix: bytes) -> re.Pattern[bytes]:
    f, v = prefix + b"f", prefix + b"v"
    # The usual tag, without attributes, comes first: most formulas and all values have it.
    return re.compile(
        b"(<" + f + b"(?:>[^<]*+</" + f + rb">|(?:\s[^<>]*)?(?:/>|>[^<]*+</" + f + rb"\s*+>)))\s*+"
        b"(?:<" + v + b"(?:>[^<]*+</" + v + rb">|(?:\s[^<>]*)?(?:/>|>[^<]*+</" + v + rb"\s*+>)))?"
    )


def _row_and_column(address: str) -> tuple[int, int]:
    column = address.rstrip("0123456789")
    return int(address[len(column) :]), number(column)


def _known(value: Shown) -> bool:
    return value not in _UNKNOWN and not (isinstance(value, float) and not math.isfinite(value))


def _shown(value: Shown, prefix: bytes) -> tuple[bytes, bytes]:
    """The type attribute and the value element of what a formula shows."""
    if isinstance(value, bool):
        kind, text = b' t="b"', b"1" if value else b"0"
    elif isinstance(value, ExcelError):
        kind, text = b' t="e"', value.value.encode()
    elif value is None or isinstance(value, str):
        kind, text = b' t="str"', markup.escaped(encoded(value or ""))
    else:
        kind, text = b"", written(value)
    return kind, b"<" + prefix + b"v>" + text + b"</" + prefix + b"v>"


def calculate_on_load(book: Book) -> None:
    """Tell Excel to calculate everything when it opens the workbook."""
    package = book.package
    part = package.plain(book.main)
    if (tag := markup.first(part, "calcPr")) is not None:
        edit = markup.retagged(part, tag, {"fullCalcOnLoad": "1"})
    else:
        place = 0
        for local in ("sheets", "functionGroups", "externalReferences", "definedNames"):
            if (before := markup.first(part, local)) is not None:
                place = markup.after(part, before, local)
        prefix = markup.must(part, "workbook").prefix
        edit = (place, place, b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>')
    package.replace(book.main, markup.spliced(part, [edit]))


def calls_ours(book: Book) -> bool:
    """Whether formulas of a workbook seem to call functions of ours, however they are spelled."""
    return any(_CALL.search(book.package.seen(sheet.part)) for sheet in book.sheets.values())


def forget_order(book: Book) -> None:
    """Take out the order of calculation, which names cells that hold a formula no more; Excel makes it anew."""
    if (chain := book.related("/calcChain")) is None:
        return
    remove_part(book.package, book.main, chain)


def remove_part(package: Package, owner: str, name: str) -> None:
    """Take a part out, its relationship and its content type with it."""
    listed = relations_part(owner)
    key = next(r.key for r in package.relations(owner) if r.target.lower() == name.lower())
    _without(package, listed, "Relationship", "Id", key)
    _without(package, CONTENT_TYPES, "Override", "PartName", f"/{name}")
    package.remove(name)


def _without(package: Package, part: str, local: str, attribute: str, value: str) -> None:
    text = package.plain(part)
    edits = [
        (tag.start, markup.after(text, tag, local), b"")
        for tag in markup.tags(text, local)
        if tag.attributes.get(attribute, "").lower() == value.lower()
    ]
    if edits:
        package.replace(part, markup.spliced(text, edits))
