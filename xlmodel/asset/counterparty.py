"""What the customer's credit is worth: the contract above the market, its default, and its renegotiation."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from xlmodel.maths.domain import Floats, broadcast, real, series, whole
from xlmodel.maths.rates import continuous_annuity, continuous_rate, deflation_cc


def contract_value(
    price: npt.ArrayLike,
    rent: npt.ArrayLike,
    deflation_eff: npt.ArrayLike,
    years: npt.ArrayLike,
    discount_eff: npt.ArrayLike,
    share: npt.ArrayLike = 1.0,
    paid_usage: npt.ArrayLike = 1.0,
    usage: npt.ArrayLike = 1.0,
    hours_per_year: npt.ArrayLike = 8760.0,
) -> Floats:
    """Return what a fixed-price contract is worth above the market: what the customer's default would take away.

    ``V = h w [ max(u_c, tau) P a(rho) - u R0 a(rho + pi) ]`` with ``a(x) = (1 - e^-xT) / x``

    Parameters
    ----------
    price, rent
        Contract price and spot rent today, USD per hour, at least 0. Every argument broadcasts.
    deflation_eff
        Effective annual fraction the spot rent loses, below 1.
    years
        Remaining term, at least 0.
    discount_eff
        Effective annual discount rate, above -1.
    share
        Contracted share of the capacity, 0 to 1.
    paid_usage
        Share of the hours the contract pays, the larger of own usage and take-or-pay, 0 to 1.
    usage
        Share of the hours the same capacity would rent at spot, 0 to 1.
    hours_per_year
        At least 0.

    Returns
    -------
    Money per unit; negative when the contract is below the market.

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> round(float(contract_value(2.4, 2.4, 0.3, 3, 0.10517092)))
    20151
    """
    now, contract = real("rent", rent, 0), real("price", price, 0)
    decline = deflation_cc(deflation_eff)
    rate, term = continuous_rate(discount_eff), real("years", years, 0)
    part, paid = real("share", share, 0, 1), real("paid_usage", paid_usage, 0, 1)
    rented, hours = real("usage", usage, 0, 1), real("hours_per_year", hours_per_year, 0)
    broadcast(
        price=contract,
        deflation_eff=decline,
        years=term,
        discount_eff=rate,
        share=part,
        paid_usage=paid,
        usage=rented,
        hours_per_year=hours,
    )
    earned = paid * contract * continuous_annuity(rate, term)
    forgone = rented * now * continuous_annuity(rate + decline, term)
    return hours * part * (earned - forgone)


def contract_survival(hazard: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    """Return the probability that the customer has not defaulted: ``S(t) = e^-ht``, and 1 before the start.

    Parameters
    ----------
    hazard
        Defaults a year, at least 0. Both broadcast.
    years
        Since closing, any sign.

    Raises
    ------
    RangeError
        A negative hazard.

    Examples
    --------
    >>> contract_survival(0.08, [-1, 0, 1.5]).round(6).tolist()
    [1.0, 1.0, 0.88692]
    """
    intensity, time = real("hazard", hazard, 0), real("years", years)
    broadcast(hazard=intensity, years=time)
    return np.exp(-intensity * np.maximum(time, 0.0))


def rent_with_default(
    price: npt.ArrayLike,
    rent: npt.ArrayLike,
    survival: npt.ArrayLike,
    survival_before_downtime: npt.ArrayLike,
    usage: npt.ArrayLike = 1.0,
    claim_recovery: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the rent expected of contracted capacity whose customer may default and be replaced at spot.

    ``S(t) P + (1 - S(t - m)) u R(t)``, and of what is missing from the contract price the recovered share

    Parameters
    ----------
    price
        Contract price, USD per hour, at least 0. Every argument broadcasts.
    rent
        Spot rent at the same time, at least 0.
    survival
        Probability that the customer still pays, 0 to 1.
    survival_before_downtime
        The same probability one downtime earlier, 0 to 1: capacity lost since then has no tenant yet.
    usage
        Share of its hours that spot capacity rents, 0 to 1.
    claim_recovery
        Share of the shortfall against the contract price that a guarantor or the estate makes good as it accrues,
        0 to 1.

    Raises
    ------
    RangeError
        An argument outside its range, or survival that rises with time.

    Examples
    --------
    One customer in ten has gone, half of them so lately that the capacity is still empty:

    >>> round(float(rent_with_default(2.4, 1.2, 0.9, 0.95)), 6)
    2.22
    """
    contract, spot = real("price", price, 0), real("rent", rent, 0)
    now = real("survival", survival, 0, 1)
    before = real("survival_before_downtime", survival_before_downtime, 0, 1)
    rented, recovered = real("usage", usage, 0, 1), real("claim_recovery", claim_recovery, 0, 1)
    broadcast(
        price=contract, rent=spot, survival=now, survival_before_downtime=before, usage=rented, claim_recovery=recovered
    )
    real("survival gained during the downtime", now - before, high=1e-12)
    earned = now * contract + (1 - before) * rented * spot
    return earned + recovered * np.maximum(contract - earned, 0.0) * (now < 1)


