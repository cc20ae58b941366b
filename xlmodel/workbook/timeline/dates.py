"""Rows of the timeline: when each period ends and how long it is."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.workbook.grid import Grid

STEP: Final = "{months_per_year}/{periods_per_year}"
"""Months of a regular period."""

_MONTHS: Final = "{days_360}*(YEAR(#2)-YEAR(#1))+{days_360}/{months_per_year}*(MONTH(#2)-MONTH(#1))"
_FEBRUARY: Final = "AND(MONTH(#1)=2,DAY(#1+1)=1,MONTH(#2)=2,DAY(#2+1)=1)"
_COUNTED: Final = {
    # Excel's YEARFRAC says the same; other engines differ from it at the end of February, so it is spelled out.
    "30/360": f"({_MONTHS}+IF(OR({_FEBRUARY},AND(DAY(#2)=31,OR(DAY(#1)>=30,DAY(#1+1)=1))),30,DAY(#2))"
    "-IF(DAY(#1+1)=1,30,DAY(#1)))/{days_360}",
    "30E/360": f"({_MONTHS}+MIN(DAY(#2),30)-MIN(DAY(#1),30))/{{days_360}}",
    "ACT/360": "(#2-#1)/{days_360}",
    "ACT/365F": "(#2-#1)/{days_365}",
    # ISDA: the days of each calendar year over that year's own length.
    "ACT/ACT": "(YEAR(#2)-YEAR(#1)+(#2-DATE(YEAR(#2),1,1))/(DATE(YEAR(#2)+1,1,1)-DATE(YEAR(#2),1,1))"
    "-(#1-DATE(YEAR(#1),1,1))/(DATE(YEAR(#1)+1,1,1)-DATE(YEAR(#1),1,1)))",
}


def year_share(day_count: str, start: str, end: str) -> str:
    """Return the formula of the years between two dates.

    Parameters
    ----------
    day_count
        One of `xlmodel.maths.day_counts.DAY_COUNTS`.
    start, end
        Where the dates stand, as templates.

    >>> year_share("ACT/360", "{date|prev}", "{date}")
    '({date}-{date|prev})/{days_360}'
    """
    return _COUNTED[day_count].replace("#1", start).replace("#2", end)


def period_share(day_count: str) -> str:
    """Return the formula of the share of a year in a period; by the 30/360 rules a regular one is exact."""
    counted = year_share(day_count, "{date|prev}", "{date}")
    if not day_count.startswith("30"):
        return counted
    regular = f"OR(EDATE({{date|prev}},{STEP})={{date}},EDATE({{date}},-{STEP})={{date|prev}})"
    return f"IF({regular},1/{{periods_per_year}},{counted})"


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
    grid.head(ends)
    grid.section("Time")
    grid.row("length", "Length of the period, 30/360", "years", f"={period_share('30/360')}", "years")
    # Multiples of a regular length, so that 60 months are 5 years to the last bit.
    years = "={period}/{periods_per_year}" if line.regular else "={years|prev}+{length}"
    grid.row(
        "years", "Time since closing", "years", years, "years", closing=True,
        closing_formula="={period|closing}/{periods_per_year}",
    )  # fmt: skip


def _months_from(anchor: str, months: str) -> str:
    """So many months from a date; from the end of a month to the end of a month."""
    return f"IF({anchor}=EOMONTH({anchor},0),EOMONTH({anchor},{months}),EDATE({anchor},{months}))"
