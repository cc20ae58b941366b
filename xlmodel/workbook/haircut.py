"""The Haircut sheet: a sale on the day of the first default, from the collateral's value to the cash, step by step."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import bridge_chart
from xlmodel.workbook.selling import Step, reference, steps, walk
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.timeline.collateral import economic_value
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, day

STEP, LOSS, LOST, LEFT, BASE, VALUE, CUT = range(7)
_WIDTHS: Final = (48.0, 22.0, 14.0, 14.0, 14.0, 14.0, 14.0)


def haircut(page: Page, analysis: Analysis) -> None:
    """Write one table an asset, the sum as a bridge, and its chart."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = CUT
    page.print.portrait = True
    page.text(0, STEP, "Haircut", "title")
    breached = analysis.haircut_date != analysis.closing
    why = "on the day of the first default" if breached else "at closing, as no covenant defaults"
    page.text(1, STEP, f"Steps multiply, they never add. Money in USD m. As delivered, the sale starts {why}.", "note")
    page.text(3, STEP, "Sale starts on", "bold")
    page.formula(
        3, LOSS,
        "=IF({any_default|total}=0,{timeline.closing},INDEX({date|all},MATCH(1,{any_default|all},0)))"
        if analysis.covenants else "={timeline.closing}",
        "calc date", "haircut.date",
    )  # fmt: skip
    row = 5
    for i in range(len(analysis.deal.assets)):
        row = _asset(page, analysis, i, row) + 1
    row = _bridge(page, analysis, row)
    cut = analysis.haircut
    assert cut is not None  # noqa: S101  this sheet is only written for a deal with a sale
    at, whole, net = (
        day(analysis.haircut_date),
        cut.reference_value.item() / MILLION,
        cut.present_value.item() / MILLION,
    )
    page.charts.append(
        Chart(
            row + 1, STEP,
            lambda book, layout: bridge_chart(book, layout, "From the value of the collateral to the cash of a sale"),
            f"Stacked columns: a sale on {at} turns a reference value of USD {whole:,.1f} m into USD {net:,.1f} m, "
            "and each column between shows what one step takes.",
            980, 400,
        )
    )  # fmt: skip


def _asset(page: Page, analysis: Analysis, i: int, row: int) -> int:
    """Write the steps of one asset below each other; return the row after."""
    asset, sale = analysis.deal.assets[i], analysis.deal.sale
    assert sale is not None  # noqa: S101  this sheet is only written for a deal with a sale
    for column, head in enumerate((asset.name, "Takes of what is left", "Lost, USD m", "Left, USD m")):
        page.text(row, column, head, "head" if column == STEP else "head right")
    row += 1
    source = f"asset{i}.{'economic' if sale.unit_price is None else 'reference'}"
    worth = _worth(analysis, i)
    page.text(row, STEP, "Reference value" + (f", basis {sale.basis.replace('_', ' ')}"))
    page.formula(
        row, LEFT, f"=INDEX({{{source}|path}},MATCH({{haircut.date}},{{date|path}},0))", "calc money",
        f"sold{i}.reference",
    )  # fmt: skip
    before = f"sold{i}.reference"
    for step, lost, left in walk(analysis, i, worth):
        row += 1
        _step(page, row, i, step, before, lost, left)
        before = f"sold{i}.{step.part}.left"
    row += 1
    shares = [s.part for s in steps(analysis, i) if not s.cost and s.part != "discounting"]
    page.text(row, STEP, "Left before costs, as a share of the reference value")
    page.formula(
        row, LOSS, "=" + "*".join(f"(1-{{sold{i}.{part}}})" for part in shares), "calc percent",
        f"sold{i}.kept",
    )  # fmt: skip
    return row + 1


def _step(page: Page, row: int, i: int, step: Step, before: str, lost: float, left: float) -> None:
    """Write one step."""
    key = f"sold{i}.{step.part}"
    page.text(row, STEP, step.label)
    page.formula(row, LOSS, f"={step.formula or '0'}", "calc amount" if step.cost else "calc percent", key)
    taken = f"=MIN({{{key}}},{{{before}}})" if step.cost else f"={{{before}}}*{{{key}}}"
    page.formula(row, LOST, taken, "calc money", f"{key}.lost")
    page.formula(row, LEFT, f"={{{before}}}-{{{key}.lost}}", "calc money", f"{key}.left")


