"""The Haircut sheet: a sale on the day of the first default, from the collateral's value to the cash, step by step."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.workbook.charts import bridge_chart
from xlmodel.workbook.selling import Block, Step, blocks, steps, together
from xlmodel.workbook.sheet import Chart, Page
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
    for block in blocks(analysis):
        row = _block(page, analysis, block, row) + 1
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


def _block(page: Page, analysis: Analysis, block: Block, row: int) -> int:
    """Write the steps of one block below each other; return the row after."""
    sale, key = analysis.deal.sale, f"sold{block.index}"
    assert sale is not None  # noqa: S101  this sheet is only written for a deal with a sale
    for column, head in enumerate((block.name, "Takes of what is left", "Lost, USD m", "Left, USD m")):
        page.text(row, column, head, "head" if column == STEP else "head right")
    row += 1
    source = "{asset#.economic|path}" if sale.unit_price is None else "{asset#.reference|path}"
    found = [f"INDEX({source.replace('#', str(i))},MATCH({{haircut.date}},{{date|path}},0))" for i in block.assets]
    page.text(row, STEP, "Reference value" + (f", basis {sale.basis.replace('_', ' ')}"))
    page.formula(row, LEFT, "=" + "+".join(found), "calc money", f"{key}.reference")
    before = f"{key}.reference"
    for step in steps(analysis, block):
        row += 1
        _step(page, row, key, step, before)
        before = f"{key}.{step.part}.left"
    row += 1
    shares = [s.part for s in steps(analysis, block) if not s.cost and s.part != "discounting"]
    page.text(row, STEP, "Left before costs, as a share of the reference value")
    page.formula(row, LOSS, "=" + "*".join(f"(1-{{{key}.{part}}})" for part in shares), "calc percent", f"{key}.kept")
    return row + 1


def _step(page: Page, row: int, of: str, step: Step, before: str) -> None:
    """Write one step."""
    key = f"{of}.{step.part}"
    page.text(row, STEP, step.label)
    page.formula(row, LOSS, f"={step.formula or '0'}", "calc amount" if step.cost else "calc percent", key)
    taken = f"=MIN({{{key}}},{{{before}}})" if step.cost else f"={{{before}}}*{{{key}}}"
    page.formula(row, LOST, taken, "calc money", f"{key}.lost")
    page.formula(row, LEFT, f"={{{before}}}-{{{key}.lost}}", "calc money", f"{key}.left")


def _bridge(page: Page, analysis: Analysis, row: int) -> int:
    """Write the sum over all assets as the columns of the chart; return the row after."""
    found = blocks(analysis)
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
    page.text(row, STEP, "Reference value")
    page.formula(row, LEFT, _sum("{sold#.reference}", found), "calc money", "haircut.reference")
    _columns(page, row, "0", "{haircut.reference}", "0")
    for step in steps(analysis, found[0]):
        row += 1
        page.text(row, STEP, step.short)
        _of_reference(page, row, step)
        page.formula(row, LEFT, _sum(f"{{sold#.{step.part}.left}}", found), "calc money", f"haircut.{step.part}.left")
        lost = _sum(f"{{sold#.{step.part}.lost}}", found)[1:]
        _columns(page, row, f"{{haircut.{step.part}.left}}", "0", lost, f"haircut.{step.part}")
        before = f"haircut.{step.part}.left"
    for step in together(analysis) if len(found) > 1 else ():
        row += 1
        page.text(row, STEP, step.short)
        _of_reference(page, row, step)
        amount = step.formula or "0"
        lost = f"MIN({amount},{{{before}}})" if step.cost else f"{{{before}}}*({amount})"
        page.formula(row, LEFT, f"={{{before}}}-{lost}", "calc money", f"haircut.{step.part}.left")
        _columns(page, row, f"{{haircut.{step.part}.left}}", "0", lost, f"haircut.{step.part}")
        before = f"haircut.{step.part}.left"
    row += 1
    page.text(row, STEP, "Net value", "strong label")
    page.formula(
        row, LOSS, f'=IF({{haircut.reference}}>0,1-{{haircut.net}}/{{haircut.reference}},"{UNDEFINED}")',
        "strong percent", "haircut.total",
    )  # fmt: skip
    page.text(row, LOST, "haircut", "strong unit")
    page.formula(row, LEFT, "={haircut.discounting.left}", "strong money", "haircut.net")
    _columns(page, row, "0", "{haircut.net}", "0")
    for key, column in (("label", STEP), ("base", BASE), ("value", VALUE), ("loss", CUT)):
        page.name_block(f"bridge.{key}", first, row, column)
    page.text(row + 1, STEP, "Outstanding balance on that day")
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


def _of_reference(page: Page, row: int, step: Step) -> None:
    page.formula(
        row, LOSS, f'=IF({{haircut.reference}}>0,{{haircut.{step.part}}}/{{haircut.reference}},"{UNDEFINED}")',
        "calc percent",
    )  # fmt: skip


def _columns(page: Page, row: int, base: str, value: str, loss: str, key: str = "") -> None:
    """Write the three stacked parts of one column of the chart."""
    page.formula(row, BASE, f"={base}", "calc money")
    page.formula(row, VALUE, f"={value}", "calc money")
    page.formula(row, CUT, f"={loss}", "calc money", key)


def _sum(template: str, found: list[Block]) -> str:
    """The sum of a formula over all blocks, whose number stands for #."""
    return "=" + "+".join(template.replace("#", str(block.index)) for block in found)
