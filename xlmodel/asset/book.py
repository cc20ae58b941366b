"""What the books charge for the hardware: SLN, SYD, DB, DDB and VDB exactly as Excel defines them.

Excel's argument order, names and definitions; positive amounts. Every argument broadcasts, so that a row of periods is
a schedule. Where Excel's own behaviour is not on record the call is refused, never guessed.
"""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import RangeError
from xlmodel.maths.domain import Floats, broadcast, real


def sln(cost: npt.ArrayLike, salvage: npt.ArrayLike, life: npt.ArrayLike) -> Floats:
    """Return the straight-line charge of each period: ``(C - S) / L``.

    Parameters
    ----------
    cost, salvage
        Money, at least 0. A salvage above the cost gives a negative charge, as in Excel.
    life
        In periods, above 0.

    Raises
    ------
    RangeError
        A life of 0, a negative amount.

    Examples
    --------
    >>> float(sln(30_000, 7_500, 10))
    2250.0
    """
    new, rest, periods = _asset(cost, salvage, life)
    return (new - rest) / periods


def syd(cost: npt.ArrayLike, salvage: npt.ArrayLike, life: npt.ArrayLike, period: npt.ArrayLike) -> Floats:
    """Return the sum-of-years'-digits charge of a period: ``(C - S) (L - p + 1) 2 / (L (L + 1))``.

    Parameters
    ----------
    cost, salvage, life
        As of `sln`.
    period
        From 1 to the life.

    Raises
    ------
    RangeError
        A period outside the life.

    Examples
    --------
    >>> syd(30_000, 7_500, 10, [1, 10]).round(2).tolist()
    [4090.91, 409.09]
    """
    new, rest, periods = _asset(cost, salvage, life)
    p = real("period", period, 1)
    broadcast(cost=new, salvage=rest, life=periods, period=p)
    _inside("period", p, periods)
    return (new - rest) * (periods - p + 1) * 2 / (periods * (periods + 1))


def db(
    cost: npt.ArrayLike,
    salvage: npt.ArrayLike,
    life: npt.ArrayLike,
    period: npt.ArrayLike,
    month: npt.ArrayLike = 12,
    zero_beyond: bool = False,
) -> Floats:
    """Return the fixed-declining-balance charge of a year, at a rate rounded to three decimals as Excel defines it.

    ``r = round(1 - (S/C)^(1/L), 3)``; the first year bears ``C r m / 12``, year k ``(C - charged so far) r``, and year
    ``L + 1``, which exists if m < 12, ``(C - charged so far) r (12 - m) / 12``

    Parameters
    ----------
    cost, salvage
        Money, at least 0, the salvage at most the cost. A salvage of 0 writes everything off at once.
    life
        In whole years, at least 1.
    period
        The year, whole, from 1 to the life, or one more if the first year is short.
    month
        Months of the first year, whole, 1 to 12.
    zero_beyond
        Charge 0 in later years, where Excel shows an error.

    Raises
    ------
    RangeError
        A year outside the life; a salvage above the cost; a fraction.

    Examples
    --------
    >>> db(1_000_000, 100_000, 6, [1, 2, 7], 7).round(2).tolist()
    [186083.33, 259639.42, 15845.1]
    """
    new, rest, years = _asset(cost, salvage, life)
    k, months = real("period", period, 1), real("month", month, 1, 12)
    broadcast(cost=new, salvage=rest, life=years, period=k, month=months)
    _whole("life", years)
    _whole("period", k)
    _whole("month", months)
    last = years + (months < 12)
    if not zero_beyond:
        _inside("period", k, last)
    real("salvage beyond the cost", rest - new, high=0)
    kept = np.divide(rest, new, out=np.zeros(np.broadcast_shapes(rest.shape, new.shape)), where=new > 0)
    rate = _rounded(1 - kept ** (1 / years))
    # After a first year of m months each year leaves 1 - r of the balance.
    opening = new * np.where(k > 1, (1 - rate * months / 12) * _power(1 - rate, k - 2), 1.0)
    share: Floats = np.where(k == 1, months / 12, np.where(k > years, (12 - months) / 12, 1.0)) * (k <= last)
    charge: Floats = opening * rate * share
    return charge


