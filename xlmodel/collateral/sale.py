"""What a sale brings on the four premises of an appraisal, from one set of assumptions.

Fair market value is what the units are worth in place and in use. A forced sale has a few weeks, an orderly sale may
take its time up to a limit; both meet the same decay, depth and costs. Waiting deepens the market and lets the
hardware decay, so the best orderly sale is searched for, the forced one included: with fast decay it may be that one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.absorption import depth_discounts, ladder_shaped, worst
from xlmodel.collateral.composition import Composition, compose
from xlmodel.collateral.optimum import best_on
from xlmodel.errors import RangeError
from xlmodel.maths.domain import Floats, broadcast, real


@dataclass(frozen=True, slots=True)
class LiquidationValues:
    """The four premises of value and the net ones, arrays of one shape.

    Attributes
    ----------
    fmv
        Fair market value in place and in use, money, today.
    olv, flv
        Orderly and forced liquidation value: gross proceeds of the best sale up to the limit, and of the forced one.
    nolv, nflv
        The best net proceeds of a sale up to the limit, and those of the forced sale.
    olv_months, nolv_months
        How long the sale behind OLV and behind NOLV takes. They differ only where holding the units costs money.
    orderly_is_forced
        Whether the best orderly sale is the forced one: waiting costs at least what a deeper market brings.
    """

    fmv: Floats
    olv: Floats
    nolv: Floats
    flv: Floats
    nflv: Floats
    olv_months: Floats
    nolv_months: Floats
    orderly_is_forced: npt.NDArray[np.bool_]


def liquidation_values(
    units: npt.ArrayLike,
    unit_value: npt.ArrayLike,
    annual_decay_eff: npt.ArrayLike,
    units_per_month_depth: npt.ArrayLike,
    forced_months: npt.ArrayLike,
    orderly_months: npt.ArrayLike,
    enforcement_months: npt.ArrayLike = 0.0,
    condition: npt.ArrayLike = 0.0,
    integration: npt.ArrayLike = 0.0,
    depth_law: str = "worse",
    selling_pct: npt.ArrayLike = 0.0,
    cost_per_unit: npt.ArrayLike = 0.0,
    fixed_cost: npt.ArrayLike = 0.0,
    carry_per_unit_month: npt.ArrayLike = 0.0,
    annual_volatility: npt.ArrayLike | None = None,
    elasticity: npt.ArrayLike = 1.0,
    scrap_share: npt.ArrayLike = 0.0,
) -> LiquidationValues:
    """FMV, OLV, NOLV and FLV of one block.

    ``gross(T) = V (1−d)^((τ+T/2)/12) (1−c)(1−g)(1−h(T))``, ``FLV = gross(T_f)``, ``OLV = max gross(T), T_f ≤ T ≤ T_o``

    Parameters
    ----------
    units, unit_value
        Units in the block, and the fair market value of one in use, money; both at least 0.
    annual_decay_eff
        d, share of value lost in a year, 0 up to 1 excluded. A sale at a constant rate is marked at its middle.
    units_per_month_depth
        What the market takes in a month: a number, or a table of price share and units a month.
    forced_months, orderly_months
        T_f and T_o, length of a forced sale and the longest an orderly one may take, months, ``T_f ≤ T_o``.
    enforcement_months
        τ, from default until a sale can begin (stay, release, export checks), months.
    condition, integration
        c, loss for wear, testing and missing warranty; g, loss outside its racks, cooling and network: fractions.
    depth_law, annual_volatility, elasticity, scrap_share
        The law behind h and what it needs, as in `xlmodel.collateral.absorption`.
    selling_pct
        Commission and other selling cost, fraction of gross proceeds.
    cost_per_unit, fixed_cost
        Removal and transport of a unit; legal and other cost: money, at least 0.
    carry_per_unit_month
        Storage, insurance, idle power and financing of one unsold unit for a month, money, at least 0: paid for all
        units until the sale begins and for half of them, on average, while it lasts.

    Returns
    -------
    LiquidationValues
        ``FLV ≤ OLV ≤ FMV``, ``NOLV ≤ OLV`` and ``NFLV ≤ NOLV`` always hold.

    Raises
    ------
    RangeError
        A forced sale longer than the orderly one, a share outside 0 to 1, a negative amount.

    Notes
    -----
    Premises as in the OCC's *Asset-Based Lending* handbook and the American Society of Appraisers' definitions. Values
    are undiscounted, as appraisers state them, and in money of their own date; `haircut` discounts.

    Examples
    --------
    Buyers for the block at three quarters of the price within a month, or at nine tenths over nine: when value halves
    every year, the quick sale is the better one.

    >>> bids = [(0.9, 100), (0.75, 800)]
    >>> values = liquidation_values(900, 1.0, 0.5, bids, 1, 9)
    >>> round(float(values.olv) / 900, 3), float(values.olv_months), bool(values.orderly_is_forced)
    (0.729, 1.0, True)
    """
    table = real("units_per_month_depth", units_per_month_depth, 0)
    by_ladder = ladder_shaped(table)
    given = {
        "units": real("units", units, 0),
        "unit_value": real("unit_value", unit_value, 0),
        "annual_decay_eff": real("annual_decay_eff", annual_decay_eff, 0, below=1),
        "forced_months": real("forced_months", forced_months, 0),
        "orderly_months": real("orderly_months", orderly_months, 0),
        "enforcement_months": real("enforcement_months", enforcement_months, 0),
        "condition": real("condition", condition, 0, 1),
        "integration": real("integration", integration, 0, 1),
        "selling_pct": real("selling_pct", selling_pct, 0, 1),
        "cost_per_unit": real("cost_per_unit", cost_per_unit, 0),
        "fixed_cost": real("fixed_cost", fixed_cost, 0),
        "carry_per_unit_month": real("carry_per_unit_month", carry_per_unit_month, 0),
        "elasticity": real("elasticity", elasticity, above=0),
        "scrap_share": real("scrap_share", scrap_share, 0, 1),
    }
    if annual_volatility is not None:
        given["annual_volatility"] = real("annual_volatility", annual_volatility, 0)
    if not by_ladder:
        given["units_per_month_depth"] = table
    shape = broadcast(**given)
    # One more axis for the lengths of sale that are tried.
    a = {name: np.broadcast_to(array, shape)[..., None] for name, array in given.items()}
    low, high = a["forced_months"][..., 0], a["orderly_months"][..., 0]
    if np.any(low > high):
        raise RangeError("forced_months must be at most orderly_months: an orderly sale takes longer", "forced_months")

    value = a["units"] * a["unit_value"]

    def sold_over(months: Floats, net: bool) -> Composition:
        found = depth_discounts(
            a["units"], months, a.get("units_per_month_depth", table), depth_law, a.get("annual_volatility"),
            a["elasticity"], a["scrap_share"],
        )  # fmt: skip
        middle = a["enforcement_months"] + months / 2
        losses = {
            "obsolescence": 1 - (1 - a["annual_decay_eff"]) ** (middle / 12),
            "condition": a["condition"],
            "integration": a["integration"],
            "depth": worst(found),
        }
        sale = compose(value, losses)
        if not net:
            return sale
        costs = {
            "selling": sale.gross_proceeds * a["selling_pct"],
            "removal": a["cost_per_unit"] * a["units"],
            "fixed": a["fixed_cost"],
            "carry": a["carry_per_unit_month"] * a["units"] * middle,
        }
        return compose(value, losses, costs)

    # A ladder takes all units down to a rung from one length on: the price jumps there, so these lengths are tried.
    cleared = _clearing_months(a["units"], table) if by_ladder else None
    forced = sold_over(low[..., None], net=True)
    flv, nflv = forced.gross_proceeds[..., 0], forced.net_proceeds[..., 0]
    olv_months, olv = best_on(lambda months: sold_over(months, net=False).gross_proceeds, low, high, cleared)
    nolv_months, nolv = best_on(lambda months: sold_over(months, net=True).net_proceeds, low, high, cleared)
    return LiquidationValues(value[..., 0].copy(), olv, nolv, flv, nflv, olv_months, nolv_months, olv <= flv)


@dataclass(frozen=True, slots=True)
class NetLiquidation:
    """A liquidation value after its expenses, and what is lent against it.

    Attributes
    ----------
    net
        NOLV or NFLV, money, at least 0.
    line
        Advance rate times the net value, money.
    """

    net: Floats
    line: Floats


def net_liquidation_value(
    gross: npt.ArrayLike,
    expense_pct: npt.ArrayLike = 0.0,
    fixed_expense: npt.ArrayLike = 0.0,
    advance_rate: npt.ArrayLike = 1.0,
) -> NetLiquidation:
    """An appraised OLV or FLV after the expenses of the sale: NOLV or NFLV.

    ``net = max(0, gross · (1 − x) − F)``, ``line = AR · net``

    Parameters
    ----------
    gross
        OLV or FLV, money, at least 0.
    expense_pct
        x, expenses that grow with the proceeds, fraction of gross.
    fixed_expense
        F, expenses that do not, money, at least 0.
    advance_rate
        AR, 0 to 1; a lender's policy, often 0.80 to 0.85 of an equipment NOLV.

    Examples
    --------
    >>> sale = net_liquidation_value(70, 0.12, 1, 0.85)
    >>> round(float(sale.net), 12), round(float(sale.line), 12)
    (60.6, 51.51)
    """
    value, share = real("gross", gross, 0), real("expense_pct", expense_pct, 0, 1)
    fixed, rate = real("fixed_expense", fixed_expense, 0), real("advance_rate", advance_rate, 0, 1)
    broadcast(gross=value, expense_pct=share, fixed_expense=fixed, advance_rate=rate)
    net = np.maximum(value * (1 - share) - fixed, 0.0)
    return NetLiquidation(net, np.asarray(rate * net))


def _clearing_months(units: Floats, table: Floats) -> Floats:
    """Shortest sales after which the block clears on each rung of the ladder, best price last."""
    a_month = np.cumsum(table[np.argsort(-table[:, 0], kind="stable"), 1])
    # Just beyond, so that rounding does not leave the last unit to the rung below.
    return np.asarray(units / np.maximum(a_month, 1e-200) * (1 + 1e-12))
