"""The Inputs sheet: every number of the deal with its unit and source, and the only constants the formulas use.

Cells register under the path they have in the deal, `debt[0].rate`, so that other sheets and a reader of the deal file
call them the same.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from xlmodel.deal import Analysis
from xlmodel.deal.quantity import ASSUMPTION, Sourced
from xlmodel.deal.terms.sale import markets
from xlmodel.deal.terms.tax import shares
from xlmodel.maths.dates import to_serial
from xlmodel.workbook.checks import DIGITS, TOLERANCE_VALUE
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import MILLION, readable
from xlmodel.workbook.wording import label, lines_of, ratio

LABEL, VALUE, UNIT, SOURCE, FIELD = range(5)
_WIDTHS: Final = (44.0, 16.0, 18.0, 68.0, 34.0)
_LINE_HEIGHT: Final = 12.75
_TERM: Final = "Term of the deal"
_MACRS: Final = "IRS Publication 946, table A-1: five-year property, half-year convention"
_COUNTS: Final = {
    "test_every_months": "months", "max_cures": "cures", "max_consecutive": "cures", "max_in_window": "cures",
    "window": "tests", "year_end_month": "month",
}  # fmt: skip
"""Whole numbers that formulas read, each with what it counts."""


def inputs(page: Page, analysis: Analysis) -> None:
    """Write the sheet and register every input."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = FIELD
    page.text(0, LABEL, "Inputs", "title")
    page.text(
        1,
        LABEL,
        "Blue on yellow may be changed; every formula follows. Black terms fix the shape of the workbook.",
        "note",
    )
    for column, head in enumerate(("Input", "Value", "Unit", "Source", "Field of the deal file")):
        page.text(3, column, head, {VALUE: "head right", UNIT: "head unit"}.get(column, "head"))
    page.freeze = (4, 1)
    page.print.repeat_rows = (3, 3)
    row = 4
    for title, leaves in _sections(analysis.deal):
        row = _head(page, row, title)
        for path, value in leaves:
            _leaf(page, row, path, value)
            row += 1
        row += 1
    _blocks(page, analysis)
    _constants(page, row, analysis)


