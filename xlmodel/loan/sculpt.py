"""Debt shaped by its cash: service is the cash over a target coverage, and the debt is what that service is worth.

The balance is computed backwards, as the value of the service still to come. It therefore ends at exactly 0 and is
never negative. Where the cash cannot carry the interest the loan is refused, or the interest is capitalised if the
agreement allows that; nothing is ever lent anew without being named.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NOT_SCULPTABLE, InfeasibleError, RangeError
from xlmodel.loan.balance_cap import balance_caps
from xlmodel.loan.schedule import Schedule, place
from xlmodel.maths.domain import Floats, broadcast, real, series

# Service short of the interest by less than this share of the balance is rounding.
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Sculpted:
    """A sculpted loan.

    Attributes
    ----------
    debt
        Drawn at closing, money, one number a loan.
    dscr
        The coverage the service is shaped to, by period.
    schedule
        The repayment schedule, whose service without the balloon is ``max(CFADS, 0) / dscr``.
    feasible
        False for a loan that was marked instead of refused.
    """

    debt: Floats
    dscr: Floats
    schedule: Schedule
    feasible: npt.NDArray[np.bool_]


def sculpt(
    cfads: ArrayLike,
    target_dscr: ArrayLike,
    rate: ArrayLike,
    balloon: ArrayLike = 0.0,
    allow_pik: bool = False,
    allow_negam: bool = False,
    mark: bool = False,
) -> Sculpted:
    """Largest loan whose service keeps a target coverage in every period.

    ``DS_k = max(CFADS_k, 0) / DSCR*_k``, ``B_0 = Σ_k DS_k·Π_{j≤k}(1+i_j)^−1 + balloon·Π(1+i)^−1``

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last. A negative flow counts as 0.
    target_dscr
        DSCR*, greater than 0, one number or one a period (a curve).
    rate
        Rate a period, above −1, one number or one a period.
    balloon
        A lump due with the last payment beside the sculpted service, money, one number a loan.
    allow_pik
        Interest of a period without cash may be capitalised.
    allow_negam
        Interest that positive cash over the target does not cover may be capitalised.
    mark
        Make a loan that cannot be sculpted undefined (`NOT_SCULPTABLE`) instead of refusing the whole batch.

    Returns
    -------
    Sculpted
        Without any positive cash the debt is 0.

    Raises
    ------
    InfeasibleError
        Interest that the cash of its period cannot carry; the sentence names the period and the debt that is
        possible without capitalisation.

    Notes
    -----
    Source: project finance practice; the coverage equals the loan life coverage ratio in every period.

    Examples
    --------
    >>> loan = sculpt([120, 130, 140], 1.3, 0.1)
    >>> round(float(loan.debt), 4), loan.schedule.principal.round(4).tolist()
    (247.4715, [67.5605, 82.0089, 97.9021])
    """
    cash, target = series("cfads", cfads), real("target_dscr", target_dscr, above=0)
    i, lump = real("rate", rate, above=-1), real("balloon", balloon, 0)
    shape = broadcast(cfads=cash, target_dscr=target, rate=i, balloon=lump[..., None])
    cash, target, i = (np.broadcast_to(x, shape) for x in (cash, target, i))
    service = np.maximum(cash, 0.0) / target
    opening = np.empty(shape)
    owed = np.broadcast_to(lump, shape[:-1]).astype(np.float64)
    for k in range(shape[-1] - 1, -1, -1):
        owed = (owed + service[..., k]) / (1 + i[..., k])
        opening[..., k] = owed
    closing = np.concatenate([opening[..., 1:], np.zeros((*shape[:-1], 1))], axis=-1)
    interest = opening * i
    short = np.maximum(interest - service, 0.0)
    short = np.where(short <= _ROUNDING * opening, 0.0, short)
    refused = (short > 0) & ~np.where(cash > 0, allow_negam, allow_pik)
    feasible = np.asarray(~refused.any(axis=-1))
    if refused.any() and not mark:
        _refuse(refused, cash, target, i, lump, short)
    extra = np.zeros(shape)
    extra[..., -1] = lump
    repaid = np.maximum(service - interest, 0.0) + extra
    parts = {
        "opening": opening,
        "draw": np.zeros(shape),
        "interest": interest,
        "capitalised": short,
        "principal": repaid,
        "balloon": extra,
        "debt_service": service + extra,
        "closing": closing,
    }
    if not feasible.all():
        parts = {name: np.where(feasible[..., None], part, NOT_SCULPTABLE.nan) for name, part in parts.items()}
    drawn = parts["opening"][..., 0].copy()
    return Sculpted(drawn, target.copy(), Schedule(**parts), feasible)


def sculpt_to_debt(
    cfads: ArrayLike,
    debt: ArrayLike,
    rate: ArrayLike,
    curve: ArrayLike = 1.0,
    balloon: ArrayLike = 0.0,
    minimum_dscr: float | None = None,
    allow_pik: bool = False,
    allow_negam: bool = False,
    mark: bool = False,
) -> Sculpted:
    """Sculpted loan of a given size: the coverage follows from the debt.

    ``DSCR*_k = curve_k · Σ_k (max(CFADS_k, 0) / curve_k)·DF_k / (debt − balloon·DF_N)``, which is the loan life
    coverage for a flat curve

    Parameters
    ----------
    cfads, rate, balloon, allow_pik, allow_negam, mark
        As for `sculpt`.
    debt
        Drawn at closing, money, greater than 0, one number a loan.
    curve
        The shape of the coverage over time, greater than 0, one number or one a period; its size does not matter.
    minimum_dscr
        Refuse a coverage below it in any period. Without it a coverage below 1 is returned: it says that the cash
        does not pay this debt.

    Raises
    ------
    InfeasibleError
        No cash at all, a balloon worth more than the debt, or coverage below the minimum; the sentence says what
        debt the cash carries.

    Examples
    --------
    >>> float(sculpt_to_debt([120, 130, 140], 200, 0.1).dscr[0].round(6))
    1.608565
    """
    size, shape_of = real("debt", debt, above=0), real("curve", curve, above=0)
    lump = real("balloon", balloon, 0)
    if minimum_dscr is not None and not minimum_dscr > 0:
        raise RangeError(f"minimum_dscr must be greater than 0, got {minimum_dscr:g}", "minimum_dscr")
    worth = sculpt(cfads, shape_of, rate, allow_pik=True, allow_negam=True)
    lump_worth = sculpt(np.zeros(worth.dscr.shape), 1.0, rate, lump, allow_pik=True, allow_negam=True).debt
    carried = size - lump_worth
    bad = (worth.debt <= 0) | (carried <= 0)
    if bad.any():
        raise InfeasibleError(
            "no sculpted service exists: there is no positive cash, or the balloon is worth more than the debt", "debt"
        )
    level = worth.debt / carried
    target = np.asarray(level[..., None] * worth.dscr)
    if minimum_dscr is not None:
        low = target < minimum_dscr * (1 - _ROUNDING)
        if low.any():
            # At the minimum in its lowest period the same curve carries proportionally less.
            at = np.unravel_index(int(np.argmax(low.any(axis=-1))), target.shape[:-1])
            possible = float((carried * target.min(axis=-1) / minimum_dscr + lump_worth)[at])
            raise InfeasibleError(
                f"a debt of {float(np.broadcast_to(size, target.shape[:-1])[at]):,.2f} leaves a coverage of "
                f"{float(target.min(axis=-1)[at]):.4f} in {place(low)}, below {minimum_dscr:g}: "
                f"at this curve the cash carries {possible:,.2f}",
                "debt",
            )
    return sculpt(cfads, target, rate, lump, allow_pik, allow_negam, mark)


def _refuse(
    refused: npt.NDArray[np.bool_], cash: Floats, target: Floats, i: Floats, lump: Floats, short: Floats
) -> None:
    """Say which period breaks, and what could be lent without capitalising."""
    at = tuple(int(x) for x in np.argwhere(refused)[0])
    loan = at[:-1]
    possible = balance_caps(cash[loan], target[loan], i[loan], terminal=np.broadcast_to(lump, cash.shape[:-1])[loan])
    why = "there is no positive cash" if cash[at] <= 0 else "the cash over the target is below the interest"
    raise InfeasibleError(
        f"{why} in {place(refused)}: {short[at]:,.2f} of interest would have to be capitalised; "
        f"without capitalisation the cash carries a debt of {float(possible[0]):,.2f}",
        "cfads",
    )
