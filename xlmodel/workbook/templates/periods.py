"""Sheets of a template that share one row of periods: the first registers dates and numbers, the others follow."""

from typing import Final

from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, TOTAL, UNIT, Grid
from xlmodel.workbook.layout import Columns
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.wording import UNDEFINED

WORDS: Final = {"Quarter": ("Quarter ending", "Quarter"), "Period": ("Period ending", "Period")}

_UNHEADED: Final = 6


class Periods(Grid):
    """A grid whose head fetches the dates from where they are registered, unless it registers them itself.

    Parameters
    ----------
    page, periods, title, subtitle
        As of `Grid`.
    what
        What a period is called, of `WORDS`.
    dates
        The formula of the dates, on the one sheet that registers them (`date`, `period`).
    closing
        On that sheet, the formula of the closing date, if the template has one.
    headed
        False on a sheet whose columns are no periods: it has no dates and prints no further than its figures.
    """

    def __init__(
        self,
        page: Page,
        periods: int,
        title: str,
        subtitle: str,
        what: str,
        dates: str = "",
        closing: str = "",
        headed: bool = True,
    ) -> None:
        super().__init__(page, periods, title, subtitle)
        if not headed:
            page.print.last_column, page.print.column_breaks = FIRST + _UNHEADED, []
            self.columns = Columns(TOTAL, CLOSING, FIRST, FIRST + _UNHEADED)
            return
        row = self.next_row
        until, name = WORDS[what]
        for offset, words in enumerate(((until, "Unit", "Total"), (name, "number", ""))):
            for column, text in enumerate(words):
                page.text(row + offset, column, text, ("head", "head unit", "head right")[column])
        if not dates:
            page.band(row, CLOSING, CLOSING, "head")
            if "date.closing" in page.layout:
                page.formula(row, CLOSING, "={date.closing}", "head period")
            page.band(row + 1, CLOSING, CLOSING, "head")
        else:
            page.name_row("date", row, self.columns)
            page.name_row("period", row + 1, self.columns)
            page.number(row + 1, CLOSING, 0.0, "head plain")
            if closing:
                page.formula(row, CLOSING, closing, "head period", "date.closing")
            else:
                page.band(row, CLOSING, CLOSING, "head")
        page.across(row, FIRST, dates or "={date}", periods, "head period")
        page.across(row + 1, FIRST, "={period|prev}+1" if dates else "={period}", periods, "head plain")
        page.freeze = (row + 2, FIRST)
        page.print.repeat_rows = (row, row + 1)
        self.next_row = row + 2

    def native(
        self,
        key: str,
        label: str,
        unit: str,
        formula: str,
        kind: str,
        *,
        weight: str = "calc",
        total: bool = False,
        closing: str = "",
    ) -> None:
        """Write a row of native formulas, with its sum and a formula at closing if asked for."""
        self.row(
            key, label, unit, formula, kind, weight=weight, total=total, closing=bool(closing), closing_formula=closing,
        )  # fmt: skip

    def one(self, key: str, label: str, unit: str, formula: str, kind: str, *, needs: str = "", name: str = "") -> None:
        """Write one figure in the closing column; an answer that does not exist shows n/a.

        Parameters
        ----------
        key, label, unit, kind
            As of `Grid.row`.
        formula
            Without an equals sign; it may take whole rows.
        needs
            The key of an input without which nothing is said.
        name
            The name in the whole workbook, `out_…`, if it has one.
        """
        page = self.page
        page.text(self.next_row, LABEL, label)
        page.text(self.next_row, UNIT, unit, "unit")
        page.name_row(key, self.next_row, self.columns)
        asked = f'IFERROR({formula},"{UNDEFINED}")'
        guarded = f'IF({{{needs}}}="","{UNDEFINED}",{asked})' if needs else asked
        page.spill(self.next_row, CLOSING, (1, 1), f"={guarded}", f"calc {kind}")
        if name:
            page.name_cell(name, self.next_row, CLOSING)
            page.define(name, name)
        self.next_row += 1
