"""Rows of the debt service reserve: what it should hold and what it holds."""

import numpy as np

from xlmodel.maths.domain import Floats
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.waterfall.paid import HELD
from xlmodel.workbook.waterfall.rows import Paying, clean, cleaned


def reserve(paying: Paying) -> None:
    """Write the rows."""
    grid, found, terms = paying.grid, paying.found, paying.terms
    held = found.paid.reserves[0]
    grid.section("Debt service reserve")
    months = "{financing.reserve_months}*{periods_per_year}/{months_per_year}" if terms.reserve_months else "0"
    ahead = f"({{period|all}}>{{period}})*({{period|all}}<={{period}}+{months})"
    first = paying.tranches(paying.ranks[0])
    service = "+".join(f"{{debt{i}.service|all}}" for i in first)
    settled = "{rates.settlement|all}"
    # Only what the borrower pays on the swap: an array knows no MAX of each of its numbers.
    swap = f"-({settled}<0)*{settled}" if paying.hedged else ""
    service += swap
    exact = f"SUMPRODUCT({ahead}*({service}))"
    by_schedule = exact if terms.sweeps else f"ROUND({exact},{{checks.digits}})"
    label, formula, values = "Target: scheduled service of the months ahead, to the dollar", by_schedule, held.target
    if terms.sweeps and terms.reserve_months:
        label = "Target: service of the months ahead, as things stand"
        total = "+".join(_ahead(i, ahead) for i in first)
        if swap:
            total += f"+SUMPRODUCT({ahead}*({swap}))"
        formula, values = cleaned(f"({total})", "{wf.target|closing}"), clean(held.target, _at_closing(paying))
    at_closing = by_schedule.replace("{period}", "{period|closing}")
    grid.row("wf.target", label, "USD m", f"={formula}", (values / MILLION).tolist(), "money",
             closing=found.reserve / MILLION, closing_formula=f"={at_closing}")  # fmt: skip
    paying.account("reserve", "Held after the payment", f"=MIN({HELD},{{wf.target}})+{{wf.filled}}",
                   held.closing, "={wf.target|closing}", found.reserve)  # fmt: skip


def _at_closing(paying: Paying) -> Floats:
    return np.full(paying.found.paid.cash.shape, paying.found.reserve)


def _ahead(i: int, ahead: str) -> str:
    """The formula of the service of one tranche that lies ahead if what is due now is paid and nothing is prepaid."""
    owed, plan = f"({{wf{i}.owed|prev}}-{{wf{i}.principal_due}})", f"{{debt{i}.principal|all}}"
    # Owed as each coming period begins, by what the schedule repays until then.
    then = f"({owed}-({{wf{i}.planned|all}}-{plan}-{{wf{i}.planned}}))"
    due = f"({{debt{i}.rate|all}}*{then}+{plan}-({plan}>{then})*({plan}-{then}))"
    return f"SUMPRODUCT({ahead}*({then}>{{tie}}*{{wf{i}.owed|closing}})*{due})"
