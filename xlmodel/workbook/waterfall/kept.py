"""Rows of what is left after debt: cures that prepay, the sweep, the test before cash may leave, distributions."""

from xlmodel.workbook.waterfall.rows import Paying
from xlmodel.workbook.wording import UNDEFINED


def kept(paying: Paying) -> None:
    """Write what happens to the cash below the last rank."""
    terms = paying.terms
    if paying.cures("prepayment"):
        _prepaid(paying)
    paying.grid.section("Residual cash")
    left = f"{{wf.r{paying.ranks[-1]}.left}}"
    least = "{financing.minimum_cash}" if terms.minimum_cash is not None else "0"
    if paying.sweeps:
        _sweep(paying, left, least)
        left = f"({left}-{{wf.swept}})"
    _test(paying)
    free = f"MAX({left}-{least},0)"
    # Nobody takes out on a day the cash that equity puts in on it.
    cured = [f"{{cov{i}.cure}}>0" for i in paying.cures("cfads", "debt_service")]
    stays = f"OR({','.join(['{wf.locked}=1', *cured])})" if cured else "{wf.locked}=1"
    paying.money("distribution", "Distributions", f"=IF({stays},0,{free})", weight="key")
    paying.money("trapped", "Trapped by the lock-up", f"=IF({stays},{free},0)", total=False)
    paying.account("cash", "Closing cash balance", f"={left}-{{wf.distribution}}", "=0")


def _prepaid(paying: Paying) -> None:
    """Write what equity prepays to cure covenants, out of all later instalments alike."""
    paying.grid.section("Prepaid by equity")
    each = "+".join(f"{{cov{i}.cure}}" for i in paying.cures("prepayment"))
    count = range(len(paying.analysis.tranches))
    owed = "+".join(f"MAX({{wf{i}.owed|prev}}-{{wf{i}.principal_due}},0)" for i in count)
    paying.money("cure_prepaid", "Equity cure: prepayment", f"={each}")
    paying.money("curable", "Balance after scheduled principal", f"={owed}", total=False)
    paying.grid.row(
        "wf.scale", "Instalments left after such prepayments", "fraction",
        "={wf.scale|prev}*IF({wf.curable}>0,1-{wf.cure_prepaid}/{wf.curable},1)", "factor", closing=True,
        closing_formula="=1",
    )  # fmt: skip


def _sweep(paying: Paying, left: str, least: str) -> None:
    """Write the share of the excess cash that prepays debt."""
    terms, owed = paying.terms, paying.sum_of("unswept")
    base = "{financing.sweep}" if terms.sweep is not None else "0"
    share = base
    for i, _ in enumerate(terms.sweep_bands):
        level = f"{{financing.sweep_bands[{i}].loan_to_value}}"
        above = f"({owed})-{level}*{{economic}}>{{tie}}*{level}*{{economic}}"
        share = f"IF({above},{{financing.sweep_bands[{i}].share}},{share})"
    if terms.sweep_bands:
        share = f"IF({owed}>0,{share},{base})"
    forced = [*_forced(paying, "sweep"), *_forced(paying, "cash_dominion")]
    if forced:
        share = f"MAX({','.join([share, *forced])})"
    paying.grid.row("wf.share", "Cash sweep (% of excess cash flow)", "%", f"={share}", "percent")
    down = "{financing.sweep_down_to}" if terms.sweep_down_to is not None else "0"
    excess = f"MAX(MIN({left}-{{wf.opening}},{left}-{least}),0)"
    paying.money("swept", "Cash sweep", f"=MIN({{wf.share}}*{excess},MAX(({owed})-{down},0))", weight="key")


def _forced(paying: Paying, word: str) -> list[str]:
    """What broken covenants sweep; a loan to value is tested after the sweep, and so sweeps from the next period on."""
    found = []
    for i, grade, covenant in paying.acting(word):
        part = "" if covenant.direction == "below" else "|prev"
        share = f"{{covenants[{i}].sweep}}" if word == "sweep" and covenant.sweep is not None else "1"
        found.append(f"IF({{cov{i}.held{grade}{part}}}=1,{share},0)")
    return found


def _test(paying: Paying) -> None:
    """Write the coverage tested and whether cash is locked up."""
    grid, terms, analysis = paying.grid, paying.terms, paying.analysis
    falls_due = paying.sum_of("scheduled")
    if paying.hedged:
        falls_due = f"MAX({falls_due}-{{rates.settlement}},0)"
    sizes = "+".join(f"{{wf{i}.size|closing}}" for i in range(len(analysis.tranches)))
    paying.money("service", "Scheduled debt service, after the swap" if paying.hedged else "Scheduled debt service",
                 f"=IF({falls_due}<={{dust}}*({sizes}),0,{falls_due})")  # fmt: skip
    name, cash, service = analysis.coverage_name, "{cfads}", "{wf.service}"
    puts_in = bool(paying.cures("cfads", "debt_service"))
    if puts_in:
        cash = "({cfads}+{wf.cure_in})"
    known = f"{service}>0"
    if terms.lockup_months is not None:
        window = "{financing.lockup_months}*{periods_per_year}/{months_per_year}"
        # Only as far as the period itself: the service of later ones depends on what is paid now.
        inside = f"({{period|first}}:{{period}}>{{period}}-{window})"
        rows = {key: f"{{{key}|first}}:{{{key}}}" for key in ("cfads", "wf.cure_in", "wf.service")}
        earned = f"({rows['cfads']}+{rows['wf.cure_in']})" if puts_in else rows["cfads"]
        cash, service = (f"SUMPRODUCT({inside}*{row})" for row in (earned, rows["wf.service"]))
        known = f"AND({{period}}>={window},{service}>0)"
        name = f"{name}, last {terms.lockup_months.value:g} months"
    grid.row("wf.dscr", f"{name}, equity cures included" if puts_in else name, "x",
             f'=IF({known},{cash}/{service},"{UNDEFINED}")', "multiple", weight="key")  # fmt: skip
    test = "0" if terms.lockup is None else (
        "IF(ISNUMBER({wf.dscr}),IF({wf.dscr}<{financing.lockup}*(1-{tie}),1,0),{wf.locked_by_test|prev})"
    )  # fmt: skip
    if terms.lockup is not None:
        grid.row("wf.locked_by_test", "Distribution lock-up by this test", "1 or 0", f"={test}", "count", closing=True,
                 closing_formula="=0")  # fmt: skip
        test = "{wf.locked_by_test}"
    tests = ([f"{test}=1"] if terms.lockup is not None else []) + [
        f"{{cov{i}.held{grade}}}=1" for i, grade, _ in paying.acting("lock_up")
    ]
    still = "{wf.owed}" + "".join(
        f"+SUMPRODUCT(({{period|all}}>={{period}})*{{debt{i}.draw|all}})"
        for i, described in enumerate(analysis.deal.debt)
        if described.draws
    )
    locked = f"IF({still}<=0,0,IF(OR({','.join(tests)}),1,0))" if tests else "0"
    grid.row("wf.locked", "Distribution lock-up", "1 or 0", f"={locked}", "count")
