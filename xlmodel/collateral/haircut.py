"""The liquidation haircut: what a forced sale of a block takes away, part by part.

Parts multiply, they never add: three haircuts of 40 % lose 78.4 %, not 120 %. Each part is charged on what the parts
before it left, so that in money they add up to the whole.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from xlmodel.collateral import depth
from xlmodel.errors import NOTHING_TO_SELL, InputError
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


_Choice = TypeVar("_Choice", bound=StrEnum)


class Basis(StrEnum):
    """What a reference value measures, and so which parts it has already suffered."""

    COST = "cost"
    FMV_IN_USE = "FMV_in_use"
    FMV_REMOVED = "FMV_removed"
    OLV = "OLV"
    NOLV = "NOLV"
    FLV = "FLV"


class DepthLaw(StrEnum):
    """How price gives way to volume."""

    WORSE = "worse"
    SQUARE_ROOT = "square_root"
    LINEAR = "linear"
    ISOELASTIC = "isoelastic"
    EXPONENTIAL = "exponential"
    LADDER = "ladder"


@dataclass(frozen=True, slots=True)
class Haircut:
    """A haircut and its parts, arrays of one shape.

    Attributes
    ----------
    total
        Share of the reference value lost, 0 to 1.
    reference_value, net_proceeds, present_value
        Money: before, after costs, and after the wait.
    parts
        Money lost to each of `PARTS`, in that order; they add up to reference less present value.
    depth_by_law
        The depth discount each law gives that the inputs determine, as shares of price.
    """

    total: Floats
    reference_value: Floats
    net_proceeds: Floats
    present_value: Floats
    parts: dict[str, Floats]
    depth_by_law: dict[str, Floats]

    def share(self, part: str) -> Floats:
        """Return one part as a share of the reference value."""
        sold = self.reference_value > 0
        return np.where(sold, self.parts[part] / np.where(sold, self.reference_value, 1.0), NOTHING_TO_SELL.nan)


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
        The law behind h: "exponential" and "isoelastic" (elasticity 1) and "linear" (no price is left once the
        block equals the volume) are demand curves with one clearing price; "square_root" is the average impact and
        needs `annual_volatility`; "ladder" needs the table. "worse" takes the larger of the demand curve (the
        table, else the exponential) and, where a volatility is given, the square root.
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

    Returns
    -------
    Haircut
        Undefined (`NOTHING_TO_SELL`) where the reference value is 0.

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
    law = _choice("depth_law", DepthLaw, depth_law)
    base = _choice("basis", Basis, basis)
    q, v = real("units", units, 0), real("unit_value", unit_value, 0)
    months = real("months_to_sale", months_to_sale, 0)
    decay = real("annual_decay_eff", annual_decay_eff, 0, below=1)
    worn, stranded = real("condition", condition, 0, 1), real("integration", integration, 0, 1)
    commission = real("selling_pct", selling_pct, 0, 1)
    removal, fixed = real("cost_per_unit", cost_per_unit, 0), real("fixed_cost", fixed_cost, 0)
    rate = real("discount_eff", discount_eff, 0)
    sigma = None if annual_volatility is None else real("annual_volatility", annual_volatility, 0)
    _refuse_double_counting(base, units_per_month_depth, stranded, commission, removal, fixed)
    broadcast(
        units=q, unit_value=v, months_to_sale=months, annual_decay_eff=decay, condition=worn, integration=stranded,
        selling_pct=commission, cost_per_unit=removal, fixed_cost=fixed, discount_eff=rate,
    )  # fmt: skip
    by_law = {} if units_per_month_depth is None else _depth(q, months, units_per_month_depth, law, sigma)
    lost_to_depth = np.zeros(()) if not by_law else np.maximum.reduce(list(by_law.values()))
    years = months / 12
    reference = q * v
    left = reference
    parts: dict[str, Floats] = {}
    for name, loss in (
        ("obsolescence", 1 - (1 - decay) ** years),
        ("condition", worn),
        ("integration", stranded),
        ("depth", lost_to_depth),
        ("selling", commission),
    ):
        parts[name] = left * loss
        left = left - parts[name]
    for name, cost in (("removal", removal * q), ("fixed", fixed)):
        parts[name] = np.minimum(cost, left)
        left = left - parts[name]
    net = left
    present = net * (1 + rate) ** -years
    parts["discounting"] = net - present
    total = np.where(
        reference > 0,
        np.clip(1 - present / np.where(reference > 0, reference, 1.0), 0, 1),
        NOTHING_TO_SELL.nan,
    )
    shape = total.shape
    full = {name: np.broadcast_to(part, shape).copy() for name, part in parts.items()}
    return Haircut(total, np.broadcast_to(reference, shape).copy(), net + np.zeros(shape), present, full, by_law)


def composed(haircuts: npt.ArrayLike) -> Floats:
    """Loss of several haircuts taken one after the other, along the last axis.

    ``1 − Π (1 − h_i)``

    Parameters
    ----------
    haircuts
        Shares between 0 and 1, the parts on the last axis.

    Examples
    --------
    >>> round(float(composed([0.4, 0.4, 0.4])), 12)
    0.784
    """
    shares = np.atleast_1d(real("haircuts", haircuts, 0, 1))
    return np.asarray(1 - np.prod(1 - shares, axis=-1))


def _depth(
    units: Floats, months: Floats, per_month: npt.ArrayLike, law: DepthLaw, sigma: Floats | None
) -> dict[str, Floats]:
    """Depth discounts by law over the time of the sale, those that the chosen law compares."""
    table = real("units_per_month_depth", per_month, 0)
    is_ladder = table.ndim == 2 and table.shape[1] == 2 and table.shape[0] > 1
    if law is DepthLaw.LADDER and not is_ladder:
        raise InputError(
            "units_per_month_depth must be a table of two columns, share of price and units a month, for the ladder",
            "units_per_month_depth",
        )
    if is_ladder and law not in (DepthLaw.LADDER, DepthLaw.WORSE):
        raise InputError(f"depth_law {law} takes one depth, got a ladder; use ladder or worse", "depth_law")
    if law is DepthLaw.SQUARE_ROOT and sigma is None:
        raise InputError("annual_volatility is missing: the square-root law needs it", "annual_volatility")
    found: dict[str, Floats] = {}
    volume = (table[:, 1].sum() if is_ladder else table) * months
    if is_ladder:
        found["ladder"] = _filled(units, months, table)
    elif law in (DepthLaw.EXPONENTIAL, DepthLaw.WORSE):
        found["exponential"] = depth.exponential(units, volume).uniform
    elif law is DepthLaw.ISOELASTIC:
        found["isoelastic"] = depth.isoelastic(units, volume).uniform
    elif law is DepthLaw.LINEAR:
        slope = np.where(volume > 0, 1 / np.where(volume > 0, volume, 1.0), 1.0)
        found["linear"] = np.where(volume > 0, depth.linear(units, slope).uniform, (units > 0) * 1.0)
    if sigma is not None and law in (DepthLaw.SQUARE_ROOT, DepthLaw.WORSE):
        over_the_sale = sigma * np.sqrt(months / 12)
        found["square_root"] = depth.square_root(units, volume, over_the_sale).walk_down
    return found


def _filled(units: Floats, months: Floats, table: Floats) -> Floats:
    """Clearing discount of a ladder whose quantities grow with the months; units a month keep one ladder for all."""
    rate = np.where(months > 0, units / np.where(months > 0, months, 1.0), np.where(units > 0, np.inf, 0.0))
    beyond = table[:, 1].sum() + 1.0
    return depth.ladder(np.minimum(rate, beyond), table).uniform


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


def _choice(name: str, kind: type[_Choice], value: str) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(kind)
        raise InputError(f"{name} must be one of {allowed}, got {value!r}", name) from None
