"""Debt: what is owed, and how much the cash and the collateral carry."""

import datetime as dt
from dataclasses import fields, replace
from typing import Annotated, Any

import numpy as np

from xlmodel.errors import CASH_LIMITS, InputError, RangeError
from xlmodel.functions.answer import at
from xlmodel.functions.coverage import Cfads, Period
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.loan.accrual import dated_rates
from xlmodel.loan.balance_cap import Limb, collateral_capacity
from xlmodel.loan.schedule import Schedule, schedule
from xlmodel.loan.sculpt import sculpt, sculpt_to_debt
from xlmodel.loan.sizing import capacity, refinancing_gap
from xlmodel.maths.dates import days
from xlmodel.maths.domain import Floats

_CATEGORY = "Debt"
_ITEMS = ("opening", "interest", "principal", "debt_service", "closing")
_DAY_COUNTS = ("30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT")
_LIMBS = {
    Limb.DSCR: "dscr",
    Limb.INTEREST: "interest",
    Limb.COLLATERAL: "collateral",
    Limb.LTV: "ltv",
    Limb.NOLV: "nolv",
}

AnnualRate = Annotated[
    Floats, Arg(Kind.SERIES, "fraction a year", "Nominal annual rate, one number or one for each period.")
]
Frequency = Annotated[int, Arg(Kind.WHOLE, "periods a year", "12, 4, 2 or 1: payments a year.")]
TargetDscr = Annotated[
    Floats, Arg(Kind.SERIES, "ratio", "Coverage the service keeps, one number or one for each period.")
]
Item = Annotated[
    str, Arg(Kind.CHOICE, "", "One line of the schedule, or all of them with their headings.", ("all", *_ITEMS))
]
AllowNegam = Annotated[
    bool, Arg(Kind.FLAG, "", "TRUE lets the balance grow where cash over the target is below the interest.")
]


@worksheet(
    _CATEGORY,
    Example((1000, 0.1, 20, 4, "level", 300, 0, None, "30/360", None, None, "debt_service", 1), 52.40299011413224),
    "Excel's PMT with a future value: PMT(0.025, 20, -1000, 300).",
)
def XLMODEL_DEBT_SCHEDULE(
    principal: Annotated[Floats, Arg(Kind.LOAN, "USD", "Drawn at closing; a column of loans is a batch.")],
    annual_rate: AnnualRate,
    periods: Annotated[int, Arg(Kind.WHOLE, "periods", "Number of payments.")],
    frequency: Frequency = 4,
    type_: Annotated[
        str, Arg(Kind.CHOICE, "", "How the principal is repaid.", ("level", "straight", "bullet", "sculpted"))
    ] = "level",
    balloon: Annotated[Floats | float, Arg(Kind.LOAN, "USD", "Principal left for the last payment.")] = 0.0,
    grace_periods: Annotated[int, Arg(Kind.WHOLE, "periods", "First payments of interest only.")] = 0,
    dates: Annotated[
        list[dt.date] | None,
        Arg(Kind.DATES, "date", "Closing and then the date of each payment, one more than periods."),
    ] = None,
    day_count: Annotated[str, Arg(Kind.CHOICE, "", "How days accrue when dates are given.", _DAY_COUNTS)] = "30/360",
    cfads: Annotated[
        Floats | None, Arg(Kind.SERIES, "USD a period", "Cash flow available for debt service, for sculpting.")
    ] = None,
    target_dscr: Annotated[
        Floats | None, Arg(Kind.SERIES, "ratio", "Least coverage a sculpted loan may show; #NUM! below it.")
    ] = None,
    item: Item = "all",
    period: Period = None,
    timeline_periods: Annotated[
        int | None, Arg(Kind.WHOLE, "periods", "Length of a timeline longer than the loan: 0 after the last payment.")
    ] = None,
) -> Any:
    """Repayment schedule of a loan: level, straight line, bullet or sculpted to the cash.

    Opening balance, interest, principal, debt service and closing balance by period. A sculpted loan keeps one
    coverage throughout; where the cash of a period cannot carry its interest the loan is refused with the debt that
    is possible. The balance is never negative.
    """
    rate = _dated_rate(annual_rate, frequency, periods, dates, day_count)
    if type_ == "sculpted":
        if cfads is None:
            raise InputError("cfads is missing: a sculpted loan follows it", "cfads")
        if np.shape(cfads)[-1:] != (periods,):
            raise InputError(f"cfads must give one flow for each of the {periods} periods", "cfads")
        if grace_periods:
            raise InputError("grace_periods does not apply: a sculpted loan pays when there is cash", "grace_periods")
        least = None if target_dscr is None else float(np.max(target_dscr))
        loan = sculpt_to_debt(cfads, principal, rate, balloon=balloon, minimum_dscr=least).schedule
    else:
        if cfads is not None or target_dscr is not None:
            raise InputError(f'cfads and target_dscr belong to type "sculpted", got type "{type_}"', "cfads")
        loan = schedule(principal, rate, periods, type_, balloon=balloon, grace=grace_periods)
    return _lines(_on_timeline(loan, periods, timeline_periods), item, period)


