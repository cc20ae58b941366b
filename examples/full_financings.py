"""Two financings run whole: where the cash goes, what holds, what is earned.

`python examples/full_financings.py` prints IREN's notes and term loan against its contract with Microsoft, on their
real dates with the odd first period and the prepayment, and CoreWeave's debt by its contractual maturities, paid from
the cash of mid-2025 without growth or refinancing. What is published and what is assumed is said line by line.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from xlmodel.deal import Analysis, analyse, load
from xlmodel.loan.hedge import RateShocks, rate_shocks
from xlmodel.loan.returns import Return, equity_flows, investor_return, lender_flows
from xlmodel.loan.term_sheet import LockUp, Reserve, Tranche
from xlmodel.loan.waterfall import waterfall
from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats

IREN = Path(__file__).with_name("iren_microsoft_2026_dated.toml")
MILLION = 1e6
COVENANT = 1.05  # Form 8-K of 29 May 2026 (0001140361-26-023427)
PREPAID = 1_940.0  # IREN Form 8-K, November 2025: 20 % of the contract
RESERVE_MONTHS = 3  # assumption
HEDGED = 0.75  # assumption: share of the floating tranche swapped at its index

# CoreWeave, Form 10-Q of 30 June 2025 (debt note): contractual principal by year, USD m, from 30 June 2025 on.
DUE = {"second half 2025": 986.0, "2026": 4_218.0, "2027": 2_833.0, "2028": 1_010.0, "2029": 124.0, "later": 2_000.0}
# Second quarter 2025: adjusted EBITDA 753.2, of which a year is four times as much.
EBITDA = 4 * 753.2
RATE = 0.10  # derived: the weight of 11 % and 15 % facilities and of 9 to 10 % equipment loans, rounded


@dataclass(frozen=True)
class Financing:
    """One financing: its analysis where it has one, its waterfall, and what lender and equity earn."""

    paid: Waterfall
    lender: Return
    equity: Return | None = None
    analysis: Analysis | None = None
    uses: dict[str, float] | None = None
    sources: dict[str, float] | None = None
    shocks: RateShocks | None = None


def iren(margin: float = 0.85) -> Financing:
    """Return IREN's financing on its real dates, USD m, at a project margin."""
    deal = load(IREN)
    assert deal.opex.project_margin is not None
    changed = deal.opex.project_margin.model_copy(update={"value": margin})
    deal = deal.model_copy(update={"opex": deal.opex.model_copy(update={"project_margin": changed})})
    found = analyse(deal)
    cfads: Floats = found.cfads / MILLION
    tranches = [
        Tranche(t.schedule.opening[..., 0] / MILLION, t.rate, t.schedule.principal / MILLION) for t in found.tranches
    ]
    debt = sum(float(t.schedule.opening[0]) for t in found.tranches) / MILLION
    cost = sum(a.cost.value for a in deal.assets) / MILLION
    held = float(found.debt.debt_service[:RESERVE_MONTHS].sum()) / MILLION
    paid = waterfall(cfads, tranches, [Reserve(periods_ahead=RESERVE_MONTHS, opening=held)], lockup=LockUp(COVENANT))
    equity = cost + held - debt - PREPAID
    dates = np.append(found.closing, found.dates)
    received = sum((t.received for t in paid.tranches), np.zeros(cfads.size))
    return Financing(
        paid=paid,
        lender=investor_return(lender_flows(debt, received), 12, dates),
        equity=investor_return(equity_flows(equity, paid.distribution), 12, dates),
        analysis=found,
        uses={"Hardware": cost, "Debt service reserve": held},
        sources={"Notes and term loan": debt, "Prepayment of Microsoft": PREPAID, "Equity": equity},
        shocks=_shocks(found),
    )


def _shocks(found: Analysis) -> RateShocks:
    """The interest of the floating tranche if its index moves, swapped as assumed and not at all."""
    at = next(i for i, t in enumerate(found.deal.debt) if t.index is not None)
    described, floating = found.deal.debt[at], found.tranches[at]
    assert described.index is not None
    assert described.margin is not None
    owed = floating.schedule.opening / MILLION
    index, margin = described.index.value, described.margin.value
    # The rate of each period over the rate of a year is the period's share of it.
    share = floating.rate / (index + margin)
    return rate_shocks(owed, index, margin, HEDGED * owed, index, year_fraction=share)


