"""Rows of what is left after debt: the sweep, the test before cash may leave, distributions, the account."""

from xlmodel.workbook.waterfall.rows import Paying
from xlmodel.workbook.wording import UNDEFINED, shown


def kept(paying: Paying) -> None:
    """Write what happens to the cash below the last rank."""
    lines, terms = paying.found.paid, paying.terms
    paying.grid.section("What is left")
    left = f"{{wf.r{paying.ranks[-1]}.left}}"
    least = "{financing.minimum_cash}" if terms.minimum_cash is not None else "0"
    if terms.sweeps:
        _sweep(paying, left, least)
        left = f"({left}-{{wf.swept}})"
    _test(paying)
    paying.money("distribution", "Distributed to equity", f"=IF({{wf.locked}}=1,0,MAX({left}-{least},0))",
                 lines.distribution, weight="key")  # fmt: skip
    paying.account("cash", "Account at the end", f"={left}-{{wf.distribution}}", lines.cash, "=0", 0.0)


def _sweep(paying: Paying, left: str, least: str) -> None:
    """Write the share of the excess cash that prepays debt."""
    lines, terms = paying.found.paid, paying.terms
    owed = paying.sum_of("unswept")
    base = "{financing.sweep}" if terms.sweep is not None else "0"
    share = base
    for i, _ in enumerate(terms.sweep_bands):
        level = f"{{financing.sweep_bands[{i}].loan_to_value}}"
        above = f"({owed})-{level}*{{economic}}>{{tie}}*{level}*{{economic}}"
        share = f"IF({above},{{financing.sweep_bands[{i}].share}},{share})"
    if terms.sweep_bands:
        share = f"IF({owed}>0,{share},{base})"
    paying.grid.row("wf.share", "Share of the excess swept", "%", f"={share}", lines.share.tolist(), "percent")
    down = "{financing.sweep_down_to}" if terms.sweep_down_to is not None else "0"
    excess = f"MAX(MIN({left}-{{wf.opening}},{left}-{least}),0)"
    paying.money("swept", "Swept: prepaid out of excess cash", f"=MIN({{wf.share}}*{excess},MAX(({owed})-{down},0))",
                 paying.summed(lambda t: t.swept), weight="key")  # fmt: skip


def _test(paying: Paying) -> None:
    """Write the coverage tested and whether cash is locked up."""
    grid, lines, terms, analysis = paying.grid, paying.found.paid, paying.terms, paying.analysis
    falls_due = paying.sum_of("scheduled")
    if paying.hedged:
        falls_due = f"MAX({falls_due}-{{rates.settlement}},0)"
    paying.money("service", "Service that falls due by the schedule", f"={falls_due}",
                 lines.debt_service)  # fmt: skip
    name, cash, service = analysis.coverage_name, "{cfads}", "{wf.service}"
    if paying.cures:
        cash = "({cfads}+{wf.cure_in})"
    known = f"{service}>0"
    if terms.lockup_months is not None:
        window = "{financing.lockup_months}*{periods_per_year}/{months_per_year}"
        # Only as far as the period itself: the service of later ones depends on what is paid now.
        inside = f"({{period|first}}:{{period}}>{{period}}-{window})"
        rows = {key: f"{{{key}|first}}:{{{key}}}" for key in ("cfads", "wf.cure_in", "wf.service")}
        earned = f"({rows['cfads']}+{rows['wf.cure_in']})" if paying.cures else rows["cfads"]
        cash, service = (f"SUMPRODUCT({inside}*{row})" for row in (earned, rows["wf.service"]))
        known = f"AND({{period}}>={window},{service}>0)"
        name = f"{name}, last {terms.lockup_months.value:g} months"
    grid.row("wf.dscr", name, "x", f'=IF({known},{cash}/{service},"{UNDEFINED}")', shown(lines.dscr), "multiple",
             weight="key")  # fmt: skip
    test = "0" if terms.lockup is None else (
        "IF({wf.owed}=0,0,IF(ISNUMBER({wf.dscr}),IF({wf.dscr}<{financing.lockup}*(1-{tie}),1,0),{wf.locked|prev}))"
    )  # fmt: skip
    grid.row("wf.locked", "Distributions locked up", "1 or 0", f"={test}", lines.locked.astype(float).tolist(), "count",
             closing=0.0, closing_formula="=0")  # fmt: skip