@worksheet(
    _CATEGORY,
    Example(((120, 130, 140), 1.3, 0.1, 1, "principal", 1), 67.5605386349188),
    "The service is the cash over the target; exact fractions of the example 120, 130, 140 at 10 % and 1.30x give a "
    "debt of 247.4715 and a first principal of 67.5605.",
)
def XLMODEL_SCULPTED_SCHEDULE(
    cfads: Cfads,
    target_dscr: TargetDscr,
    annual_rate: AnnualRate,
    frequency: Frequency = 4,
    item: Item = "all",
    period: Period = None,
    allow_pik: Annotated[bool, Arg(Kind.FLAG, "", "TRUE capitalises the interest of a period without cash.")] = False,
    allow_negam: AllowNegam = False,
) -> Any:
    """Schedule of the largest loan that keeps a target coverage in every period.

    Debt service is CFADS over the target, nothing in a period without cash; the debt is its present value. Where
    interest cannot be carried the answer is #NUM!, and WHY names the period and the debt that is possible.
    """
    return _lines(
        sculpt(cfads, target_dscr, period_rate(annual_rate, frequency), 0.0, allow_pik, allow_negam).schedule,
        item,
        period,
    )


@worksheet(
    _CATEGORY,
    Example(((80, 80, 80, 80), 1.25, 0.1, 1, (1000, 100, 60, 30, 0)), (100 + 64) / 1.1),
    "Backward recursion over the dates, by hand: 80 / 1.25 = 64 a period, at most 100 owed after the first, so "
    "(100 + 64) / 1.1.",
)
def XLMODEL_COLLATERAL_DEBT_CAPACITY(
    cfads: Cfads,
    target_dscr: TargetDscr,
    annual_rate: AnnualRate,
    frequency: Frequency = 4,
    lendable: Annotated[
        Floats | None,
        Arg(Kind.SERIES, "USD", "Advance rate times liquidation value at closing and after each payment, one more."),
    ] = None,
    balloon: Annotated[Floats | float, Arg(Kind.LOAN, "USD", "Debt that may be left after the last payment.")] = 0.0,
    allow_negam: AllowNegam = False,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "The debt, the limit that binds, the date it binds, or all balances.",
            ("debt", "binding", "date", "caps"),
        ),
    ] = "debt",
) -> Any:
    """Debt that the cash and the collateral carry together on every date.

    The largest loan whose service keeps the target and whose balance never exceeds what is lendable. "binding" names
    the limit met first: dscr, interest or collateral; "date" its number, 0 at closing, #N/A when only cash limits.
    """
    sized = collateral_capacity(cfads, target_dscr, period_rate(annual_rate, frequency), lendable, balloon, allow_negam)
    if return_ == "caps":
        return sized.caps
    if return_ == "binding":
        return np.vectorize(lambda code: _LIMBS[Limb(int(code))], otypes=[object])(sized.binding)[..., None]
    if return_ == "date":
        return np.where(sized.date >= 0, sized.date, CASH_LIMITS.nan)[..., None]
    return np.asarray(sized.debt)[..., None]


def period_rate(annual_rate: Floats, frequency: int) -> Floats:
    """Return the rate of a period, the nominal annual rate over the payments a year."""
    if frequency not in (1, 2, 4, 12):
        raise RangeError(f"frequency must be 1, 2, 4 or 12, got {frequency}", "frequency")
    return np.asarray(annual_rate) / frequency


def _dated_rate(
    annual_rate: Floats, frequency: int, periods: int, dates: list[dt.date] | None, day_count: str
) -> Floats:
    nominal = period_rate(annual_rate, frequency)
    if dates is None:
        return nominal
    if len(dates) != periods + 1:
        raise InputError(
            f"dates must give the closing date and {periods} payment dates, got {len(dates)} dates", "dates"
        )
    return dated_rates(annual_rate, dates[0], days("dates", dates[1:]), day_count, frequency)


def _on_timeline(loan: Schedule, periods: int, length: int | None) -> Schedule:
    """The schedule with nothing owed and nothing paid in the periods after the last payment."""
    if length is None:
        return loan
    if length < periods:
        raise RangeError(f"timeline_periods must be at least the {periods} periods of the loan, got {length}")
    after = ((0, 0),) * (loan.closing.ndim - 1) + ((0, length - periods),)
    return replace(loan, **{f.name: np.pad(getattr(loan, f.name), after) for f in fields(loan)})


