"""The Borrowing base sheet: from gross collateral to what may be drawn, with the rule that keeps each asset out."""

from typing import Final

import numpy as np

from xlmodel.collateral.eligibility import Rule
from xlmodel.deal import Analysis
from xlmodel.deal.borrowing import Certificate, certificate, rules
from xlmodel.deal.inputs import Pledged
from xlmodel.deal.quantity import amount
from xlmodel.workbook.charts import bridge_chart
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, day

(NAME, KIND, VALUE, PART, OBLIGOR, DUE, COUNTRY, LIEN, WAIVER, APPRAISED, OUT, INELIGIBLE, EXCESS, ELIGIBLE, RATE,
 ADVANCE) = range(16)  # fmt: skip
_WIDTHS: Final = (38.0, 11.0, 11.0, 11.0, 13.0, 8.0, 9.5, 10.0, 8.0, 13.0, 21.0, 11.0, 14.0, 11.0, 9.0, 11.0)
_HEADS: Final = (
    "Pledged", "Kind", "Value, USD m", "Ineligible part", "Obligor", "Days past due", "Country", "First lien", "Waiver",
    "Appraised", "Kept out by", "Ineligible, USD m", "Above limit on obligor", "Eligible, USD m",
    "Advance rate", "Advance, USD m",
)  # fmt: skip
_WORDS: Final = frozenset({NAME, KIND, OBLIGOR, COUNTRY, LIEN, WAIVER})
_TALL: Final = 39.0
ELIGIBLE_WORD: Final = "eligible"
LEFT, BASE, FULL, LOSS = VALUE, OBLIGOR, DUE, COUNTRY
"""Columns of the certificate: what is left, and the parts of the chart's columns."""


