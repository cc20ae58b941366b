"""The Checks sheet: sums, balances and xlmodel's own totals against the native formulas, rolled up into one cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.enforcement import premise
from xlmodel.workbook.selling import blocks
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import lines_of, ratio

NAME, FORMULA, AGAINST, DIFFERENCE, TOLERANCE, RESULT = range(6)
ALL_PASS: Final = "All checks pass"  # noqa: S105  no password, a verdict
DIGITS: Final = 6
"""Differences are rounded to so many digits: in USD m, to the dollar."""
TOLERANCE_VALUE: Final = 1e-6
"""What a rounded difference may come to."""
_WIDTHS: Final = (64.0, 20.0, 17.0, 14.0, 14.0, 11.0)
_LINE_HEIGHT: Final = 13.5
_HEADS: Final = ("Check", "This workbook", "Should be", "Difference", "Tolerance", "Result")


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison.

    Attributes
    ----------
    name
        What is compared, as a sentence that is true when the check passes.
    formula, value
        What this workbook calculates, and the engine's value of it.
    against
        What it should be: a formula, or xlmodel's own number pasted as a constant.
    against_value
        The value of that formula, or the number itself.
    kind
        The kind of number.
    """

    name: str
    formula: str
    value: float
    against: str | None
    against_value: float
    kind: str = "money"


def checks(page: Page, analysis: Analysis) -> None:
    """Write the sheet."""
    _write(page, [
        ("Debt is repaid and balances roll", _debt(analysis)),
        ("Cash adds up", _cash(analysis)),
        ("This workbook agrees with xlmodel", _agreement(analysis)),
        ("Every cell is defined", _defined(page)),
    ])  # fmt: skip


def _debt(analysis: Analysis) -> list[Check]:
    found = []
    for i, (described, tranche) in enumerate(zip(analysis.deal.debt, analysis.tranches, strict=True)):
        plan, key = tranche.schedule, f"debt{i}"
        lent, interest = described.amount.value / MILLION, float(plan.interest.sum()) / MILLION
        found += [
            Check(f"{described.name}: principal adds up to the amount lent", f"={{{key}.principal|total}}", lent,
                  f"={{debt[{i}].amount}}", lent),
            Check(f"{described.name}: nothing is owed at the end", f"={{{key}.balance|last}}", 0.0, "=0", 0.0),
            Check(f"{described.name}: service is interest and principal", f"={{{key}.service|total}}", lent + interest,
                  f"={{{key}.interest|total}}+{{{key}.principal|total}}", lent + interest),
            Check(f"{described.name}: opening balances are the closing balances before",
                  f"=SUM({{{key}.opening|all}})", float(plan.opening.sum()) / MILLION,
                  f"=SUM({{{key}.balance|path}})-{{{key}.balance|last}}", float(plan.opening.sum()) / MILLION),
        ]  # fmt: skip
    owed = float(analysis.debt.opening[0] + analysis.balance.sum()) / MILLION
    found.append(Check("The debt under water and the debt covered are the whole debt",
                       "=SUM({covered|path})+SUM({shortfall|path})", owed, "=SUM({balance|path})", owed))  # fmt: skip
    return found


def _cash(analysis: Analysis) -> list[Check]:
    earned, cfads = analysis.earnings, float(analysis.cfads.sum()) / MILLION
    tax = "" if analysis.tax is None else "-{tax.due|total}"
    less = " less tax" if tax else ""
    if analysis.deal.cash is not None:
        return [Check(f"CFADS is the cash a year over the whole time{less}", "={cfads|total}", cfads,
                      f"={{cash.amount}}*SUM({{length|all}}){tax}", cfads)]  # fmt: skip
    found = [Check(f"CFADS is cash revenue less operating cost{less}", "={cfads|total}", cfads,
                   f"={{cash_revenue|total}}-{{opex|total}}{tax}", cfads)]  # fmt: skip
    for i, contract in enumerate(analysis.deal.contracts):
        if contract.prepayment is not None:
            paid = contract.prepayment.amount.value / MILLION
            # What no invoice settles stays owed to the customer, and is counted here.
            found.append(
                Check(f"{contract.name}: credits and what is left of the prepayment are the prepayment",
                      f"={{prepaid{i}.credit|total}}+{{prepaid{i}.closing|last}}", paid,
                      f"={{contracts[{i}].prepayment.amount}}", paid)
            )  # fmt: skip
    revenue = float(earned.cash_revenue.sum()) / MILLION
    found.append(Check("Cash revenue adds up over the periods", "={cash_revenue|total}", revenue,
                       "=SUM({cash_revenue|all})", revenue))  # fmt: skip
    return found


