"""A residual value guarantee: someone else promises what the hardware is worth at the end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.maths.domain import Floats, broadcast, real


@dataclass(frozen=True, slots=True)
class GuaranteedResidual:
    """Value with and without the guarantee, money, shapes of the arguments.

    Attributes
    ----------
    claim
        What the guarantor owes: floor less value of what is not excluded, within deductible and cap.
    expected
        What of it is expected, the guarantor's own default taken into account.
    value
        Value and expected payment together.
    """

    claim: Floats
    expected: Floats
    value: Floats


def residual_guarantee(
    value: npt.ArrayLike,
    floor: npt.ArrayLike,
    survival: npt.ArrayLike = 1.0,
    recovery: npt.ArrayLike = 0.0,
    excluded: npt.ArrayLike = 0.0,
    deductible: npt.ArrayLike = 0.0,
    cap: npt.ArrayLike | None = None,
    wrong_way: npt.ArrayLike = 0.0,
) -> GuaranteedResidual:
    """Return what a residual value guarantee is expected to add.

    ``claim = min(max((1 − x)·(floor − value) − deductible, 0), cap)``;
    ``expected = claim · (S' + (1 − S')·recovery)`` with ``S' = S^(1 + β·max(floor/value − 1, 0))``

    Parameters
    ----------
    value
        Sale value of the whole fleet without the guarantee, at least 0. Every argument broadcasts.
    floor
        Guaranteed value of the fleet, at least 0.
    survival
        Probability that the guarantor can pay then, 0 to 1.
    recovery
        Share of the claim it pays if it cannot, 0 to 1.
    excluded
        Share of the fleet outside the guarantee: damaged, moved, without maintenance records, past its hours, 0 to 1.
    deductible
        First loss that is not covered, at least 0.
    cap
        Most that is paid, at least 0; no limit when omitted.
    wrong_way
        β: how much likelier the guarantor fails the deeper it is in the money, at least 0; a manufacturer or dealer
        that guarantees its own product fails when the product is worth little.

    Notes
    -----
    A value of 0 with β above 0 leaves a guarantor that may fail no chance.

    Examples
    --------
    >>> kept = residual_guarantee(60, 100, survival=0.9, recovery=0.4, excluded=0.1)
    >>> round(float(kept.claim), 6), round(float(kept.value), 6)
    (36.0, 93.84)
    """
    worth, least = real("value", value, 0), real("floor", floor, 0)
    pays, part = real("survival", survival, 0, 1), real("recovery", recovery, 0, 1)
    out, first = real("excluded", excluded, 0, 1), real("deductible", deductible, 0)
    most = real("cap", np.finfo(np.float64).max if cap is None else cap, 0)
    beta = real("wrong_way", wrong_way, 0)
    broadcast(
        value=worth, floor=least, survival=pays, recovery=part, excluded=out, deductible=first, cap=most, wrong_way=beta
    )  # fmt: skip
    claim = np.minimum(np.maximum((1 - out) * (least - worth) - first, 0.0), most)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        depth = np.maximum(least / np.where(worth > 0, worth, 0.0) - 1, 0.0)
    # No depth where nothing is guaranteed, and none that counts without wrong-way risk.
    depth = np.where((beta > 0) & (least > 0), np.where(np.isnan(depth), 0.0, depth), 0.0)
    # A guarantor that cannot fail does not, whatever the depth.
    with np.errstate(over="ignore"):
        stands = np.where(pays < 1, pays ** (1 + beta * np.minimum(depth, 1e300)), 1.0)
    expected = claim * (stands + (1 - stands) * part)
    return GuaranteedResidual(np.asarray(claim), np.asarray(expected), np.asarray(worth + expected))
