"""Rows of one tranche: what falls due to it, what it gets, what stays past due and outstanding."""

from xlmodel.workbook.waterfall.rows import Paying, cleaned


def tranche(paying: Paying, i: int) -> None:
    """Write the rows of one tranche."""
    grid, described = paying.grid, paying.analysis.deal.debt[i]
    rank, size = described.rank, f"{{wf{i}.size|closing}}"
    grid.section(f"Paid to: {described.name}")

    def row(key: str, label: str, formula: str, *, total: bool = False) -> None:
        grid.row(f"wf{i}.{key}", label, "USD m", f"={formula}", "money", total=total)

    lent = f"{{debt[{i}].amount}}" + "".join(f"+{{debt[{i}].draws[{j}].amount}}" for j in range(len(described.draws)))
    grid.scalar(f"wf{i}.size", "Commitment", "USD m", f"={lent}", "money")
    rate = _rate(paying, i)
    owed, late_interest, late = (f"{{wf{i}.{key}|prev}}" for key in ("owed", "interest_late", "principal_late"))
    # Once all that is owed is past due, nothing is scheduled any more.
    over = f"AND({late}>0,{owed}<={late}*(1+{{tie}}))"
    row("current", "Interest on the balance outstanding", f"IF({over},0,{owed}*{rate})")
    current = f"{{wf{i}.current}}"
    if described.pik is not None or described.grace_interest == "capitalised":
        row("capitalised", "Interest added to the debt", f"{current}*{{debt{i}.pik}}", total=True)
        current = f"({current}-{{wf{i}.capitalised}})"
    extra = ""
    if described.default_margin is not None:
        extra = f"+{{debt[{i}].default_margin}}*{{debt{i}.accrual}}*({late_interest}+{late})"
    row("on_late", "Interest on what is past due", f"{late_interest}*{rate}{extra}+IF({over},{owed}*{rate},0)")
    _instalment(paying, i, f"MAX({owed}-{late},0)", size)
    row("scheduled", "Scheduled debt service", f"{current}+{{wf{i}.instalment}}", total=True)
    row("interest", "Interest accrued", f"{{wf{i}.current}}+{{wf{i}.on_late}}", total=True)
    row("interest_due", "Interest due", f"{current}+{{wf{i}.on_late}}+{late_interest}")
    row("principal_due", "Principal due", f"{{wf{i}.instalment}}+{late}")
    for part in ("interest", "principal"):
        due = f"{{wf.r{rank}.{part}_due}}"
        row(f"{part}_paid", f"{part.capitalize()} paid, by what is due",
            f"IF({due}>0,{{wf{i}.{part}_due}}*{{wf.r{rank}.{part}}}/{due},0)", total=True)  # fmt: skip
        left = f"({{wf{i}.{part}_due}}-{{wf{i}.{part}_paid}})"
        grid.row(f"wf{i}.{part}_late", f"{part.capitalize()} past due", "USD m",
                 f"={cleaned(left, f'{{wf{i}.{part}_due}}')}", "money", closing=True,
                 closing_formula="=0")  # fmt: skip
    left = f"{owed}-{{wf{i}.principal_paid}}"
    if paying.cures("prepayment"):
        row("cured", "Prepaid by equity, to cure covenants",
            f"IF({{wf.curable}}>0,{{wf.cure_prepaid}}*{_curable(i)}/{{wf.curable}},0)", total=True)  # fmt: skip
        left += f"-{{wf{i}.cured}}"
    if paying.sweeps:
        row("unswept", "Balance before sweep", cleaned(f"({left})", size))
        _swept(paying, i, rank)
        left = f"{{wf{i}.unswept}}-{{wf{i}.swept}}"
    left = cleaned(f"({left})", size)
    if described.pik is not None or described.grace_interest == "capitalised":
        left += f"+{{wf{i}.capitalised}}"
    if described.draws:
        left += f"+{{debt{i}.draw}}"
    grid.row(f"wf{i}.owed", "Closing balance", "USD m", f"={left}", "money", weight="strong", closing=True,
             closing_formula=f"={{debt{i}.balance|closing}}")  # fmt: skip


def _rate(paying: Paying, i: int) -> str:
    """The rate of the period, with what broken covenants add to it."""
    steps = [
        f"IF({{cov{j}.held{grade}|prev}}=1,{{covenants[{j}].margin_step}}*{{length}},0)"
        for j, grade, _ in paying.acting("margin_step")
    ]
    if not steps:
        return f"{{debt{i}.rate}}"
    stepped = "=" + "+".join([f"{{debt{i}.rate}}", *steps])
    paying.grid.row(f"wf{i}.rate", "Period interest rate, margin steps included", "%", stepped, "rate long")
    return f"{{wf{i}.rate}}"


def _instalment(paying: Paying, i: int, left: str, size: str) -> None:
    """Write the principal that falls due by the schedule on what is left of it."""
    described = paying.analysis.deal.debt[i]
    plan = f"{{debt{i}.principal}}"
    if paying.terms.sweeps and paying.terms.reserve_months is not None:
        paying.grid.row(f"wf{i}.planned", "Cumulative scheduled amortization", "USD m",
                        f"={{wf{i}.planned|prev}}+{{debt{i}.principal}}", "money")  # fmt: skip
    if paying.cures("prepayment"):
        plan = f"{plan}*{{wf.scale|prev}}"
    paid = f"MIN({plan},{left})"
    end = "{period|last}" if described.maturity is None else f"{{debt{i}.payments|closing}}"
    tests = [f"{{period}}>={end}", f"{left}-{paid}<={{tie}}*{size}"]
    if accelerated := paying.holds("acceleration", "|prev"):
        paying.grid.row(f"wf{i}.accelerated", "Accelerated", "1 or 0",
                        f"=IF(OR({{wf{i}.accelerated|prev}}=1,{accelerated}),1,0)", "count", closing=True,
                        closing_formula="=0")  # fmt: skip
        tests.append(f"{{wf{i}.accelerated}}=1")
    formula = f"IF(OR({','.join(tests)}),{left},{paid})"
    if still := paying.holds("standstill", "|prev"):
        formula = f"IF({still},0,{formula})"
    paying.grid.row(f"wf{i}.instalment", "Scheduled principal", "USD m", f"={formula}", "money", total=True)


def _curable(i: int) -> str:
    return f"MAX({{wf{i}.owed|prev}}-{{wf{i}.principal_due}},0)"


def _swept(paying: Paying, i: int, rank: int) -> None:
    """Write what a tranche gets of the sweep: the ranks above it first, then by what is owed within its own."""
    above = [f"{{wf{j}.unswept}}" for r in paying.ranks if r < rank for j in paying.tranches(r)]
    same = paying.sum_of("unswept", rank)
    left = f"MAX({{wf.swept}}-({'+'.join(above)}),0)" if above else "{wf.swept}"
    paying.grid.row(
        f"wf{i}.swept", "Cash sweep, by what is owed", "USD m",
        f"=IF(({same})>0,{{wf{i}.unswept}}*MIN({left},{same})/({same}),0)", "money", total=True,
    )  # fmt: skip
