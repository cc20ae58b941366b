"""Rows of the debt service reserve: what it should hold and what it holds."""

from xlmodel.workbook.waterfall.paid import HELD
from xlmodel.workbook.waterfall.rows import Paying, cleaned


def reserve(paying: Paying) -> None:
    """Write the rows."""
    grid, terms = paying.grid, paying.terms
    grid.section("Debt service reserve account (DSRA)")
    months = "{financing.reserve_months}*{periods_per_year}/{months_per_year}" if terms.reserve_months else "0"
    # A fraction of a period takes that share of the last one it reaches into.
    reach = f"({{period}}+{months}-{{period|all}}+1)"
    part = f"({{period|all}}>{{period}})*({reach}>0)*({reach}-({reach}>1)*({reach}-1))"
    first = paying.tranches(paying.ranks[0])
    service = "+".join(f"{{debt{i}.service|all}}" for i in first)
    settled = "{rates.settlement|all}"
    # Only what the borrower pays on the swap: an array knows no MAX of each of its numbers.
    swap = f"-({settled}<0)*{settled}" if paying.hedged else ""
    formula = by_schedule = f"SUMPRODUCT({part}*({service}{swap}))" if terms.reserve_months else "0"
    label = "DSRA target: scheduled debt service of the months ahead"
    if terms.sweeps and terms.reserve_months:
        label = "DSRA target: debt service of the months ahead, as things stand"
        total = "+".join(_ahead(i, part) for i in first)
        if swap:
            total += f"+SUMPRODUCT({part}*({swap}))"
        formula = cleaned(f"({total})", "{wf.target|closing}")
    at_closing = by_schedule.replace("{period}", "{period|closing}")
    paying.account("target", label, f"={formula}", f"={at_closing}", "calc")
    paying.account("reserve", "DSRA balance", f"=MIN({HELD},MAX({{wf.target}},{HELD}-{{wf.released}}))+{{wf.filled}}",
                   "={wf.target|closing}")  # fmt: skip


def _ahead(i: int, part: str) -> str:
    """The formula of the service of one tranche that lies ahead if what is due now is paid and nothing is prepaid."""
    owed, plan = f"({{wf{i}.owed|prev}}-{{wf{i}.principal_due}})", f"{{debt{i}.principal|all}}"
    # Owed as each coming period begins, by what the schedule repays until then.
    then = f"({owed}-({{wf{i}.planned|all}}-{plan}-{{wf{i}.planned}}))"
    due = f"({{debt{i}.rate|all}}*{then}+{plan}-({plan}>{then})*({plan}-{then}))"
    return f"SUMPRODUCT({part}*({then}>{{tie}}*{{wf{i}.size|closing}})*{due})"
