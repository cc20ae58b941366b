"""Coverage: does the cash pay the debt?"""

import datetime as dt
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NOT_TESTED, InputError
from xlmodel.functions.answer import at
from xlmodel.functions.cells import serial
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.loan import covenant as covenants
from xlmodel.loan import coverage
from xlmodel.maths.domain import Floats

_CATEGORY = "Coverage"
_RATIO_OF_SUMS = (
    "Ratio of sums over the year, as loan agreements define it; by hand (200 + 100) / (100 + 200), where the mean "
    "of the two ratios would show 1.25."
)

Cfads = Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Cash flow available for debt service; may be negative.")]
DebtService = Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Scheduled interest and principal, positive.")]
PeriodsPerYear = Annotated[int, Arg(Kind.WHOLE, "periods a year", "12, 4, 2 or 1: how many periods make a year.")]
Partial = Annotated[bool, Arg(Kind.FLAG, "", "TRUE also answers where less than a full year is known.")]
Period = Annotated[int | None, Arg(Kind.WHOLE, "period", "Return only this period, counted from 1.")]
Ratio = Annotated[
    Floats,
    Arg(Kind.RATIO, "ratio", "The tested ratio by period; a period that shows an error is not tested."),
]
Direction = Annotated[
    str, Arg(Kind.CHOICE, "", "Which side breaks it: below for coverage, above for LTV.", ("below", "above"))
]


def _over(cash: Any, service: Any, period: int | None, window: str = "") -> Tape:
    """Cash over debt service, of each period or summed over a window."""
    cash, service = np.broadcast_arrays(np.atleast_1d(cash), np.atleast_1d(service))
    steps = (
        Step("+", "cash available for debt service", at(period, cash), "USD", window),
        Step("÷", "debt service", at(period, service), "USD", window),
    )
    return Tape(steps, "debt service coverage", "ratio")


def _dscr_tape(cfads: Any, service: Any, balloon: Any, include_balloon: bool, period: int | None) -> Tape:
    return _over(cfads, np.asarray(service) - (0.0 if include_balloon else balloon), period)


def _ltm_tape(cfads: Any, service: Any, periods_per_year: int, partial: bool, period: int | None) -> Tape:
    del partial
    cash, due = np.broadcast_arrays(np.atleast_1d(cfads), np.atleast_1d(service))
    paid, owed = (coverage.trailing_sum(flow, cash.shape, periods_per_year) for flow in (cash, due))
    return _over(paid, owed, period, f"sum of the {periods_per_year} periods up to this one")


def _ntm_tape(cfads: Any, service: Any, periods_per_year: int, partial: bool, period: int | None) -> Tape:
    del partial
    cash, due = np.broadcast_arrays(np.atleast_1d(cfads), np.atleast_1d(service))
    ahead = (coverage.leading_sum(flow, cash.shape, periods_per_year) for flow in (cash, due))
    paid, owed = (np.concatenate([flow[..., 1:], np.zeros_like(flow[..., :1])], axis=-1) for flow in ahead)
    return _over(paid, owed, period, f"sum of the {periods_per_year} periods after this one, up to maturity")


@worksheet(
    _CATEGORY,
    Example(((50, 60, 140), (40, 40, 140), (0, 0, 100), False, 3), 3.5),
    "Yescombe, Principles of Project Finance (2014), ch. 12; by hand 140 / (140 − 100).",
    _dscr_tape,
)
def XLMODEL_DSCR(
    cfads: Cfads,
    debt_service: DebtService,
    balloon: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD", "The part of the debt service that is a final lump.")
    ] = 0.0,
    include_balloon: Annotated[bool, Arg(Kind.FLAG, "", "FALSE takes the balloon out of the debt service.")] = True,
    period: Period = None,
) -> Floats:
    """Debt service coverage ratio of every period.

    CFADS / debt service. A negative cash flow keeps its negative ratio; #DIV/0! where no debt service falls due.
    """
    return at(period, coverage.dscr(cfads, debt_service, balloon, include_balloon))


@worksheet(_CATEGORY, Example(((200, 100), (100, 200), 2, False, 2), 1.0), _RATIO_OF_SUMS, _ltm_tape)
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


