"""Two financings run whole: where the cash goes, what holds, what is earned.

`python examples/full_financings.py` prints IREN's notes and term loan against its contract with Microsoft, on their
real dates with the odd first period and the prepayment, and CoreWeave's facilities by rank and maturity, paid from
the cash of mid-2025 without growth or refinancing. What is published and what is assumed stands in the deal files;
`xlmodel report` makes a workbook of each.
"""

from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from xlmodel.deal import Analysis, analyse, load
from xlmodel.deal.terms.returns import Financed
from xlmodel.loan.hedge import RateShocks, rate_shocks

IREN = Path(__file__).with_name("iren_microsoft_2026_dated.toml")
COREWEAVE = Path(__file__).with_name("coreweave_facilities_2025.toml")
MILLION = 1e6
COVENANT = 1.05  # Form 8-K of 29 May 2026 (0001140361-26-023427)
HEDGED = 0.75  # assumption: share of the floating tranche swapped at its index


def iren(margin: float = 0.85) -> Analysis:
    """Return IREN's deal on its real dates at a project margin."""
    deal = load(IREN)
    assert deal.opex.project_margin is not None
    changed = deal.opex.project_margin.model_copy(update={"value": margin})
    return analyse(deal.model_copy(update={"opex": deal.opex.model_copy(update={"project_margin": changed})}))


def coreweave() -> Analysis:
    """Return CoreWeave's facilities, paid from the cash of mid-2025 a year."""
    return analyse(load(COREWEAVE))


def financing(found: Analysis) -> Financed:
    """Return what a deal with a financing comes to."""
    assert found.financing is not None
    return found.financing


def shocks(found: Analysis) -> RateShocks:
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


def main() -> None:
    """Print both."""
    console = Console(width=118)
    for margin in (0.85, 0.75):
        console.print(_iren_table(iren(margin), margin))
    console.print(_coreweave_table(coreweave()))
    console.print(
        "CoreWeave's cash is its EBITDA of the second quarter of 2025, four times: no growth, no refinancing, no "
        "capital expenditure. It shows what hangs on new debt, and is no forecast."
    )


def _iren_table(found: Analysis, margin: float) -> Table:
    run = financing(found)
    paid = run.paid
    table = Table(title=f"IREN / Microsoft at a project margin of {margin:.0%}, USD m", title_justify="left")
    table.add_column("Line")
    table.add_column("Amount", justify="right")
    for name, value in (
        ("Hardware", run.hardware),
        ("Debt service reserve", run.reserve),
        ("Notes and term loan", run.debt),
        ("Prepayment of Microsoft", run.prepaid),
        ("Equity", run.equity),
    ):
        table.add_row(name, f"{value / MILLION:,.1f}")
    table.add_section()
    for name, value in (
        ("CFADS over the life", float(found.cfads.sum())),
        ("Debt service", float(paid.debt_service.sum())),
        ("Distributed to equity", float(paid.distribution.sum())),
        ("Largest amount overdue", float(paid.overdue.max())),
    ):
        table.add_row(name, f"{value / MILLION:,.1f}")
    table.add_section()
    first = np.flatnonzero(paid.dscr < COVENANT)
    table.add_row("Lowest DSCR", f"{float(np.nanmin(paid.dscr)):.2f}x")
    table.add_row("First period below 1.05x", "none" if not first.size else str(found.dates[first[0]]))
    table.add_row("Periods locked up", str(int(paid.locked.sum())))
    for name, earned in (("Lender", run.lender), ("Equity", run.equity_return)):
        table.add_row(f"{name}'s XIRR and MOIC", f"{float(earned.yield_eff):.2%}, {float(earned.multiple):.2f}x")
    table.add_section()
    rates = shocks(found)
    for k, shift in enumerate((-2, -1, 0, 1, 2)):
        hedged, bare = (float(x[k].sum()) for x in (rates.hedged, rates.unhedged))
        table.add_row(f"Interest of the term loan, index {shift:+d} %", f"{hedged:,.1f} swapped, {bare:,.1f} not")
    return table


def _coreweave_table(found: Analysis) -> Table:
    """Who is owed and overdue after each year, the first rank above the second."""
    paid = financing(found).paid
    table = Table(title="CoreWeave by facility, USD m: owed after each payment, overdue in brackets")
    table.add_column("Facility")
    table.add_column("Rank", justify="right")
    for date in found.dates:
        table.add_column(str(date), justify="right")
    for described, line in zip(found.deal.debt, paid.tranches, strict=True):
        late = (line.interest_overdue + line.principal_overdue) / MILLION
        table.add_row(
            described.name, str(described.rank),
            *(f"{o:,.0f} ({x:,.0f})" for o, x in zip(line.closing / MILLION, late, strict=True)),
        )  # fmt: skip
    table.add_section()
    for name, row in (("Cash", found.cfads), ("Service due", paid.debt_service), ("Overdue", paid.overdue)):
        table.add_row(name, "", *(f"{x:,.0f}" for x in row / MILLION))
    table.add_row("Coverage", "", *(f"{x:.2f}x" for x in paid.dscr))
    return table


if __name__ == "__main__":
    main()
