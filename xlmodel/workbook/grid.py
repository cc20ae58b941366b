"""Sheets with periods across: label, unit, total, closing date, then one column for each period.

One formula fills a row. What would make the first period special stands in the closing column before it, so the
first period's formula is the same as the last one's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlmodel.workbook.layout import Columns
from xlmodel.workbook.sheet import ROW_PIXELS, Page
from xlmodel.workbook.wording import UNDEFINED, lines_of

LABEL, UNIT, TOTAL, CLOSING, FIRST = range(5)
_WIDTHS: Final = (44.0, 16.0, 11.0, 11.0)
_PERIOD_WIDTH: Final = 10.0
# Widths count digits; letters are narrower.
_LETTERS: Final = 1.1
_LINE_HEIGHT: Final = 13.0
_ON_ONE_PAGE: Final = 12
# A4 landscape less the margins and a reserve for printers, in the pixels in which columns and rows are counted.
_PAGE_PIXELS: Final = (970, 660)


class Grid:
    """Fills a page with rows of periods, from the top down.

    Parameters
    ----------
    page
        An empty page.
    periods
        How many periods there are.
    title, subtitle
        What stands above the grid.
    """

    def __init__(self, page: Page, periods: int, title: str, subtitle: str) -> None:
        self.page = page
        self.periods = periods
        self.columns = Columns(TOTAL, CLOSING, FIRST, FIRST + periods - 1)
        self._starts: list[int] = []
        for column, width in enumerate(_WIDTHS):
            page.widths.append((column, column, width))
        page.widths.append((FIRST, self.columns.last, _PERIOD_WIDTH))
        page.text(0, LABEL, title, "title")
        page.text(1, LABEL, subtitle, "note")
        self._print()
        self.next_row = 3

    def head(self, dates: str) -> None:
        """Write the two heading rows, period ends (`date`) and period numbers (`period`), and freeze below them."""
        row, page = self.next_row, self.page
        for offset, labels in enumerate((("Period ending", "Unit", "Total"), ("Period", "number", ""))):
            for column, text in enumerate(labels):
                page.text(row + offset, column, text, ("head", "head unit", "head right")[column])
        page.formula(row, CLOSING, "={timeline.closing}", "head period")
        page.across(row, FIRST, dates, self.periods, "head period")
        page.name_row("date", row, self.columns)
        page.formula(row + 1, CLOSING, "={date|closing}-{timeline.closing}", "head plain")
        page.across(row + 1, FIRST, "={period|prev}+1", self.periods, "head plain")
        page.name_row("period", row + 1, self.columns)
        page.freeze = (row + 2, FIRST)
        page.print.repeat_rows = (row, row + 1)
        self.next_row = row + 2

    def section(self, title: str) -> None:
        """Start a group of rows."""
        self.next_row += 1
        self._starts.append(self.next_row)
        self.page.text(self.next_row, LABEL, title, "section")
        self.page.band(self.next_row, UNIT, self.columns.last, "section")
        self.next_row += 1

    def row(
        self,
        key: str,
        label: str,
        unit: str,
        formula: str,
        kind: str,
        *,
        weight: str = "calc",
        total: bool = False,
        total_formula: str = "",
        closing: bool = False,
        closing_formula: str = "",
    ) -> None:
        """Write one row and register it.

        Parameters
        ----------
        key
            The name under which formulas find it.
        label, unit
            What the row is called, and in what it counts.
        formula
            The template that fills every period.
        kind
            The kind of number, of `styles.NUMBERS`.
        weight
            "calc", "key" for a bold result, or "strong" for a sum: bold under a line.
        total, total_formula
            Whether the total column has a number, and its formula, the sum of the row unless given.
        closing, closing_formula
            The same for the closing column; the formula of the row unless given.
        """
        at, page = self.next_row, self.page
        look, strong = f"{weight} {kind}", weight == "strong"
        page.text(at, LABEL, label, "label" if weight == "calc" else f"{weight} label")
        if (lines := lines_of(label, _WIDTHS[LABEL] * _LETTERS)) > 1:
            page.heights[at] = _LINE_HEIGHT * lines
        page.text(at, UNIT, unit, "unit" if weight == "calc" else f"{weight} unit")
        page.name_row(key, at, self.columns)
        if total:
            page.formula(at, TOTAL, total_formula or f"=SUM({{{key}|all}})", look)
        elif strong:
            page.text(at, TOTAL, "", look)
        if closing and not closing_formula:
            page.across(at, CLOSING, formula, self.periods + 1, look)
        else:
            if closing:
                page.formula(at, CLOSING, closing_formula, look)
            elif strong:
                page.text(at, CLOSING, "", look)
            page.across(at, FIRST, formula, self.periods, look)
        self.next_row += 1

    def money(self, key: str, label: str, formula: str, weight: str = "calc", *, total: bool = True) -> None:
        """Write a row of flows or balances in USD m; arguments as of `row`."""
        self.row(key, label, "USD m", formula, "money", weight=weight, total=total)

    def spill(
        self,
        key: str,
        label: str,
        unit: str,
        call: str,
        kind: str,
        *,
        weight: str = "calc",
        total: bool = False,
        needs: Sequence[str] = (),
        closing: str = "",
    ) -> None:
        """Write a row that one call fills, its answer running over all periods, and register it.

        Where the call has no answer the row shows n/a in every period, also when the call fails as a whole: were its
        other cells left empty, formulas would take them for zeros.

        Parameters
        ----------
        key, label, unit, kind, weight
            As of `row`.
        call
            The template of the call, without an equals sign.
        needs
            Keys of inputs without which it is not made: a blank is no argument in Excel, and 0 in other programs.
        closing
            The formula of the closing column, if it has one.
        total
            Whether the row has its sum in the total column.
        """
        at, page = self.next_row, self.page
        page.text(at, LABEL, label, "label" if weight == "calc" else f"{weight} label")
        page.text(at, UNIT, unit, "unit" if weight == "calc" else f"{weight} unit")
        page.name_row(key, at, self.columns)
        if total:
            page.formula(at, TOTAL, f"=SUM({{{key}|all}})", f"{weight} {kind}")
        if closing:
            page.formula(at, CLOSING, closing, f"{weight} {kind}")
        known = "".join(f'*({{{key}}}<>"")' for key in needs)
        formula = f'=IF(({{period|all}}>0){known},IFERROR({call},"{UNDEFINED}"),"{UNDEFINED}")'
        page.spill(at, FIRST, (1, self.periods), formula, f"{weight} {kind}")
        self.next_row += 1

    def typed(self, key: str, label: str, unit: str, given: Mapping[str, Any], kind: str) -> None:
        """Write a row of inputs, one a period, and name it `in_key` in the whole workbook.

        What `given` has under the key stands in it: a list by period, shorter or with None where cells stay blank.
        """
        at, page = self.next_row, self.page
        page.text(at, LABEL, label)
        page.text(at, UNIT, unit, "unit")
        page.name_row(key, at, self.columns)
        page.define(f"in_{key}", key)
        values = list(given.get(key, ()))
        for i in range(self.periods):
            value = values[i] if i < len(values) else None
            if value is None:
                page.text(at, FIRST + i, "", f"input {kind}")
            else:
                page.number(at, FIRST + i, float(value), f"input {kind}")
        self.next_row += 1

    def scalar(self, key: str, label: str, unit: str, formula: str, kind: str) -> None:
        """Write a number that has no periods, in the closing column."""
        page = self.page
        page.text(self.next_row, LABEL, label)
        page.text(self.next_row, UNIT, unit, "unit")
        page.name_row(key, self.next_row, self.columns)
        page.formula(self.next_row, CLOSING, formula, f"calc {kind}")
        self.next_row += 1

    def status_colours(self) -> None:
        """Colour the words of the row just written."""
        row = self.next_row - 1
        for word, style in (("ok", "pass"), ("lock-up", "warn"), ("default", "fail")):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
            self.page.rules.append((row, FIRST, row, self.columns.last, rule))

    def finish(self) -> None:
        """Break printed pages before the sections that would not fit any more."""
        page = self.page
        room = _PAGE_PIXELS[1] * 100 / (page.print.scale or 100)
        used = self._pixels(0, self._starts[0])
        heading = self._pixels(*(page.print.repeat_rows or (0, -1)), last=True)
        for start, end in zip(self._starts, [*self._starts[1:], self.next_row], strict=True):
            needed = self._pixels(start, end)
            if used + needed > room and used > heading:
                page.print.row_breaks.append(start)
                used = heading
            used += needed

    def _pixels(self, first: int, end: int, *, last: bool = False) -> float:
        """The height of the rows from the first to before the end, or with the `last` one too."""
        return sum(self.page.heights.get(row, ROW_PIXELS * 0.75) / 0.75 for row in range(first, end + last))

    def _print(self) -> None:
        """Spread the periods evenly over as few printed pages as keep them legible, with the labels repeated."""
        page = self.page.print
        page.last_column = self.columns.last
        page.repeat_columns = (LABEL, CLOSING)
        per_page = -(-self.periods // -(-self.periods // _ON_ONE_PAGE))
        pixels = sum(int(7 * width + 5) for width in (*_WIDTHS, *([_PERIOD_WIDTH] * per_page)))
        page.scale = min(100, int(100 * _PAGE_PIXELS[0] / pixels))
        page.column_breaks = list(range(FIRST + per_page, self.columns.last + 1, per_page))
