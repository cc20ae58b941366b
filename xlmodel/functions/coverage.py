"""Coverage: does the cash pay the debt?"""

from typing import Annotated

from xlmodel.functions.answer import at
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.loan import coverage
from xlmodel.maths.domain import Floats

_CATEGORY = "Coverage"

Cfads = Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Cash flow available for debt service; may be negative.")]
DebtService = Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Scheduled interest and principal, positive.")]
PeriodsPerYear = Annotated[int, Arg(Kind.WHOLE, "periods a year", "12, 4, 2 or 1: how many periods make a year.")]
Partial = Annotated[bool, Arg(Kind.FLAG, "", "TRUE also answers where less than a full year is known.")]
Period = Annotated[int | None, Arg(Kind.WHOLE, "period", "Return only this period, counted from 1.")]


@worksheet(
    _CATEGORY,
    Example(((200, 100), (100, 200), 2, False, 2), 1.0),
    "Ratio of sums over the last year, as loan agreements define the historic ratio; by hand (200 + 100) / "
    "(100 + 200).",
)
def XLMODEL_DSCR_LTM(
    cfads: Cfads,
    debt_service: DebtService,
    periods_per_year: PeriodsPerYear = 4,
    partial: Partial = False,
    period: Period = None,
) -> Floats:
    """Debt service coverage over the last twelve months, for every period.

    The sum of CFADS over the sum of debt service in the year that ends with the period: a ratio of sums, not a
    mean of ratios. #N/A before a full year has passed, #DIV/0! where no debt service fell due.
    """
    return at(period, coverage.dscr_ltm(cfads, debt_service, periods_per_year, partial))