def coreweave() -> Financing:
    """Return CoreWeave's debt by its maturities, USD m, paid from the cash of mid-2025 a year."""
    due = np.array(list(DUE.values()))
    share = np.array([0.5, 1, 1, 1, 1, 1])
    paid = waterfall(EBITDA * share, [Tranche(due.sum(), RATE * share, due)], lockup=LockUp(1.0))
    return Financing(paid=paid, lender=investor_return(lender_flows(due.sum(), paid.tranches[0].received), 1))


def main() -> None:
    """Print both."""
    console = Console(width=118)
    for margin in (0.85, 0.75):
        console.print(_iren_tables(iren(margin), margin))
    console.print(_coreweave_table(coreweave()))
    console.print(
        "CoreWeave's cash is its EBITDA of the second quarter of 2025, four times: no growth, no refinancing, no "
        "capital expenditure. It shows what hangs on new debt, and is no forecast."
    )


def _iren_tables(found: Financing, margin: float) -> Table:
    assert found.analysis is not None
    assert found.uses is not None
    assert found.sources is not None
    assert found.equity is not None
    assert found.shocks is not None
    paid = found.paid
    table = Table(title=f"IREN / Microsoft at a project margin of {margin:.0%}, USD m", title_justify="left")
    table.add_column("Line")
    table.add_column("Amount", justify="right")
    for name, value in (*found.uses.items(), *found.sources.items()):
        table.add_row(name, f"{value:,.1f}")
    table.add_section()
    service = float(paid.debt_service.sum())
    for name, value in (
        ("CFADS over the life", float(found.analysis.cfads.sum()) / MILLION),
        ("Debt service paid", service),
        ("Distributed to equity", float(paid.distribution.sum())),
        ("Largest amount overdue", float(paid.overdue.max())),
    ):
        table.add_row(name, f"{value:,.1f}")
    table.add_section()
    first = np.flatnonzero(paid.dscr < COVENANT)
    table.add_row("Lowest DSCR", f"{float(np.nanmin(paid.dscr)):.2f}x")
    table.add_row("First period below 1.05x", "none" if not first.size else str(found.analysis.dates[first[0]]))
    table.add_row("Periods locked up", str(int(paid.locked.sum())))
    table.add_row(
        "Lender's XIRR and multiple", f"{float(found.lender.yield_eff):.2%}, {float(found.lender.multiple):.2f}x"
    )
    table.add_row(
        "Equity's XIRR and multiple", f"{float(found.equity.yield_eff):.1%}, {float(found.equity.multiple):.2f}x"
    )
    table.add_section()
    for k, shift in enumerate((-2, -1, 0, 1, 2)):
        hedged, bare = (float(x[k].sum()) for x in (found.shocks.hedged, found.shocks.unhedged))
        table.add_row(f"Interest of the term loan, index {shift:+d} %", f"{hedged:,.1f} swapped, {bare:,.1f} not")
    return table


def _coreweave_table(found: Financing) -> Table:
    table = Table(title="CoreWeave by contractual maturities, USD m", title_justify="left")
    for head in ("", "CFADS", "Due", "Interest", "DSCR", "Paid", "Overdue after", "Owed after"):
        table.add_column(head, justify="left" if not head else "right")
    paid, line = found.paid, found.paid.tranches[0]
    share = np.array([0.5, 1, 1, 1, 1, 1])
    for k, (name, due) in enumerate(DUE.items()):
        numbers = (EBITDA * share[k], due, line.interest_due[k], line.interest_paid[k] + line.principal_paid[k],
                   paid.overdue[k], line.closing[k])  # fmt: skip
        cash, owing, interest, service, overdue, left = (f"{float(x):,.0f}" for x in numbers)
        table.add_row(name, cash, owing, interest, f"{float(paid.dscr[k]):.2f}x", service, overdue, left)
    return table


if __name__ == "__main__":
    main()
