"""The financing: who is paid from the cash, what waits for cash, what a reserve should hold."""

from typing import Annotated, Any

import numpy as np

from xlmodel.errors import InputError
from xlmodel.functions.answer import at
from xlmodel.functions.coverage import Cfads, DebtService, Period
from xlmodel.functions.debt import AnnualRate, Frequency, period_rate
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.loan.contingent import contingent_schedule
from xlmodel.loan.reserves import dsra_target
from xlmodel.loan.term_sheet import LockUp, Reserve, Sweep, Tranche
from xlmodel.loan.waterfall import waterfall
from xlmodel.maths.domain import Floats

CATEGORY = "Financing"
_PAID = (
    "interest", "principal", "junior_interest", "junior_principal", "reserve", "swept", "distribution", "cash",
    "overdue", "closing", "junior_closing", "dscr",
)  # fmt: skip
_FLEXED = ("interest", "principal", "deferred", "debt_service", "closing", "dscr", "rigid_dscr")

Principal = Annotated[Floats, Arg(Kind.LOAN, "USD", "Drawn at closing; a column of loans is a batch.")]
Scheduled = Annotated[
    Floats, Arg(Kind.SERIES, "USD a period", "Scheduled principal; the last period also repays what it leaves.")
]


@worksheet(
    CATEGORY,
    Example(((40, 35, 20, 10), 100, 0.05, (15, 15, 15, 15), 1, 0, 0, 0.5, None, 0, 0, 0, "swept", 2), 8.125),
    "Sweep of half the cash after service, by hand: 35 − 0.05 · 75 − 15 = 16.25 in the second period, half of it.",
)
def XLMODEL_CASH_WATERFALL(
    cfads: Cfads,
    principal: Principal,
    annual_rate: AnnualRate,
    scheduled_principal: Annotated[
        Floats, Arg(Kind.SERIES, "USD a period", "Scheduled principal; what it leaves unpaid stays owed.")
    ],
    frequency: Frequency = 4,
    dsra_months: Annotated[
        Floats | float, Arg(Kind.LOAN, "months", "Service held in reserve, as much as falls due in so many months.")
    ] = 0.0,
    dsra_opening: Annotated[Floats | float, Arg(Kind.LOAN, "USD", "In the reserve at closing.")] = 0.0,
    sweep: Annotated[
        Floats | float, Arg(Kind.SERIES, "fraction", "Share of the excess cash that prepays the debt.")
    ] = 0.0,
    lockup_dscr: Annotated[
        Floats | None, Arg(Kind.SERIES, "ratio", "Coverage of the period below which nothing is distributed.")
    ] = None,
    minimum_cash: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD", "Kept before anything is swept or distributed.")
    ] = 0.0,
    fees: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Paid before interest.")] = 0.0,
    opening_cash: Annotated[Floats | float, Arg(Kind.LOAN, "USD", "On the account at closing.")] = 0.0,
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "One line of the waterfall, or all of them with their headings.", ("all", *_PAID))
    ] = "all",
    period: Period = None,
    junior_principal: Annotated[Floats | float, Arg(Kind.LOAN, "USD", "Second-ranking debt drawn at closing.")] = 0.0,
    junior_rate: Annotated[Floats | float, Arg(Kind.SERIES, "fraction a year", "Its nominal annual rate.")] = 0.0,
    junior_scheduled: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Its scheduled principal.")] = 0.0,
) -> Any:
    """Where the cash of every period goes: service, reserve, junior debt, sweep, distributions.

    In this order: fees, senior interest, senior principal, the debt service reserve, junior interest and principal,
    the sweep, distributions unless locked up. Missing cash is taken from the account and then from the reserve; what
    cannot be paid is "overdue", bears interest and ranks first when cash returns. Sources are uses in every period.
    """
    loan = Tranche(principal, period_rate(annual_rate, frequency), scheduled_principal)
    junior = Tranche(junior_principal, period_rate(np.asarray(junior_rate), frequency), junior_scheduled, rank=2)
    ahead = np.asarray(dsra_months) * frequency / 12
    paid = waterfall(
        cfads,
        [loan, junior],
        [Reserve(opening=dsra_opening, periods_ahead=ahead)],
        cash=opening_cash,
        fees=fees,
        sweep=Sweep(sweep),
        lockup=None if lockup_dscr is None else LockUp(lockup_dscr),
        minimum_cash=minimum_cash,
    )
    first, second = paid.tranches
    lines = {
        "interest": first.interest_paid,
        "principal": first.principal_paid,
        "junior_interest": second.interest_paid,
        "junior_principal": second.principal_paid,
        "reserve": paid.reserves[0].closing,
        "swept": first.swept + second.swept,
        "distribution": paid.distribution,
        "cash": paid.cash,
        "overdue": paid.overdue,
        "closing": first.closing,
        "junior_closing": second.closing,
        "dscr": paid.dscr,
    }
    return shown_lines(lines, item, period)


