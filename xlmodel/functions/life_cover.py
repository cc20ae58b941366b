"""Coverage over the life: averages, loan and project life, interest, headroom, duration."""

from typing import Annotated, Any

import numpy as np

from xlmodel.functions.answer import at
from xlmodel.functions.coverage import Cfads, DebtService, Direction, Period, Ratio
from xlmodel.functions.debt import AnnualRate, Frequency, period_rate
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.loan import covenant, coverage, life_coverage, mismatch
from xlmodel.maths.domain import Floats
from xlmodel.maths.duration import weighted_average_life

_CATEGORY = "Coverage"

ClosingBalance = Annotated[Floats, Arg(Kind.SERIES, "USD", "Owed after each payment.")]
Principal = Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Principal repaid in each period.")]


@worksheet(_CATEGORY, Example(((1.5, 1.1, 1.3),), 1.1), "By inspection; an undefined period is passed over.")
def XLMODEL_MIN_DSCR(
    ratio: Ratio,
    return_: Annotated[
        str, Arg(Kind.CHOICE, "", "The smallest ratio, or the number of its period.", ("ratio", "period"))
    ] = "ratio",
) -> Any:
    """Smallest coverage of a loan, or the period it falls in.

    Periods that show an error are passed over; one answer a loan.
    """
    least = coverage.minimum(ratio)
    return (least.value if return_ == "ratio" else np.asarray(least.index) + 1.0)[..., None]


def _average_tape(cfads: Any, debt_service: Any, definition: str) -> Tape:
    if definition == "aggregate":
        cash, service = np.broadcast_arrays(np.atleast_1d(cfads), np.atleast_1d(debt_service))
        steps = (
            Step("+", "cash available for debt service", cash.sum(axis=-1)[..., None], "USD", "of all periods"),
            Step("÷", "debt service", service.sum(axis=-1)[..., None], "USD", "of all periods"),
        )
    else:
        ratio = np.atleast_1d(coverage.dscr(cfads, debt_service))
        defined = ~np.isnan(ratio)
        steps = (
            Step("+", "ratios", np.where(defined, ratio, 0.0).sum(axis=-1)[..., None], "ratio", "their sum"),
            Step("÷", "periods with debt service", defined.sum(axis=-1)[..., None], "periods"),
        )
    return Tape(steps, "average coverage", "ratio")


@worksheet(
    _CATEGORY,
    Example(((200, 100), (100, 200), "aggregate"), 1.0),
    "Two definitions are in use: by hand (2 + 0.5) / 2 = 1.25 is the mean of ratios, 300 / 300 = 1 the ratio of sums.",
    _average_tape,
)
def XLMODEL_AVG_DSCR(
    cfads: Cfads,
    debt_service: DebtService,
    definition: Annotated[
        str, Arg(Kind.CHOICE, "", "Mean of the ratios, or sum of cash over sum of service.", ("mean", "aggregate"))
    ] = "mean",
) -> Floats:
    """Average debt service coverage of a loan, by either definition.

    The mean of the periodic ratios flatters a loan whose cash comes early; the aggregate does not. Periods without
    debt service are passed over by the mean. One answer a loan.
    """
    if definition == "mean":
        return coverage.average_dscr(coverage.dscr(cfads, debt_service))[..., None]
    return coverage.aggregate_dscr(cfads, debt_service)[..., None]


def _life_tape(
    cfads: Any, balance: Any, rate: Any, reserve: Any, treatment: str, last: int | None, period: int | None, total: str
) -> Tape:
    """Present value of the cash after each payment, with the reserve, over what is owed then."""
    worth = life_coverage.present_values(cfads, rate, last)
    worth = np.concatenate([worth[..., 1:], np.zeros_like(worth[..., :1])], axis=-1)
    owed = np.atleast_1d(balance)
    beyond = np.zeros((*owed.shape[:-1], worth.shape[-1] - owed.shape[-1]))
    worth, owed, reserve = np.broadcast_arrays(worth, np.concatenate([owed, beyond], axis=-1), reserve)
    cash = [Step("+", "present value of the cash", at(period, worth), "USD", "after the payment, at the debt's rate")]
    debt = Step("÷", "balance", at(period, owed), "USD", "after the payment")
    if treatment == "numerator":
        cash.append(Step("+", "reserve", at(period, reserve), "USD", "added to the cash"))
    elif treatment == "net_debt":
        debt = Step("÷", "balance net of the reserve", at(period, owed - reserve), "USD", "after the payment")
    return Tape((*cash, debt), total, "ratio")


def _llcr_tape(
    cfads: Any, balance: Any, annual_rate: Any, frequency: int, dsra: Any, treatment: str, last: Any, period: Any
) -> Tape:
    rate = period_rate(annual_rate, frequency)
    return _life_tape(cfads, balance, rate, dsra, treatment, last, period, "loan life coverage")


def _plcr_tape(cfads: Any, balance: Any, annual_rate: Any, frequency: int, last: Any, period: Any) -> Tape:
    rate = period_rate(annual_rate, frequency)
    return _life_tape(cfads, balance, rate, 0.0, "none", last, period, "project life coverage")


def _icr_tape(cfads: Any, interest: Any, period: int | None) -> Tape:
    cash, due = np.broadcast_arrays(np.atleast_1d(cfads), np.atleast_1d(interest))
    steps = (
        Step("+", "cash available for debt service", at(period, cash), "USD"),
        Step("÷", "interest", at(period, due), "USD"),
    )
    return Tape(steps, "interest coverage", "ratio")


