"""Finding the cells of somebody's own workbook: by defined name, by table header, by the label beside or above."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xlmodel.desk import words
from xlmodel.desk.fields import Known
from xlmodel.desk.mapping import Field, Mapping, Result
from xlmodel.desk.seeing import LAST_ROW, Seen, View, quoted
from xlmodel.errors import InputError
from xlmodel.ooxml.filling.book import Area, Sheet, address

_NAMED, _HEADED, _BESIDE, _ABOVE = 0.95, 0.85, 0.8, 0.6
_PART: Final = 0.65
"""What a phrase that only contains the words of a field is worth of one that is them."""
_REACH: Final = 3
_FAR: Final = 6
_LONGEST_LABEL: Final = 60
_OTHERS: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a mapping was made of.

    Attributes
    ----------
    mapping
        The best place of each field, each place once.
    others
        Other places of a field by its name, best first, as remarks.
    """

    mapping: Mapping
    others: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    cell: str
    where: tuple[str, Area]
    said: tuple[str, ...]
    percent: bool
    formula: bool
    found: str
    several: bool
    phrase: str


def find(source: Path) -> Found:
    """Return a mapping of what a workbook seems to hold, to be read and corrected by whoever knows it.

    A defined name counts more than the header of a table, that more than a label beside a cell, and that more than one
    above it; the words of the trade count in full, words that only contain them in part. Cells with formulas
    are results, the others fields. The unit is the one a label, a neighbour or the format states.

    Parameters
    ----------
    source
        An .xlsx or .xlsm workbook.

    Raises
    ------
    InputError
        The workbook cannot be opened, or has nothing that looks like a field.
    """
    view = View(source)
    candidates = sorted(_candidates(view), key=lambda one: -one.score)
    fields: dict[str, Field] = {}
    results: dict[str, Result] = {}
    others: dict[str, list[str]] = {}
    taken: set[tuple[str, Area]] = set()
    for one in candidates:
        meaning, share = _meaning(words.results() if one.formula else words.meanings(), one.phrase)
        if meaning is None:
            continue
        score = round(one.score * share, 2)
        name = meaning if isinstance(meaning, str) else meaning.column or meaning.key
        known = results if one.formula else fields
        if name in known or one.where in taken:
            if one.where not in taken and len(others.setdefault(name, [])) < _OTHERS:
                others[name].append(f"{one.cell} ({score:g}): {one.found}")
            continue
        if isinstance(meaning, str):
            if one.several != (meaning in words.PATHS):
                continue
            results[name] = Result(one.cell, name, _unit(words.unit_of_result(name), one), score, one.found)
        else:
            if one.several != _several(meaning):
                continue
            fields[name] = _field(meaning, one, score)
        taken.add(one.where)
    if not fields:
        raise InputError(f"{source.name} has no cell that looks like a field of a loan: name some cells first", "file")
    order = {name: i for i, name in enumerate(fields)}
    return Found(
        Mapping(tuple(sorted(fields.values(), key=lambda f: (-f.required, order[f.name]))), tuple(results.values())),
        {name: tuple(places) for name, places in others.items()},
    )


def _field(known: Known, one: _Candidate, score: float) -> Field:
    unit = _unit(known.unit, one)
    return Field(one.cell, known.key, known.column, known.kind, unit, known.required, known.help, score, one.found)


def _unit(base: str, one: _Candidate) -> str:
    """The unit of a cell: its format decides between fractions and percentages, what is written beside it the rest."""
    if base.startswith("fraction") and one.percent:
        return base
    return words.unit_said(one.said, base) or base if base else ""


def _several(known: Known) -> bool:
    return known.key.endswith("[]") or known.column == "cfads"


def _meaning(known: dict[str, Known] | dict[str, str], phrase: str) -> tuple[Known | str | None, float]:
    """What a phrase means, and how sure that is: its very words, or the longest words it holds or is held by."""
    if phrase in known:
        return known[phrase], 1.0
    said = set(phrase.split())
    best: tuple[int, str] = (1, "")
    for words_ in known:
        inside = set(words_.split())
        if len(inside) > 1 and len(inside) > best[0] and inside <= said and len(said) <= len(inside) + 1:
            best = len(inside), words_
    return (known[best[1]], _PART) if best[1] else (None, 0.0)


def _candidates(view: View) -> Iterator[_Candidate]:
    yield from _of_names(view)
    yield from _of_tables(view)
    for sheet in view.book.sheets.values():
        yield from _of_labels(view, sheet)


