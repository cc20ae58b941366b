"""Rows of who is paid: costs and fees, then rank by rank interest, principal and the reserve of the first rank."""

from operator import attrgetter
from typing import Final

import numpy as np

from xlmodel.maths.domain import Floats
from xlmodel.workbook.waterfall.rows import Paying, clean, cleaned

_COSTS_FIRST: Final = "MIN({wf.costs_due},{wf.there})"
_FEES_FIRST: Final = "MIN({wf.fees_due},MAX({wf.there}-{wf.costs_due},0))"
HELD: Final = "({wf.reserve|prev}-{wf.drawn})"
"""In the reserve once what was short is drawn."""


def after_costs(paying: Paying) -> None:
    """Write costs and fees, which are paid again from what the reserve releases where cash was short."""
    lines, terms = paying.found.paid, paying.terms
    has_fees = terms.agency_fee is not None
    due = "{wf.costs_due}+{wf.fees_due}" if has_fees else "{wf.costs_due}"
    paying.grid.section("Costs")
    paying.money("costs_due", "Costs due: negative cash flow, and unpaid from before",
                 "=MAX(-{cfads},0)+{wf.costs_late|prev}", lines.operating_due, total=False)  # fmt: skip
    paying.money("costs", "Costs paid", f"={_COSTS_FIRST}+MIN({{wf.costs_due}}-{_COSTS_FIRST},{{wf.released}})",
                 lines.operating_paid)  # fmt: skip
    paying.account("costs_late", "Costs unpaid", f"={cleaned('({wf.costs_due}-{wf.costs})', '{wf.costs_due}')}",
                   clean(lines.operating_due - lines.operating_paid, lines.operating_due), "=0", 0.0,
                   "calc")  # fmt: skip
    if has_fees:
        left = f"MAX({{wf.released}}-({{wf.costs_due}}-{_COSTS_FIRST}),0)"
        paying.money("fees_due", "Fee of the agent due, unpaid fees included",
                     "={financing.agency_fee}*{length}+{wf.fees_late|prev}", lines.fees_due, total=False)  # fmt: skip
        paying.money("fees", "Fee of the agent paid", f"={_FEES_FIRST}+MIN({{wf.fees_due}}-{_FEES_FIRST},{left})",
                     lines.fees_paid)  # fmt: skip
        paying.account("fees_late", "Fee unpaid", f"={cleaned('({wf.fees_due}-{wf.fees})', '{wf.fees_due}')}",
                       clean(lines.fees_due - lines.fees_paid, lines.fees_due), "=0", 0.0, "calc")  # fmt: skip
    there, owed = lines.opening_cash + np.maximum(lines.cfads, 0.0), lines.operating_due + lines.fees_due
    there = there + lines.hedge_received + lines.equity
    paying.money("after_costs", "Cash after costs", f"=MAX({{wf.there}}-({due}),0)", np.maximum(there - owed, 0.0),
                 weight="strong", total=False)  # fmt: skip


def before(paying: Paying, rank: int) -> str:
    """The key of the cash that a rank finds."""
    at = paying.ranks.index(rank)
    return "after_costs" if at == 0 else f"r{paying.ranks[at - 1]}.left"


def paid(paying: Paying, rank: int) -> None:
    """Write what a rank is due, what it gets and what is left below it."""
    first = rank == paying.ranks[0]
    held = paying.found.paid.reserves[0]
    have, key = f"{{wf.{before(paying, rank)}}}", f"r{rank}"
    several = len(paying.ranks) > 1
    paying.grid.section(f"Debt of rank {rank}" if several else "Debt")
    swap = first and paying.hedged
    lines = paying.found.paid
    for part in ("interest", "principal"):
        formula, due = paying.sum_of(f"{part}_due", rank), paying.summed(attrgetter(f"{part}_due"), rank)
        label = f"{part.capitalize()} due, overdue included"
        if swap and part == "interest":
            formula, due, label = f"{formula}+{{wf.swap_due}}", due + lines.hedge_due, f"Swap and {label.lower()}"
        paying.money(f"{key}.{part}_due", label, f"={formula}", due, total=False)
    needed = f"{{wf.{key}.interest_due}}+{{wf.{key}.principal_due}}"
    if first:
        paying.money("drawn", "Drawn from the reserve", f"=MIN({{wf.reserve|prev}},MAX({needed}-{have},0))", held.drawn)
        have = f"({have}+{{wf.drawn}})"
    served = paying.summed(lambda t: t.interest_paid, rank)
    paying.money(f"{key}.interest", "Swap and interest paid" if swap else "Interest paid",
                 f"=MIN({{wf.{key}.interest_due}},{have})", served + lines.hedge_paid if swap else served)  # fmt: skip
    paying.money(f"{key}.principal", "Principal paid",
                 f"=MIN({{wf.{key}.principal_due}},{have}-{{wf.{key}.interest}})",
                 paying.summed(lambda t: t.principal_paid, rank))  # fmt: skip
    left = f"MAX({{wf.{before(paying, rank)}}}-({needed}),0)"
    if first:
        excess = f"({HELD}-{{wf.target}})"
        paying.money("released", "Released by the reserve", f"=MAX({cleaned(excess, '{wf.target}')},0)",
                     clean(held.released, held.target))  # fmt: skip
        unpaid = f"({{wf.costs_due}}-{_COSTS_FIRST})"
        if paying.terms.agency_fee is not None:
            unpaid += f"-({{wf.fees_due}}-{_FEES_FIRST})"
        left = f"{left}+MAX({{wf.released}}-{unpaid},0)"
        wanted = cleaned(f"({{wf.target}}-{HELD})", "{wf.target}")
        paying.money("filled", "Paid into the reserve", f"=MIN({left},MAX({wanted},0))",
                     clean(held.filled, held.target))  # fmt: skip
        left = f"{left}-{{wf.filled}}"
    paying.money(f"{key}.left", "Cash left", f"={left}", _left(paying, rank), weight="strong", total=False)


def _left(paying: Paying, rank: int) -> Floats:
    """What the engine's payments leave below a rank."""
    lines, held = paying.found.paid, paying.found.paid.reserves[0]
    cash = lines.opening_cash + np.maximum(lines.cfads, 0.0) + held.drawn + held.released
    cash = cash + lines.hedge_received + lines.equity - lines.hedge_paid
    cash = cash - lines.operating_paid - lines.fees_paid - held.filled
    for above in paying.ranks[: paying.ranks.index(rank) + 1]:
        cash = cash - paying.summed(lambda t: t.interest_paid + t.principal_paid, above)
    return clean(cash, lines.opening_cash + np.abs(lines.cfads) + held.opening)
