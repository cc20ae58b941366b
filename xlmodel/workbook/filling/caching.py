"""The values that formulas showed when the workbook was last calculated, after cells they may depend on were filled.

Which formulas depend on what was filled is judged by whole sheets: those filled, and those whose formulas mention such
a sheet, a name or table that leads there, or look cells up by text. That takes too many rather than too few, and costs
a search instead of a calculation tree.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from xlmodel.errors import ExcelError
from xlmodel.workbook.filling import markup
from xlmodel.workbook.filling.book import Book, Sheet, address, number
from xlmodel.workbook.filling.grid import Grid, Held
from xlmodel.workbook.filling.values import encoded
from xlmodel.workbook.package import CONTENT_TYPES, Package, relations_part

Shown = float | int | str | bool | ExcelError | None
"""What a cell shows after a calculation."""

Recalculate = Callable[[bytes], Mapping[tuple[str, int, int], Shown]]
"""A calculation engine: the content of a workbook in; what its cells show out, by sheet, row and column from 0."""

_FORMULA: Final = re.compile(
    rb"<((?:[\w.-]+:)?)f((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?:/>|>([^<]*)</[^>]*>)\s*"
    rb"(?:<(?:[\w.-]+:)?v(?:\s[^>]*)?(?:/>|>[^<]*</[^>]*>))?"
)
_AT: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d+)[\"']")
_KIND: Final = re.compile(rb"\st\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_SEVERAL_SHEETS: Final = re.compile(r"[^\W\d][\w.]*:[\w.]+!|'[^'!]*:[^'!]*'!")
_BY_TEXT: Final = "indirect("
# What an engine answers that does not know a function is not a value of the cell.
_UNKNOWN: Final = (None, ExcelError.NAME)


def formulas_of(part: bytes) -> str:
    """Return every formula of a sheet's part in small letters, for searching."""
    if b"f>" not in part:
        return ""
    return "\n".join([markup.unescaped(found[3] or b"") for found in _FORMULA.finditer(part)]).lower()


def stale(book: Book, filled: Collection[str]) -> list[Sheet]:
    """Return the sheets whose formulas may show something else once cells on the sheets named were filled."""
    package = book.package
    texts = {}
    for sheet in book.sheets.values():
        part = package.read(sheet.part)
        if b"f>" in part and (said := formulas_of(markup.plain(part))):
            texts[sheet.name] = said
    reached = set(filled)
    words: set[str] = set()
    while True:
        before = len(reached), len(words)
        for name in reached:
            words.update((f"{name.lower()}!", name.lower().replace("'", "''") + "'!"))
        words.update(t.name.lower() + "[" for t in book.tables.values() if t.sheet.name in reached)
        words.update(t.name.lower() for t in book.tables.values() if t.sheet.name in reached)
        for defined in book.names:
            if _mentions(defined.text.lower(), words):
                words.add(defined.name.lower())
        reached.update(name for name, said in texts.items() if name not in reached and _mentions(said, words))
        if (len(reached), len(words)) == before:
            return [s for s in book.sheets.values() if s.name in reached and s.name in texts]


def _mentions(said: str, words: Collection[str]) -> bool:
    if any(word in said for word in words) or _BY_TEXT in said:
        return True
    return _SEVERAL_SHEETS.search(said) is not None


def refreshed(part: bytes, shows: Callable[[int, int], Shown]) -> tuple[bytes, list[str], list[str]]:
    """Return a sheet's part with the values of its formulas renewed.

    Parameters
    ----------
    part
        The sheet, plain.
    shows
        What a cell shows, by row and column from 1; None and the error of an unknown name drop its value.

    Returns
    -------
    tuple
        The part, the addresses whose values were renewed, and those whose values were dropped.
    """
    renewed: list[str] = []
    dropped: list[str] = []
    pieces: list[bytes] = []
    done = 0
    for found in _FORMULA.finditer(part):
        start = part.rfind(b"<" + found[1] + b"c", done, found.start())
        head = part[start : found.start()]
        at = _AT.search(head)
        if at is None:
            continue
        column = at[1].decode()
        value = shows(int(at[2]), number(column))
        kept = _known(value)
        (renewed if kept else dropped).append(f"{column}{int(at[2])}")
        kind, inner = _shown(value, found[1]) if kept else (b"", b"")
        formula = found[0][: _end_of_formula(found)]
        pieces += [part[done:start], _KIND.sub(b"", head, count=1).rstrip()[:-1], kind, b">", formula, inner]
        done = found.end()
    pieces.append(part[done:])
    part = b"".join(pieces)
    grid = Grid(part)
    for home, cells in grid.arrays:
        if home == cells:
            continue
        for row in range(cells.top, cells.bottom + 1):
            for column_number, cell in grid.cells(row).items():
                inside = cells.left <= column_number <= cells.right
                if not inside or (row, column_number) in home or not grid.filled(cell):
                    continue
                value = shows(row, column_number)
                kept = _known(value)
                (renewed if kept else dropped).append(address(row, column_number))
                kind, inner = _shown(value, grid.prefix) if kept else (b"", b"")
                text = kind.decode().split('"')[1] if kind else None
                grid.tell(row, column_number, Held(inner, text))
    return grid.changed(), renewed, dropped


def _known(value: Shown) -> bool:
    return value not in _UNKNOWN and not (isinstance(value, float) and not math.isfinite(value))


def _end_of_formula(found: re.Match[bytes]) -> int:
    """How long the formula element is within what was found, which may go on with its value."""
    text = found[0]
    value = text.rfind(b"<" + found[1] + b"v")
    return len(text.rstrip()) if value < 0 else len(text[:value].rstrip())


def _shown(value: Shown, prefix: bytes) -> tuple[bytes, bytes]:
    """The type attribute and the value element of what a formula shows."""
    if isinstance(value, bool):
        kind, text = b' t="b"', b"1" if value else b"0"
    elif isinstance(value, ExcelError):
        kind, text = b' t="e"', value.value.encode()
    elif isinstance(value, str):
        kind, text = b' t="str"', markup.escaped(encoded(value))
    else:
        kind, text = b"", repr(value).encode()
    return kind, b"<" + prefix + b"v>" + text + b"</" + prefix + b"v>"


def calculate_on_load(book: Book) -> None:
    """Tell Excel to calculate everything when it opens the workbook."""
    package = book.package
    part = markup.plain(package.read(book.main))
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
    text = markup.plain(package.read(part))
    edits = [
        (tag.start, markup.after(text, tag, local), b"")
        for tag in markup.tags(text, local)
        if tag.attributes.get(attribute, "").lower() == value.lower()
    ]
    if edits:
        package.replace(part, markup.spliced(text, edits))
