"""From a template's sheets to its file: written once without numbers, calculated by an engine, written again with them.

A template holds formulas only, so nothing but a spreadsheet engine that knows our functions can say what its cells
show. The engine is passed in, because this room knows no host; what it finds becomes the cached values, so the file
shows its numbers wherever it is opened, with the add-in or without.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from xlmodel.errors import ExcelError, InfeasibleError
from xlmodel.ooxml.addresses import letters
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.sheet import Page, Sheet, Value
from xlmodel.workbook.writing import book_of

Shown = Mapping[tuple[str, int, int], Any]
"""What each cell shows: (sheet, row, column), both counted from 0 -> number, bool, text, None or `ExcelError`."""

Engine = Callable[[bytes], Shown]
"""Calculates the content of a workbook."""

MOST_CALLS: Final = 200
"""A call of the Windows add-in costs milliseconds: a template with more calls would feel slow."""


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """One sheet of a template.

    Attributes
    ----------
    name, purpose
        The tab, and what the reader finds there.
    fill
        Puts the content on the page, given what to put into the inputs.
    """

    name: str
    purpose: str
    fill: Callable[[Page, Mapping[str, Value]], None]


@dataclass(frozen=True, slots=True)
class Template:
    """A workbook that an analyst opens and types into.

    Attributes
    ----------
    name
        What it is called on the command line, and its file without ending: `gpu-loan-underwriting`.
    title, purpose
        What it is called on its cover, and what it is for.
    sheets
        In the order of the tabs.
    example
        What `--example` types into it, by the names of its inputs without `in_`.
    version
        Changes when names or sheets change, so that a reader of old files knows what to expect.
    """

    name: str
    title: str
    purpose: str
    sheets: Sequence[TemplateSheet]
    example: Callable[[], Mapping[str, Value]]
    version: str = "1"


def build(template: Template, engine: Engine, date: dt.date, given: Mapping[str, Value] | None = None) -> bytes:
    """Return the content of a template's workbook, every formula with the value the engine found.

    Parameters
    ----------
    template
        Which one.
    engine
        What calculates it.
    date
        The date it bears; the same date and numbers give the same bytes.
    given
        What to put into its inputs.

    Raises
    ------
    InfeasibleError
        A cell shows an error, or an input that was given does not exist: the template is wrong, not the user.
    """
    pages = _pages(template, date, given or {})
    shown = engine(book_of(pages, template.title, date))
    broken = [
        f"{sheet}!{letters(column)}{row + 1} {value}"
        for (sheet, row, column), value in shown.items()
        if isinstance(value, ExcelError)
    ]
    if broken:
        raise InfeasibleError(f"the template {template.name} shows errors: {', '.join(sorted(broken)[:8])}")
    for page in pages:
        _put(page, shown)
    return book_of(pages, template.title, date)


def fields(template: Template, date: dt.date) -> list[str]:
    """Return the names of every input and every key figure of a template."""
    return sorted(name for page in _pages(template, date, {}) for name in page.names)


def _pages(template: Template, date: dt.date, given: Mapping[str, Value]) -> list[Page]:
    layout = Layout()
    # The cover lists all sheets, as that of a report does.
    listed = [Sheet(sheet.name, sheet.purpose, lambda page, analysis: None) for sheet in template.sheets]
    pages = [Page(sheet.name, layout, listed, date) for sheet in template.sheets]
    for sheet, page in zip(template.sheets, pages, strict=True):
        sheet.fill(page, given)
        page.name_sheet()
    known = {name.removeprefix("in_") for page in pages for name in page.names if name.startswith("in_")}
    unknown = sorted(key for key in given if key not in known and not key.endswith("_source"))
    if unknown:
        raise InfeasibleError(f"the template {template.name} has no input {', '.join(unknown)}")
    return pages


def _put(page: Page, shown: Shown) -> None:
    """Replace every value of a page's formulas by what the engine found."""

    def value(row: int, column: int) -> Value:
        found = shown.get((page.name, row, column))
        return "" if found is None else found

    page.formulas = [
        (row, column, formula, value(row, column), style) for row, column, formula, _, style in page.formulas
    ]
    page.series = [
        replace(line, values=[value(line.row, line.first_column + i) for i in range(len(line.values))])
        for line in page.series
    ]
    for block in page.spills:
        block.values = [
            [value(row, column) for column in range(block.column, block.last_column + 1)]
            for row in range(block.row, block.last_row + 1)
        ]
