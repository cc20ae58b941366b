"""Rows of the cures of one covenant: what equity would have to put in, whether it may, and what that leaves."""

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Cure
from xlmodel.deal.terms.covenants import CovenantTest
from xlmodel.loan.covenant import Status
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.timeline.covenants import WORDS, status
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, shown


def cured(grid: Grid, analysis: Analysis, i: int, test: CovenantTest) -> None:
    """Write the rows.

    Parameters
    ----------
    grid, analysis
        The sheet and the deal.
    i, test
        The covenant and its test.
    """
    terms, put_in = test.record.cure, test.cured
    assert terms is not None and put_in is not None  # noqa: S101, PT018  asked for by the caller
    key, path = f"cov{i}", f"covenants[{i}].cure"
    year = test.record.metric == "dscr_ltm"
    have, due, gap, possible = _gap(terms, key, year)
    level = f"{{{key}.default}}"
    full = "{period}>={periods_per_year}," if year else ""
    short = f"AND({{covenant{i}.on}}=1,{full}{due}>0,{level}*{due}-{have}>{{tie}}*{level}*{due}{possible})"
    grid.row(f"{key}.need", "Equity that would cure it", "USD m", f"=IF({short},{gap},0)",
             (put_in.needed / MILLION).tolist(), "money")  # fmt: skip
    limited = np.ones(put_in.amount.size) if terms.limits_from is None else (
        analysis.dates >= np.datetime64(terms.limits_from, "D")
    ).astype(float)  # fmt: skip
    counted = (put_in.amount > 0) * limited
    grid.row(f"{key}.allowed", "A cure is allowed", "1 or 0", f"=IF(AND({_allowed(terms, key, path)}),1,0)",
             put_in.cured.astype(float).tolist(), "count")  # fmt: skip
    grid.row(f"{key}.cure", "Cure: equity put in", "USD m", f"=IF({{{key}.allowed}}=1,{{{key}.need}},0)",
             (put_in.amount / MILLION).tolist(), "money", weight="key", total=float(put_in.amount.sum()) / MILLION,
             closing=0.0, closing_formula="=0")  # fmt: skip
    begun = "" if terms.limits_from is None else f",{{date}}>={{{path}.limits_from}}"
    grid.row(f"{key}.counted", "Counts towards the limits", "1 or 0", f"=IF(AND({{{key}.cure}}>0{begun}),1,0)",
             counted.tolist(), "count", total=float(counted.sum()), closing=0.0, closing_formula="=0")  # fmt: skip
    if terms.max_consecutive is not None:
        grid.row(f"{key}.streak", "Cures in a row", "cures", f"=IF({{{key}.counted}}=1,{{{key}.streak|prev}}+1,0)",
                 _streak(counted), "count", closing=0.0, closing_formula="=0")  # fmt: skip
    if terms.counts_as == "prepayment":
        grid.row(f"{key}.scale", "Service left after prepayments", "fraction",
                 f"=IF({{{key}.cure}}>0,{{{key}.scale|prev}}*{have}/({level}*{due}),{{{key}.scale|prev}})",
                 put_in.service_left.tolist(), "factor", closing=1.0, closing_formula="=1")  # fmt: skip
    after = {
        "cfads": f"({have}+{{{key}.cure}})/{due}",
        "debt_service": f"{have}/({due}-{{{key}.cure}})",
        "prepayment": f"{have}/({due}*{{{key}.scale}}/{{{key}.scale|prev}})",
    }[terms.counts_as]
    on = np.where(np.isnan(test.ratio), test.ratio, put_in.ratio)
    grid.row(f"{key}.after", "Tested ratio after cures", "x",
             f'=IF(ISNUMBER({{{key}.ratio}}),{after},"{UNDEFINED}")', shown(on), "multiple", weight="key")  # fmt: skip
    assert test.after_cures is not None  # noqa: S101  cured
    grid.row(f"{key}.left", "Status after cures", "", f"={status(test.record, f'covenant{i}', f'{{{key}.after}}')}",
             [WORDS[Status(code)] for code in test.after_cures.tolist()], "word", weight="key")  # fmt: skip
    grid.status_colours()


def _gap(terms: Cure, key: str, year: bool) -> tuple[str, str, str, str]:
    """Return cash counted, service counted, the equity that closes the gap, and what else makes that possible."""
    cash, service, level = f"{{{key}.cash}}", f"{{{key}.service}}", f"{{{key}.default}}"
    # Earlier cures of the window go on counting.
    window = "({period|closing}:{period|prev}>{period}-{periods_per_year})"
    before = f"SUMPRODUCT({window}*{{{key}.cure|closing}}:{{{key}.cure|prev}})" if year else "0"
    if terms.counts_as == "cfads":
        have = f"({cash}+{before})"
        return have, service, f"{level}*{service}-{have}", ""
    if terms.counts_as == "debt_service":
        due = f"({service}-{before})"
        return cash, due, f"{due}-{cash}/{level}", f",{cash}>0,{due}-{cash}/{level}<={{service}}"
    due = f"({service}*{{{key}.scale|prev}})"
    gap = f"{{balance}}*{{{key}.scale|prev}}*(1-{cash}/({level}*{due}))"
    return cash, due, gap, f",{cash}>0,{{balance}}>0"


def _allowed(terms: Cure, key: str, path: str) -> str:
    """Return the conditions under which a cure may be made, separated by commas."""
    before = f"{{{key}.#|closing}}:{{{key}.#|prev}}"
    used = before.replace("#", "counted")
    limits = []
    if terms.max_cures is not None:
        limits.append(f"SUM({used})<{{{path}.max_cures}}")
    if terms.max_consecutive is not None:
        limits.append(f"{{{key}.streak|prev}}<{{{path}.max_consecutive}}")
    if terms.max_in_window is not None:
        inside = f"({{period|closing}}:{{period|prev}}>{{period}}-{{{path}.window}})"
        limits.append(f"SUMPRODUCT({inside}*{used})<{{{path}.max_in_window}}")
    if terms.limits_from is not None and limits:
        limits = [f"OR({{date}}<{{{path}.limits_from}},AND({','.join(limits)}))"]
    if terms.cap is not None:
        limits.append(f"{{{key}.need}}<={{{path}.cap}}")
    if terms.total_cap is not None:
        limits.append(f"SUM({before.replace('#', 'cure')})+{{{key}.need}}<={{{path}.total_cap}}")
    return ",".join([f"{{{key}.need}}>0", *limits])


def _streak(counted: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    row, found = 0.0, []
    for value in counted.tolist():
        row = row + 1 if value else 0.0
        found.append(row)
    return found
