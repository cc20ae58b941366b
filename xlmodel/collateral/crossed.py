"""Loans that hang together: a default that spreads, and collateral that serves the neighbour's loan.

Cross-default makes every loan of a group due when enough of the group's debt is in default. Cross-collateral lets what
one loan's collateral brings beyond its own claim pay the others. Both work inside a group, such as one borrower.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.concentration import sum_by_group
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, series

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a default spreads, loans on the last axis.

    Attributes
    ----------
    in_default
        Every loan in default at the end.
    round
        When each came in: 0 by itself, 1 by the first spread and so on, −1 not at all.
    accelerated
        Debt that falls due only because of the clause, money.
    """

    in_default: Flags
    round: npt.NDArray[np.intp]
    accelerated: Floats


def cross_default(
    in_default: npt.ArrayLike,
    owed: npt.ArrayLike,
    groups: Sequence[Hashable],
    threshold: npt.ArrayLike = 0.0,
) -> Spread:
    """Spread defaults inside each group until nothing more falls due.

    Loan i defaults when ``Σ owed of the group's other loans in default > threshold_i``

    Parameters
    ----------
    in_default
        Whether each loan has defaulted by itself, loans on the last axis.
    owed
        Debt of each, money, at least 0.
    groups
        Whose loan each is; None for a loan outside every group.
    threshold
        Debt in default that a loan's clause bears, money, at least 0: exactly that much is still borne. A loan without
        the clause gets a threshold that cannot be reached.

    Raises
    ------
    InputError
        Groups that do not match the loans.

    Examples
    --------
    A small default trips the strict clause, and the loan behind it the other one:

    >>> end = cross_default([True, False, False, False], [5, 40, 100, 70], ["A", "A", "A", "B"], [10, 1, 20, 0])
    >>> end.in_default.tolist(), end.round.tolist(), float(end.accelerated)
    ([True, True, True, False], [0, 1, 2, -1], 140.0)
    """
    debt, bears = series("owed", owed, 0), series("threshold", threshold, 0)
    started = series("in_default", np.asarray(in_default, dtype=np.float64), 0, 1)
    broadcast(in_default=started, owed=debt, threshold=bears)
    start, debt, bears = np.broadcast_arrays(started != 0, debt, bears)
    place = _places(groups, start.shape[-1])
    fallen = start.copy()
    when = np.where(start, 0, -1)
    for turn in range(1, start.shape[-1] + 1):
        # A loan that has not fallen adds nothing itself, so the sum of its group is that of the others.
        behind = sum_by_group(np.where(fallen, debt, 0.0), place, place.size)[..., place]
        more = ~fallen & (behind > bears * (1 + 1e-12))
        if not more.any():
            break
        fallen, when = fallen | more, np.where(more, turn, when)
    accelerated = np.where(fallen & ~start, debt, 0.0).sum(axis=-1)
    return Spread(fallen, when, np.asarray(accelerated))


@dataclass(frozen=True, slots=True)
class Crossed:
    """What each loan gets, loans on the last axis.

    Attributes
    ----------
    own
        From its own collateral, money.
    from_others
        From the surplus of its group, money.
    given
        What its collateral gives to others, money.
    surplus
        What is left of its collateral, money.
    shortfall
        What it still lacks, money.
    """

    own: Floats
    from_others: Floats
    given: Floats
    surplus: Floats
    shortfall: Floats


def cross_collateral(proceeds: npt.ArrayLike, owed: npt.ArrayLike, groups: Sequence[Hashable]) -> Crossed:
    """Pay each loan from its own collateral, then the lacking loans of a group from its surplus.

    ``own_i = min(p_i, B_i)``; the group's surplus pays its shortfalls in proportion, and is taken in proportion

    Parameters
    ----------
    proceeds
        p, what the collateral of each loan brings, money, at least 0, loans on the last axis.
    owed
        B, its claim, money, at least 0.
    groups
        Loans that secure each other; None for one that stands alone.

    Returns
    -------
    Crossed
        Own, given and surplus add up to the proceeds; own, from others and shortfall to the claim.

    Raises
    ------
    InputError
        Groups that do not match the loans.

    Examples
    --------
    >>> end = cross_collateral([130, 60, 50, 200], [100, 80, 70, 100], ["A", "A", "A", None])
    >>> end.from_others.tolist(), end.shortfall.tolist(), end.surplus.tolist()
    ([0.0, 15.0, 15.0, 0.0], [0.0, 5.0, 5.0, 0.0], [0.0, 0.0, 0.0, 100.0])
    """
    sold, debt = series("proceeds", proceeds, 0), series("owed", owed, 0)
    broadcast(proceeds=sold, owed=debt)
    sold, debt = np.broadcast_arrays(sold, debt)
    place = _places(groups, sold.shape[-1])
    own = np.minimum(sold, debt)
    over, lacks = sold - own, debt - own
    pool, need = (sum_by_group(part, place, place.size)[..., place] for part in (over, lacks))
    moved = np.minimum(pool, need)
    received = np.minimum(np.where(need > 0, lacks / np.where(need > 0, need, 1.0), 0.0) * moved, lacks)
    given = np.minimum(np.where(pool > 0, over / np.where(pool > 0, pool, 1.0), 0.0) * moved, over)
    return Crossed(own, received, given, over - given, lacks - received)


def _places(groups: Sequence[Hashable], count: int) -> npt.NDArray[np.intp]:
    """Return a number for each group; a loan outside every group has one of its own."""
    if len(groups) != count:
        raise InputError(f"groups must name {count} loans, got {len(groups)}", "groups")
    known: dict[Hashable, int] = {}
    return np.array(
        [known.setdefault(("alone", i) if group is None else ("group", group), i) for i, group in enumerate(groups)],
        dtype=np.intp,
    )
