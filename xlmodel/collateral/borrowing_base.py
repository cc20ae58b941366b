"""What may be lent against a pool of assets today, and what must be repaid when less may be lent than is.

From each asset the ineligible part and the excess of its obligor are taken, the rest is advanced at its rate, reserves
come off the sum. The line is the smaller of that base and the commitment; a line below what is outstanding is a
deficiency, which the borrower repays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.concentration import concentration_excess
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real, series


@dataclass(frozen=True, slots=True)
class BorrowingBase:
    """A borrowing base certificate; assets on the last axis of the first three, one number a pool for the others.

    Attributes
    ----------
    excess
        Part of each asset above its obligor's limit, money.
    eligible
        What is left of each asset, money.
    advance
        What each contributes, money.
    reserves
        Taken off the sum, money.
    base
        The borrowing base, money, at least 0.
    line
        The smaller of base and commitment, money.
    availability
        Line less loans and letters of credit, money; negative where too much is drawn.
    deficiency
        What has to be repaid at once, money, at least 0.
    """

    excess: Floats
    eligible: Floats
    advance: Floats
    reserves: Floats
    base: Floats
    line: Floats
    availability: Floats
    deficiency: Floats


def borrowing_base(
    gross: npt.ArrayLike,
    ineligible: npt.ArrayLike,
    advance_rate: npt.ArrayLike,
    reserves: npt.ArrayLike = 0.0,
    commitment: npt.ArrayLike | None = None,
    loans_and_lcs: npt.ArrayLike = 0.0,
    obligors: Sequence[Any] | None = None,
    concentration_limit: npt.ArrayLike | None = None,
    concentration_basis: str = "gross eligible before exclusion",
) -> BorrowingBase:
    """Borrowing base of a pool and what is available under it.

    ``base = max(0, Σ AR_i (gross_i − ineligible_i − excess_i) − reserves)``,
    ``availability = min(base, commitment) − outstanding``

    Parameters
    ----------
    gross
        Value of each asset or class on the basis its advance rate is meant for (NOLV, face, market), money, at least 0,
        assets on the last axis.
    ineligible
        Part of it that fails a rule (`xlmodel.collateral.eligibility`), money, 0 up to gross.
    advance_rate
        AR, 0 to 1, one for each asset or one for all.
    reserves
        Rent, dilution, priority claims and blocks, money, at least 0, one number a pool.
    commitment
        The facility's size, money, at least 0; no limit when left out.
    loans_and_lcs
        Loans and letters of credit outstanding, money, at least 0.
    obligors
        Who owes each asset, for the concentration limit; blank for an asset that has no obligor.
    concentration_limit
        Largest share of one obligor in the eligible assets that have one, 0 to 1. Without it nothing is excess.
    concentration_basis
        The pool the share is of, as in `xlmodel.collateral.concentration`.

    Raises
    ------
    InputError
        More ineligible than there is, obligors without a limit, ranges that do not fit.

    Notes
    -----
    Terms as in the OCC's *Asset-Based Lending* handbook. The base is never below 0, since no more than everything can
    fall due.

    Examples
    --------
    Hardware, three customers and bitcoin against 25 million drawn:

    >>> certificate = borrowing_base(
    ...     [20e6, 3e6, 1e6, 1e6, 10e6], 0, [0.8, 0.85, 0.85, 0.85, 0.5], 0.5e6, 30e6, 25e6,
    ...     obligors=["", "A", "B", "C", ""], concentration_limit=0.25)
    >>> float(certificate.base), float(certificate.availability), float(certificate.deficiency)
    (23262500.0, -1737500.0, 1737500.0)
    """
    value, out = series("gross", gross, 0), np.atleast_1d(real("ineligible", ineligible, 0))
    rate = np.atleast_1d(real("advance_rate", advance_rate, 0, 1))
    shape = broadcast(gross=value, ineligible=out, advance_rate=rate)
    held, drawn = real("reserves", reserves, 0), real("loans_and_lcs", loans_and_lcs, 0)
    if np.any(out > value * (1 + 1e-12)):
        raise InputError("ineligible must be at most gross: more is excluded than there is", "ineligible")
    kept = np.broadcast_to(np.maximum(value - out, 0.0), shape)
    pools = {"pool": np.empty(shape[:-1]), "reserves": held, "loans_and_lcs": drawn}
    if commitment is not None:
        pools["commitment"] = real("commitment", commitment, 0)
    if concentration_limit is not None:
        pools["concentration_limit"] = real("concentration_limit", concentration_limit, 0, 1)
        broadcast(**pools)
        excess = concentration_excess(kept, pools["concentration_limit"], obligors, concentration_basis).excess
    elif obligors is not None:
        raise InputError("concentration_limit is missing: obligors are given and no share is", "concentration_limit")
    else:
        excess = np.zeros(shape)
    of_pools = broadcast(**pools)
    eligible = np.maximum(kept - excess, 0.0)
    advance = eligible * rate
    base = np.maximum(advance.sum(axis=-1) - held, 0.0)
    line = np.minimum(base, pools["commitment"]) if commitment is not None else base
    availability = line - drawn
    held = np.broadcast_to(held, of_pools).copy()
    return BorrowingBase(excess, eligible, advance, held, base, line, availability, np.maximum(-availability, 0.0))
