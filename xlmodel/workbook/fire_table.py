"""The table of a fire sale: what each lender recovers alone and when all sell at once, and who is driven to sell."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.enforcement import Together, together
from xlmodel.maths.domain import Floats
from xlmodel.workbook.panel import TIE
from xlmodel.workbook.selling import blocks
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.wording import UNDEFINED

NAME, UNITS, OWED, THRESHOLD, MARK, ALONE, PAID, TOGETHER, SHARED, LOST = range(10)
_HEADS: Final = (
    "Fire sale: all who hold this hardware",
    "Units",
    "Owed, USD m",
    "Sells above LTV",
    "LTV after the shock",
    "Sells alone, USD m",
    "Recovers",
    "All sell, USD m",
    "Recovers",
    "Lost to the others, USD m",
)
_ROUND: Final = 2


def fire_table(page: Page, analysis: Analysis, row: int) -> int:
    """Write the table, and the rounds of the cascade below it; return the row after."""
    found = together(analysis)
    row = _prices(page, analysis, found, row)
    for column, head in enumerate(_HEADS):
        page.text(row, column, head, "head" if column == NAME else "head right")
    page.heights[row] = 26.0
    first, last = row + 1, row + len(found.names)
    page.name_block("fire.units", first, last, UNITS)
    page.name_block("fire.owed", first, last, OWED)
    for i in range(len(found.names)):
        _lender(page, analysis, found, i, first + i)
    return _cascade(page, analysis, found, last + 2)


def _prices(page: Page, analysis: Analysis, found: Together, row: int) -> int:
    units = blocks(analysis)[0].units
    for offset, (label, unit, formula, kind, key) in enumerate((
        ("Price of a unit before the news", "USD", f"={{sold0.reference}}/{units}*{{million}}", "quantity",
         "fire.price"),
        ("Price after the shock, before anyone sells", "USD", "={fire.price}*(1-{fire_sale.shock})", "quantity",
         "fire.shocked"),
        ("Left of a unit by every step in per cent but depth", "USD m",
         "={fire.shocked}/{million}*(1-{sold0.obsolescence})*(1-{sold0.condition})*(1-{sold0.integration})*"
         "(1-{sold0.selling})", "years", "fire.kept"),
        ("Units that take the price down by 1/e, over the months of the sale", "units",
         "={sale.depth}*{sale.months_to_sale}", "count", "fire.depth"),
    )):  # fmt: skip
        page.text(row + offset, NAME, label)
        page.text(row + offset, UNITS, unit, "unit")
        page.formula(row + offset, OWED, formula, f"calc {kind}", key)
    return row + 5


def _lender(page: Page, analysis: Analysis, found: Together, i: int, row: int) -> None:
    """Write one lender; the first is the one of this deal."""
    own, path = i == 0, f"other_lenders[{i - 1}]"
    page.text(row, NAME, found.names[i], "bold" if own else "text")
    units, owed = f"{{fire{i}.units}}", f"{{fire{i}.owed}}"
    page.formula(
        row, UNITS, f"={blocks(analysis)[0].units}" if own else f"={{{path}.units}}", "calc count", f"fire{i}.units"
    )
    page.formula(row, OWED, "={haircut.owed}" if own else f"={{{path}.balance}}", "calc money", f"fire{i}.owed")
    page.formula(row, THRESHOLD, "={fire_sale.threshold}" if own else f"={{{path}.threshold}}",
                 "calc percent", f"fire{i}.threshold")  # fmt: skip
    fire = analysis.deal.fire_sale
    assert fire is not None  # noqa: S101  a fire sale is wanted
    page.formula(row, MARK, f"={owed}/({units}*{{fire.shocked}}/{{million}})", "calc percent", f"fire{i}.mark")
    for column, sold, key in ((ALONE, units, "alone"), (TOGETHER, "SUM({fire.units|all})", "together")):
        costs = "{sold0.fixed}"
        if analysis.deal.sale is not None and analysis.deal.sale.cost_per_unit is not None:
            costs = f"{{sale.cost_per_unit}}*{units}/{{million}}-{costs}"
        page.formula(
            row, column,
            f"=MAX({units}*{{fire.kept}}*EXP(-{sold}/{{fire.depth}})-{costs},0)*(1-{{sold0.discounting}})",
            "calc money", f"fire{i}.{key}",
        )  # fmt: skip
        page.formula(
            row, column + 1, f'=IF({owed}>0,MIN({{fire{i}.{key}}}/{owed},1),"{UNDEFINED}")',
            "calc percent",
        )  # fmt: skip
    page.formula(row, LOST, f"={{fire{i}.alone}}-{{fire{i}.together}}",
                 "calc money")  # fmt: skip


def _cascade(page: Page, analysis: Analysis, found: Together, row: int) -> int:
    """Write the rounds in which each lender looks at the price, until nobody new sells; return the row after."""
    count = len(found.names)
    page.text(row, NAME, "Cascade of those above their threshold: units sold by round", "head")
    page.text(row, UNITS, "", "head")
    for k in range(count + 1):
        page.text(row, _ROUND + k, "Start" if k == 0 else f"Round {k}", "head right")
    _, _ = _rounds(analysis, found)
    page.text(row + 1, NAME, "Price of a unit in place, USD", "bold")
    for i, name in enumerate(found.names):
        page.text(row + 2 + i, NAME, name)
    for k in range(count + 1):
        column = _ROUND + k
        page.name_block(f"fire.sold{k}", row + 2, row + 1 + count, column)
        page.formula(row + 1, column, f"={{fire.shocked}}*EXP(-SUM({{fire.sold{k}|all}})/{{fire.depth}})",
                     "key quantity", f"fire.price{k}")  # fmt: skip
        for i in range(count):
            mark = f"{{fire.price{k - 1}}}*{{fire{i}.units}}/{{million}}"
            formula = f"=IF({{fire{i}.owed}}>{{fire{i}.threshold}}*{mark}*(1+{{tie}}),{{fire{i}.units}},0)"
            page.formula(row + 2 + i, column, formula if k else "=0", "calc count")
    row += 2 + count
    end = f"{{fire.price{count}}}"
    page.text(row, NAME, "Debt that the collateral no longer covers at the end, all lenders, USD m")
    worth = "+".join(f"MAX({{fire{i}.owed}}-{end}*{{fire{i}.units}}/{{million}},0)" for i in range(count))
    page.formula(row, _ROUND + count, f"={worth}", "calc money",
                 "fire.loss")  # fmt: skip
    page.text(row + 1, NAME, "Price lost to the cascade, beyond the shock")
    page.formula(row + 1, _ROUND + count, f"=1-{end}/{{fire.shocked}}", "calc percent",
                 "fire.fall")  # fmt: skip
    return row + 2


def _rounds(analysis: Analysis, found: Together) -> tuple[Floats, Floats]:
    """Units sold by each lender and the price, before anyone sells and after each round."""
    fire, sale = analysis.deal.fire_sale, analysis.deal.sale
    assert fire is not None and sale is not None and sale.depth is not None  # noqa: S101, PT018  a fire sale is wanted
    count, market = len(found.names), sale.depth.value * sale.months_to_sale.value
    sold, price = np.zeros((count + 1, count)), np.zeros(count + 1)
    price[0] = found.price * (1 - fire.shock.value)
    for k in range(1, count + 1):
        breached = found.owed > found.thresholds * price[k - 1] * found.units * (1 + TIE)
        sold[k] = np.where(breached, found.units, 0.0)
        price[k] = price[0] * np.exp(-sold[k].sum() / market)
    return sold, price