def _economic(analysis: Analysis, i: int) -> Floats:
    """The economic value of one asset on the day of the sale, in USD m."""
    at, years = _at(analysis), np.concatenate([[0.0], analysis.timeline.years])
    return economic_value(analysis, i, years)[at : at + 1] / MILLION


def _at(analysis: Analysis) -> int:
    """The place of the day of the sale on the timeline, closing being 0."""
    if analysis.haircut_date == analysis.closing:
        return 0
    return int(np.searchsorted(analysis.dates, analysis.haircut_date)) + 1


def _worth(analysis: Analysis, i: int) -> float:
    """The reference value of one asset on that day, in USD m."""
    return float(reference(analysis.deal.assets[i], analysis, _economic(analysis, i))[0])


def _bridge(page: Page, analysis: Analysis, row: int) -> int:
    """Write the sum over all assets as the columns of the chart; return the row after."""
    cut, count = analysis.haircut, len(analysis.deal.assets)
    assert cut is not None  # noqa: S101  this sheet is only written for a deal with a sale
    heads = (
        "All collateral",
        "Of the reference value",
        "",
        "Left, USD m",
        "Base of column",
        "Value, USD m",
        "Loss, USD m",
    )
    for column, head in enumerate(heads):
        page.text(row, column, head, "head" if column == STEP else "head right")
    row += 1
    first = row
    whole = cut.reference_value.item() / MILLION
    walks = [walk(analysis, i, _worth(analysis, i)) for i in range(count)]
    page.text(row, STEP, "Reference value")
    page.formula(row, LEFT, _sum("{sold#.reference}", count), "calc money", "haircut.reference")
    _columns(page, row, "0", 0.0, "{haircut.reference}", whole, "0", 0.0)
    for taken in zip(*walks, strict=True):
        row += 1
        step, lost, left = taken[0][0], sum(x for _, x, _ in taken), sum(x for _, _, x in taken)
        page.text(row, STEP, step.short)
        page.formula(
            row, LOSS, f'=IF({{haircut.reference}}>0,{{haircut.{step.part}}}/{{haircut.reference}},"{UNDEFINED}")',
            "calc percent",
        )  # fmt: skip
        page.formula(row, LEFT, _sum(f"{{sold#.{step.part}.left}}", count), "calc money", f"haircut.{step.part}.left")
        _columns(
            page, row, f"{{haircut.{step.part}.left}}", left, "0", 0.0,
            _sum(f"{{sold#.{step.part}.lost}}", count)[1:], lost, f"haircut.{step.part}",
        )  # fmt: skip
    row += 1
    present = cut.present_value.item() / MILLION
    page.text(row, STEP, "Net value", "strong label")
    cut.total.item()
    page.formula(
        row, LOSS, f'=IF({{haircut.reference}}>0,1-{{haircut.net}}/{{haircut.reference}},"{UNDEFINED}")',
        "strong percent", "haircut.total",
    )  # fmt: skip
    page.text(row, LOST, "haircut", "strong unit")
    page.formula(row, LEFT, "={haircut.discounting.left}", "strong money", "haircut.net")
    _columns(page, row, "0", 0.0, "{haircut.net}", present, "0", 0.0)
    for key, column in (("label", STEP), ("base", BASE), ("value", VALUE), ("loss", CUT)):
        page.name_block(f"bridge.{key}", first, row, column)
    page.text(row + 1, STEP, "Debt owed on that day")
    page.formula(
        row + 1, LEFT, "=INDEX({balance|path},MATCH({haircut.date},{date|path},0))", "calc money", "haircut.owed"
    )
    page.text(row + 2, STEP, "Lost after the sale, before any other claim of the lender")
    page.formula(
        row + 2,
        LEFT,
        "=MAX({haircut.owed}-{haircut.net},0)",
        "calc money",
        "haircut.shortfall",
    )
    return row + 3


def _columns(
    page: Page, row: int, base: str, base_value: float, value: str, worth: float, loss: str, lost: float, key: str = ""
) -> None:
    """Write the three stacked parts of one column of the chart."""
    page.formula(row, BASE, f"={base}", "calc money")
    page.formula(row, VALUE, f"={value}", "calc money")
    page.formula(row, CUT, f"={loss}", "calc money", key)


def _sum(template: str, count: int) -> str:
    """The sum of a formula over all assets, whose number stands for #."""
    return "=" + "+".join(template.replace("#", str(i)) for i in range(count))
