"""Rows of who is paid: costs and fees, then rank by rank interest, principal and the reserve of the first rank."""

from typing import Final

from xlmodel.workbook.waterfall.rows import Paying, cleaned

_COSTS_FIRST: Final = "MIN({wf.costs_due},{wf.there})"
_FEES_FIRST: Final = "MIN({wf.fees_due},MAX({wf.there}-{wf.costs_due},0))"
HELD: Final = "({wf.reserve|prev}-{wf.drawn})"
"""In the reserve once what was short is drawn."""


def after_costs(paying: Paying) -> None:
    """Write costs and fees, which are paid again from what the reserve releases where cash was short."""
    due = "{wf.costs_due}+{wf.fees_due}" if paying.fees else "{wf.costs_due}"
    paying.grid.section("Costs")
    paying.money("costs_due", "Costs due: negative cash flow, and unpaid from before",
                 "=MAX(-{cfads},0)+{wf.costs_late|prev}", total=False)  # fmt: skip
    paying.money("costs", "Costs paid", f"={_COSTS_FIRST}+MIN({{wf.costs_due}}-{_COSTS_FIRST},{{wf.released}})")
    paying.account("costs_late", "Costs unpaid", f"={cleaned('({wf.costs_due}-{wf.costs})', '{wf.costs_due}')}", "=0",
                   "calc")  # fmt: skip
    if paying.fees:
        _fees(paying)
    paying.money("after_costs", "Cash after costs", f"=MAX({{wf.there}}-({due}),0)", weight="strong", total=False)


def _fees(paying: Paying) -> None:
    fees = ["{financing.agency_fee}*{length}"] if paying.terms.agency_fee is not None else []
    fees += [
        f"{{debt[{i}].commitment_fee}}*{{debt{i}.accrual}}*{{debt{i}.undrawn}}"
        for i, described in enumerate(paying.analysis.deal.debt)
        if described.commitment_fee is not None
    ]
    paying.money("fees_new", "Agency and commitment fees", "=" + "+".join(fees))
    left = f"MAX({{wf.released}}-({{wf.costs_due}}-{_COSTS_FIRST}),0)"
    paying.money("fees_due", "Fees due, unpaid fees included", "={wf.fees_new}+{wf.fees_late|prev}", total=False)
    paying.money("fees", "Fees paid", f"={_FEES_FIRST}+MIN({{wf.fees_due}}-{_FEES_FIRST},{left})")
    paying.account(
        "fees_late", "Fees unpaid", f"={cleaned('({wf.fees_due}-{wf.fees})', '{wf.fees_due}')}", "=0", "calc"
    )


def before(paying: Paying, rank: int) -> str:
    """The key of the cash that a rank finds."""
    at = paying.ranks.index(rank)
    return "after_costs" if at == 0 else f"r{paying.ranks[at - 1]}.left"


def paid(paying: Paying, rank: int) -> None:
    """Write what a rank is due, what it gets and what is left below it."""
    first = rank == paying.ranks[0]
    have, key = f"{{wf.{before(paying, rank)}}}", f"r{rank}"
    several = len(paying.ranks) > 1
    paying.grid.section(f"Debt of rank {rank}" if several else "Debt")
    swap = first and paying.hedged
    for part in ("interest", "principal"):
        formula = paying.sum_of(f"{part}_due", rank)
        label = f"{part.capitalize()} due, past due included"
        if swap and part == "interest":
            formula, label = f"{formula}+{{wf.swap_due}}", f"Swap and {label.lower()}"
        paying.money(f"{key}.{part}_due", label, f"={formula}", total=False)
    needed = f"{{wf.{key}.interest_due}}+{{wf.{key}.principal_due}}"
    if first:
        paying.money("drawn", "DSRA drawdown", f"=MIN({{wf.reserve|prev}},MAX({needed}-{have},0))")
        have = f"({have}+{{wf.drawn}})"
    paying.money(f"{key}.interest", "Swap and interest paid" if swap else "Interest paid",
                 f"=MIN({{wf.{key}.interest_due}},{have})")  # fmt: skip
    paying.money(f"{key}.principal", "Principal paid",
                 f"=MIN({{wf.{key}.principal_due}},{have}-{{wf.{key}.interest}})")  # fmt: skip
    left = f"MAX({{wf.{before(paying, rank)}}}-({needed}),0)"
    if first:
        excess = f"({HELD}-{{wf.target}})"
        paying.money("released", "DSRA release", f"=MAX({cleaned(excess, '{wf.target}')},0)")
        unpaid = f"({{wf.costs_due}}-{_COSTS_FIRST})"
        if paying.fees:
            unpaid += f"-({{wf.fees_due}}-{_FEES_FIRST})"
        left = f"{left}+MAX({{wf.released}}-{unpaid},0)"
        wanted = cleaned(f"({{wf.target}}-{HELD})", "{wf.target}")
        paying.money("filled", "DSRA funding", f"=MIN({left},MAX({wanted},0))")
        left = f"{left}-{{wf.filled}}"
    paying.money(f"{key}.left", "Cash after debt service", f"={left}", weight="strong", total=False)