def borrowing_base(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a borrowing base."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = ADVANCE
    page.text(0, NAME, f"Borrowing base: {analysis.deal.name}", "title")
    page.text(
        1, NAME,
        f"As of {day(np.datetime64(analysis.deal.as_of))}, against the debt at closing. What a rule tests and nobody "
        "states counts as failed; the first rule an asset fails is named.", "note",
    )  # fmt: skip
    found = certificate(analysis.deal, float(analysis.debt.opening[0]))
    row = _countries(page, analysis, 3)
    row = _assets(page, analysis, found, row)
    _certificate(page, analysis, found, row + 2)


def _countries(page: Page, analysis: Analysis, row: int) -> int:
    terms = analysis.deal.borrowing_base
    assert terms is not None  # noqa: S101  a borrowing base is wanted
    if not terms.countries:
        return row
    page.text(row, NAME, "Countries accepted")
    for i, country in enumerate(terms.countries):
        page.text(row, KIND + i, country, "term")
    page.name_across("bb.countries", row, KIND, KIND + len(terms.countries) - 1)
    return row + 2


def _assets(page: Page, analysis: Analysis, found: Certificate, row: int) -> int:
    """Write one line an asset; return the row of their sums."""
    for column, head in enumerate(_HEADS):
        look = "head" if column <= KIND else "head unit" if column in _WORDS else "head right"
        page.text(row, column, head, look)
    page.heights[row] = _TALL
    pledged = analysis.deal.pledged
    first, last = row + 1, row + len(pledged)
    page.name_block("bb.obligors", first, last, OBLIGOR)
    for i, asset in enumerate(pledged):
        _asset(page, analysis, found, i, asset, first + i)
    for key, column in (("value", VALUE), ("ineligible", INELIGIBLE), ("excess", EXCESS), ("eligible", ELIGIBLE),
                        ("advance", ADVANCE)):  # fmt: skip
        page.name_block(f"bb.{key}", first, last, column)
    # What is left of each asset with an obligor before the excess is what the limit is a share of.
    total = last + 1
    page.text(total, NAME, "All", "strong label")
    page.band(total, KIND, ADVANCE, "strong label")
    sums = {VALUE: "value", INELIGIBLE: "ineligible", EXCESS: "excess", ELIGIBLE: "eligible", ADVANCE: "advance"}
    for column, key in sums.items():
        page.formula(total, column, f"=SUM({{bb.{key}|all}})", "strong money", f"bb.all.{key}")
    return total


def _ineligible(analysis: Analysis, found: Certificate) -> np.typing.NDArray[np.float64]:
    """What is out of each asset, USD: all of it by a rule, or the part stated."""
    return np.array([
        asset.value.value if out else amount(asset.ineligible)
        for asset, out in zip(analysis.deal.pledged, found.excluded_by, strict=True)
    ])  # fmt: skip


def _asset(page: Page, analysis: Analysis, found: Certificate, i: int, asset: Pledged, row: int) -> None:
    path, key = f"pledged[{i}]", f"bb{i}"
    page.text(row, NAME, asset.name)
    page.text(row, KIND, asset.kind)
    page.formula(row, VALUE, f"={{{path}.value}}", "calc money", f"{key}.value")
    if asset.ineligible is not None:
        page.formula(row, PART, f"={{{path}.ineligible}}", "calc money")
    page.text(row, OBLIGOR, asset.obligor or "", "unit")
    page.name_cell(f"{key}.obligor", row, OBLIGOR)
    if asset.days_past_due is not None:
        page.formula(row, DUE, f"={{{path}.days_past_due}}", "calc count")
    for column, fact, word in (
        (COUNTRY, "country", asset.country or ""),
        (LIEN, "first_lien", _yes(asset.first_lien)),
        (WAIVER, "waiver", _yes(asset.waiver)),
    ):
        page.text(row, column, word, "unit")
        page.name_cell(f"{key}.{fact}", row, column)
    if asset.appraised is not None:
        page.formula(row, APPRAISED, f"={{{path}.appraised}}", "calc date")
    formula = f'"{ELIGIBLE_WORD}"'
    for rule in reversed(rules(analysis.deal, asset)):
        formula = f'IF({_met(rule, asset, i)},{formula},"{rule.name}")'
    page.formula(row, OUT, f"={formula}", "calc word", f"{key}.out")
    style = {"type": "cell", "criteria": "!=", "value": f'"{ELIGIBLE_WORD}"', "format": "warn"}
    page.rules.append((row, OUT, row, OUT, style))
    stated = f"{{{path}.ineligible}}" if asset.ineligible is not None else "0"
    money = {
        "ineligible": (INELIGIBLE, f'=IF({{{key}.out}}="{ELIGIBLE_WORD}",{stated},{{{key}.value}})'),
        "excess": (EXCESS, _excess(analysis, asset, i)),
        "eligible": (ELIGIBLE, f"={{{key}.value}}-{{{key}.ineligible}}-{{{key}.excess}}"),
        "advance": (ADVANCE, f"={{{key}.eligible}}*{{{path}.advance_rate}}"),
    }
    for name, (column, template) in money.items():
        page.formula(row, column, template, "calc money", f"{key}.{name}")
    page.formula(row, RATE, f"={{{path}.advance_rate}}", "calc percent")


def _yes(fact: bool | None) -> str:
    return "" if fact is None else "yes" if fact else "no"


def _met(rule: Rule, asset: Pledged, i: int) -> str:
    """The formula of whether an asset passes a rule; what nobody states fails."""
    path, key = f"pledged[{i}]", f"bb{i}"
    if rule.column in ("first_lien", "waiver"):
        return f'{{{key}.{rule.column}}}="yes"'
    if rule.column == "country":
        return f"SUMPRODUCT(--EXACT({{bb.countries|all}},{{{key}.country}}))>0"
    if rule.column == "days_past_due":
        return "FALSE" if asset.days_past_due is None else (
            f"{{{path}.days_past_due}}<={{borrowing_base.most_days_past_due}}"
        )  # fmt: skip
    return "FALSE" if asset.appraised is None else f"{{as_of}}-{{{path}.appraised}}<={{borrowing_base.appraisal_days}}"


def _excess(analysis: Analysis, asset: Pledged, i: int) -> str:
    """An asset's part of what its obligor has above the limit, in proportion to what is left of its assets."""
    terms = analysis.deal.borrowing_base
    assert terms is not None  # noqa: S101  a borrowing base is wanted
    if terms.concentration_limit is None or not asset.obligor:
        return "=0"
    left = "({bb.value|all}-{bb.ineligible|all})"
    own = f"SUMPRODUCT(EXACT({{bb.obligors|all}},{{bb{i}.obligor}})*{left})"
    pool = f'SUMPRODUCT(({{bb.obligors|all}}<>"")*{left})'
    above = f"MAX({own}-{{borrowing_base.concentration_limit}}*{pool},0)"
    return f"=IF({own}>0,({{bb{i}.value}}-{{bb{i}.ineligible}})/{own}*{above},0)"


def _certificate(page: Page, analysis: Analysis, found: Certificate, row: int) -> None:
    """Write the way from gross to the base, then what may be drawn, and the chart."""
    deal, base = analysis.deal, found.base
    for column, head in enumerate(("Certificate", "", "USD m", "", "Base", "Full", "Lost")):
        page.text(row, column, head, "head" if column <= KIND else "head right")
    gross = float(sum(asset.value.value for asset in deal.pledged)) / MILLION
    first = row + 1
    _line(page, first, "Gross collateral", "={bb.all.value}", gross, "bb.gross", full=True)
    left, before, row = gross, "{bb.gross}", first
    steps: list[tuple[str, str, str, float]] = [
        ("ineligible", "Ineligible", "{bb.all.ineligible}", float(_ineligible(analysis, found).sum())),
        ("excess", "Above the limit", "{bb.all.excess}", float(base.excess.sum())),
        ("rate", "Not advanced", "{bb.all.eligible}-{bb.all.advance}", float((base.eligible - base.advance).sum())),
    ]
    steps += [
        (f"reserve{i}", reserve.name, f"{{reserves[{i}].amount}}", reserve.amount.value)
        for i, reserve in enumerate(deal.reserves)
    ]
    for key, label, taken, value in steps:
        row += 1
        lost = min(value / MILLION, left) if key.startswith("reserve") else value / MILLION
        formula = f"=MIN({taken},{before})" if key.startswith("reserve") else f"={taken}"
        page.text(row, NAME, label)
        page.formula(row, LOSS, formula, "calc money", f"bb.{key}.lost")
        left -= lost
        page.formula(row, LEFT, f"={before}-{{bb.{key}.lost}}", "calc money", f"bb.{key}.left")
        page.formula(row, BASE, f"={{bb.{key}.left}}", "calc money")
        page.formula(row, FULL, "=0", "calc money")
        before = f"{{bb.{key}.left}}"
    row += 1
    whole = float(base.base) / MILLION
    _line(page, row, "Borrowing base", f"=MAX({before},0)", whole, "bb.base", full=True, weight="strong")
    for key, column in (("label", NAME), ("base", BASE), ("value", FULL), ("loss", LOSS)):
        page.name_block(f"bb.bridge.{key}", first, row, column)
    row = _drawn(page, analysis, found, row + 1)
    page.charts.append(
        Chart(first - 1, LIEN, lambda book, layout: bridge_chart(
            book, layout, "From gross collateral to the borrowing base", "bb.bridge"),
            f"Stacked columns: gross collateral of USD {gross:,.1f} m becomes a borrowing base of USD {whole:,.1f} m, "
            "each column between is what one step takes.", 640, 340)
    )  # fmt: skip


def _line(
    page: Page, row: int, label: str, formula: str, value: float, key: str, *, full: bool = False, weight: str = "key"
) -> None:
    page.text(row, NAME, label, f"{weight} label")
    page.formula(row, LEFT, formula, f"{weight} money", key)
    if full:
        page.formula(row, BASE, "=0", "calc money")
        page.formula(row, FULL, f"={{{key}}}", "calc money")
        page.formula(row, LOSS, "=0", "calc money")


def _drawn(page: Page, analysis: Analysis, found: Certificate, row: int) -> int:
    """Write the line, what stands under it, and what is available or has to be repaid."""
    terms, base = analysis.deal.borrowing_base, found.base
    assert terms is not None  # noqa: S101  a borrowing base is wanted
    float(analysis.debt.opening[0]) / MILLION
    if terms.commitment is not None:
        line = "MIN({bb.base},{borrowing_base.commitment})"
        page.text(row, NAME, "Commitment")
        page.formula(row, LEFT, "={borrowing_base.commitment}", "calc money")
        row += 1
    else:
        line = "{bb.base}"
    letters = "{borrowing_base.letters_of_credit}" if terms.letters_of_credit is not None else "0"
    float(base.availability) / MILLION
    page_lines = (
        ("Line: the smaller of both" if terms.commitment is not None else "Line", f"={line}", "bb.line"),
        ("Drawn", "={balance|closing}", "bb.drawn"),
        ("Letters of credit", f"={letters}", "bb.letters"),
        ("Availability", "={bb.line}-{bb.drawn}-{bb.letters}", "bb.availability"),
        ("Deficiency, to be repaid at once", "=MAX(-{bb.availability},0)", "bb.deficiency"),
    )
    for label, formula, key in page_lines:
        strong = key in ("bb.availability", "bb.deficiency")
        page.text(row, NAME, label, "key label" if strong else "text")
        page.formula(row, LEFT, formula, "key money" if strong else "calc money", key)
        row += 1
    page.text(row, NAME, "Drawn and letters of credit, of the base")
    page.formula(row, LEFT, f'=IF({{bb.base}}>0,({{bb.drawn}}+{{bb.letters}})/{{bb.base}},"{UNDEFINED}")',
                 "calc percent", "bb.used")  # fmt: skip
    return row + 1