@worksheet(
    _CATEGORY,
    Example(((100, 60, 60), (100, 50, 0), 0, 1, 0, "none", None, 1), 1.2),
    "Yescombe, Principles of Project Finance (2014), ch. 12; by hand (60 + 60) / 100 at a rate of 0.",
    _llcr_tape,
)
def XLMODEL_LLCR(
    cfads: Cfads,
    closing_balance: ClosingBalance,
    annual_rate: AnnualRate,
    frequency: Frequency = 4,
    dsra: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD", "Balance of the debt service reserve account on the same dates.")
    ] = 0.0,
    dsra_treatment: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "Ignore the reserve, add it to the cash, or net it against debt.",
            life_coverage.DSRA_TREATMENTS,
        ),
    ] = "none",
    maturity_period: Annotated[
        int | None, Arg(Kind.WHOLE, "period", "Last period whose cash counts; the last one unless given.")
    ] = None,
    period: Period = None,
) -> Floats:
    """Loan life coverage ratio after each payment.

    Present value of the cash to maturity, at the debt's own rate, over the balance. One date before maturity it equals
    the last period's DSCR. #DIV/0! where nothing is owed.
    """
    rate = period_rate(annual_rate, frequency)
    return at(
        period,
        life_coverage.loan_life_coverage(cfads, closing_balance, rate, dsra, dsra_treatment, maturity_period, "end"),
    )


@worksheet(
    _CATEGORY,
    Example(((100, 60, 60, 30), (100, 50, 0), 0, 1, 4, 1), 1.5),
    "Yescombe, Principles of Project Finance (2014), ch. 12; by hand (60 + 60 + 30) / 100 at a rate of 0.",
    _plcr_tape,
)
def XLMODEL_PLCR(
    cfads: Cfads,
    closing_balance: ClosingBalance,
    annual_rate: AnnualRate,
    frequency: Frequency = 4,
    last_period: Annotated[
        int | None, Arg(Kind.WHOLE, "period", "Last period in which running the asset pays; the last one unless given.")
    ] = None,
    period: Period = None,
) -> Floats:
    """Project life coverage ratio after each payment: the cash after maturity counts.

    Present value of the cash to the end of the economic life over the balance. #DIV/0! where nothing is owed.
    """
    rate = period_rate(annual_rate, frequency)
    return at(period, life_coverage.project_life_coverage(cfads, closing_balance, rate, last_period, "end"))


@worksheet(_CATEGORY, Example(((120, 90), (30, 0), 1), 4.0), "Cash over interest; by hand 120 / 30.", _icr_tape)
def XLMODEL_ICR(
    cfads: Cfads,
    interest: Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Interest due in each period.")],
    period: Period = None,
) -> Floats:
    """Interest coverage ratio of every period.

    CFADS over interest; pass EBITDA instead where the agreement says so. #DIV/0! where no interest falls due.
    """
    return at(period, life_coverage.interest_cover(cfads, interest))


@worksheet(
    _CATEGORY, Example((1.5, 1.2), 0.2), "Bodmer's break-even in the form 1 − covenant / ratio; by hand 1 − 1.2 / 1.5."
)
def XLMODEL_DSCR_HEADROOM(
    ratio: Ratio,
    covenant_: Annotated[Floats, Arg(Kind.SERIES, "ratio", "The level, one number or one for each period.")],
    direction: Direction = "below",
    period: Period = None,
) -> Floats:
    """Headroom: the share by which cash, or value, may fall until the covenant breaks.

    1 − covenant / ratio for coverage, 1 − ratio / covenant for loan to value. Negative once it is broken.
    """
    return at(period, covenant.headroom(ratio, covenant_, direction))


@worksheet(
    _CATEGORY,
    Example(((0, 100), (0, 100), (60, 40), 0, 1), 0.6),
    "Macaulay durations; by hand 2 years of the debt less 1.4 of the cash at a rate of 0.",
)
def XLMODEL_DURATION_GAP(
    principal_repaid: Principal,
    debt_service: DebtService,
    cfads: Cfads,
    annual_rate: Annotated[Floats, Arg(Kind.LOAN, "fraction a year", "Nominal annual rate of the debt.")],
    frequency: Frequency = 4,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "Debt less asset, or one of the two, in years.",
            ("mismatch", "debt", "asset", "average_life"),
        ),
    ] = "mismatch",
) -> Floats:
    """Duration gap: how many years the debt outlives the cash that pays it.

    Macaulay duration of the debt service less that of the asset's cash, both at the debt's rate.
    """
    gap = mismatch.duration_mismatch(
        principal_repaid, debt_service, cfads, period_rate(annual_rate, frequency), frequency
    )
    answer: Floats = getattr(gap, return_)
    return answer[..., None]


@worksheet(_CATEGORY, Example(((25, 25, 50), 1), 2.25), "By hand (25 · 1 + 25 · 2 + 50 · 3) / 100 years.")
def XLMODEL_WAL(principal_repaid: Principal, frequency: Frequency = 4) -> Floats:
    """Weighted average life of the principal, in years.

    Σ principal · time / Σ principal.
    """
    return weighted_average_life(principal_repaid, frequency)[..., None]
