"""Rows of one tranche: what falls due to it, what it gets, what stays overdue and owed."""

import numpy as np

from xlmodel.loan.waterfall_lines import TrancheLines
from xlmodel.maths.domain import Floats
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.waterfall.rows import Paying, clean, cleaned


def overdue(line: TrancheLines, part: str) -> Floats:
    """What stays overdue of interest or principal."""
    return clean(getattr(line, f"{part}_overdue"), getattr(line, f"{part}_due"))


def tranche(paying: Paying, i: int) -> None:
    """Write the rows of one tranche."""
    grid, line, terms = paying.grid, paying.found.paid.tranches[i], paying.terms
    described = paying.analysis.deal.debt[i]
    rank, lent = described.rank, float(line.opening[0])
    grid.section(f"Paid to: {described.name}")

    def row(key: str, label: str, formula: str, values: Floats, total: bool = False) -> None:
        numbers = values / MILLION
        grid.row(f"wf{i}.{key}", label, "USD m", f"={formula}", numbers.tolist(), "money",
                 total=float(numbers.sum()) if total else None)  # fmt: skip

    def late(part: str) -> None:
        left = f"({{wf{i}.{part}_due}}-{{wf{i}.{part}_paid}})"
        grid.row(f"wf{i}.{part}_late", f"{part.capitalize()} overdue", "USD m",
                 f"={cleaned(left, f'{{wf{i}.{part}_due}}')}", (overdue(line, part) / MILLION).tolist(), "money",
                 closing=0.0, closing_formula="=0")  # fmt: skip

    plan, planned = f"{{debt{i}.principal}}", paying.analysis.tranches[i].schedule.principal
    if terms.sweeps:
        # Prepaid last instalments first: what is left of the schedule is what is owed and not overdue.
        plan = f"MIN({plan},{{wf{i}.owed|prev}}-{{wf{i}.principal_late|prev}})"
        row("planned", "Repaid by the schedule so far", f"{{wf{i}.planned|prev}}+{{debt{i}.principal}}",
            np.cumsum(planned))  # fmt: skip
    row("scheduled", "Falls due by the schedule alone", f"{{wf{i}.owed|prev}}*{{debt{i}.rate}}+{plan}",
        clean(line.scheduled, np.full(planned.shape, lent)), True)  # fmt: skip
    row("interest_due", "Interest due",
        f"({{wf{i}.owed|prev}}+{{wf{i}.interest_late|prev}})*{{debt{i}.rate}}+{{wf{i}.interest_late|prev}}",
        line.interest_due)  # fmt: skip
    row("principal_due", "Principal due", f"{plan}+{{wf{i}.principal_late|prev}}",
        clean(line.principal_due, np.full(planned.shape, lent)))  # fmt: skip
    for part, values in (("interest", line.interest_paid), ("principal", line.principal_paid)):
        due = f"{{wf.r{rank}.{part}_due}}"
        row(f"{part}_paid", f"{part.capitalize()} paid, by what is due",
            f"IF({due}>0,{{wf{i}.{part}_due}}*{{wf.r{rank}.{part}}}/{due},0)",
            clean(values, np.full(planned.shape, lent)), True)  # fmt: skip
        late(part)
    before = f"{{wf{i}.owed|prev}}-{{wf{i}.principal_paid}}"
    unswept = clean(line.closing + line.swept, np.full(planned.shape, lent))
    if terms.sweeps:
        row("unswept", "Owed before the sweep", cleaned(f"({before})", f"{{wf{i}.owed|closing}}"), unswept)
        _swept(paying, i, rank)
        before = f"{{wf{i}.unswept}}-{{wf{i}.swept}}"
    owed = clean(line.closing, np.full(line.closing.shape, lent))
    grid.row(f"wf{i}.owed", "Owed after the payment", "USD m", f"={cleaned(f'({before})', f'{{wf{i}.owed|closing}}')}",
             (owed / MILLION).tolist(), "money", weight="strong",
             closing=lent / MILLION, closing_formula=f"={{debt{i}.balance|closing}}")  # fmt: skip


def _swept(paying: Paying, i: int, rank: int) -> None:
    """Write what a tranche gets of the sweep: the ranks above it first, then by what is owed within its own."""
    above = [f"{{wf{j}.unswept}}" for r in paying.ranks if r < rank for j in paying.tranches(r)]
    same = paying.sum_of("unswept", rank)
    left = f"MAX({{wf.swept}}-({'+'.join(above)}),0)" if above else "{wf.swept}"
    line = paying.found.paid.tranches[i]
    values = clean(line.swept, np.full(line.swept.shape, float(line.opening[0]))) / MILLION
    paying.grid.row(
        f"wf{i}.swept", "Swept, by what is owed", "USD m",
        f"=IF(({same})>0,{{wf{i}.unswept}}*MIN({left},{same})/({same}),0)", values.tolist(), "money",
        total=float(values.sum()),
    )  # fmt: skip