def _lines(loan: Schedule, item: str, period: int | None) -> Any:
    if item != "all":
        return at(period, getattr(loan, item))
    columns = [at(period, getattr(loan, name)) for name in _ITEMS]
    if columns[0].ndim > 1 or (columns[0].ndim == 1 and period is not None):
        raise InputError("item must name one line of the schedule for a batch of loans", "item")
    rows = np.column_stack([np.atleast_1d(c) for c in columns]).tolist()
    first = 1 if period is None else period
    return [["period", *_ITEMS], *([float(k), *row] for k, row in enumerate(rows, first))]


@worksheet(
    _CATEGORY,
    Example(((120, 130, 140), 1.3, 0.1, 1, 300, 0.75, 260, 0.85), 221.0),
    "The smallest of three limits; by hand 0.75 · 300 = 225, 0.85 · 260 = 221, and the cash carries 247.47.",
)
def XLMODEL_DEBT_CAPACITY(
    cfads: Cfads,
    target_dscr: TargetDscr,
    annual_rate: AnnualRate,
    frequency: Frequency = 4,
    value: Annotated[
        Floats | None, Arg(Kind.LOAN, "USD", "Collateral on the basis meant: cost, market or liquidation.")
    ] = None,
    max_ltv: Annotated[Floats | None, Arg(Kind.LOAN, "fraction", "Largest loan to value lent.")] = None,
    nolv: Annotated[Floats | None, Arg(Kind.LOAN, "USD", "Net orderly liquidation value at closing.")] = None,
    advance_rate: Annotated[
        Floats | None, Arg(Kind.LOAN, "fraction", "Share of the liquidation value that is lent.")
    ] = None,
    allow_negam: AllowNegam = False,
    return_: Annotated[
        str,
        Arg(Kind.CHOICE, "", "The debt, the limit that binds, or why in a sentence.", ("debt", "binding", "reason")),
    ] = "debt",
) -> Any:
    """Debt that cash and collateral at closing carry, and what limits it.

    The smallest of the present value of CFADS over the target, the maximum LTV and the advance rate on liquidation
    value. Periods without cash carry nothing; the debt is never negative.
    """
    sized = capacity(
        cfads, target_dscr, period_rate(annual_rate, frequency), value, max_ltv, nolv, advance_rate, allow_negam
    )
    if return_ == "debt":
        return np.asarray(sized.debt)[..., None]
    if return_ == "binding":
        return np.vectorize(lambda code: _LIMBS[Limb(int(code))], otypes=[object])(sized.binding)[..., None]
    sentences = [sized.sentence(*loan) for loan in np.ndindex(np.shape(sized.debt))]
    return np.array(sentences, dtype=object).reshape(np.shape(sized.debt))[..., None]


def _gap_tape(
    balance: Any,
    cfads: Any,
    target: Any,
    annual_rate: Any,
    frequency: int,
    value: Any,
    max_ltv: Any,
    return_: str,
) -> Tape | None:
    if return_ == "capacity":
        return None
    gap = refinancing_gap(balance, cfads, target, period_rate(annual_rate, frequency), value, max_ltv)
    owed = np.asarray(balance)[..., None]
    steps = (
        Step("+", "balance", owed, "USD"),
        Step("−", "new debt", np.asarray(gap.capacity)[..., None], "USD", "what the remaining cash and value carry"),
    )
    if return_ == "gap":
        return Tape(steps, "gap", "USD")
    return Tape((*steps, Step("÷", "balance", owed, "USD")), "share not refinanced", "fraction")


@worksheet(
    _CATEGORY,
    Example((100, (55, 30.25), 1.25, 0.1, 1), 40.0),
    "Balance less what a new lender advances; by hand (55 / 1.1 + 30.25 / 1.21) / 1.25 = 60 of 100.",
    _gap_tape,
)
def XLMODEL_REFINANCING_GAP(
    balance: Annotated[Floats, Arg(Kind.LOAN, "USD", "Owed at maturity.")],
    cfads: Annotated[
        Floats, Arg(Kind.SERIES, "USD a period", "Cash flow after that date, to the end of the asset's life.")
    ],
    target_dscr: TargetDscr,
    annual_rate: AnnualRate,
    frequency: Frequency = 4,
    value: Annotated[Floats | None, Arg(Kind.LOAN, "USD", "Collateral on that date.")] = None,
    max_ltv: Annotated[Floats | None, Arg(Kind.LOAN, "fraction", "Largest loan to value lent.")] = None,
    return_: Annotated[
        str,
        Arg(Kind.CHOICE, "", "The gap in money or as a share, or what can be borrowed.", ("gap", "share", "capacity")),
    ] = "gap",
) -> Floats:
    """What a new lender will not refinance when a balloon falls due.

    Balance less the debt that the remaining cash, and the collateral, then carry. Negative is room to spare.
    """
    gap = refinancing_gap(balance, cfads, target_dscr, period_rate(annual_rate, frequency), value, max_ltv)
    answer: Floats = {"gap": gap.gap, "share": gap.gap_share, "capacity": gap.capacity}[return_]
    return np.asarray(answer)[..., None]