def ddb(
    cost: npt.ArrayLike,
    salvage: npt.ArrayLike,
    life: npt.ArrayLike,
    period: npt.ArrayLike,
    factor: npt.ArrayLike = 2.0,
) -> Floats:
    """Return the declining-balance charge of a period: ``max(0, min(B F/L, B - S))`` of the opening balance ``B``.

    It never turns into straight line, and so may not reach the salvage.

    Parameters
    ----------
    cost, salvage, life
        As of `sln`; a salvage above the cost leaves nothing to charge.
    period
        From 1 to the life. Between whole numbers the balance has declined for ``p - 1`` periods, as LibreOffice and
        Visual Basic have it.
    factor
        Multiple of the straight-line rate, above 0.

    Raises
    ------
    RangeError
        A period outside the life, a factor of 0.

    Examples
    --------
    >>> ddb(2_400, 300, 10, [1, 2, 10]).round(2).tolist()
    [480.0, 384.0, 22.12]
    """
    new, rest, periods = _asset(cost, salvage, life)
    p, multiple = real("period", period, 1), real("factor", factor, above=0)
    broadcast(cost=new, salvage=rest, life=periods, period=p, factor=multiple)
    _inside("period", p, periods)
    rate = np.minimum(multiple / periods, 1.0)
    before = np.maximum(new * _power(1 - rate, p - 1), rest)
    after = np.maximum(new * _power(1 - rate, p), rest)
    # Where nothing has been charged yet the balance is the cost, however high the salvage.
    return np.maximum(np.where(new > rest, before - after, 0.0), 0.0)


def vdb(
    cost: npt.ArrayLike,
    salvage: npt.ArrayLike,
    life: npt.ArrayLike,
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    factor: npt.ArrayLike = 2.0,
    no_switch: bool = False,
) -> Floats:
    """Return the variable-declining-balance charge between two moments of the life.

    Period k bears ``max(0, min(B F/L, B - S))`` of its opening balance ``B`` until straight line on the remainder,
    ``(B - S) / (L - k + 1)``, exceeds it; from then on straight line to the end. A part of a period bears its part.

    Parameters
    ----------
    cost, salvage, life
        As of `sln`; a salvage above the cost leaves nothing to charge.
    start, end
        Moments in periods since the purchase, ``0 <= start <= end <= life``: the charge of period 3 lies between 2 and
        3. Fractions are allowed, except a start inside a period that is charged straight line: no published example or
        definition says what Excel returns there, and other programs disagree.
    factor
        Multiple of the straight-line rate, at least 0. 0 is straight line from the first period, unless switched off.
    no_switch
        Stay with the declining balance, as Excel's last argument TRUE.

    Raises
    ------
    RangeError
        Moments outside the life or out of order; a fractional start in the straight-line part.

    Examples
    --------
    >>> vdb(2_400, 300, 10, [0, 0], [1, 0.875], 1.5).tolist()
    [360.0, 315.0]
    """
    new, rest, periods = _asset(cost, salvage, life)
    begin, finish = real("start", start, 0), real("end", end, 0)
    multiple = real("factor", factor, 0)
    shape = broadcast(cost=new, salvage=rest, life=periods, start=begin, end=finish, factor=multiple)
    _inside("end", finish, periods)
    _inside("start", begin, finish, "end")
    balance = np.broadcast_to(new, shape).astype(np.float64)
    straight = np.zeros(shape)
    switched = np.zeros(shape, dtype=bool)
    charged = np.zeros(shape)
    for k in range(1, int(np.ceil(finish.max())) + 1):
        left = np.maximum(balance - rest, 0.0)
        declining = np.minimum(balance * multiple / periods, left)
        even = left / np.where(periods > k - 1, periods - k + 1, 1.0)
        # A period that only the longest life reaches charges nothing here: its part below is zero.
        turns = ~switched & (even > declining) & (not no_switch)
        straight = np.where(turns, even, straight)
        switched |= turns
        inside = (begin > k - 1) & (begin < k) & switched
        if (inside & (finish > begin)).any():
            raise RangeError(
                "start must be whole once the charge is straight line, got "
                f"{np.broadcast_to(begin, shape)[inside].flat[0]:g}: what Excel returns there is not on record",
                "start",
            )
        charge = np.where(switched, straight, declining)
        part = np.clip(np.minimum(finish, k) - np.maximum(begin, k - 1), 0.0, 1.0)
        charged = charged + part * charge
        balance = balance - charge
    return charged


def _asset(cost: npt.ArrayLike, salvage: npt.ArrayLike, life: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    new, rest, periods = real("cost", cost, 0), real("salvage", salvage, 0), real("life", life, above=0)
    broadcast(cost=new, salvage=rest, life=periods)
    return new, rest, periods


def _inside(name: str, value: Floats, limit: Floats, limit_name: str = "life") -> None:
    beyond = value > limit
    if beyond.any():
        first = np.broadcast_to(value, beyond.shape)[beyond].flat[0]
        raise RangeError(f"{name} must not lie beyond the {limit_name}, got {first:g}", name)


def _whole(name: str, value: Floats) -> None:
    if (value != np.floor(value)).any():
        raise RangeError(f"{name} must be whole, got {value[value != np.floor(value)].flat[0]:g}", name)


def _power(base: Floats, exponent: Floats) -> Floats:
    """Return the power, of a base from 0 to 1; 0 to the power 0 is 1, and negative exponents count as 0."""
    return base ** np.maximum(exponent, 0.0)


def _rounded(rate: Floats) -> Floats:
    """Round to three decimals half away from zero, as Excel does; numpy rounds half to even."""
    return np.floor(rate * 1000 + 0.5) / 1000
