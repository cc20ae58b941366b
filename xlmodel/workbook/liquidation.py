"""The Liquidation sheet: what a sale brings in place and removed, orderly and forced, and beside other lenders."""

from collections.abc import Callable, Sequence
from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.enforcement import owed_at_sale, sale_units
from xlmodel.workbook.collateral_charts import horizon_chart
from xlmodel.workbook.fire_table import fire_table
from xlmodel.workbook.premises import FORCED, ORDERLY, Terms, terms
from xlmodel.workbook.selling import blocks
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, day

LABEL, UNIT, FIRST = range(3)
_WIDTHS: Final = (58.0, 10.0)
_WIDTH: Final = 13.0
_TWO_LINES: Final = 26.0
LAST: Final = 9
"""The last column of a sheet with few assets, which the table of lenders needs."""
STEPS: Final = 12
"""Lengths of sale that are shown beside the shortest."""
AVERAGE: Final = 2 / 3
"""Of the peak of a square-root law, on average over a sale at a constant rate."""
_PREMISES: Final = (
    ("FLV", "Forced liquidation value", "flv"),
    ("NFLV", "Net forced liquidation value", "nflv"),
    ("OLV", "Orderly liquidation value", "olv"),
    ("NOLV", "Net orderly liquidation value", "nolv"),
)


