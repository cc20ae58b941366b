"""The cash available for debt service: what is left of cash revenue after every cost but the debt's own."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.maths.domain import Floats, broadcast, real, series, whole


def cfads(
    revenue: npt.ArrayLike,
    power: npt.ArrayLike = 0.0,
    hosting: npt.ArrayLike = 0.0,
    network: npt.ArrayLike = 0.0,
    staff_insurance: npt.ArrayLike = 0.0,
    maintenance_capex: npt.ArrayLike = 0.0,
    tax: npt.ArrayLike = 0.0,
    working_capital_increase: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the cash flow available for debt service of each period.

    ``CFADS = cash revenue - power - hosting - network - staff and insurance - maintenance capex - cash tax
    - increase of working capital``

    It is before debt service, and never holds debt draws, equity, opening cash or releases of a reserve.

    Parameters
    ----------
    revenue
        Cash received from customers, prepayments included, shape (..., periods). Any sign, as refunds occur.
    power, hosting, network, staff_insurance, maintenance_capex
        Costs paid, at least 0. Each broadcasts against the revenue.
    tax
        Cash tax; negative is a refund. 0 leaves the result before tax.
    working_capital_increase
        Cash bound by receivables and stock net of payables; negative releases cash.

    Raises
    ------
    RangeError
        A negative cost.
    InputError
        Shapes that do not fit together.

    Notes
    -----
    Without revenue the result is minus the costs: negative cash flow is kept, here and in the ratios.

    Examples
    --------
    >>> cfads([100, 60, 20], power=15, hosting=[25, 25, 25]).tolist()
    [60.0, 20.0, -20.0]
    """
    parts = {
        "revenue": series("revenue", revenue),
        "power": series("power", power, 0),
        "hosting": series("hosting", hosting, 0),
        "network": series("network", network, 0),
        "staff_insurance": series("staff_insurance", staff_insurance, 0),
        "maintenance_capex": series("maintenance_capex", maintenance_capex, 0),
        "tax": series("tax", tax),
        "working_capital_increase": series("working_capital_increase", working_capital_increase),
    }
    broadcast(**parts)
    cash, *costs = parts.values()
    for cost in costs:
        cash = cash - cost
    return np.ascontiguousarray(cash)


def installed_cost(units: npt.ArrayLike, hours: npt.ArrayLike, cost_per_hour: npt.ArrayLike) -> Floats:
    """Return what running the fleet costs in each period, rented out or not: ``n h c``.

    Parameters
    ----------
    units
        Installed units, at least 0.
    hours
        Hours of a period, at least 0.
    cost_per_hour
        Cash cost of an installed hour, USD, at least 0. All three broadcast, time last.

    Raises
    ------
    RangeError
        A negative argument.

    Examples
    --------
    >>> round(float(installed_cost(1000, 2190, 0.3526)))
    772194
    """
    fleet, duration = real("units", units, 0), real("hours", hours, 0)
    cost = real("cost_per_hour", cost_per_hour, 0)
    broadcast(units=fleet, hours=duration, cost_per_hour=cost)
    return fleet * duration * cost


def power_cost(
    kw: npt.ArrayLike,
    pue: npt.ArrayLike,
    usd_per_kwh: npt.ArrayLike,
    usage: npt.ArrayLike = 1.0,
    idle_load: npt.ArrayLike = 1.0,
) -> Floats:
    """Return the cost of power per installed hour: ``kW PUE price (u + (1 - u) idle)``.

    Parameters
    ----------
    kw
        Draw of one unit at work, its share of the server included, kW, at least 0. Every argument broadcasts.
    pue
        Power usage effectiveness: power of the site over power of the hardware, at least 1.
    usd_per_kwh
        Price of power; negative in some markets and hours.
    usage
        Share of the hours at work, 0 to 1.
    idle_load
        Draw of an idle unit as a share of its draw at work, 0 to 1; 1 is an installation that never rests.

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> round(float(power_cost(1.275, 1.3, 0.08)), 4)
    0.1326
    """
    draw, overhead, price = real("kw", kw, 0), real("pue", pue, 1), real("usd_per_kwh", usd_per_kwh)
    busy, idle = real("usage", usage, 0, 1), real("idle_load", idle_load, 0, 1)
    broadcast(kw=draw, pue=overhead, usd_per_kwh=price, usage=busy, idle_load=idle)
    return draw * overhead * price * (busy + (1 - busy) * idle)


@dataclass(frozen=True, slots=True)
class CashTax:
    """Tax by period, shape (..., periods).

    Attributes
    ----------
    tax
        Cash tax.
    losses
        Losses carried forward at the end of each period.
    """

    tax: Floats
    losses: Floats


