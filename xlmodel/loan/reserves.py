"""What a reserve account should hold: service ahead, or the next large bill saved up for."""

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.maths.domain import Floats, broadcast, real, series, whole


def dsra_target(debt_service: ArrayLike, months: ArrayLike = 6, frequency: float = 4) -> Floats:
    """Target of a debt service reserve at closing and after each payment: the service of the coming months.

    ``target_k = Σ DS_j`` over ``j = k+1 … min(k+m, N)`` with ``m = months · frequency / 12``

    Parameters
    ----------
    debt_service
        Scheduled interest and principal, money a period, at least 0, time last.
    months
        Look-ahead in months, at least 0, shape (...). One that is no whole number of periods takes the share of the
        last period that it reaches into.
    frequency
        Periods a year.

    Returns
    -------
    Floats
        One more number than there are periods: at closing, then at the end of each; the last is 0.

    Notes
    -----
    The target falls with maturity as fewer payments are left, which releases the reserve.

    Examples
    --------
    >>> dsra_target([10, 10, 12, 12, 8], months=6, frequency=4).tolist()
    [20.0, 22.0, 24.0, 20.0, 8.0, 0.0]
    """
    service, ahead = series("debt_service", debt_service, 0), real("months", months, 0)
    periods = ahead * whole("frequency", frequency, 1) / 12
    shape = broadcast(debt_service=service, months=periods[..., None])
    count = shape[-1]
    full = np.broadcast_to(service, shape)
    target = np.zeros((*shape[:-1], count + 1))
    for lead in range(min(int(np.ceil(periods.max())), count)):
        share = np.minimum(np.maximum(periods - lead, 0.0), 1.0)[..., None]
        target[..., : count - lead] += share * full[..., lead:]
    return target


def saved_up(spending: ArrayLike, periods: float) -> Floats:
    """Target of a reserve that saves evenly for bills ahead, such as major maintenance, at closing and in each period.

    ``target_k = Σ_j spending_j · max(0, p − (j − 1 − k)) / p`` over ``j = k+1 … min(k+p, N)``

    Parameters
    ----------
    spending
        The bills, money by period, at least 0, time last.
    periods
        p, over how many periods each bill is saved up; it is whole one period before it falls due.

    Returns
    -------
    Floats
        One more number than there are periods; the reserve is full for a bill at the end of the period before it.

    Examples
    --------
    A bill of 90 in the fourth period, saved up over three:

    >>> saved_up([0, 0, 0, 90], 3).tolist()
    [0.0, 30.0, 60.0, 90.0, 0.0]
    """
    bills, length = series("spending", spending, 0), whole("periods", periods, 1)
    count = bills.shape[-1]
    target = np.zeros((*bills.shape[:-1], count + 1))
    for lead in range(min(length, count)):
        target[..., : count - lead] += bills[..., lead:] * (length - lead) / length
    return target
