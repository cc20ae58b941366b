"""The liquidation haircut: what a forced sale of a block takes away, part by part.

The parts, in order: obsolescence until the sale, condition, integration, market depth, selling, removal, fixed costs,
discounting. `xlmodel.collateral.composition` multiplies them; here stands what they are, and which of them a value on
a given basis has already suffered.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.absorption import choice, depth_discounts, worst
from xlmodel.collateral.composition import Composition, compose
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real

PARTS = (
    "obsolescence",
    "condition",
    "integration",
    "depth",
    "selling",
    "removal",
    "fixed",
    "discounting",
)


class Basis(StrEnum):
    """What a reference value measures, and so which parts it has already suffered."""

    COST = "cost"
    FMV_IN_USE = "FMV_in_use"
    FMV_REMOVED = "FMV_removed"
    OLV = "OLV"
    NOLV = "NOLV"
    FLV = "FLV"


@dataclass(frozen=True, slots=True)
class Haircut(Composition):
    """A haircut and its parts (`PARTS`, in that order), arrays of one shape.

    Attributes
    ----------
    depth_by_law
        The depth discount each law gives that the inputs determine, as shares of price.
    """

    depth_by_law: dict[str, Floats]


def haircut(
    units: npt.ArrayLike,
    unit_value: npt.ArrayLike,
    months_to_sale: npt.ArrayLike,
    annual_decay_eff: npt.ArrayLike,
    units_per_month_depth: npt.ArrayLike | None = None,
    condition: npt.ArrayLike = 0.0,
    integration: npt.ArrayLike = 0.0,
    depth_law: str = "worse",
    selling_pct: npt.ArrayLike = 0.0,
    cost_per_unit: npt.ArrayLike = 0.0,
    fixed_cost: npt.ArrayLike = 0.0,
    discount_eff: npt.ArrayLike = 0.0,
    basis: str = "FMV_in_use",
    annual_volatility: npt.ArrayLike | None = None,
    elasticity: npt.ArrayLike = 1.0,
    scrap_share: npt.ArrayLike = 0.0,
) -> Haircut:
    """Haircut of a block sale, composed of named parts.

    ``H = 1 − PV / V``, ``PV = max(0, V (1−d)^τ (1−c)(1−g)(1−h)(1−s) − u Q − F) / (1+r)^τ``, τ = months / 12

    Parameters
    ----------
    units
        Q, units sold in the block, at least 0.
    unit_value
        Value of one unit on the `basis`, money, at least 0; V = Q · unit_value.
    months_to_sale
        From default until the cash is in, months, at least 0: enforcement and sale together.
    annual_decay_eff
        d, share of value lost in a year, 0 up to 1 excluded. A lender does not count on appreciation.
    units_per_month_depth
        Units the market takes in a month, at least 0, or a table of two columns with at least two rows: share of
        the price, units a month at that price. No default exists, because nobody publishes one; it is left out
        only where the basis already contains it.
    condition, integration
        c, loss for wear, testing and missing warranty; g, loss outside its racks, cooling and network: fractions.
    depth_law
        The law behind h: one of `xlmodel.collateral.absorption.DepthLaw`. "worse" takes the larger of the demand
        curve (the table, else the exponential) and, where a volatility is given, the square root.
    selling_pct
        s, commission and other selling cost, fraction of gross proceeds.
    cost_per_unit, fixed_cost
        u, removal, transport and storage of a unit; F, legal and other cost: money, at least 0. Costs are paid out of
        proceeds only: a lender may abandon, so the parts stop where nothing is left.
    discount_eff
        r, effective annual rate for the wait, at least 0.
    basis
        What `unit_value` measures. A value that already contains a part refuses to have it taken twice.
    annual_volatility
        σ of the price, per square root of a year, at least 0.
    elasticity
        ε of the iso-elastic law, greater than 0.
    scrap_share
        Share of the price at the sale that scrap brings, 0 to 1; depth takes no price below it.

    Returns
    -------
    Haircut
        Its shares are undefined (`NOTHING_TO_SELL`) where the reference value is 0, by no units or by no value.

    Raises
    ------
    InputError
        A part counted twice, a depth that is missing, an unknown law or basis.
    RangeError
        A share outside 0 to 1, a negative amount.

    Notes
    -----
    Multiplicative composition as in appraisal practice; depth laws in `xlmodel.collateral.depth`.

    Examples
    --------
    A block of a year's demand, after a year in which half the value went:

    >>> round(float(haircut(1200, 35_000, 12, 0.5, 100, depth_law="exponential").total), 4)
    0.8161
    """
    base = choice("basis", Basis, basis)
    q, v = real("units", units, 0), real("unit_value", unit_value, 0)
    months = real("months_to_sale", months_to_sale, 0)
    decay = real("annual_decay_eff", annual_decay_eff, 0, below=1)
    worn, stranded = real("condition", condition, 0, 1), real("integration", integration, 0, 1)
    commission = real("selling_pct", selling_pct, 0, 1)
    removal, fixed = real("cost_per_unit", cost_per_unit, 0), real("fixed_cost", fixed_cost, 0)
    rate = real("discount_eff", discount_eff, 0)
    _refuse_double_counting(base, units_per_month_depth, stranded, commission, removal, fixed)
    broadcast(
        units=q, unit_value=v, months_to_sale=months, annual_decay_eff=decay, condition=worn, integration=stranded,
        selling_pct=commission, cost_per_unit=removal, fixed_cost=fixed, discount_eff=rate,
    )  # fmt: skip
    by_law: dict[str, Floats] = {}
    if units_per_month_depth is not None:
        by_law = depth_discounts(
            q, months, units_per_month_depth, depth_law, annual_volatility, elasticity, scrap_share
        )
    losses = (1 - (1 - decay) ** (months / 12), worn, stranded, worst(by_law), commission)
    sale = compose(
        q * v,
        dict(zip(PARTS, losses, strict=False)),
        {"removal": removal * q, "fixed": fixed},
        months / 12,
        rate,
    )
    return Haircut(
        sale.total,
        sale.reference_value,
        sale.gross_proceeds,
        sale.net_proceeds,
        sale.present_value,
        sale.parts,
        sale.shortfall,
        by_law,
    )


def _refuse_double_counting(
    basis: Basis,
    per_month: npt.ArrayLike | None,
    integration: Floats,
    commission: Floats,
    removal: Floats,
    fixed: Floats,
) -> None:
    has_depth = basis in (Basis.OLV, Basis.NOLV, Basis.FLV)
    if has_depth and per_month is not None:
        raise InputError(
            f"units_per_month_depth counts depth twice: a value on the basis {basis} is already what a sale brings",
            "units_per_month_depth",
        )
    if not has_depth and per_month is None:
        raise InputError(
            f"units_per_month_depth is missing: a value on the basis {basis} assumes a buyer for every unit",
            "units_per_month_depth",
        )
    if basis is not Basis.COST and basis is not Basis.FMV_IN_USE and np.any(integration > 0):
        raise InputError(
            f"integration is counted twice: a value on the basis {basis} is already removed", "integration"
        )
    for name, cost in (("selling_pct", commission), ("cost_per_unit", removal), ("fixed_cost", fixed)):
        if basis is Basis.NOLV and np.any(cost > 0):
            raise InputError(f"{name} is counted twice: NOLV is already net of the expenses of the sale", name)
