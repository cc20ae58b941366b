"""Rows of the timeline: what each covenant tests, its levels, and its status on every date."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Covenant
from xlmodel.deal.terms.covenants import CovenantTest
from xlmodel.loan.covenant import Status
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.wording import UNDEFINED, label, ratio, shown

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
    broken = np.any([test.status == Status.DEFAULT for test in analysis.covenants], axis=0).astype(float)
    each = ",".join(f"{{covenant{i}.broken}}" for i in range(len(analysis.covenants)))
    grid.row(
        "any_default", "Any default", "1 or 0", f"=MAX({each})", broken.tolist(), "count", weight="key",
        total=float(broken.sum()),
    )  # fmt: skip


def _covenant(grid: Grid, analysis: Analysis, i: int, test: CovenantTest) -> None:
    record, path, key = test.record, f"covenants[{i}]", f"covenant{i}"
    count = analysis.dates.size
    kind, unit = ("multiple", "x") if record.direction == "below" else ("percent", "%")
    every = max(record.test_every_months * analysis.periods_per_year // 12, 1)
    on = np.arange(1, count + 1) % every == 0
    begun = ""
    if record.first_test is not None:
        on &= analysis.dates >= np.datetime64(record.first_test, "D")
        begun = f",{{date}}>={{{path}.first_test}}"
    step = f"MAX(INT({{{path}.test_every_months}}*{{periods_per_year}}/{{months_per_year}}),1)"
    grid.row(
        f"{key}.on", "Test date", "1 or 0", f"=IF(AND(MOD({{period}},{step})=0{begun}),1,0)", on.astype(float).tolist(),
        "count",
    )  # fmt: skip
    grid.row(
        f"{key}.ratio", f"Tested: {ratio(record.metric, analysis.coverage_name)}", unit,
        f'=IF({{{key}.on}}=1,{{{record.metric}}},"{UNDEFINED}")',
        shown(test.ratio), kind,
    )  # fmt: skip
    for name, levels in (("default", test.default), ("lockup", test.lockup)):
        if levels is not None:
            holds = f"{{{path}.{name}}}"
            for j in range(len(record.steps)):
                holds = f"IF({{date}}>={{{path}.steps[{j}].date}},{{{path}.steps[{j}].{name}}},{holds})"
            grid.row(f"{key}.{name}", label(name), unit, f"={holds}", levels.tolist(), kind)
    grid.row(
        f"{key}.status", "Status", "", f"={status(record, key, f'{{{key}.ratio}}')}",
        [WORDS[Status(code)] for code in test.status.tolist()], "word", weight="key",
    )  # fmt: skip
    grid.status_colours()
    broken = (test.status == Status.DEFAULT).astype(float)
    grid.row(
        f"{key}.broken", "Default on this date", "1 or 0", f'=IF({{{key}.status}}="default",1,0)', broken.tolist(),
        "count", total=float(broken.sum()),
    )  # fmt: skip


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
