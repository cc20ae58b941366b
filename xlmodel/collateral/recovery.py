"""Who is paid what: claims in their order of rank, in proportion within a rank, until nothing is left.

A secured claim looks to the collateral first. What the collateral does not pay may be claimed from the rest of the
estate where there is recourse, and what it pays too much belongs to the estate. A hedge ranks where its agreement says:
the same rank as the loan, or one before it. New money in a bankruptcy (DIP) takes a rank of its own, in both pools.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_BALANCE, InputError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole


@dataclass(frozen=True, slots=True)
class Priority:
    """Proceeds shared out, claims on the last axis of the first three.

    Attributes
    ----------
    paid
        What each claim receives, money.
    share
        Of its amount; undefined (`NO_BALANCE`) where nothing is claimed.
    unpaid
        What it lacks, money.
    surplus
        What is left after all claims, money.
    """

    paid: Floats
    share: Floats
    unpaid: Floats
    surplus: Floats


def absolute_priority(proceeds: npt.ArrayLike, claims: npt.ArrayLike, ranks: Sequence[int]) -> Priority:
    """Pay claims by rank, in proportion within a rank.

    ``paid_i = claim_i · min(1, left before the rank / claims of the rank)``

    Parameters
    ----------
    proceeds
        What there is to share, money, at least 0, one number a scenario (no claim axis).
    claims
        Amount of each claim, money, at least 0, claims on the last axis.
    ranks
        Rank of each claim, a whole number; the smallest is paid first. They need not be consecutive.

    Raises
    ------
    InputError
        Ranks that do not match the claims.

    Notes
    -----
    The absolute priority rule of 11 U.S.C. § 1129(b). Plans depart from it by consent, which is not modelled.

    Examples
    --------
    A hedge and a loan share a rank, a second lien follows:

    >>> end = absolute_priority(90, [20, 80, 50], [1, 1, 2])
    >>> end.paid.tolist(), float(end.surplus)
    ([18.0, 72.0, 0.0], 0.0)
    """
    owed, there = series("claims", claims, 0), real("proceeds", proceeds, 0)
    order = [whole("ranks", rank, -(10**9)) for rank in ranks]
    if len(order) != owed.shape[-1]:
        raise InputError(f"ranks must name {owed.shape[-1]} claims, got {len(order)}", "ranks")
    shape = broadcast(proceeds=there, claims=owed[..., 0])
    owed = np.broadcast_to(owed, (*shape, len(order)))
    left, paid = np.broadcast_to(there, shape).copy(), np.zeros(owed.shape)
    for rank in sorted(set(order)):
        here = np.array([rank == other for other in order])
        # In the order of memory and with the others as 0, so that a scenario adds up alone as it does in a batch.
        due = np.ascontiguousarray(np.where(here, owed, 0.0)).sum(axis=-1)
        full = left >= due
        part = np.where(full, 1.0, left / np.where(full, 1.0, due))
        paid[..., here] = owed[..., here] * part[..., None]
        left = np.where(full, left - due, 0.0)
    share = np.where(owed > 0, paid / np.where(owed > 0, owed, 1.0), NO_BALANCE.nan)
    return Priority(paid, share, owed - paid, left)


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody who is owed money.

    Attributes
    ----------
    name
        Who it is.
    amount
        What it claims, money, at least 0, one number or one a scenario.
    rank
        Its place on the collateral, the smallest first; None for a claim that has no lien.
    estate_rank
        Its place on the rest of the estate; None for a claim without recourse.
    """

    name: str
    amount: npt.ArrayLike
    rank: int | None = None
    estate_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Recovery:
    """What everybody gets, claims on the last axis of the first five.

    Attributes
    ----------
    claimed, from_collateral, from_estate, paid
        Money; paid is the sum of the two sources.
    share
        Paid as a share of claimed; undefined (`NO_BALANCE`) where nothing is claimed.
    cost_paid
        Enforcement cost that the collateral bore, money.
    to_owners
        What is left of collateral and estate, money.
    """

    claimed: Floats
    from_collateral: Floats
    from_estate: Floats
    paid: Floats
    share: Floats
    cost_paid: Floats
    to_owners: Floats


def recovery(
    collateral: npt.ArrayLike,
    claims: Sequence[Claim],
    estate: npt.ArrayLike = 0.0,
    enforcement_cost: npt.ArrayLike = 0.0,
) -> Recovery:
    """Recovery of every claim from the collateral and, with recourse, from the rest of the estate.

    ``collateral − cost → liens by rank → surplus joins the estate → claims and deficiencies by estate rank``

    Parameters
    ----------
    collateral
        What the sale brings, money, at least 0, one number a scenario; a net liquidation value already bears its costs.
    claims
        Who is owed what, and where it ranks.
    estate
        What else the debtor has, free of liens, money, at least 0.
    enforcement_cost
        Counsel, receiver and preservation, money, at least 0: paid before anybody, out of the collateral alone.

    Returns
    -------
    Recovery
        Paid, cost and what goes to the owners add up to collateral and estate.

    Raises
    ------
    InputError
        No claims, two of one name, or one that ranks nowhere.

    Examples
    --------
    New money of 10 primes the loan; the loan has recourse beside trade creditors, the second lien has none:

    >>> end = recovery(
    ...     100, [Claim("DIP", 10, 0, 0), Claim("hedge", 15, 1, 2), Claim("term loan", 105, 1, 2),
    ...           Claim("second lien", 30, 2), Claim("trade", 40, None, 2)],
    ...     estate=20, enforcement_cost=6)
    >>> end.from_collateral.tolist(), end.from_estate.round(2).tolist()
    ([10.0, 10.5, 73.5, 0.0, 0.0], [0.0, 1.18, 8.29, 0.0, 10.53])
    """
    if not claims:
        raise InputError("claims is empty: at least one claim is expected", "claims")
    names = [claim.name for claim in claims]
    for claim in claims:
        if names.count(claim.name) > 1:
            raise InputError(f"two claims are named {claim.name!r}", "claims")
        if claim.rank is None and claim.estate_rank is None:
            raise InputError(f"the claim {claim.name!r} ranks nowhere: it has neither lien nor recourse", "claims")
    sold, free = real("collateral", collateral, 0), real("estate", estate, 0)
    cost = real("enforcement_cost", enforcement_cost, 0)
    amounts = {f"claim {claim.name}": real(f"claim {claim.name}", claim.amount, 0) for claim in claims}
    shape = broadcast(collateral=sold, estate=free, enforcement_cost=cost, **amounts)
    owed = np.stack([np.broadcast_to(amount, shape) for amount in amounts.values()], axis=-1)
    borne = np.broadcast_to(np.minimum(cost, sold), shape).copy()
    secured, left = _pay(np.broadcast_to(sold - borne, shape), owed, [claim.rank for claim in claims])
    recourse, left = _pay(left + free, owed - secured, [claim.estate_rank for claim in claims])
    paid = secured + recourse
    share = np.where(owed > 0, paid / np.where(owed > 0, owed, 1.0), NO_BALANCE.nan)
    return Recovery(owed, secured, recourse, paid, share, borne, left)


def _pay(pool: Floats, owed: Floats, ranks: Sequence[int | None]) -> tuple[Floats, Floats]:
    """Pay those who have a rank from one pool; return what each receives and what is left."""
    paid = np.zeros(owed.shape)
    there = [i for i, rank in enumerate(ranks) if rank is not None]
    if not there:
        return paid, pool.copy()
    shared = absolute_priority(pool, owed[..., there], [rank for rank in ranks if rank is not None])
    paid[..., there] = shared.paid
    return paid, shared.surplus