def leaves(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every single value below a part of a deal, with its path, in the order of the deal file."""
    if isinstance(part, Sourced) or not isinstance(part, BaseModel | tuple):
        if part is not None:
            yield path, part
    elif isinstance(part, tuple):
        for i, element in enumerate(part):
            yield from leaves(element, f"{path}[{i}]")
    else:
        for name in type(part).model_fields:
            yield from leaves(getattr(part, name), f"{path}.{name}" if path else name)


def sourced(part: Any) -> Iterator[tuple[str, Sourced]]:
    """Yield every sourced number of a deal with its path."""
    for path, value in leaves(part, ""):
        if isinstance(value, Sourced):
            yield path, value


def _sections(deal: Any) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Group the values: what stands alone first, then each part under its own name."""
    alone: list[tuple[str, Any]] = []
    parts: list[tuple[str, list[tuple[str, Any]]]] = []
    for name in type(deal).model_fields:
        value = getattr(deal, name)
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for i, element in enumerate(value):
                found = list(leaves(element, f"{name}[{i}]"))
                parts.append((f"{label(name)}: {getattr(element, 'name', i + 1)}", found))
        elif isinstance(value, BaseModel) and not isinstance(value, Sourced):
            found = list(_by_field(value, name))
            if found:
                parts.append((label(name), found))
        else:
            alone.extend(leaves(value, name))
    yield "Deal", alone
    yield from parts


def _by_field(part: BaseModel, path: str) -> Iterator[tuple[str, Any]]:
    """Values of a part; of a list of points all dates stand before all rents, so that each is one block."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for inner in type(value[0]).model_fields:
                for i, element in enumerate(value):
                    yield from leaves(getattr(element, inner), f"{path}.{name}[{i}].{inner}")
        else:
            yield from leaves(value, f"{path}.{name}")


def _head(page: Page, row: int, title: str) -> int:
    page.text(row, LABEL, title, "section")
    page.band(row, VALUE, FIELD, "section")
    return row + 1


def _leaf(page: Page, row: int, path: str, value: Any) -> None:
    page.text(row, LABEL, label(path), "top")
    page.text(row, FIELD, path, "field")
    if isinstance(value, Sourced):
        number, how = readable(value)
        page.number(row, VALUE, number, f"input {how.kind}", path)
        page.text(row, UNIT, how.unit, "unit top")
        page.choices.append((row, VALUE, _allowed(how.unit)))
        text = value.source[0].upper() + value.source[1:]
        _wrapped(page, row, text, "assumed" if value.source.startswith(ASSUMPTION) else "source")
    elif isinstance(value, dt.date):
        page.number(row, VALUE, float(to_serial(value)), "input date", path)
        page.text(row, UNIT, "date", "unit top")
        page.text(row, SOURCE, _TERM, "assumed")
    elif (name := path.rsplit(".", 1)[-1]) in _COUNTS:
        page.number(row, VALUE, float(value), "input count", path)
        page.text(row, UNIT, _COUNTS[name], "unit top")
        page.text(row, SOURCE, _TERM, "assumed")
    else:
        # Words and counts decide which formulas are written; changing one here would change nothing: no input cell.
        page.text(row, VALUE, _word(path, value), "term")


def _allowed(unit: str) -> dict[str, Any]:
    """What may be typed into an input, so that 85 is not taken for 85 %."""
    low, high = {"%": (0, 1), "% a year": (-0.9, 1)}.get(unit, (0, 1e15))
    said = {"%": "a share from 0 % to 100 %", "% a year": "a rate from -90 % to 100 % a year"}.get(unit, "0 or more")
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_title": "Not a possible value",
        "error_message": f"This input takes {said}, in the unit beside it.",
    }


def _word(path: str, value: object) -> str:
    """A word of the deal file as a reader says it."""
    if path.endswith(".metric"):
        return ratio(str(value), "DSCR")
    return str(value).replace("_", " ")


def _wrapped(page: Page, row: int, text: str, style: str) -> None:
    page.text(row, SOURCE, text, style)
    page.heights[row] = _LINE_HEIGHT * lines_of(text, _WIDTHS[SOURCE] * 1.25)


def _blocks(page: Page, analysis: Analysis) -> None:
    """Register the lists that formulas look things up in."""
    deal = analysis.deal
    lists = [("timeline.ends", "timeline.ends[{}]", len(deal.timeline.ends))]
    lists += [(f"debt[{i}].principal", f"debt[{i}].principal[{{}}]", len(t.principal)) for i, t in enumerate(deal.debt)]
    points = 0 if deal.merchant is None else len(deal.merchant.points)
    lists += [(f"merchant.points.{x}", f"merchant.points[{{}}].{x}", points) for x in ("date", "rent")]
    for key, path, count in lists:
        if count:
            first, last = (page.layout[path.format(i)].row for i in (0, count - 1))
            page.name_block(key, first, last, VALUE)


def _constants(page: Page, row: int, analysis: Analysis) -> None:
    """Write the numbers that are no one's assumption, so that no formula holds a bare one."""
    row = _head(page, row, "Constants")
    deal = analysis.deal
    back = 0.5 if deal.merchant is None else {"start": 1.0, "end": 0.0}.get(deal.merchant.timing, 0.5)
    constants = [
        ("million", "USD in a USD m", MILLION, "count", "USD", "Unit"),
        ("months_per_year", "Months in a year", 12, "count", "months", "Calendar"),
        ("hours_per_year", "Hours in a year", 8760, "count", "hours", "365 days of 24 hours"),
        ("days_365", "Days in a year, ACT/365F", 365, "count", "days", "Convention"),
        ("days_360", "Days in a year, ACT/360 and 30/360", 360, "count", "days", "Convention"),
        ("periods_per_year", "Periods a year", analysis.periods_per_year, "count", "periods", "The timeline above"),
        ("instant", "Moments closer than this are one", 1e-9, "difference", "years", "Convention"),
        ("rent.back", "Rent is read before the end of a period by", back, "quantity", "periods", "The rent above"),
        (
            "markets.count",
            "Markets that share a fixed cost",
            len(markets(deal)),
            "count",
            "markets",
            "Those of the assets above",
        ),
        ("tie", "Covenants forgive this share of the level", 1e-12, "difference", "share", "Rounding"),
        ("dust", "Service below this share of the debt is no service", 1e-9, "difference", "share", "Rounding"),
        ("checks.digits", "Differences are rounded to digits", DIGITS, "count", "digits", "USD m to the dollar"),
        ("checks.tolerance", "A rounded difference may come to", TOLERANCE_VALUE, "difference", "", "Rounding"),
    ]
    if deal.tax is not None and deal.tax.tax_life is None:
        constants += [
            (f"tax.shares[{i}]", f"Written off in tax year {i + 1}", share, "rate", "of cost", _MACRS)
            for i, share in enumerate(shares(deal.tax))
        ]
    unused = {"instant"} if not deal.contracts else set()
    unused |= {"rent.back"} if deal.merchant is None else set()
    unused |= {"markets.count"} if len(markets(deal)) == 1 or deal.premises is None else set()
    for key, name, value, kind, unit, why in constants:
        if key in unused:
            continue
        page.text(row, LABEL, name, "top")
        page.number(row, VALUE, float(value), f"constant {kind}", key)
        page.text(row, UNIT, unit, "unit top")
        page.text(row, SOURCE, why, "assumed")
        row += 1
    written = [page.layout[key].row for key, *_ in constants if key.startswith("tax.shares[")]
    if written:
        page.name_block("tax.shares", written[0], written[-1], VALUE)
