"""Rows of the timeline: when each period ends and how long it is."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.maths.dates import to_serial
from xlmodel.workbook.grid import Grid

STEP: Final = "{months_per_year}/{periods_per_year}"
"""Months of a regular period."""


def dates(grid: Grid, analysis: Analysis) -> None:
    """Write period ends, lengths and the years since closing."""
    line, described = analysis.timeline, analysis.deal.timeline
    if described.ends:
        ends = "=INDEX({timeline.ends|all},{period})"
    elif described.first_payment is not None:
        counted = _months_from("{timeline.first_payment}", f"({{period}}-1)*{STEP}")
        last = "" if described.maturity is None else "IF({period}={period|last},{timeline.maturity},"
        ends = f"={last}{counted}{')' if last else ''}"
    elif described.maturity is None:
        ends = "=" + _months_from("{timeline.closing}", f"{{period}}*{STEP}")
    elif described.stub.endswith("first"):
        ends = "=" + _months_from("{timeline.maturity}", f"({{period}}-{{period|last}})*{STEP}")
    else:
        regular = _months_from("{timeline.closing}", f"{{period}}*{STEP}")
        ends = f"=IF({{period}}={{period|last}},{{timeline.maturity}},{regular})"
    grid.head(ends, to_serial(line.ends).tolist(), float(to_serial(line.closing)))
    grid.section("Time")
    grid.row(
        "length", "Length of the period", "years",
        f"=IF(OR(EDATE({{date|prev}},{STEP})={{date}},EDATE({{date}},-{STEP})={{date|prev}}),"
        "1/{periods_per_year},YEARFRAC({date|prev},{date},0))",
        line.length.tolist(), "years",
    )  # fmt: skip
    # Multiples of a regular length, so that 60 months are 5 years to the last bit.
    years = "={period}/{periods_per_year}" if line.regular else "={years|prev}+{length}"
    grid.row(
        "years", "Time since closing", "years", years, line.years.tolist(), "years", closing=0.0,
        closing_formula="={period|closing}/{periods_per_year}",
    )  # fmt: skip


def _months_from(anchor: str, months: str) -> str:
    """So many months from a date; from the end of a month to the end of a month."""
    return f"IF({anchor}=EOMONTH({anchor},0),EOMONTH({anchor},{months}),EDATE({anchor},{months}))"
