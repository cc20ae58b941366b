"""Short loans on a long profile: what falls due before the asset has paid it, hard or soft."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import InputError
from xlmodel.loan.schedule import Schedule, schedule
from xlmodel.maths.domain import Floats, real, series, whole


def hard_mini_perm(
    principal: ArrayLike, rate: ArrayLike, amortisation_periods: float, maturity: float, profile: str = "level"
) -> Schedule:
    """A loan that amortises on a longer profile and must be refinanced at maturity.

    ``P_T = B_{T−1}``: the balance of the long profile falls due as a balloon

    Parameters
    ----------
    principal
        Drawn at closing, money, one number a loan.
    rate
        Rate a period, one number or one for each amortisation period.
    amortisation_periods
        Periods of the profile.
    maturity
        T, the period in which the loan falls due, no later than the profile ends.
    profile
        "level" or "straight".

    Examples
    --------
    >>> round(float(hard_mini_perm(100, 0.0225, 60, 20).balloon[-1]), 6)
    79.982778
    """
    long = schedule(principal, rate, amortisation_periods, profile)
    cut = whole("maturity", maturity, 1, long.opening.shape[-1])
    parts = {name: getattr(long, name)[..., :cut].copy() for name in Schedule.__slots__}
    parts["balloon"][..., -1] += parts["closing"][..., -1]
    parts["principal"][..., -1] += parts["closing"][..., -1]
    parts["debt_service"][..., -1] += parts["closing"][..., -1]
    parts["closing"][..., -1] = 0.0
    return Schedule(**parts)


@dataclass(frozen=True, slots=True)
class SoftMiniPerm:
    """A loan that is not refinanced in time and lives on the cash instead.

    Attributes
    ----------
    schedule
        What is paid; interest the cash does not pay is capitalised, and what the cash never repays is still in the
        last closing balance.
    swept
        Principal beyond the long profile, money by period, time last.
    repaid
        Period in which the balance reaches 0, counted from 0; −1 when it never does.
    """

    schedule: Schedule
    swept: Floats
    repaid: np.typing.NDArray[np.intp]


def soft_mini_perm(
    principal: ArrayLike,
    rate: ArrayLike,
    amortisation_periods: float,
    maturity: float,
    cfads: ArrayLike,
    step_up: ArrayLike = 0.0,
    profile: str = "level",
) -> SoftMiniPerm:
    """A loan whose missed refinancing costs a higher margin and all cash, but is no default.

    After T: ``i_k + step-up``, ``DS_k = min(max(CFADS_k, 0), B_{k−1}·(1+i_k))``

    Parameters
    ----------
    principal, rate, amortisation_periods, profile
        As for `hard_mini_perm`.
    maturity
        T, the last period of the ordinary profile; the soft phase runs from T+1 to the end of the profile.
    cfads
        Cash flow available for debt service, money by period to the end of the profile; it matters after T.
    step_up
        Added to the rate a period after T, one number or one for each period of the profile.

    Examples
    --------
    >>> soft = soft_mini_perm(100, 0.1, 5, 2, [50, 50, 40, 40, 40], step_up=0.01, profile="straight")
    >>> soft.schedule.closing.round(4).tolist(), int(soft.repaid)
    ([80.0, 60.0, 26.6, 0.0, 0.0], 3)
    """
    n = whole("amortisation_periods", amortisation_periods, 1)
    cut, cash = whole("maturity", maturity, 1, n), series("cfads", cfads)
    if cash.shape[-1] != n:
        raise InputError(f"cfads must cover the {n} periods of the profile, got {cash.shape[-1]}", "cfads")
    long = schedule(principal, rate, n, profile)
    i = np.atleast_1d(real("rate", rate, above=-1))
    step = np.atleast_1d(real("step_up", step_up, 0))
    shape = np.broadcast_shapes(long.opening.shape, cash.shape, i.shape, step.shape)
    i, cash = np.broadcast_to(i + step, shape), np.broadcast_to(np.maximum(cash, 0.0), shape)
    parts = {name: np.broadcast_to(getattr(long, name), shape).copy() for name in Schedule.__slots__}
    swept = np.zeros(shape)
    owed = parts["closing"][..., cut - 1]
    for k in range(cut, n):
        interest = owed * i[..., k]
        paid = np.minimum(cash[..., k], owed + interest)
        repaid = np.maximum(paid - interest, 0.0)
        unpaid = np.maximum(interest - paid, 0.0)
        swept[..., k] = np.maximum(repaid - np.minimum(parts["principal"][..., k], owed), 0.0)
        parts["opening"][..., k], parts["interest"][..., k] = owed, interest
        parts["capitalised"][..., k], parts["principal"][..., k] = unpaid, repaid
        parts["debt_service"][..., k], parts["balloon"][..., k] = paid, 0.0
        owed = np.where(paid >= owed + interest, 0.0, owed + unpaid - repaid)
        parts["closing"][..., k] = owed
    done = parts["closing"] <= 0
    return SoftMiniPerm(Schedule(**parts), swept, np.where(done.any(-1), np.argmax(done, -1), -1))
