"""The portfolio on one sheet: totals, distributions, the worst loans, rows that could not be used."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import numpy as np

from xlmodel.deal.tape.analysis import TapeAnalysis
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import FONT, GRID, NAVY, titled
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.portfolio.line import STATUS
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.wording import UNDEFINED

_WIDTHS: Final = (46.0, 14.0, 14.0, 14.0, 14.0, 14.0)
_WORST: Final = 10
_PROBLEMS: Final = 40
_CHART: Final = (410, 240)
DSCR: Final = (0.8, 1.0, 1.2, 1.5)
LTV: Final = (0.5, 0.75, 1.0, 1.5)


def summary(page: Page, names: Sequence[str], found: TapeAnalysis, order: Sequence[int]) -> None:
    """Write the sheet."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = len(_WIDTHS) - 1
    page.print.portrait = True
    page.text(0, 0, "Portfolio", "title")
    page.text(1, 0, "Formulas over the lines of the sheet Loans; the worst loans in the order they had when this was "
              "written.", "note")  # fmt: skip
    debt = _debt(found)
    row = _totals(page, found, debt, 3)
    row = _spread(page, row + 1, "Lowest DSCR", "dscr", DSCR, found.figures.min_dscr, debt, "{:.2f}x")
    ltv = found.figures.ltv_adjusted_at_close
    row = _spread(page, row + 1, "LTV on market value at closing", "ltv", LTV, ltv, debt, "{:.0%}")
    row = _charts(page, row + 1)
    row = _worst(page, row, names, found, order)
    _refused(page, row + 1, found)


def _debt(found: TapeAnalysis) -> Floats:
    """The debt of each loan as the sheet of lines holds it, 0 where a row was refused."""
    paths = found.paths
    assert paths is not None  # noqa: S101  they were asked for
    owed = paths.opening[:, 0] / 1e6
    return np.where(np.isnan(found.figures.ltv_nominal_at_close), 0.0, np.nan_to_num(owed))


def _totals(page: Page, found: TapeAnalysis, debt: Floats, row: int) -> int:
    for column, head in enumerate(("Key figure", "Loans", "USD m", "Share of debt")):
        page.text(row, column, head, "head" if column == 0 else "head right")
    row += 1
    total = float(debt.sum())
    page.text(row, 0, "Loans on the tape", "label")
    page.formula(row, 1, "=ROWS({loans.row|all})", "calc count", "pf.rows")
    row += 1
    page.text(row, 0, "Refused, named below", "label")
    page.formula(row, 1, '=COUNTIF({loans.status|all},"refused")', "calc count")
    row += 1
    page.text(row, 0, "Analysed", "strong label")
    page.formula(row, 1, "=COUNT({loans.debt|all})", "strong count")
    page.formula(row, 2, "=SUM({loans.debt|all})", "strong money", "pf.debt")
    page.formula(row, 3, "={pf.debt}/{pf.debt}" if total else f'="{UNDEFINED}"', "strong percent")  # fmt: skip
    labels = {
        "default": "A covenant defaults",
        "under water": "No default, but under water at some time",
        "ok": "Neither",
    }
    for word in STATUS:
        row += 1
        page.text(row, 0, labels[word], "label")
        page.formula(row, 1, f'=COUNTIF({{loans.status|all}},"{word}")', "calc count")
        page.formula(row, 2, f'=SUMIF({{loans.status|all}},"{word}",{{loans.debt|all}})', "calc money", f"pf.{word}")
        page.formula(row, 3, f'=IF({{pf.debt}}>0,{{pf.{word}}}/{{pf.debt}},"{UNDEFINED}")',
                     "calc percent")  # fmt: skip
    row += 1
    page.text(row, 0, "Debt over market value of all hardware, at closing", "key label")
    page.formula(row, 3, f'=IF(SUM({{loans.worth|all}})>0,SUMIF({{loans.worth|all}},">0",{{loans.debt|all}})/'
                 f'SUM({{loans.worth|all}}),"{UNDEFINED}")', "key percent")  # fmt: skip
    return row + 1


