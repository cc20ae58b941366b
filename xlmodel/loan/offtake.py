"""What the contract alone carries: contracted-only coverage, the rent that breaks even, debt a unit against resale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import NO_BALANCE, NOTHING_RENTED
from xlmodel.loan.coverage import cover, dscr, dscr_ltm
from xlmodel.maths.domain import Floats, broadcast, real, series, whole


def contracted_dscr(
    contracted_revenue: ArrayLike, costs: ArrayLike, debt_service: ArrayLike, window: float = 1
) -> Floats:
    """Return the coverage if nothing but the contracts brought revenue.

    ``(contracted revenue − costs) / DS``, or the ratio of their sums over a window

    Parameters
    ----------
    contracted_revenue
        Cash from contracts, prepayments and credits as they are paid, money by period, time last.
    costs
        Cash costs that go on, at least 0: of the whole fleet, unless the rest can be switched off.
    debt_service
        Scheduled interest and principal, at least 0.
    window
        Periods summed, 1 for each period by itself.

    Returns
    -------
    Floats
        The ratio by period. When the contract ends before the loan it drops to the costs with a minus.

    Examples
    --------
    >>> contracted_dscr([50, 50, 0], 10, [20, 20, 20]).tolist()
    [2.0, 2.0, -0.5]
    """
    cash = series("contracted_revenue", contracted_revenue)
    spent, service = series("costs", costs, 0), series("debt_service", debt_service, 0)
    broadcast(contracted_revenue=cash, costs=spent, debt_service=service)
    span = whole("window", window, 1)
    return dscr(cash - spent, service) if span == 1 else dscr_ltm(cash - spent, service, span)


def breakeven_price(
    debt_service: ArrayLike,
    costs: ArrayLike,
    units: ArrayLike,
    hours: ArrayLike,
    usage: ArrayLike = 1.0,
    contracted_revenue: ArrayLike = 0.0,
    contracted_share: ArrayLike = 0.0,
    target_dscr: ArrayLike = 1.0,
) -> Floats:
    """Return the rent at which the cash just carries the debt service.

    ``(target · DS + costs − contracted revenue) / (n · h · u · (1 − w))``, USD per unit-hour, at least 0

    Parameters
    ----------
    debt_service
        Scheduled interest and principal, at least 0, by period, time last.
    costs
        Cash costs, at least 0, by period.
    units
        Rentable units, at least 0. Every argument broadcasts against the periods.
    hours
        Hours of a period, at least 0.
    usage
        Share of its hours that capacity without a contract rents, 0 to 1.
    contracted_revenue
        Cash from contracts, by period.
    contracted_share
        Share of the capacity they take, 0 to 1; by default the whole fleet is rented at the price asked for.
    target_dscr
        Coverage wanted, greater than 0; 1 is the break-even.

    Returns
    -------
    Floats
        By period; 0 where the contracts alone suffice, undefined (`NOTHING_RENTED`) where something is missing and
        nothing is left to rent.

    Examples
    --------
    A thousand units, 2,190 hours, 85 % rented, 772,194 of costs and 2,229,104 of service in a quarter:

    >>> breakeven_price([2_229_104], 772_194, 1000, 2190, 0.85).round(4).tolist()
    [1.6123]
    """
    service, spent = series("debt_service", debt_service, 0), series("costs", costs, 0)
    fixed, wanted = series("contracted_revenue", contracted_revenue), real("target_dscr", target_dscr, above=0)
    fleet, length = real("units", units, 0), real("hours", hours, 0)
    rented, taken = real("usage", usage, 0, 1), real("contracted_share", contracted_share, 0, 1)
    broadcast(
        debt_service=service, costs=spent, units=fleet, hours=length, usage=rented, contracted_revenue=fixed,
        contracted_share=taken, target_dscr=wanted,
    )  # fmt: skip
    need = np.maximum(wanted * service + spent - fixed, 0.0)
    return np.where(need > 0, cover(need, fleet * length * rented * (1 - taken), NOTHING_RENTED), 0.0)


@dataclass(frozen=True, slots=True)
class UnitDebt:
    """Debt a unit beside what a unit brings.

    Attributes
    ----------
    debt
        Owed per unit, USD.
    cover
        Resale value of a unit over it; undefined (`NO_BALANCE`) where nothing is owed.
    shortfall
        What is missing a unit if all are sold, at least 0.
    """

    debt: Floats
    cover: Floats
    shortfall: Floats


def debt_per_unit(balance: ArrayLike, units: ArrayLike, resale: ArrayLike = 0.0) -> UnitDebt:
    """Return the debt on each unit, as of the end of the contract, against what a unit is then resold for.

    ``balance / units`` and ``resale · units / balance``

    Parameters
    ----------
    balance
        Owed, at least 0. Every argument broadcasts.
    units
        Units in service, greater than 0.
    resale
        Value of one unit after cost of sale, at least 0.

    Examples
    --------
    >>> found = debt_per_unit(15_647_622, 1000, 9_000)
    >>> round(float(found.debt), 2), round(float(found.cover), 4)
    (15647.62, 0.5752)
    """
    owed, fleet, sold = real("balance", balance, 0), real("units", units, above=0), real("resale", resale, 0)
    broadcast(balance=owed, units=fleet, resale=sold)
    each = owed / fleet
    return UnitDebt(np.asarray(each), cover(sold + 0 * each, each, NO_BALANCE), np.asarray(np.maximum(each - sold, 0)))