def _of_names(view: View) -> Iterator[_Candidate]:
    for name in view.book.names:
        try:
            at = view.at(name.name if name.sheet is None else quoted(name.sheet.name, name.name))
        except InputError:
            continue  # a name for a formula, a constant or cells elsewhere is no place to fill
        if at.table is not None:
            continue
        top, left = at.area.top, at.area.left
        seen = view.seen(at.sheet, top, left)
        beside = _around(view, at.sheet, top, left, at.area.right)
        yield _candidate(view, at.key, at.sheet, at.area, seen, _NAMED, name.name, beside, f"named {name.name}")


def _of_tables(view: View) -> Iterator[_Candidate]:
    for table in view.tables():
        for i, column in enumerate(table.columns):
            data, at = table.data, table.area.left + i
            cells = Area(data.top, at, data.bottom, at)
            seen = view.seen(table.sheet, data.top, at)
            header = re.sub(r"([\[\]#'@])", r"'\1", column.name)
            key, found = f"{table.name}[{header}]", f"header {column.name} of the table {table.name}"
            if column.calculated:
                continue
            yield _candidate(
                view, key, table.sheet, cells, seen, _HEADED, column.name, (column.name,), found, several=True
            )


def _of_labels(view: View, sheet: Sheet) -> Iterator[_Candidate]:
    tables = [table.area for table in view.book.tables.values() if table.sheet == sheet]
    for (row, column), label in view.cells(sheet).items():
        if label.number or label.formula or not 0 < len(label.text) <= _LONGEST_LABEL:
            continue
        if any((row, column) in area for area in tables) or not words.spoken(label.text):
            continue
        for step in range(1, _REACH + 1):
            beside = view.seen(sheet, row, column + step)
            if _input(view, beside) or (beside.number and beside.formula):
                yield from _at(view, sheet, (row, column), label, (row, column + step), _BESIDE, "beside")
                break
            if beside.text and not _a_unit(beside.text):
                # A text that is an answer, such as a borrower's name.
                if step == 1 and not beside.formula and not _label(beside):
                    yield from _at(view, sheet, (row, column), label, (row, column + step), _BESIDE, "beside")
                break
        below = view.seen(sheet, row + 1, column)
        if row < LAST_ROW and (_input(view, below) or (below.number and below.formula)):
            yield from _at(view, sheet, (row, column), label, (row + 1, column), _ABOVE, "above")


def _at(
    view: View, sheet: Sheet, at: tuple[int, int], label: Seen, cell: tuple[int, int], score: float, side: str
) -> Iterator[_Candidate]:
    row, column = cell
    seen = view.seen(sheet, row, column)
    last = column
    while side == "beside" and seen.number and view.seen(sheet, row, last + 1).number:
        last += 1
    area = Area(row, column, row, last)
    around = _around(view, sheet, row, column, last) if side == "beside" else ()
    found = f"label {label.text} {side}, in {sheet.name}!{address(*at)}"
    # One number beside its label, or a row of numbers that is one thing: a path.
    yield _candidate(view, quoted(sheet.name, area), sheet, area, seen, score, label.text, (label.text, *around), found)


def _candidate(
    view: View,
    key: str,
    sheet: Sheet,
    area: Area,
    seen: Seen,
    score: float,
    phrase: str,
    said: tuple[str, ...],
    found: str,
    *,
    several: bool = False,
) -> _Candidate:
    many = several or area.height > 1 or area.width > 1
    return _Candidate(
        score, key, (sheet.name, area), said, view.percent(seen.style), seen.formula, found, many, words.spoken(phrase)
    )


def _around(view: View, sheet: Sheet, row: int, left: int, right: int) -> tuple[str, ...]:
    """Texts that may state a unit: the first to the right, behind further cells to fill, and the one on the left."""
    beside = (view.seen(sheet, row, column) for column in range(right + 1, right + 1 + _FAR))
    first = next((cell.text for cell in beside if cell.text and not cell.number), "")
    label = view.seen(sheet, row, left - 1) if left > 1 else None
    return tuple(text for text in (first, "" if label is None or label.number else label.text) if text)


def _input(view: View, seen: Seen) -> bool:
    """Whether a cell looks like one to type into: a number, or blank with a format."""
    return not seen.formula and (seen.number or (seen.blank and seen.style != 0))


def _label(seen: Seen) -> bool:
    return seen.text.rstrip().endswith(":") or words.spoken(seen.text) in {**words.meanings(), **words.results()}


def _a_unit(text: str) -> bool:
    """Whether a text between a label and its cell only says a unit."""
    bare = text.strip().casefold()
    return len(bare) <= 12 and bool(
        re.fullmatch(r"[$%x€]|usd.*|%.*|bps?|x|months?|years?|units?|gpus?|kwh?.*|\$.*", bare)
    )
