"""The Waterfall sheet: what there is and what is due, who is paid, every tranche, the reserve."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.workbook.panel import follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.waterfall.kept import kept
from xlmodel.workbook.waterfall.paid import after_costs, paid
from xlmodel.workbook.waterfall.reserve import reserve
from xlmodel.workbook.waterfall.rows import Paying
from xlmodel.workbook.waterfall.swap import swap, swap_overdue
from xlmodel.workbook.waterfall.tranches import overdue, tranche

_SUBTITLE: Final = (
    "From the top: costs, then rank by rank interest, principal and the reserve, then the sweep and distributions. "
    "What is short is drawn from the reserve, then carried as overdue and bears interest."
)


def waterfall(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a financing."""
    found, terms = analysis.financing, analysis.deal.financing
    assert found is not None and terms is not None  # noqa: S101, PT018  a financing is wanted
    grid = follow(page, analysis, f"Waterfall: {analysis.deal.name}", _SUBTITLE)
    paying = Paying(grid, analysis, found, terms)
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
    lines = paying.found.paid
    paying.grid.section("Cash there is")
    paying.money("opening", "Account at the start", "={wf.cash|prev}", lines.opening_cash, total=False)
    paying.money("inflow", "Cash flow", "=MAX({cfads},0)", np.maximum(lines.cfads, 0.0))
    there = "={wf.opening}+{wf.inflow}"
    if paying.hedged:
        paying.money("swap_in", "Received from the swap", "=MAX({rates.settlement},0)", lines.hedge_received)
        there += "+{wf.swap_in}"
    if paying.cures:
        each = ",".join(f"{{cov{i}.cure}}" for i in paying.cures)
        paying.money("cure_in", "Equity that cures covenants", f"=MAX({each})", lines.equity)
        there += "+{wf.cure_in}"
    paying.money("there", "Cash to pay with", there, lines.opening_cash + np.maximum(lines.cfads, 0.0)
                 + lines.hedge_received + lines.equity, weight="strong", total=False)  # fmt: skip


def _balance(paying: Paying) -> None:
    """Write that every period's sources are its uses, and what is overdue and owed after it."""
    grid, lines = paying.grid, paying.found.paid
    grid.section("After the payment")
    sources = "{wf.there}+{wf.drawn}+{wf.released}"
    uses = ["costs", "fees"] if paying.terms.agency_fee is not None else ["costs"]
    uses += [f"r{rank}.{part}" for rank in paying.ranks for part in ("interest", "principal")] + ["filled"]
    uses += ["swept"] if paying.terms.sweeps else []
    spent = "-".join(f"{{wf.{x}}}" for x in [*uses, "distribution", "cash"])
    grid.row("wf.balance", "Sources less uses", "USD m", f"=ROUND({sources}-{spent},{{checks.digits}})",
             np.zeros(lines.cash.size).tolist(), "money")  # fmt: skip
    late = paying.sum_of("interest_late") + "+" + paying.sum_of("principal_late")
    behind = paying.summed(lambda t: overdue(t, "interest") + overdue(t, "principal"))
    if paying.hedged:
        late, behind = f"{late}+{{wf.swap_late}}", behind + swap_overdue(lines)
    paying.money("late", "Overdue", f"={late}", behind, weight="key", total=False)
    grid.row("wf.owed", "Owed, unpaid interest not included", "USD m", f"={paying.sum_of('owed')}",
             (paying.summed(lambda t: t.closing) / MILLION).tolist(), "money", weight="strong",
             closing=paying.found.debt / MILLION,
             closing_formula="=" + "+".join(f"{{wf{i}.owed|closing}}" for i in range(len(lines.tranches))))  # fmt: skip
