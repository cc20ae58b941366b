"""The Waterfall sheet: what there is and what is due, who is paid, every tranche, the reserve."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Financing
from xlmodel.workbook.panel import follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.waterfall.kept import kept
from xlmodel.workbook.waterfall.paid import after_costs, paid
from xlmodel.workbook.waterfall.reserve import reserve
from xlmodel.workbook.waterfall.rows import Paying
from xlmodel.workbook.waterfall.swap import swap
from xlmodel.workbook.waterfall.tranches import tranche

_SUBTITLE: Final = (
    "From the top: costs, then rank by rank interest, principal and the reserve, then the sweep and distributions. "
    "What is short is drawn from the reserve, then carried as past due and bears interest."
)


def waterfall(page: Page, analysis: Analysis) -> None:
    """Write the sheet; a deal that describes no financing pays its debt and distributes the rest."""
    grid = follow(page, analysis, f"Waterfall: {analysis.deal.name}", _SUBTITLE)
    paying = Paying(analysis, analysis.deal.financing or Financing(), grid)
    _there(paying)
    after_costs(paying)
    for rank in paying.ranks:
        paid(paying, rank)
    kept(paying)
    _balance(paying)
    for i in range(len(analysis.tranches)):
        tranche(paying, i)
    if paying.hedged:
        swap(paying)
    reserve(paying)
    grid.finish()


def _there(paying: Paying) -> None:
    """Write the cash a period begins with and earns."""
    paying.grid.section("Cash available")
    paying.money("opening", "Opening cash", "={wf.cash|prev}", total=False)
    paying.money("inflow", "Cash flow", "=MAX({cfads},0)")
    there = "={wf.opening}+{wf.inflow}"
    if paying.hedged:
        paying.money("swap_in", "Swap receipts", "=MAX({rates.settlement},0)")
        there += "+{wf.swap_in}"
    if cures := paying.cures("cfads", "debt_service"):
        each = "+".join(f"{{cov{i}.cure}}" for i in cures)
        paying.money("cure_in", "Equity cure", f"={each}")
        there += "+{wf.cure_in}"
    paying.money("there", "Cash available", there, weight="strong", total=False)


def _balance(paying: Paying) -> None:
    """Write that every period's sources are its uses, and what is past due and outstanding after it."""
    grid = paying.grid
    grid.section("After the payment")
    sources = "{wf.there}+{wf.drawn}+{wf.released}"
    uses = ["costs", "fees"] if paying.fees else ["costs"]
    uses += [f"r{rank}.{part}" for rank in paying.ranks for part in ("interest", "principal")] + ["filled"]
    uses += ["swept"] if paying.sweeps else []
    spent = "-".join(f"{{wf.{x}}}" for x in [*uses, "distribution", "cash"])
    grid.row("wf.balance", "Sources less uses", "USD m", f"=ROUND({sources}-{spent},{{checks.digits}})", "money")
    late = paying.sum_of("interest_late") + "+" + paying.sum_of("principal_late")
    paying.money("debt_late", "Debt service past due", f"={late}", weight="key", total=False)
    if paying.hedged:
        paying.money("late", "Past due, swap included", "={wf.debt_late}+{wf.swap_late}", total=False)
    count = range(len(paying.analysis.tranches))
    grid.row(
        "wf.owed", "Principal outstanding", "USD m", f"={paying.sum_of('owed')}", "money", closing=True,
        closing_formula="=" + "+".join(f"{{wf{i}.owed|closing}}" for i in count),
    )  # fmt: skip
    grid.row(
        "wf.outstanding", "Outstanding balance, interest past due included", "USD m",
        f"={{wf.owed}}+{paying.sum_of('interest_late')}", "money", weight="strong", closing=True,
        closing_formula="={wf.owed|closing}",
    )  # fmt: skip