def liquidation(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with premises."""
    deal = analysis.deal
    page.widths += [(LABEL, LABEL, _WIDTHS[0]), (UNIT, UNIT, _WIDTHS[1])]
    page.widths.append((FIRST, _last(analysis), _WIDTH))
    page.print.last_column = _last(analysis)
    page.text(0, LABEL, f"Liquidation: {deal.name}", "title")
    page.text(
        1, LABEL,
        f"Values of {day(analysis.haircut_date)}, the day of the sheet Haircut, not discounted, as appraisers state "
        "them. Volumes, costs and other lenders are typed: nobody publishes them.", "note",
    )  # fmt: skip
    units, price = sale_units(analysis)
    each = [terms(analysis, i, float(p * q) / MILLION) for i, (p, q) in enumerate(zip(price, units, strict=True))]
    table = _Table(page, each, [block.name for block in blocks(analysis)], 3)
    _constants(table)
    _depth(table, analysis)
    _premises(table, analysis, removed=True)
    _premises(table, analysis, removed=False)
    page.print.row_breaks.append(table.row + 1)
    row = _horizon(page, each, table.row + 1)
    if deal.fire_sale is not None:
        fire_table(page, analysis, row)


def _last(analysis: Analysis) -> int:
    """The last column: of the assets and their sum, or of the rounds of a fire sale."""
    return max(LAST, FIRST + len(blocks(analysis)), FIRST + 1 + len(analysis.deal.other_lenders))


class _Table:
    """Rows with one column an asset, and where there are several, one for all."""

    def __init__(self, page: Page, each: Sequence[Terms], names: Sequence[str], row: int) -> None:
        self.page, self.each, self.names, self.row = page, each, names, row

    def section(self, title: str) -> None:
        page, row = self.page, self.row + 1
        page.text(row, LABEL, title, "head")
        page.text(row, UNIT, "Unit", "head unit")
        for i, name in enumerate(self.names):
            page.text(row, FIRST + i, name, "head right")
        if len(self.names) > 1:
            page.text(row, FIRST + len(self.names), "All", "head right")
        page.heights[row] = _TWO_LINES
        self.row = row + 1

    def line(
        self,
        key: str,
        label: str,
        unit: str,
        formula: Callable[[Terms], str],
        value: Callable[[Terms], Value],
        kind: str,
        *,
        summed: bool = False,
        weight: str = "calc",
    ) -> None:
        """Write a row, registered as `prem#.key`, and as `prem.key` where it has a sum."""
        page, count = self.page, len(self.each)
        page.text(self.row, LABEL, label, "text" if weight == "calc" else f"{weight} label")
        page.text(self.row, UNIT, unit, "unit" if weight == "calc" else f"{weight} unit")
        total = 0.0
        for i, one in enumerate(self.each):
            found = value(one)
            page.formula(self.row, FIRST + i, f"={formula(one)}", f"{weight} {kind}", f"prem{i}.{key}")
            total += found if isinstance(found, float) else 0.0
        if summed and count > 1:
            parts = "+".join(f"{{prem{i}.{key}}}" for i in range(count))
            page.formula(self.row, FIRST + count, f"={parts}", f"{weight} {kind}", f"prem.{key}")
        self.row += 1

    def all(self, key: str) -> str:
        """The cell that holds the sum of a row."""
        return f"{{prem.{key}}}" if len(self.each) > 1 else f"{{prem0.{key}}}"

    def one(self, label: str, unit: str, formula: str, value: Value, kind: str, key: str = "") -> None:
        """Write a number of all assets together."""
        column = FIRST + (len(self.each) if len(self.each) > 1 else 0)
        self.page.text(self.row, LABEL, label)
        self.page.text(self.row, UNIT, unit, "unit")
        self.page.formula(self.row, column, formula, f"calc {kind}", key)
        self.row += 1


def _constants(table: _Table) -> None:
    table.section("What is sold")
    table.line("units", "Units", "units", lambda t: t.cells["units"], lambda t: t.units, "count")
    table.line("fmv", "Fair market value in place and in use", "USD m", lambda t: f"{{sold{t.index}.reference}}",
               lambda t: t.worth, "money", summed=True)  # fmt: skip


def _depth(table: _Table, analysis: Analysis) -> None:
    """Write both laws and the length of the orderly sale that follows from them."""
    page, said = table.page, analysis.deal.premises
    assert said is not None  # noqa: S101  premises are wanted
    table.section("Depth: the demand curve against the square-root law; the worse of the two counts")
    table.line("law.forced", "Demand curve: price given way in the forced sale", "%",
               lambda t: t.law_formula(FORCED), lambda t: t.law(t.forced), "percent")  # fmt: skip
    table.line("law.orderly", "Demand curve: the same at the longest orderly sale", "%",
               lambda t: t.law_formula(ORDERLY), lambda t: t.law(t.orderly), "percent")  # fmt: skip
    if said.volatility is not None:
        page.text(table.row, LABEL, "Square root: average of the move over the sale, of its peak")
        page.number(table.row, FIRST, AVERAGE, "constant factor", "prem.average")
        table.row += 1
        table.line(
            "peak", "Square-root law: move at the end of the sale", "%",
            lambda t: f"IF({{sale.depth}}>0,{{premises.volatility}}*SQRT({t.cells['units']}/({{sale.depth}}*"
            f"{{months_per_year}})),{t.cells['cap']})",
            lambda t: 0.0 if t.volatility is None
            else t.volatility * (t.units / (t.depth * 12)) ** 0.5 if t.depth > 0 else t.cap, "percent",
        )  # fmt: skip
        table.line(
            "root", "Square-root law: price given way, at any length", "%", _root_formula, lambda t: t.root, "percent"
        )
    table.line("turning", "Waiting costs more than it brings from", "months", lambda t: t.turning_formula,
               lambda t: t.turning, "quantity")  # fmt: skip
    if said.volatility is not None:
        table.line("flat", "The square-root law is the worse one from", "months", lambda t: t.flat_formula,
                   lambda t: t.flat, "quantity")  # fmt: skip
    others = ",{prem#.flat}" if said.volatility is not None else ""
    table.line(
        "candidate", "The best of these within the limits", "months",
        lambda t: f"MAX({FORCED},MIN({ORDERLY},{{prem{t.index}.turning}}{others.replace('#', str(t.index))}))",
        lambda t: t.candidate, "quantity",
    )  # fmt: skip
    table.line("share.forced", "Decay and depth leave in the forced sale", "%", lambda t: t.share_formula(FORCED),
               lambda t: t.share(t.forced), "percent")  # fmt: skip
    table.line("share.candidate", "and at that length", "%",
               lambda t: t.share_formula(f"{{prem{t.index}.candidate}}"), lambda t: t.share(t.candidate),
               "percent")  # fmt: skip
    table.line(
        "best", "Length of the best orderly sale", "months",
        lambda t: f"IF({{prem{t.index}.share.forced}}>={{prem{t.index}.share.candidate}},{FORCED},"
        f"{{prem{t.index}.candidate}})",
        lambda t: t.best, "quantity", weight="key",
    )  # fmt: skip
    table.line(
        "said", "Is the best orderly sale the forced one?", "",
        lambda t: f'IF({{prem{t.index}.best}}<={FORCED},"yes","no")',
        lambda t: "yes" if t.best <= t.forced else "no", "word",
    )  # fmt: skip


def _root_formula(t: Terms) -> str:
    cap, peak = t.cells["cap"], f"{{prem{t.index}.peak}}"
    within = f"{{prem.average}}*{peak}"
    beyond = f"{{prem.average}}*{cap}*({cap}/{peak})^2+{cap}*(1-({cap}/{peak})^2)"
    return f"IF({{sale.depth}}<=0,{cap},IF({peak}<={cap},{within},{beyond}))"


def _premises(table: _Table, analysis: Analysis, *, removed: bool) -> None:
    """Write the four premises, and the loan over each."""
    where, how = ("out", "Removed") if removed else ("in", "In place: no loss outside its racks, no removal")
    table.section(how)
    for short, name, kind in _PREMISES:
        net, forced = short.startswith("N"), kind.endswith("flv")

        def formula(t: Terms, kind: str = kind, net: bool = net, forced: bool = forced) -> str:
            i = t.index
            if net:
                return t.net_formula(f"{{prem{i}.{where}.{kind[1:]}}}", removed=removed)
            share = "{prem#.share.forced}" if forced else "MAX({prem#.share.forced},{prem#.share.candidate})"
            return f"{{prem{i}.fmv}}*{t.kept_formula(removed=removed)}*{share.replace('#', str(i))}"

        def value(t: Terms, net: bool = net, forced: bool = forced) -> Value:
            months = t.forced if forced else t.best
            return t.net(months, removed=removed) if net else t.gross(months, removed=removed)

        table.line(f"{where}.{kind}", f"{name} ({short})", "USD m", formula, value, "money", summed=True,
                   weight="key" if kind == "nolv" else "calc")  # fmt: skip
    owed = owed_at_sale(analysis) / MILLION
    for kind, name in (("nolv", "NOLV"), ("nflv", "NFLV")):
        worth = sum(t.net(t.best if kind == "nolv" else t.forced, removed=removed) for t in table.each)
        cell = table.all(f"{where}.{kind}")
        table.one(
            f"Loan to {name}", "%",
            f'=IF({{haircut.owed}}=0,0,IF({cell}>0,{{haircut.owed}}/{cell},"{UNDEFINED}"))',
            0.0 if owed == 0 else owed / worth if worth > 0 else UNDEFINED, "percent", f"prem.{where}.{kind}.ltv",
        )  # fmt: skip


def _horizon(page: Page, each: Sequence[Terms], row: int) -> int:
    """Write what a sale brings by its length, and the chart beside it; return the row after."""
    for column, head in enumerate(("Length of the sale, removed: price given way against decay", "", "Months",
                                   "Proceeds, USD m", "After costs, USD m")):  # fmt: skip
        page.text(row, column, head, ("head", "head unit")[column] if column <= UNIT else "head right")
    page.heights[row] = _TWO_LINES
    page.text(row + 1, LABEL, "Steps between the forced and the longest orderly sale")
    page.number(row + 1, UNIT, float(STEPS), "constant count", "horizon.steps")
    first, step = row + 1, (each[0].orderly - each[0].forced) / STEPS
    months = each[0].forced
    for k in range(STEPS + 1):
        at, here = first + k, f"{{horizon.{k}}}"
        if k:
            months += step
            formula = f"={{horizon.{k - 1}}}+({ORDERLY}-{FORCED})/{{horizon.steps}}"
        else:
            formula = f"={FORCED}"
        page.formula(at, FIRST, formula, "calc quantity", f"horizon.{k}")
        gross = [f"{{prem{t.index}.fmv}}*{t.kept_formula(removed=True)}*{t.share_formula(here)}" for t in each]
        page.formula(at, FIRST + 1, "=" + "+".join(gross), "calc money")  # fmt: skip
        net = [t.net_formula(g, removed=True) for t, g in zip(each, gross, strict=True)]
        page.formula(at, FIRST + 2, "=" + "+".join(net), "calc money")
    last = first + STEPS
    for key, column in (("months", FIRST), ("gross", FIRST + 1), ("net", FIRST + 2)):
        page.name_block(f"horizon.{key}", first, last, column)
    best = max(t.best for t in each)
    page.charts.append(
        Chart(row + 1, FIRST + 3, horizon_chart,
              f"Two lines of what a sale of all hardware brings against the months it takes, before and after costs; "
              f"the best length is at most {best:.1f} months.", 460, 290)
    )  # fmt: skip
    return max(last, page.charts[-1].last_row) + 2
