"""How much of a pool may hang on one obligor.

Two customs share the words "25 % of eligible": of the pool before any excess is taken out, in one pass, or of what is
left after, which is a fixed point and always allows less. The basis is therefore an argument with no hidden meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real, series


class ConcentrationBasis(StrEnum):
    """The pool of which an obligor's share is limited."""

    BEFORE_EXCLUSION = "gross eligible before exclusion"
    AFTER_EXCLUSION = "eligible after exclusion"


@dataclass(frozen=True, slots=True)
class Concentration:
    """The excess of each asset and the pool behind the limit, assets last.

    Attributes
    ----------
    excess
        Part of each asset that its obligor has above the limit, money; an obligor's excess falls on its assets in
        proportion.
    total
        All of it, money.
    pool
        The pool the limit is a share of, money.
    """

    excess: Floats
    total: Floats
    pool: Floats


def concentration_excess(
    amounts: npt.ArrayLike,
    limit: npt.ArrayLike,
    obligors: Sequence[Any] | None = None,
    basis: str = "gross eligible before exclusion",
) -> Concentration:
    """What each obligor has above its share of the pool.

    ``max(0, a_i − c · pool)``; the pool is ``Σ a_i``, or the largest T with ``T = Σ min(a_i, c T)``

    Parameters
    ----------
    amounts
        a, eligible amounts, money, at least 0, assets on the last axis.
    limit
        c, largest share of one obligor, 0 to 1, one number a pool (no asset axis).
    obligors
        Who owes each asset; one obligor an asset when left out. Blank (None or empty text): not subject to the limit
        and not part of the pool.
    basis
        "gross eligible before exclusion" or "eligible after exclusion".

    Returns
    -------
    Concentration
        After exclusion, with too few obligors to hold the limit (fewer than 1/c), nothing is left of the pool.

    Raises
    ------
    InputError
        An unknown basis, obligors that do not match the amounts.

    Notes
    -----
    The one-pass form is the usual text of a borrowing-base definition; OCC, *Asset-Based Lending*.

    Examples
    --------
    Three of five million from one customer, at most a quarter: 1.75 too much on the pool as it was; on the pool as it
    will be, three customers can never be a quarter each.

    >>> float(concentration_excess([3, 1, 1], 0.25).total)
    1.75
    >>> float(concentration_excess([3, 1, 1], 0.25, basis="eligible after exclusion").total)
    5.0
    """
    pooled, share = series("amounts", amounts, 0), real("limit", limit, 0, 1)
    try:
        kind = ConcentrationBasis(basis)
    except ValueError:
        allowed = ", ".join(repr(str(b)) for b in ConcentrationBasis)
        raise InputError(f"basis must be one of {allowed}, got {basis!r}", "basis") from None
    n = pooled.shape[-1]
    labels = list(range(n)) if obligors is None else list(obligors)
    if len(labels) != n:
        raise InputError(f"obligors must name {n} assets, got {len(labels)}", "obligors")
    subject = np.array([label is not None and label == label and label != "" for label in labels], dtype=np.bool_)
    broadcast(amounts=pooled[..., 0], limit=share)
    number: dict[Any, int] = {}
    place = np.array(
        [number.setdefault(label, len(number)) for label, ok in zip(labels, subject.tolist(), strict=True) if ok],
        dtype=np.intp,
    )
    if not number:
        nothing = np.zeros(np.broadcast_shapes(pooled.shape[:-1], share.shape))
        return Concentration(pooled * 0 + nothing[..., None], nothing, nothing.copy())
    owed = sum_by_group(pooled[..., subject], place, len(number))
    pool = owed.sum(axis=-1) + np.zeros_like(share)
    if kind is ConcentrationBasis.AFTER_EXCLUSION:
        pool = _after_exclusion(owed + np.zeros((*pool.shape, 1)), share)
    above = np.maximum(owed - (share * pool)[..., None], 0.0)
    ratio = np.where(owed > 0, above / np.where(owed > 0, owed, 1.0), 0.0)
    of_each = np.zeros((*ratio.shape[:-1], n))
    of_each[..., subject] = ratio[..., place]
    excess = pooled * of_each
    return Concentration(excess, np.asarray(excess.sum(axis=-1)), np.asarray(pool))


def sum_by_group(amounts: Floats, place: npt.NDArray[np.intp], count: int) -> Floats:
    """Sum the amounts of each group along the last axis.

    Parameters
    ----------
    amounts
        Any numbers, members on the last axis.
    place
        Number of the group of each member, from 0 to `count` excluded.
    count
        How many groups there are.

    Notes
    -----
    Members are added in their order, so a scenario adds up alone as it does in a batch; a product of matrices does not.

    Examples
    --------
    >>> sum_by_group(np.array([1.0, 2.0, 4.0]), np.array([0, 1, 0]), 2).tolist()
    [5.0, 2.0]
    """
    total = np.zeros((count, *amounts.shape[:-1]))
    np.add.at(total, place, np.moveaxis(amounts, -1, 0))
    return np.ascontiguousarray(np.moveaxis(total, 0, -1))


def _after_exclusion(owed: Floats, limit: Floats) -> Floats:
    """Largest T with T = Σ min(a_i, c T).

    With the k largest obligors at the limit, T = (sum of the others) / (1 − k c); the smallest k for which the next
    one fits below it is the answer. From k c ≥ 1 on, only an empty pool keeps the limit.
    """
    ordered = -np.sort(-owed, axis=-1)
    n = ordered.shape[-1]
    behind = np.concatenate(
        [np.cumsum(ordered[..., ::-1], axis=-1)[..., ::-1], np.zeros((*ordered.shape[:-1], 1))], axis=-1
    )
    room = 1 - np.arange(n + 1) * limit[..., None]
    possible = room > 1e-12
    pools = np.where(possible, behind / np.where(possible, room, 1.0), 0.0)
    following = np.concatenate([ordered, np.zeros((*ordered.shape[:-1], 1))], axis=-1)
    fits = ~possible | (following <= limit[..., None] * pools * (1 + 1e-12))
    chosen = fits.argmax(axis=-1)[..., None]
    return np.asarray(np.take_along_axis(pools, chosen, axis=-1)[..., 0])
