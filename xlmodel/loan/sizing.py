"""How much may be lent: by cash, by interest, by value, by liquidation value, and which of them binds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_BALANCE, NO_LIMIT, InputError
from xlmodel.loan.balance_cap import Limb, balance_caps
from xlmodel.loan.coverage import cover
from xlmodel.maths.domain import Floats, broadcast, real, series


@dataclass(frozen=True, slots=True)
class Capacity:
    """The debt a loan can carry, and why not more.

    Attributes
    ----------
    debt
        Smallest of the limits, money, one number a loan, never negative.
    binding
        Code of `Limb`; on a tie the first in the order cash, interest, value, liquidation value.
    by_dscr
        ``Σ max(CFADS_k, 0)·DF_k / DSCR``.
    by_interest
        The debt whose interest the cash over the target pays in every period; `NO_LIMIT` with `allow_negam`.
    by_ltv, by_nolv
        ``LTV_max·V_0`` and ``advance rate·NOLV_0``; `NO_LIMIT` where not given.
    last_paid
        Last period with positive cash, counted from 0, by which the debt must be repaid; −1 without any.
    first_empty
        First period without positive cash, counted from 0; −1 when there is none.
    """

    debt: Floats
    binding: npt.NDArray[np.intp]
    by_dscr: Floats
    by_interest: Floats
    by_ltv: Floats
    by_nolv: Floats
    last_paid: npt.NDArray[np.intp]
    first_empty: npt.NDArray[np.intp]

    def sentence(self, *loan: int) -> str:
        """Say in words what limits the debt of one loan, the indices of which select it in a batch."""
        debt, empty, last = float(self.debt[loan]), int(self.first_empty[loan]), int(self.last_paid[loan])
        if last < 0:
            return "No debt: there is no positive cash in any period."
        limit = {
            Limb.DSCR: "the cash over the target coverage",
            Limb.INTEREST: "interest, which the cash over the target must pay in every period",
            Limb.LTV: "the maximum loan to value",
            Limb.NOLV: "the advance rate on the liquidation value",
        }[Limb(int(self.binding[loan]))]
        text = f"Debt of {debt:,.2f}, limited by {limit}."
        if empty >= 0:
            text += f" Cash is not positive in period {empty + 1}"
            text += f"; all is repaid by period {last + 1}." if empty > last else "."
        return text


def capacity(
    cfads: ArrayLike,
    target_dscr: ArrayLike,
    rate: ArrayLike,
    value: ArrayLike | None = None,
    max_ltv: ArrayLike | None = None,
    nolv: ArrayLike | None = None,
    advance_rate: ArrayLike | None = None,
    allow_negam: bool = False,
    balloon: ArrayLike = 0.0,
) -> Capacity:
    """Debt sized by cash and by collateral at closing.

    ``D = min( Σ max(CFADS_k, 0)·DF_k/DSCR, LTV_max·V_0, AR·NOLV_0 )``

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last. A negative flow counts as 0.
    target_dscr
        Coverage demanded, greater than 0, one number or one a period.
    rate
        Rate a period, above −1, one number or one a period.
    value, max_ltv
        Collateral value at closing, money, and the share of it that may be lent, 0 to 2 (more is a percentage
        typed for a fraction); both or neither.
    nolv, advance_rate
        Net orderly liquidation value at closing, money (a negative one counts as 0), and the share of it that may
        be lent, 0 to 1; both or neither.
    allow_negam
        True lets interest be capitalised or reserved where cash is missing. False adds a limit: the cash over the
        target pays the interest of every period.
    balloon
        Debt that may still be owed at the end, money, one number a loan.

    Raises
    ------
    InputError
        A value without its share, or the reverse.

    Examples
    --------
    >>> sized = capacity([120, 130, 140], 1.3, 0.1, value=300, max_ltv=0.75, nolv=260, advance_rate=0.85)
    >>> float(sized.debt), Limb(int(sized.binding)).name
    (221.0, 'NOLV')
    >>> print(capacity([80, 80, -40], 1.25, 0.1).sentence())
    Debt of 111.07, limited by the cash over the target coverage. Cash is not positive in period 3; all is repaid by
    period 2.
    """
    cash = series("cfads", cfads)
    by_dscr = balance_caps(cash, target_dscr, rate, terminal=balloon, allow_negam=True)[..., 0]
    by_interest = balance_caps(cash, target_dscr, rate, terminal=balloon)[..., 0]
    by_ltv = _advance("value", value, "max_ltv", max_ltv, 2.0)
    by_nolv = _advance("nolv", nolv, "advance_rate", advance_rate, 1.0)
    shape = broadcast(cfads=by_dscr, value=by_ltv, nolv=by_nolv)
    limits = {Limb.DSCR: by_dscr, Limb.INTEREST: by_interest, Limb.LTV: by_ltv, Limb.NOLV: by_nolv}
    if allow_negam:
        limits[Limb.INTEREST] = np.full(shape, np.inf)
    debt, binding = np.full(shape, np.inf), np.zeros(shape, dtype=np.intp)
    for limb, limit in limits.items():
        lower = limit < debt * (1 - 1e-12 * (limb == Limb.INTEREST))
        debt, binding = np.where(lower, limit, debt), np.where(lower, int(limb), binding)
    cash = np.broadcast_to(cash, (*shape, cash.shape[-1]))
    paid = cash > 0
    last = np.where(paid.any(-1), cash.shape[-1] - 1 - np.argmax(paid[..., ::-1], axis=-1), -1)
    empty = np.where((~paid).any(-1), np.argmax(~paid, axis=-1), -1)
    by_dscr, by_interest, by_ltv, by_nolv = (_shown(limit, shape) for limit in limits.values())
    return Capacity(debt, binding, by_dscr, by_interest, by_ltv, by_nolv, last, empty)


@dataclass(frozen=True, slots=True)
class Refinancing:
    """Whether a balance can be refinanced when it falls due.

    Attributes
    ----------
    capacity
        Debt the asset then carries, money, one number a loan.
    gap
        Balance less capacity, money; negative is room to spare.
    gap_share
        The gap as a share of the balance; `NO_BALANCE` where nothing is owed.
    binding
        Code of `Limb`: DSCR or LTV.
    """

    capacity: Floats
    gap: Floats
    gap_share: Floats
    binding: npt.NDArray[np.intp]


def refinancing_gap(
    balance: ArrayLike,
    cfads_after: ArrayLike,
    refi_dscr: ArrayLike,
    rate: ArrayLike,
    value: ArrayLike | None = None,
    max_ltv: ArrayLike | None = None,
) -> Refinancing:
    """What a new lender will not refinance when the balloon falls due.

    ``Gap = B_T − min( PV(CFADS after T to K*)/DSCR_refi, LTV_refi·V_T )``

    Parameters
    ----------
    balance
        B_T, owed at maturity, money, at least 0, one number a loan.
    cfads_after
        Cash flow of the periods after maturity to the end of the economic life, money, time last; a negative flow
        counts as 0.
    refi_dscr
        Coverage the new lender demands, greater than 0.
    rate
        The new lender's rate a period, above −1.
    value, max_ltv
        Collateral value at maturity, money, and the share the new lender advances; both or neither.

    Examples
    --------
    >>> gap = refinancing_gap(100, [55, 30.25], 1.25, 0.1)
    >>> float(gap.capacity.round(6)), float(gap.gap_share.round(6))
    (60.0, 0.4)
    """
    owed = real("balance", balance, 0)
    sized = capacity(cfads_after, refi_dscr, rate, value, max_ltv, allow_negam=True)
    shape = broadcast(balance=owed, cfads_after=sized.debt)
    owed = np.broadcast_to(owed, shape)
    gap = owed - sized.debt
    binding = np.broadcast_to(sized.binding, shape).copy()
    return Refinancing(np.broadcast_to(sized.debt, shape).copy(), gap, cover(gap, owed, NO_BALANCE), binding)


def _advance(base: str, value: ArrayLike | None, rate: str, share: ArrayLike | None, high: float) -> Floats:
    if value is None and share is None:
        return np.asarray(np.inf)
    if value is None or share is None:
        given, missing = (base, rate) if share is None else (rate, base)
        raise InputError(f"{missing} is needed together with {given}", missing)
    worth, part = real(base, value), real(rate, share, 0, high)
    broadcast(**{base: worth, rate: part})
    return np.asarray(np.maximum(worth, 0.0) * part)


def _shown(limit: Floats, shape: tuple[int, ...]) -> Floats:
    return np.where(np.isinf(limit), NO_LIMIT.nan, np.broadcast_to(limit, shape))
