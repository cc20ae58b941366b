"""How the debt comes in: a geared construction budget without circularity, delayed draws, commitment fees."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import InfeasibleError, InputError
from xlmodel.loan.schedule import Schedule, schedule, stack
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

_TOLERANCE: Final = 1e-10
_ROUNDS: Final = 500


@dataclass(frozen=True, slots=True)
class Funding:
    """Sources and uses of a construction budget that pays its own interest and fees.

    Attributes
    ----------
    debt
        Owed when construction ends, money, one number a loan; the gearing times all uses.
    equity
        The rest of the uses, money, one number a loan.
    draws, equity_draws
        How both come in, money by period, time last.
    interest
        Interest during construction by period, time last.
    fees
        Upfront and commitment fees by period, time last.
    balance
        Owed after each period, time last.
    """

    debt: Floats
    equity: Floats
    draws: Floats
    equity_draws: Floats
    interest: Floats
    fees: Floats
    balance: Floats


def geared_construction(
    costs: ArrayLike,
    gearing: ArrayLike,
    rate: ArrayLike,
    order: str = "pro_rata",
    draw_timing: str = "end",
    upfront_fee: ArrayLike = 0.0,
    commitment_fee: ArrayLike = 0.0,
) -> Funding:
    """Debt that is a share of a budget which contains the debt's own interest and fees.

    ``D = g·(Σ cost + Σ interest(D) + Σ fees(D))``, a contraction iterated to 1e-10 of D

    Parameters
    ----------
    costs
        Budget before financing costs, money by period, at least 0, time last.
    gearing
        g, debt over all uses, 0 to 1, one number a loan.
    rate
        Rate a period, at least 0, one number or one a period.
    order
        "pro_rata" draws debt and equity side by side, "equity_first" or "debt_first" one before the other.
    draw_timing
        "end" or "start" of the period for the costs; interest and fees fall at its end either way.
    upfront_fee
        Share of the debt, paid with the first period's costs.
    commitment_fee
        Rate a period on what is still undrawn.

    Raises
    ------
    InfeasibleError
        Financing costs so high that every round needs more debt than the last.

    Examples
    --------
    >>> funding = geared_construction([30, 40, 30], 0.7, 0.03)
    >>> round(float(funding.debt), 4), round(float(funding.debt / (funding.debt + funding.equity)), 10)
    (71.4793, 0.7)
    """
    budget, g = series("costs", costs, 0), real("gearing", gearing, 0, 1)
    i = np.atleast_1d(real("rate", rate, 0))
    upfront, commitment = real("upfront_fee", upfront_fee, 0), real("commitment_fee", commitment_fee, 0)
    if order not in ("pro_rata", "equity_first", "debt_first"):
        raise InputError(f"order must be pro_rata, equity_first or debt_first, got {order!r}", "order")
    if draw_timing not in ("start", "end"):
        raise InputError(f"draw_timing must be 'start' or 'end', got {draw_timing!r}", "draw_timing")
    shape = broadcast(
        costs=budget, rate=i, gearing=g[..., None], upfront_fee=upfront[..., None], commitment_fee=commitment[..., None]
    )
    budget, i = np.broadcast_to(budget, shape), np.broadcast_to(i, shape)
    debt = np.broadcast_to(g * budget.sum(axis=-1), shape[:-1]).astype(np.float64)
    # A budget that feeds on itself runs away to infinity, which is an answer and not a warning.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_ROUNDS):
            funding = _spent(budget, g, i, order, draw_timing == "start", upfront, commitment, debt)
            wanted = g * (funding.debt + funding.equity)
            size = np.maximum(debt, _TOLERANCE)
            # Equity that goes in first is a multiple of the debt, so a small gearing magnifies what is left open:
            # what is owed in the end must agree too, unless the debt no longer moves at all.
            met = np.abs(wanted - funding.debt) <= _TOLERANCE * size
            still = np.abs(wanted - debt) <= 4 * np.finfo(np.float64).eps * size
            if ((met & (np.abs(wanted - debt) <= _TOLERANCE * size)) | still).all():
                return funding
            debt = wanted
    raise InfeasibleError(
        "the debt's own interest and fees outgrow the budget: no debt funds the gearing of all uses", "gearing"
    )


def _spent(
    budget: Floats, g: Floats, i: Floats, order: str, at_start: bool,
    upfront: Floats, commitment: Floats, debt: Floats,
) -> Funding:  # fmt: skip
    """Fund the budget period by period, taking the final debt as known."""
    shape = budget.shape
    equity = debt * (1 - g) / np.where(g > 0, g, 1.0) + np.where(g > 0, 0.0, np.inf)
    draws, paid_in, interest, fees, balance = (np.zeros(shape) for _ in range(5))
    owed, own = np.zeros(shape[:-1]), np.zeros(shape[:-1])

    def borrowed(need: Floats) -> Floats:
        if order == "pro_rata":
            return g * need
        if order == "equity_first":
            return need - np.minimum(need, np.maximum(equity - own, 0.0))
        return np.minimum(need, np.maximum(debt - owed, 0.0))

    for k in range(shape[-1]):
        fee = upfront * debt if k == 0 else np.zeros(shape[:-1])
        need = budget[..., k] + fee
        loan = borrowed(need)
        bearing = owed + loan if at_start else owed
        owed, own = owed + loan, own + need - loan
        interest[..., k] = i[..., k] * bearing
        late = commitment * np.maximum(debt - bearing, 0.0)
        extra = interest[..., k] + late
        more = borrowed(extra)
        owed, own = owed + more, own + extra - more
        draws[..., k], paid_in[..., k] = loan + more, need - loan + extra - more
        fees[..., k], balance[..., k] = fee + late, owed
    return Funding(owed, own, draws, paid_in, interest, fees, balance)


def delayed_draw(
    draws: ArrayLike,
    rate: ArrayLike,
    term: float,
    profile: str = "level",
    grace: float = 0,
    round_to: float | None = None,
) -> Schedule:
    """A facility in which every draw runs for its own term.

    ``Σ_j schedule(draw_j)`` shifted to begin when it is drawn

    Parameters
    ----------
    draws
        Drawn on the closing date and at the end of each period after it, money, at least 0, time last.
    rate
        Rate a period, one number or one for each period up to the last maturity, ``len(draws) − 1 + term``.
    term
        Periods from each draw to its own maturity.
    profile, grace, round_to
        As for `schedule`, for each draw.

    Examples
    --------
    >>> delayed_draw([100, 60], 0.1, 2, "bullet").closing.tolist()
    [160.0, 60.0, 0.0]
    """
    drawn, n = series("draws", draws, 0), whole("term", term, 1)
    count = drawn.shape[-1]
    i = np.atleast_1d(real("rate", rate, above=-1))
    if i.shape[-1] not in (1, count - 1 + n):
        raise InputError(f"rate must be one number or one for each of {count - 1 + n} periods", "rate")
    i = np.broadcast_to(i, (*i.shape[:-1], count - 1 + n))
    tranches = [
        schedule(drawn[..., j], i[..., j : j + n], n, profile, grace=grace, round_to=round_to) for j in range(count)
    ]
    return stack(*tranches, starts=tuple(range(count)))


def commitment_fees(commitment: ArrayLike, draws: ArrayLike, fee_rate: ArrayLike) -> Floats:
    """Fees on what is committed and not yet drawn.

    ``fee_k = φ·(commitment − Σ_{j<k} draw_j)``

    Parameters
    ----------
    commitment
        The facility, money, one number a loan.
    draws
        Drawn on the closing date and at the end of each period of availability after it, money, time last.
    fee_rate
        φ, the rate a period.

    Returns
    -------
    Floats
        The fee of each period of availability, one fewer than the draws.

    Raises
    ------
    InputError
        Draws above the commitment, or no period of availability.

    Examples
    --------
    >>> commitment_fees(200, [100, 60, 40], 0.01).tolist()
    [1.0, 0.4]
    """
    facility, drawn = real("commitment", commitment, 0), series("draws", draws, 0)
    phi = real("fee_rate", fee_rate, 0)
    broadcast(commitment=facility[..., None], draws=drawn, fee_rate=phi[..., None])
    if drawn.shape[-1] < 2:
        raise InputError("draws must span at least one period of availability", "draws")
    total = np.cumsum(drawn, axis=-1)
    if (total > facility[..., None] * (1 + 1e-12)).any():
        raise InputError("draws must not exceed the commitment", "draws")
    return np.asarray(phi[..., None] * np.maximum(facility[..., None] - total[..., :-1], 0.0))
