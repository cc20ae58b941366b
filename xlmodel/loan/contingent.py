"""Principal that waits for cash: a schedule that flexes to hold a coverage floor, beside the rigid one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_DEBT_SERVICE, InputError
from xlmodel.loan.coverage import cover
from xlmodel.maths.domain import Floats, broadcast, real, series

# Equality holds the floor, and so does what rounding makes of it.
_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Contingent:
    """A contingent schedule beside the rigid one, money by period with time last.

    ``closing_k = closing_{k−1} + capitalised_k − principal_k``

    Attributes
    ----------
    interest
        Accrued on what is owed.
    capitalised
        The part of it that waits too, when interest may.
    principal
        Paid, what was deferred before included; in the last period all that is owed falls due.
    deferred
        Principal of the schedule that still waits at the end of each period.
    debt_service
        ``interest − capitalised + principal``.
    closing
        Owed at the end of each period.
    dscr
        Coverage of the contingent service; it may fall below the floor where interest alone is too much, and in the
        last period.
    rigid_dscr
        Coverage of the schedule as it was written.
    flexed
        True where less was paid than what the schedule asks and what waits from before.
    rigid_closing
        Owed by the schedule as it was written.
    """

    interest: Floats
    capitalised: Floats
    principal: Floats
    deferred: Floats
    debt_service: Floats
    closing: Floats
    dscr: Floats
    rigid_dscr: Floats
    flexed: npt.NDArray[np.bool_]
    rigid_closing: Floats


def contingent_schedule(
    cfads: ArrayLike,
    balance: ArrayLike,
    rate: ArrayLike,
    principal: ArrayLike,
    floor: ArrayLike,
    catch_up: ArrayLike = 1.0,
    least: ArrayLike = 0.0,
    capitalises: bool = False,
) -> Contingent:
    """Return the schedule that pays the principal which the cash covers at a floor, and defers the rest.

    ``P_k = min(scheduled_k + c · deferred_{k−1}, max(CFADS_k / floor_k − I_k, least · scheduled_k))``, all that is
    owed in the last period

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, any sign, time last.
    balance
        Owed at closing, at least 0, shape (...).
    rate
        Rate a period, at least 0.
    principal
        The rigid schedule, money a period, at least 0, in sum not more than the balance.
    floor
        Coverage that principal must leave, greater than 0, one number or one a period.
    catch_up
        c, the share of what waits that is added to each later instalment, 0 to 1; 0 leaves it to maturity.
    least
        Share of the scheduled instalment that is due in any case, 0 to 1.
    capitalises
        True adds to the debt what interest exceeds ``CFADS / floor``, as a PIK toggle; otherwise interest is always
        due.

    Returns
    -------
    Contingent
        Equal to the rigid schedule in every period when its coverage stays at the floor or above.

    Raises
    ------
    InputError
        Scheduled principal above the balance.

    Notes
    -----
    The rigid schedule is that of a venture lender or an equipment lease, and fails on the first weak quarter; the
    contingent one is how a utility's or a royalty's debt behaves, and moves the risk to maturity, where `deferred`
    shows it.

    Examples
    --------
    >>> flexed = contingent_schedule([40, 20, 60], 90, 0.1, [30, 30, 30], 1.0)
    >>> flexed.principal.round(4).tolist(), flexed.deferred.round(4).tolist()
    ([30.0, 14.0, 46.0], [0.0, 16.0, 0.0])
    """
    cash, owed0, i = series("cfads", cfads), real("balance", balance, 0), series("rate", rate, 0)
    plan, level = series("principal", principal, 0), series("floor", floor)
    real("floor", level, above=0)
    later, share = series("catch_up", catch_up, 0, 1), series("least", least, 0, 1)
    shape = broadcast(
        cfads=cash, balance=owed0[..., None], rate=i, principal=plan, floor=level, catch_up=later, least=share
    )
    cash, i, plan, level, later, share = (np.broadcast_to(x, shape) for x in (cash, i, plan, level, later, share))
    if (plan.sum(axis=-1) > owed0 * (1 + 1e-9)).any():
        raise InputError("principal must not exceed the balance in sum", "principal")
    names = ("interest", "capitalised", "principal", "deferred", "debt_service", "closing", "rigid_closing")
    out = {name: np.zeros(shape) for name in names}
    flexed = np.zeros(shape, dtype=np.bool_)
    rigid_service = np.zeros(shape)
    owed, rigid, waits = (np.zeros(shape[:-1]) + x for x in (owed0, owed0, 0.0))
    last = shape[-1] - 1
    for k in range(last + 1):
        interest = i[..., k] * owed
        room = cash[..., k] / level[..., k] - interest
        asked = np.minimum(plan[..., k] + later[..., k] * waits, owed)
        # Rounding must not make a loan flex that is sculpted to the floor.
        near = _TOLERANCE * np.abs(cash[..., k] / level[..., k])
        paid = np.where(room >= asked - near, asked, np.maximum(room, share[..., k] * np.minimum(plan[..., k], owed)))
        paid = np.minimum(np.maximum(paid, 0.0), asked)
        grows = np.minimum(np.maximum(-room, 0.0), interest) if capitalises else np.zeros(interest.shape)
        if k == last:
            paid, grows = owed, np.zeros(interest.shape)
        flexed[..., k] = paid < asked
        scheduled = np.minimum(plan[..., k], rigid)
        if k == last:
            scheduled = rigid
        rigid_service[..., k] = i[..., k] * rigid + scheduled
        rigid = rigid - scheduled
        # What falls below the plan waits; what was capitalised waits with it.
        owed = np.maximum(owed - paid, 0.0) + grows
        waits = np.maximum(owed - rigid, 0.0)
        for name, value in (
            ("interest", interest), ("capitalised", grows), ("principal", paid), ("deferred", waits),
            ("debt_service", interest - grows + paid), ("closing", owed), ("rigid_closing", rigid),
        ):  # fmt: skip
            out[name][..., k] = value
    return Contingent(
        **out,
        dscr=cover(cash, out["debt_service"], NO_DEBT_SERVICE),
        rigid_dscr=cover(cash, rigid_service, NO_DEBT_SERVICE),
        flexed=flexed,
    )