def _agreement(analysis: Analysis) -> list[Check]:
    """Native totals against xlmodel's own, pasted as numbers."""
    debt, now, values = analysis.debt, analysis.at_close, analysis.values
    totals = [
        ("CFADS", "={cfads|total}", analysis.cfads),
        ("Interest", "={interest|total}", debt.interest),
        ("Principal", "={principal|total}", debt.principal),
        ("Debt service", "={service|total}", analysis.debt_service),
        ("Sum of balances", "=SUM({balance|all})", analysis.balance),
        ("Sum of book values", "=SUM({book|path})", np.append(now.book, values.book)),
        ("Sum of economic values", "=SUM({economic|path})", np.append(now.economic, values.economic)),
    ]
    if now.liquidation is not None and values.liquidation is not None:
        sold = np.append(now.liquidation, values.liquidation)
        totals.append(("Sum of liquidation values", "=SUM({liquidation|path})", sold))
    found = [
        Check(name, formula, float(row.sum()) / MILLION, None, float(row.sum()) / MILLION)
        for name, formula, row in totals
    ]
    name = analysis.coverage_name
    ratios = [
        (f"Sum of {ratio('dscr', name)}", "dscr", analysis.dscr),
        (f"Sum of {ratio('dscr_ltm', name)}", "dscr_ltm", analysis.dscr_ltm),
        (f"Sum of {ratio('dscr_ntm', name)}", "dscr_ntm", analysis.dscr_ntm),
        ("Sum of LTV on economic value", "ltv_adjusted", analysis.ltv_adjusted),
    ]
    found += [
        Check(name, f"=SUM({{{key}|all}})", total := float(np.nansum(row)), None, total, "multiple")
        for name, key, row in ratios
    ]
    for i, test in enumerate(analysis.covenants):
        count = float(np.sum(test.status == 2))
        found.append(
            Check(f"Defaults: {test.record.name}", f"={{covenant{i}.broken|total}}", count, None, count, "count")
        )
    if analysis.haircut is not None:
        net = analysis.haircut.present_value.item() / MILLION
        found.append(Check("Net value of the sale", "={haircut.net}", net, None, net))
    if analysis.deal.premises is not None:
        for where, removed in (("in", False), ("out", True)):
            sold_for = premise(analysis, removed=removed)
            for kind in ("flv", "nflv", "olv", "nolv"):
                worth = float(getattr(sold_for, kind).sum()) / MILLION
                cells = "+".join(f"{{prem{i}.{where}.{kind}}}" for i in range(len(blocks(analysis))))
                name = f"{kind.upper()} {'removed' if removed else 'in place'}, its length searched for by xlmodel"
                found.append(Check(name, f"={cells}", worth, None, worth))
    return found


def _defined(page: Page) -> list[Check]:
    """Count the error cells of every sheet that calculates."""
    return [
        Check(f"No error cell on the sheet {sheet.name}", f"=SUMPRODUCT(--ISERROR({{sheet.{sheet.name}|all}}))", 0.0,
              "=0", 0.0, "count")
        for sheet in page.sheets
        if sheet.calculates
    ]  # fmt: skip


def _write(page: Page, groups: Sequence[tuple[str, Sequence[Check]]]) -> None:
    """Write the groups of checks below each other and the overall cell (`checks.overall`) above them."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = RESULT
    page.text(0, NAME, "Checks", "title")
    page.text(
        1, NAME, "If an input is changed, the comparisons with xlmodel fail by design: ask xlmodel again.", "note"
    )
    page.text(3, NAME, "Overall", "bold")
    row = 5
    for column, head in enumerate(_HEADS):
        page.text(row, column, head, "head" if column == NAME else "head right")
    page.freeze = (row + 1, 1)
    page.print.repeat_rows = (row, row)
    row += 1
    first = row
    for title, checks in groups:
        page.text(row, NAME, title, "section")
        page.band(row, FORMULA, RESULT, "section")
        row += 1
        for check in checks:
            _line(page, row, check)
            row += 1
    last = row - 1
    page.name_block("checks.results", first, last, RESULT)
    page.formula(
        3, FORMULA,
        f'=IF(COUNTIF({{checks.results|all}},"check")=0,"{ALL_PASS}",'
        'COUNTIF({checks.results|all},"check")&" of "&COUNTA({checks.results|all})&" checks fail")',
        "calc left", "checks.overall",
    )  # fmt: skip
    verdicts(page, 3, FORMULA, 3, FORMULA, ALL_PASS)
    verdicts(page, first, RESULT, last, RESULT, "ok")


def verdicts(page: Page, top: int, left: int, bottom: int, right: int, good: str) -> None:
    """Colour cells green where they hold the good word, and red where they hold another."""
    rule = {"type": "cell", "value": f'"{good}"'}
    page.rules.append((top, left, bottom, right, {"type": "blanks", "stop_if_true": True, "format": "text"}))
    page.rules.append((top, left, bottom, right, rule | {"criteria": "==", "format": "pass"}))
    page.rules.append((top, left, bottom, right, rule | {"criteria": "!=", "format": "fail"}))


def _line(page: Page, row: int, check: Check) -> None:
    key = f"checks.{row}"
    page.text(row, NAME, check.name, "wrap")
    page.heights[row] = _LINE_HEIGHT * lines_of(check.name, _WIDTHS[NAME] * 1.25)
    page.formula(row, FORMULA, check.formula, f"calc {check.kind}", f"{key}.formula")
    if check.against is None:
        page.number(row, AGAINST, check.against_value, f"pasted {check.kind}", f"{key}.against")
    else:
        page.formula(row, AGAINST, check.against, f"calc {check.kind}", f"{key}.against")
    # Rounded, so that the last bits in which two engines differ are shown as what they are: nothing.
    page.formula(
        row, DIFFERENCE, f"=ROUND({{{key}.formula}}-{{{key}.against}},{{checks.digits}})", "calc difference",
        f"{key}.difference",
    )  # fmt: skip
    page.formula(row, TOLERANCE, "={checks.tolerance}", "calc difference")
    page.formula(row, RESULT, f'=IF(ABS({{{key}.difference}})<={{checks.tolerance}},"ok","check")', "calc centred")