@worksheet(_CATEGORY, Example(((500, 200, 100), (100, 100, 200), 2, False, 1), 1.0), _RATIO_OF_SUMS, _ntm_tape)
def XLMODEL_DSCR_NTM(
    cfads: Cfads,
    debt_service: DebtService,
    periods_per_year: PeriodsPerYear = 4,
    partial: Annotated[bool, Arg(Kind.FLAG, "", "Changes nothing: a last year is always cut at maturity.")] = False,
    period: Period = None,
) -> Floats:
    """Debt service coverage over the next twelve months, for every test date.

    The sum of CFADS over the sum of debt service in the year after the period, cut off at maturity. It leads the
    backward ratio by a year; #N/A at maturity, where nothing lies ahead. `partial` stands here so that both rolling
    ratios are called alike: behind a loan data may be missing, ahead of its maturity nothing is.
    """
    return at(period, coverage.dscr_ntm(cfads, debt_service, periods_per_year, partial))


@worksheet(
    _CATEGORY,
    Example(((1.3, 1.21, 1.19), 1.2), 3.0),
    "A covenant is broken strictly below its level; equality passes. By inspection, the third ratio is the first.",
)
def XLMODEL_FIRST_BREACH(
    ratio: Ratio,
    covenant: Annotated[Floats, Arg(Kind.SERIES, "ratio", "The level, one number or one for each period.")],
    dates: Annotated[list[dt.date] | None, Arg(Kind.DATES, "date", "The end of each period.")] = None,
    first_test: Annotated[
        float | None,
        Arg(Kind.WHOLE, "date or period", "First test: a date where dates are given, else a period."),
    ] = None,
    direction: Direction = "below",
    return_: Annotated[
        str, Arg(Kind.CHOICE, "", "What to return of the first breach.", ("date", "period", "ratio"))
    ] = "date",
) -> npt.NDArray[Any]:
    """First breach of a covenant: its date, its period or the ratio then.

    Without dates, "date" returns the number of the period. A covenant that holds throughout returns the text
    "none". One answer a loan.
    """
    ends = None if dates is None else np.array([serial(d) for d in dates])
    if first_test is None:
        start = 1.0
    elif ends is None:
        start = first_test
    else:
        start = 1.0 + float(np.searchsorted(ends, first_test))
    first = covenants.first_breach(ratio, covenant, direction, start)
    shape = np.broadcast_shapes((1,), np.shape(ratio), np.shape(covenant))
    if ends is not None and ends.size != shape[-1]:
        raise InputError(f"dates must give one date for each of the {shape[-1]} periods, got {ends.size}", "dates")
    shown: Any = first + 1.0
    if return_ == "ratio":
        shown = np.take_along_axis(np.broadcast_to(ratio, shape), first[..., None], -1)[..., 0]
    elif return_ == "date" and ends is not None:
        shown = ends[first]
    return np.where(first >= 0, np.asarray(shown).astype(object), "none")[..., None]


@worksheet(
    _CATEGORY,
    Example(((1.25, 1.15, 1.0), 1.2, 1.05, "below", 1, 2), "lockup"),
    "Two levels as in project-finance documents: the upper one traps cash, the lower one is an event of default.",
)
def XLMODEL_COVENANT_STATUS(
    ratio: Ratio,
    lockup: Annotated[Floats, Arg(Kind.SERIES, "ratio", "The level that traps cash.")],
    default: Annotated[Floats, Arg(Kind.SERIES, "ratio", "The level of an event of default.")],
    direction: Direction = "below",
    passes_to_release: Annotated[int, Arg(Kind.WHOLE, "tests", "Consecutive passes that end a lock-up.")] = 1,
    period: Period = None,
) -> npt.NDArray[Any]:
    """Status of every covenant test: ok, lockup or default.

    Equality passes. #N/A where the ratio is not defined, so that there is nothing to test.
    """
    codes = covenants.covenant_status(ratio, lockup, default, direction, passes_to_release)
    texts = np.array(["ok", "lockup", "default", NOT_TESTED.nan], dtype=object)
    return at(period, texts[codes])
