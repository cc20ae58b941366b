"""Rows of the timeline: what each covenant tests, its levels, and its status on every date."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Covenant
from xlmodel.deal.terms.covenants import CovenantTest
from xlmodel.loan.covenant import Status
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.wording import UNDEFINED, label, ratio

WORDS: Final = {
    Status.UNTESTED: UNDEFINED,
    Status.OK: "ok",
    Status.LOCKUP: "lock-up",
    Status.DEFAULT: "default",
}


def covenants(grid: Grid, analysis: Analysis) -> None:
    """Write every covenant, and one row that says on which dates any of them defaults."""
    if not analysis.covenants:
        return
    for i, test in enumerate(analysis.covenants):
        grid.section(f"Covenant: {test.record.name}")
        _covenant(grid, analysis, i, test)
    grid.section("All covenants")
    each = ",".join(f"{{covenant{i}.broken}}" for i in range(len(analysis.covenants)))
    grid.row(
        "any_default", "Event of default (any)", "1 or 0", f"=MAX({each})", "count", weight="key",
        total=True,
    )  # fmt: skip


def _covenant(grid: Grid, analysis: Analysis, i: int, test: CovenantTest) -> None:
    record, path, key = test.record, f"covenants[{i}]", f"covenant{i}"
    kind, unit = ("multiple", "x") if record.direction == "below" else ("percent", "%")
    begun = "" if record.first_test is None else f",{{date}}>={{{path}.first_test}}"
    step = f"MAX(INT({{{path}.test_every_months}}*{{periods_per_year}}/{{months_per_year}}),1)"
    still = "{wf.owed|prev}" + "".join(f"+{{debt{j}.undrawn}}" for j, d in enumerate(analysis.deal.debt) if d.draws)
    # Once nothing is owed there is nothing to test.
    grid.row(f"{key}.on", "Test date", "1 or 0", f"=IF(AND(MOD({{period}},{step})=0,{still}>0{begun}),1,0)", "count")
    own = f"{{{record.metric}}}"
    if counted(analysis, record):
        known = f"{{cov{i}.due}}>0"
        if record.metric == "dscr_ltm":
            known = f"AND({{period}}>={{periods_per_year}},{known})"
        own = f'IF({known},{{cov{i}.have}}/{{cov{i}.due}},"{UNDEFINED}")'
    grid.row(
        f"{key}.ratio", f"Tested: {ratio(record.metric, analysis.coverage_name)}", unit,
        f'=IF({{{key}.on}}=1,{own},"{UNDEFINED}")', kind,
    )  # fmt: skip
    for name, levels in (("default", test.default), ("lockup", test.lockup)):
        if levels is not None:
            holds = f"{{{path}.{name}}}"
            for j in range(len(record.steps)):
                holds = f"IF({{date}}>={{{path}.steps[{j}].date}},{{{path}.steps[{j}].{name}}},{holds})"
            grid.row(f"{key}.{name}", label(name), unit, f"={holds}", kind)
    grid.row(
        f"{key}.status", "Status", "", f"={status(record, key, f'{{{key}.ratio}}')}",
        "word", weight="key",
    )  # fmt: skip
    grid.status_colours()
    grid.row(
        f"{key}.broken", "Event of default", "1 or 0", f'=IF({{{key}.status}}="default",1,0)', "count", total=True,
    )  # fmt: skip


def counted(analysis: Analysis, record: Covenant) -> bool:
    """Whether a covenant counts cash and service its own way: equity that cures, cash it holds, no balloon."""
    cures = any(c.cured for c in analysis.deal.covenants)
    return record.metric in ("dscr", "dscr_ltm") and (cures or record.counts_cash or not record.includes_balloon)


def status(record: Covenant, key: str, tested: str) -> str:
    """Return the formula, without its sign =, of the word for a ratio against the levels of a covenant."""

    def breaks(name: str) -> str:
        level = f"{{{key}.{name}}}"
        gap = f"{level}-{tested}" if record.direction == "below" else f"{tested}-{level}"
        return f"{gap}>{{tie}}*ABS({level})"

    # Debt on collateral without value has no ratio, and is in default.
    undefined = f'"{UNDEFINED}"' if record.direction == "below" else f'IF({{{key}.on}}=1,"default","{UNDEFINED}")'
    held = '"ok"' if record.lockup is None else f'IF({breaks("lockup")},"lock-up","ok")'
    return f'IF(ISNUMBER({tested}),IF({breaks("default")},"default",{held}),{undefined})'