@dataclass(frozen=True, slots=True)
class CounterpartyPath:
    """A contract under default risk, by period, shape (..., periods).

    Attributes
    ----------
    rent
        Expected rent per contracted hour.
    survival
        Probability that the customer still pays in the middle of the period.
    """

    rent: Floats
    survival: Floats


def counterparty_path(
    price: npt.ArrayLike,
    rent: npt.ArrayLike,
    hazard: npt.ArrayLike,
    frequency: int = 4,
    usage: npt.ArrayLike = 1.0,
    downtime_years: npt.ArrayLike = 0.0,
    wrong_way: npt.ArrayLike = 0.0,
    claim_recovery: npt.ArrayLike = 0.0,
) -> CounterpartyPath:
    """Return the expected rent of each period when the customer may default, the likelier the dearer the contract.

    ``h_k = h max(1, P_k / R_k)^beta``; survival falls at ``h_k`` inside period k; then as `rent_with_default`, with
    survival taken in the middle of the period

    Parameters
    ----------
    price, rent
        Contract price and spot rent of each period, USD per hour, rent above 0, shape (..., periods).
    hazard
        Defaults a year while the contract is at or below the market, at least 0, likewise.
    frequency
        Periods a year.
    usage, claim_recovery
        As of `rent_with_default`.
    downtime_years
        Time without a tenant after a default, at least 0, shape (...).
    wrong_way
        The exponent: 0 is independence, 1 doubles the hazard of a contract at twice the market; at least 0.

    Raises
    ------
    RangeError
        An argument outside its range; a rent of 0, to which no contract can be compared.

    Examples
    --------
    >>> path = counterparty_path(2.4, [2.4, 1.2], hazard=0.1, frequency=1, wrong_way=1)
    >>> path.survival.round(4).tolist(), path.rent.round(4).tolist()
    ([0.9512, 0.8187], [2.4, 2.1825])
    """
    contract, spot = series("price", price, 0), series("rent", rent)
    real("rent", spot, above=0)
    base, exponent = series("hazard", hazard, 0), series("wrong_way", wrong_way, 0)
    shape = broadcast(price=contract, rent=spot, hazard=base, wrong_way=exponent)
    times = whole("frequency", frequency, 1)
    lag = real("downtime_years", downtime_years, 0) * times
    intensity = base * np.maximum(1.0, contract / spot) ** exponent / times
    lead = np.broadcast_shapes(shape[:-1], lag.shape)
    # The hazard integrated to each boundary; inside a period it grows evenly.
    grown = np.zeros((*lead, shape[-1] + 1))
    grown[..., 1:] = np.cumsum(np.broadcast_to(intensity, (*lead, shape[-1])), axis=-1)
    middle = np.broadcast_to(np.arange(shape[-1]) + 0.5, (*lead, shape[-1]))
    survival = np.exp(-_within(grown, middle))
    before = np.exp(-_within(grown, np.maximum(middle - lag[..., None], 0.0)))
    return CounterpartyPath(rent_with_default(contract, spot, survival, before, usage, claim_recovery), survival)


def _within(grown: Floats, position: Floats) -> Floats:
    """Interpolate along the last axis at positions counted in periods."""
    left = np.minimum(np.floor(position).astype(np.intp), grown.shape[-1] - 2)
    low = np.take_along_axis(grown, left, axis=-1)
    high = np.take_along_axis(grown, left + 1, axis=-1)
    return np.asarray(low + (position - left) * (high - low))


def renegotiated_price(
    price: npt.ArrayLike,
    rent: npt.ArrayLike,
    concession: npt.ArrayLike,
    below_market: Literal["price", "rent"] = "price",
) -> Floats:
    """Return the contract price after the customer has asked for relief: ``R + (1 - theta) max(P - R, 0)``.

    Parameters
    ----------
    price, rent
        Contract price and spot rent, USD per hour, at least 0. Every argument broadcasts.
    concession
        Share of the excess over the market that the lessor gives up, 0 to 1.
    below_market
        What a contract below the market pays: its own ``"price"``, as its customer asks for nothing, or the
        ``"rent"``, as the formula read by itself has it (both sides reset to the market).

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> renegotiated_price([2.5, 1.0], 1.5, 0.5).tolist()
    [2.0, 1.0]
    """
    contract, spot = real("price", price, 0), real("rent", rent, 0)
    given = real("concession", concession, 0, 1)
    broadcast(price=contract, rent=spot, concession=given)
    kept = spot + (1 - given) * np.maximum(contract - spot, 0.0)
    return kept if below_market == "rent" else np.minimum(kept, contract)