@worksheet(
    CATEGORY,
    Example(((40, 20, 60), 90, 0.1, (30, 30, 30), 1, 1, 1, 0, "principal", 2), 14.0),
    "Principal only as far as the cash leaves the floor, by hand: 20 / 1.0 − 0.1 · 60 = 14 in the second period.",
)
def XLMODEL_CONTINGENT_SCHEDULE(
    cfads: Cfads,
    principal: Principal,
    annual_rate: AnnualRate,
    scheduled_principal: Scheduled,
    floor_dscr: Annotated[Floats, Arg(Kind.SERIES, "ratio", "Coverage that the payment of principal must leave.")],
    frequency: Frequency = 4,
    catch_up: Annotated[
        Floats | float,
        Arg(Kind.SERIES, "fraction", "Share of what waits that is added to each later instalment; 0 leaves a balloon."),
    ] = 1.0,
    least: Annotated[
        Floats | float, Arg(Kind.SERIES, "fraction", "Share of the scheduled instalment due in any case.")
    ] = 0.0,
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "One line of the schedule, or all of them with their headings.", ("all", *_FLEXED))
    ] = "all",
    period: Period = None,
) -> Any:
    """Schedule whose principal waits for cash, with the coverage of the rigid one beside it.

    Pays the scheduled principal, and what waits, as far as coverage stays at the floor; interest is always due. What
    still waits falls due in the last period. Equal to the rigid schedule while the floor never binds.
    """
    flexed = contingent_schedule(
        cfads, principal, period_rate(annual_rate, frequency), scheduled_principal, floor_dscr, catch_up, least
    )
    return shown_lines({name: getattr(flexed, name) for name in _FLEXED}, item, period)


@worksheet(
    CATEGORY,
    Example(((10, 10, 12, 12, 8), 6, 4, 2), 24.0),
    "The service of the coming months, as loan agreements define it; by hand 12 + 12 after the second payment.",
)
def XLMODEL_DSRA_TARGET(
    debt_service: DebtService,
    months: Annotated[Floats, Arg(Kind.LOAN, "months", "How far ahead, commonly 6.")],
    frequency: Frequency = 4,
    period: Annotated[
        int | None, Arg(Kind.WHOLE, "period", "Return only the target after this payment; 0 is at closing.")
    ] = None,
) -> Floats:
    """What a debt service reserve should hold after each payment.

    The scheduled service of the coming months, cut off at maturity, so that the last target is 0. A look-ahead that
    is no whole number of periods takes that share of the last one.
    """
    target = dsra_target(debt_service, months, frequency)
    return target[..., 1:] if period is None else at(period + 1, target)


def shown_lines(lines: dict[str, Floats], item: str, period: int | None) -> Any:
    """One line, or all with headings for a single loan."""
    if item != "all":
        return at(period, lines[item])
    columns = [at(period, line) for line in lines.values()]
    if columns[0].ndim > 1 or (columns[0].ndim == 1 and period is not None):
        raise InputError("item must name one line for a batch of loans", "item")
    rows = np.column_stack([np.atleast_1d(c) for c in columns]).tolist()
    return [["period", *lines], *([float(k), *row] for k, row in enumerate(rows, 1 if period is None else period))]
