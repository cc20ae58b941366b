"""Rows of the timeline: does the cash pay the debt, in the period, over the year back and over the year ahead?"""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.loan.coverage import dscr_ntm_at_close
from xlmodel.maths.domain import Floats
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, ratio

# Only as far as the period itself: what falls due later hangs on what is paid now.
_BACK: Final = "=SUMPRODUCT(({{period|first}}:{{period}}>{{period}}-{{periods_per_year}})*({{{0}|first}}:{{{0}}}))"
_AHEAD: Final = (
    '=SUMIFS({{{0}|all}},{{period|all}},">"&{{period}},{{period|all}},"<="&({{period}}+{{periods_per_year}}))'
)
_FLOWS: Final = (("cfads", "CFADS"), ("service", "Debt service"))


def window(flow: Floats, first: int, count: int) -> Floats:
    """Return the sum of so many periods, the first of them so far from each period's own, as far as there are any.

    >>> window(np.array([1.0, 2.0, 4.0]), -1, 2).tolist(), window(np.array([1.0, 2.0, 4.0]), 1, 2).tolist()
    ([1.0, 3.0, 6.0], [6.0, 4.0, 0.0])
    """
    padded = np.concatenate([np.zeros(flow.size + count), flow, np.zeros(flow.size + count)])
    start = flow.size + count + first
    total: Floats = sum((padded[start + j : start + j + flow.size] for j in range(count)), np.zeros(flow.size))
    return total


def coverage(grid: Grid, analysis: Analysis) -> None:
    """Write the three ratios and the sums they are made of."""
    year, name = analysis.periods_per_year, analysis.coverage_name
    flows = {"cfads": analysis.cfads / MILLION, "service": analysis.debt_service / MILLION}
    grid.section("Coverage")
    grid.row(
        "dscr", ratio("dscr", name), "x", f'=IF({{service}}>0,{{cfads}}/{{service}},"{UNDEFINED}")',
        "multiple", weight="key",
    )  # fmt: skip
    for key, label in _FLOWS:
        grid.row(f"{key}_ltm", f"{label}, last 12 months", "USD m", _BACK.format(key),
                 "money")  # fmt: skip
    grid.row(
        "dscr_ltm", ratio("dscr_ltm", name), "x",
        f'=IF(AND({{period}}>={{periods_per_year}},{{service_ltm}}>0),{{cfads_ltm}}/{{service_ltm}},"{UNDEFINED}")',
        "multiple", weight="key",
    )  # fmt: skip
    for key, label in _FLOWS:
        grid.row(f"{key}_ntm", f"{label}, next 12 months", "USD m", _AHEAD.format(key),
                 "money", closing=True)  # fmt: skip
    dscr_ntm_at_close(flows["cfads"], flows["service"], year)
    grid.row(
        "dscr_ntm", ratio("dscr_ntm", name), "x", f'=IF({{service_ntm}}>0,{{cfads_ntm}}/{{service_ntm}},"{UNDEFINED}")',
        "multiple", weight="key", closing=True,
    )  # fmt: skip