def _spread(
    page: Page, row: int, title: str, key: str, bounds: Sequence[float], values: Floats, debt: Floats, form: str
) -> int:
    """Write how loans and debt spread over ranges of a ratio."""
    for column, head in enumerate((title, "Loans", "USD m", "Share of debt", "From", "To below")):
        page.text(row, column, head, "head" if column == 0 else "head right")
    first, _total = row + 1, float(debt.sum())
    edges = [None, *bounds, None]
    kind = "multiple" if key == "dscr" else "percent"
    for n, (low, high) in enumerate(pairwise(edges)):
        row += 1
        words = (f"Below {form.format(high)}" if low is None else f"{form.format(low)} and more" if high is None
                 else f"{form.format(low)} to {form.format(high)}")  # fmt: skip
        page.text(row, 0, words, "label")
        tests = []
        for at, bound, sign in ((4, low, ">="), (5, high, "<")):
            name = f"pf.{key}.{n}.{at}"
            if bound is None:
                page.text(row, at, "", f"constant {kind}")
            else:
                page.number(row, at, bound, f"constant {kind}", name)
                tests.append(f'{{loans.{key}|all}},"{sign}"&{{{name}}}')
        sums = ",".join(tests)
        inside = ~np.isnan(values) & (values >= (-np.inf if low is None else low))
        inside &= values < (np.inf if high is None else high)
        page.formula(row, 1, f"=COUNTIFS({sums})", "calc count")
        page.formula(row, 2, f"=SUMIFS({{loans.debt|all}},{sums})", "calc money", f"pf.{key}.{n}")
        page.formula(row, 3, f'=IF({{pf.debt}}>0,{{pf.{key}.{n}}}/{{pf.debt}},"{UNDEFINED}")',
                     "calc percent")  # fmt: skip
    page.name_block(f"pf.{key}.label", first, row, 0)
    page.name_block(f"pf.{key}.debt", first, row, 2)
    return row + 1


def _charts(page: Page, row: int) -> int:
    for column, key, title in ((0, "dscr", "Debt by lowest DSCR"), (2, "ltv", "Debt by LTV on market value")):
        told = f"{title}, USD m: one column a range, as in the table above."
        page.charts.append(Chart(row, column, partial(_chart, key=key, title=title), told, *_CHART))
    return page.charts[-1].last_row + 2


def _chart(book: Any, layout: Layout, key: str, title: str) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "categories": "=" + layout.reference(f"pf.{key}.label", "all"),
            "values": "=" + layout.reference(f"pf.{key}.debt", "all"),
            "fill": {"color": NAVY},
            "gap": 50,
            "data_labels": {"value": True, "num_format": "#,##0", "font": FONT},
        }
    )
    chart.set_title(titled(f"{title}, USD m"))
    chart.set_x_axis({"num_font": FONT, "label_position": "low"})
    chart.set_y_axis({"num_format": "#,##0", "num_font": FONT, "major_gridlines": GRID, "min": 0})
    chart.set_legend({"none": True})
    return chart


def _worst(page: Page, row: int, names: Sequence[str], found: TapeAnalysis, order: Sequence[int]) -> int:
    """Write the loans with the lowest coverage, linked to their lines."""
    heads = ("Lowest coverage first", "Lowest DSCR", "in period", "LTV on market value", "Debt, USD m", "Status")
    for column, head in enumerate(heads):
        page.text(row, column, head, "head" if column == 0 else "head right")
    page.heights[row] = 27.0
    for i in order[:_WORST]:
        row += 1
        page.text(row, 0, names[i], "label")
        looks = {"dscr": "multiple", "period": "count", "ltv": "percent", "debt": "money"}
        for column, (key, kind) in enumerate(looks.items(), 1):
            page.formula(row, column, f"={{loans.{key}.{i}}}", f"calc {kind}")
        page.formula(row, 5, f"={{loans.status.{i}}}", "calc word")
    return row + 1


def _refused(page: Page, row: int, found: TapeAnalysis) -> None:
    """Write every row that could not be used, and why."""
    page.text(row, 0, "Rows that could not be used", "head")
    page.band(row, 1, len(_WIDTHS) - 1, "head")
    if not found.problems:
        page.text(row + 1, 0, "None", "note")
        return
    for problem in found.problems[:_PROBLEMS]:
        row += 1
        page.text(row, 0, str(problem))
    if (more := len(found.problems) - _PROBLEMS) > 0:
        page.text(row + 1, 0, f"and {more} more", "note")
