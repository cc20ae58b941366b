"""The Sizing sheet: what cash and collateral carry at terms that may be typed, and what binds."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.carried import Carried, Terms, carried
from xlmodel.loan.balance_cap import Limb
from xlmodel.maths.domain import Floats
from xlmodel.workbook.debt import rate_of
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.panel import assumed, follow, said
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, inside, label, shown

NO_CASH: Final = "no positive cash"
LIMITS: Final = {
    Limb.DSCR: "cash over the target",
    Limb.INTEREST: "interest of a period",
    Limb.LTV: "loan to value",
    Limb.NOLV: "liquidation value",
}
_KEYS: Final = {Limb.DSCR: "cash", Limb.INTEREST: "interest", Limb.LTV: "ltv", Limb.NOLV: "nolv"}
_MOST: Final = {"size.target": 100.0, "size.max_ltv": 2.0, "size.advance": 1.0}
"""What may be typed at most, as the engine allows."""
_NOTHING: Final = "There is no positive cash in any period: the cash carries no debt."
_CARRIED: Final = "The loan sculpted to the target pays its interest in every period and is repaid in full."
_SHORT: Final = "No sculpted loan exists: the cash over the target does not carry its interest in period "
_INSTEAD: Final = ". Without adding interest to the debt it carries what the limit by interest says."


def sizing(page: Page, analysis: Analysis) -> None:
    """Write the sheet."""
    subtitle = "What a lender would size at these terms. Blue may be typed over: the sheet follows."
    grid = follow(page, analysis, f"Sizing: {analysis.deal.name}", subtitle)
    found = carried(analysis)
    _terms(grid, analysis, found.terms)
    _limits(grid, analysis, found)
    if found.lump > 0:
        _refinancing(grid, analysis, found)
    flow = _flow(grid, analysis, found)
    _sculpted(grid, found, flow)
    grid.finish()


def _terms(grid: Grid, analysis: Analysis, terms: Terms) -> None:
    """Write the assumptions; those that a covenant names follow it until they are typed over."""
    grid.section("Terms, assumed for this sheet")

    def term(
        key: str, text: str, value: float, kind: str, unit: str, levels: tuple[tuple[int, str], ...], why: str,
        strictest: str = "",
    ) -> None:  # fmt: skip
        formula = ""
        if levels:
            i, level = levels[0]
            name = analysis.deal.covenants[i].name
            each = ",".join(f"{{covenants[{n}].{x}}}" for n, x in levels)
            formula = f"={strictest}({each})" if len(levels) > 1 else f"={each}"
            among = ", the strictest" if len(levels) > 1 else ""
            why = f"Assumption: the {inside(label(level))} of {name}{among}"
        assumed(grid, key, text, unit, value, kind, _MOST[key], why, formula)

    term("size.target", "Target coverage", terms.target, "multiple", "x", terms.target_from,
         "Assumption: no covenant of this deal names a coverage", "MAX")  # fmt: skip
    term("size.max_ltv", "Most that is lent on economic value", terms.max_ltv, "percent", "%", terms.max_ltv_from,
         "Assumption: no covenant of this deal names a loan to economic value", "MIN")  # fmt: skip
    if terms.advance_rate is not None:
        term("size.advance", "Most that is lent on liquidation value", terms.advance_rate, "percent", "%", (),
             "Assumption: a share lenders against assets commonly state")  # fmt: skip


def _limits(grid: Grid, analysis: Analysis, found: Carried) -> None:
    """Write every limit, the smallest and its name, and the debt there is against it."""
    grid.section("Debt that is carried at closing")
    limits = {
        Limb.DSCR: ("By cash over the target", "={size.worth|total}"),
        Limb.INTEREST: (
            "By interest: every period's cash pays it",
            "=MIN({size.worth|total},{size.most|all})",
        ),
        Limb.LTV: ("By loan to economic value", "=MAX({economic|closing},0)*{size.max_ltv|closing}"),
        Limb.NOLV: ("By liquidation value", "=MAX({liquidation|closing},0)*{size.advance|closing}"),
    }
    if found.terms.advance_rate is None:
        del limits[Limb.NOLV]
    for limb, (text, formula) in limits.items():
        grid.scalar(f"size.by_{_KEYS[limb]}", text, "USD m", formula, "money")
    each = [f"{{size.by_{_KEYS[limb]}|closing}}" for limb in limits]
    grid.scalar("size.debt", "Debt capacity, the smallest of them", "USD m", f"=MIN({','.join(each)})", "money")
    named = f'"{LIMITS[list(limits)[-1]]}"'
    for limb in list(limits)[-2::-1]:
        reached = f"{{size.by_{_KEYS[limb]}|closing}}<={{size.debt|closing}}*(1+{{tie}})"
        named = f'IF({reached},"{LIMITS[limb]}",{named})'
    grid.scalar("size.binding", "What binds", "", f'=IF(COUNTIF({{cfads|all}},">0")=0,"{NO_CASH}",{named})', "word")
    grid.scalar("size.actual", "Debt at closing", "USD m", "={balance|closing}", "money")
    grid.scalar("size.room", "Room to spare; negative is debt beyond capacity", "USD m",
                "={size.debt|closing}-{size.actual|closing}", "money")  # fmt: skip
    grid.scalar("size.share", "Capacity, of the debt at closing", "%", "={size.debt|closing}/{size.actual|closing}",
                "percent")  # fmt: skip


def _refinancing(grid: Grid, analysis: Analysis, found: Carried) -> None:
    """Write what falls due at maturity beyond the instalments, and what a new lender would advance on that day."""
    grid.section("Refinancing at maturity, on the collateral alone: cash after it is not part of the deal")
    parts, end = [], analysis.values
    for i, tranche in enumerate(analysis.deal.debt):
        last = f"{{debt{i}.principal|last}}"
        if tranche.amortisation == "bullet":
            parts.append(last)
        elif tranche.amortisation == "payment":
            paid = f"{{debt[{i}].payment}}-{{debt{i}.interest|last}}"
            parts.append(f"MAX({last}-MAX(0,MIN({{debt{i}.opening|last}},{paid})),0)")
        elif tranche.balloon is not None:
            parts.append(f"MIN({{debt[{i}].balloon}},{last})")
    grid.scalar("size.lump", "Falls due beside the last instalment", "USD m", "=" + "+".join(parts),
                "money")  # fmt: skip
    limits = ["{economic|last}*{size.max_ltv|closing}"]
    if end.liquidation is not None:
        limits.append("{liquidation|last}*{size.advance|closing}")
    grid.scalar("size.refinanced", "A new lender advances on that day", "USD m", f"=MIN({','.join(limits)})",
                "money")  # fmt: skip
    grid.scalar("size.gap", "Refinancing gap; negative is room to spare", "USD m",
                "={size.lump|closing}-{size.refinanced|closing}", "money")  # fmt: skip
    grid.scalar("size.gap_share", "Gap, of what falls due", "%", "={size.gap|closing}/{size.lump|closing}",
                "percent")  # fmt: skip


def _flow(grid: Grid, analysis: Analysis, found: Carried) -> tuple[Floats, Floats, Floats]:
    """Write the service the cash carries at the target, valued at the rates of the debt; return it in USD m."""
    rate, service = found.rate, np.maximum(analysis.cfads, 0.0) / found.terms.target / MILLION
    factor: Floats = np.cumprod(1 / (1 + rate), dtype=np.float64)
    worth = service * factor
    grid.section("What the cash carries at the target")
    grid.row("size.cfads", "CFADS", "USD m", "={cfads}", "money",
             total=True)  # fmt: skip
    name = "Rate of the period" + (", tranches weighted by amount" if len(analysis.tranches) > 1 else "")
    grid.row("size.rate", name, "%", f"={rate_of(analysis)}", "rate long")
    grid.row("size.factor", "Value at closing of 1 paid now", "factor", "={size.factor|prev}/(1+{size.rate})",
             "factor", closing=True, closing_formula="=1")  # fmt: skip
    grid.row("size.service", "Service: cash, if any, over the target", "USD m",
             "=MAX({size.cfads},0)/{size.target|closing}", "money",
             total=True)  # fmt: skip
    grid.row("size.worth", "Its value at closing", "USD m", "={size.service}*{size.factor}", "money",
             total=True)  # fmt: skip
    grid.row("size.paid", "Value of the service so far", "USD m", "={size.paid|prev}+{size.worth}",
             "money", closing=True, closing_formula="=0")  # fmt: skip
    grid.row(
        "size.most", "Debt at closing whose interest this period pays", "USD m",
        f'=IF({{size.rate}}>0,{{size.paid|prev}}+{{size.factor|prev}}*{{size.service}}/{{size.rate}},"{UNDEFINED}")',
        "money",
    )  # fmt: skip
    return service, factor, worth


def _sculpted(grid: Grid, found: Carried, flow: tuple[Floats, Floats, Floats]) -> None:
    """Write the loan whose service is that of the target, and say whether it exists."""
    service, factor, worth = flow
    grid.section("The loan sculpted to the target")
    ahead = np.array([float(worth[k:].sum()) for k in range(worth.size + 1)]) / np.concatenate([[1.0], factor])
    interest = ahead[:-1] * found.rate
    missing = np.maximum(interest - service, 0.0)
    missing = np.where(missing <= 1e-12 * ahead[:-1], 0.0, missing)
    first = int(np.argmax(missing > 0)) + 1 if missing.any() else 0
    sentence = _NOTHING if not service.any() else f"{_SHORT}{first}{_INSTEAD}" if first else _CARRIED
    since = "({period|last}-SUMPRODUCT(MAX(({size.missing|all}>0)*({period|last}-{period|all}))))"
    said(
        grid, "size.sentence",
        f'=IF(COUNTIF({{cfads|all}},">0")=0,"{_NOTHING}",IF({{size.missing|total}}>0,"{_SHORT}"&{since}&"{_INSTEAD}",'
        f'"{_CARRIED}"))',
        sentence,
    )  # fmt: skip
    grid.row("size.ahead", "Value of the service still to come", "USD m",
             "=SUMPRODUCT(({period|all}>{period})*{size.worth|all})/{size.factor}", "money",
             closing=True)  # fmt: skip
    grid.row(
        "size.missing", "Interest on it that the service does not pay", "USD m",
        "=IF({size.ahead|prev}*{size.rate}-{size.service}>{tie}*{size.ahead|prev},"
        "{size.ahead|prev}*{size.rate}-{size.service},0)",
        "money", total=True,
    )  # fmt: skip
    plan = found.sculpted.schedule
    exists = f'=IF({{size.missing|total}}>0,"{UNDEFINED}",'
    for key, text, formula, values in (
        ("interest", "Interest", "{size.ahead|prev}*{size.rate}", plan.interest),
        ("principal", "Principal", "{size.service}-{size.ahead|prev}*{size.rate}", plan.principal),
        ("pays", "Debt service", "{size.service}", plan.debt_service),
    ):
        _cells, _total = shown(values / MILLION), float(values.sum()) / MILLION
        grid.row(
            f"size.{key}", text, "USD m", f"{exists}{formula})", "money",
            weight="strong" if key == "pays" else "calc", total=True,
            total_formula=f"{exists}SUM({{size.{key}|all}}))",
        )  # fmt: skip
    grid.row("size.balance", "Owed after the payment", "USD m", f"{exists}MAX({{size.ahead}},0))", "money",
             weight="key", closing=True)  # fmt: skip