def cash_tax(
    operating_cash: npt.ArrayLike,
    interest: npt.ArrayLike,
    depreciation: npt.ArrayLike,
    tax_rate: npt.ArrayLike,
    opening_losses: npt.ArrayLike = 0.0,
    loss_use_limit: npt.ArrayLike = 1.0,
) -> CashTax:
    """Return the tax of each period, in turn, with losses carried forward.

    ``profit_k = cash_k - interest_k - depreciation_k``; ``tax_k = rate max(0, profit_k - losses used)``

    Interest of a period accrues on its opening balance, which is known before the tax, so nothing is
    circular.

    Parameters
    ----------
    operating_cash
        CFADS before tax, shape (..., periods).
    interest
        Interest on the opening balance of each period, at least 0.
    depreciation
        Tax depreciation of each period, at least 0.
    tax_rate
        0 to 1, shape (..., periods) or one value.
    opening_losses
        Losses brought in, at least 0, shape (...).
    loss_use_limit
        Largest share of a profit that losses may absorb, 0 to 1, shape (...); some laws stop at 0.8.

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> due = cash_tax([50, 80, 80], [10, 8, 6], [70, 30, 0], 0.25)
    >>> due.tax.tolist(), due.losses.tolist()
    ([0.0, 3.0, 18.5], [30.0, 0.0, 0.0])
    """
    cash, paid = series("operating_cash", operating_cash), series("interest", interest, 0)
    written_off, rate = series("depreciation", depreciation, 0), series("tax_rate", tax_rate, 0, 1)
    shape = broadcast(operating_cash=cash, interest=paid, depreciation=written_off, tax_rate=rate)
    losses, limit = real("opening_losses", opening_losses, 0), real("loss_use_limit", loss_use_limit, 0, 1)
    lead = np.broadcast_shapes(shape[:-1], losses.shape, limit.shape)
    profit = np.broadcast_to(cash - paid - written_off, (*lead, shape[-1]))
    rate = np.broadcast_to(rate, (*lead, shape[-1]))
    tax, carried = np.zeros(profit.shape), np.zeros(profit.shape)
    for k in range(shape[-1]):
        tax[..., k], losses = period_tax(profit[..., k], losses, rate[..., k], limit)
        carried[..., k] = losses
    return CashTax(tax, carried)


def period_tax(profit: Floats, losses: Floats, tax_rate: Floats, loss_use_limit: Floats) -> tuple[Floats, Floats]:
    """Return the tax of one period and the losses left after it, for engines that step through time themselves.

    Parameters
    ----------
    profit
        Taxable profit before losses, any sign. Every argument broadcasts; the arguments are taken as checked.
    losses
        Losses brought forward, at least 0.
    tax_rate, loss_use_limit
        0 to 1.

    Examples
    --------
    >>> tax, left = period_tax(np.float64(42), np.float64(30), np.float64(0.25), np.float64(1))
    >>> float(tax), float(left)
    (3.0, 0.0)
    """
    used = np.minimum(losses, loss_use_limit * np.maximum(profit, 0.0))
    tax = tax_rate * (np.maximum(profit, 0.0) - used)
    return tax, losses - used + np.maximum(-profit, 0.0)


@dataclass(frozen=True, slots=True)
class PrepaidRevenue:
    """A prepayment turned into cash, shape (..., periods).

    Attributes
    ----------
    cash
        Cash received from the customer: invoices, plus prepayments, less credits.
    credited
        Share of the invoices that was settled by the prepayment.
    outstanding
        Prepayment not yet credited at the end of each period, which is owed to the customer.
    """

    cash: Floats
    credited: Floats
    outstanding: Floats


def prepaid_revenue(
    revenue: npt.ArrayLike, receipts: npt.ArrayLike, credit_first_period: int, credit_periods: int
) -> PrepaidRevenue:
    """Return the cash of a customer who pays ahead: counted when received, not when earned.

    ``cash = revenue + receipt - credit``; the prepayment is credited evenly over a window, and what an
    invoice is too small for is carried to the next one.

    Parameters
    ----------
    revenue
        Invoices of that customer, at least 0, shape (..., periods).
    receipts
        Prepayments in the period they arrive, at least 0, shape (..., periods).
    credit_first_period
        First period in which invoices are settled by the prepayment, from 1.
    credit_periods
        Over how many periods it is credited, at least 1.

    Raises
    ------
    RangeError
        Negative amounts, or a window that starts before period 1.

    Examples
    --------
    >>> paid = prepaid_revenue([10, 10, 10, 10], [8, 0, 0, 0], 3, 2)
    >>> paid.cash.tolist(), paid.outstanding.tolist()
    ([18.0, 10.0, 6.0, 6.0], [8.0, 8.0, 4.0, 0.0])
    """
    invoices, received = series("revenue", revenue, 0), series("receipts", receipts, 0)
    shape = broadcast(revenue=invoices, receipts=received)
    first = whole("credit_first_period", credit_first_period, 1)
    length = whole("credit_periods", credit_periods, 1)
    invoices, received = np.broadcast_to(invoices, shape), np.broadcast_to(received, shape)
    credited, outstanding = np.zeros(shape), np.zeros(shape)
    owed = np.zeros(shape[:-1])
    for k in range(shape[-1]):
        owed = owed + received[..., k]
        left = first + length - 1 - k  # periods of the window from this one on
        due = owed / max(left, 1) if k + 1 >= first else np.zeros_like(owed)
        credit = np.minimum(due, invoices[..., k])
        owed = owed - credit
        credited[..., k], outstanding[..., k] = credit, owed
    return PrepaidRevenue(invoices + received - credited, credited, outstanding)
