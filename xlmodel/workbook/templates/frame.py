"""The sheets every template has: a cover, the checks rolled up into one cell, and the list of sources."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from xlmodel import __version__
from xlmodel.workbook.checks import ALL_PASS, verdicts
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import ASSUMED
from xlmodel.workbook.wording import lines_of

Fill = Callable[[Page, Mapping[str, Value]], None]
_LINE_HEIGHT: Final = 13.5
_KEY: Final = (
    ("input left", "Blue on yellow: type here"),
    ("calc left", "Black: calculated, protected without a password"),
    ("link left", "Green: fetched from another sheet"),
)
_BLANK: Final = "not typed in"
_NO_INPUTS: Final = "Nothing is typed in yet"


def cover(
    title: str, purpose: str, figures: Sequence[tuple[str, str, str, str]], typed: str, version: str = "1"
) -> Fill:
    """Return what fills a cover: purpose, overall check, key figures, map of the sheets, what the colours mean.

    Parameters
    ----------
    title, purpose
        What stands above.
    figures
        Key figures: label, unit, key of the cell, kind of number.
    typed
        The key of the input without which nothing can be said; while it is blank the cover says so.
    version
        The template's version.
    """

    def fill(page: Page, given: Mapping[str, Value]) -> None:
        for column, width in enumerate((44.0, 20.0, 14.0, 40.0)):
            page.widths.append((column, column, width))
        page.print.last_column = 3
        page.print.portrait = True
        page.text(0, 0, title, "title")
        page.text(1, 0, purpose, "subtitle")
        page.text(3, 0, "Checks", "bold")
        page.formula(3, 1, f'=IF({{{typed}}}="","{_NO_INPUTS}",{{checks.overall}})', "calc left", "cover.checks")
        verdicts(page, 3, 1, 3, 1, ALL_PASS)
        row = 5
        for column, head in enumerate(("Key figure", "Value", "Unit", "")):
            page.text(row, column, head, "head right" if column == 1 else "head unit" if column == 2 else "head")
        row += 1
        for label, unit, key, kind in figures:
            page.text(row, 0, label)
            page.formula(row, 1, f"={{{key}}}", f"calc {kind}")
            page.text(row, 2, unit, "unit")
            row += 1
        row += 1
        for column, head in enumerate(("Sheet", "What it shows", "", "")):
            page.text(row, column, head, "head")
        row += 1
        for sheet in page.sheets:
            page.jumps.append((row, 0, sheet.name))
            page.text(row, 1, sheet.purpose)
            row += 1
        row += 1
        page.text(row, 0, "How to read it", "bold")
        for i, (style, words) in enumerate(_KEY, 1):
            page.text(row + i, 0, words, style)
        row += len(_KEY) + 2
        page.text(
            row, 0, f"Template version {version}, xlmodel {__version__}. Functions named XLMODEL_ need its add-in to "
            "recalculate; the numbers shown do not.", "note",
        )  # fmt: skip

    return fill


def checks(page: Page, given: Mapping[str, Value]) -> None:
    """Write what must hold, one line each, and the overall cell above (`checks.overall`)."""
    for column, width in enumerate((96.0, 12.0)):
        page.widths.append((column, column, width))
    page.print.last_column = 1
    page.text(0, 0, "Checks", "title")
    page.text(1, 0, "A check that does not apply yet, because nothing is typed in, shows n/a.", "note")
    page.text(3, 0, "Overall", "bold")
    for column, head in enumerate(("Check", "Result")):
        page.text(5, column, head, "head" if column == 0 else "head right")
    page.freeze = (6, 0)
    first = 6
    for row, (sentence, formula) in enumerate(page.layout.checks, first):
        page.text(row, 0, sentence, "wrap")
        page.heights[row] = _LINE_HEIGHT * lines_of(sentence, 96 * 1.2)
        page.formula(row, 1, f'=IFERROR(IF({formula.removeprefix("=")},"ok","check"),"n/a")', "calc centred")
    last = first + len(page.layout.checks) - 1
    page.name_block("checks.results", first, last, 1)
    page.formula(
        3, 1,
        f'=IF(COUNTIF({{checks.results|all}},"check")=0,"{ALL_PASS}",'
        'COUNTIF({checks.results|all},"check")&" of "&COUNTA({checks.results|all})&" checks fail")',
        "calc left", "checks.overall",
    )  # fmt: skip
    verdicts(page, 3, 1, 3, 1, ALL_PASS)
    page.rules.append((first, 1, last, 1, {"type": "cell", "criteria": "==", "value": '"ok"', "format": "pass"}))
    page.rules.append((first, 1, last, 1, {"type": "cell", "criteria": "==", "value": '"check"', "format": "fail"}))


def sources(page: Page, given: Mapping[str, Value]) -> None:
    """Write what every input rests on, fetched from beside it, and count the assumptions."""
    for column, width in enumerate((46.0, 96.0)):
        page.widths.append((column, column, width))
    page.print.last_column = 1
    page.text(0, 0, "Sources", "title")
    page.text(
        1, 0, "Write the source beside the input; it is shown here. A number without one is an assumption.", "note"
    )
    first = 6
    notes = page.layout.notes
    last = first + len(notes) - 1
    page.text(3, 0, "Inputs that are assumptions")
    for column, head in enumerate(("Input", "Source")):
        page.text(5, column, head, "head")
    page.freeze = (6, 0)
    for row, (label, key, cells) in enumerate(notes, first):
        page.text(row, 0, label)
        said = f'IF({{{key}}}="","{ASSUMED}",{{{key}}})'
        page.formula(row, 1, f'=IF(COUNT({{{cells}|all}})=0,"{_BLANK}",{said})', "calc left")
    page.name_block("sources.all", first, last, 1)
    typed = f'ROWS({{sources.all|all}})-COUNTIF({{sources.all|all}},"{_BLANK}")'
    page.formula(3, 1, f'=COUNTIF({{sources.all|all}},"{ASSUMED}*")&" of "&({typed})', "calc left")
