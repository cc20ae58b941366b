"""What the hardware stands in the books at, month by month, against what it would fetch."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from xlmodel.asset.book import db, ddb, sln, syd, vdb
from xlmodel.errors import NO_MARKET_VALUE, InputError
from xlmodel.maths.domain import Floats, broadcast, real, whole

Method = Literal["SLN", "SYD", "DB", "DDB", "VDB"]


def book_charges(
    cost: npt.ArrayLike,
    salvage: npt.ArrayLike,
    life: int,
    periods: int | None = None,
    method: Method = "SLN",
    factor: npt.ArrayLike = 2.0,
) -> Floats:
    """Return the charges of every period as a schedule; after the life there is none.

    Parameters
    ----------
    cost, salvage
        As of `sln`, shape (...).
    life
        In whole periods, at least 1.
    periods
        Length of the schedule; the life unless given.
    method
        ``"SLN"``, ``"SYD"``, ``"DB"`` (full first year), ``"DDB"`` or ``"VDB"``.
    factor
        Of DDB and VDB, shape (...).

    Returns
    -------
    Shape (..., periods).

    Raises
    ------
    InputError
        An unknown method.

    Examples
    --------
    >>> book_charges(35_000, 3_500, 5, method="VDB").round(6).tolist()
    [14000.0, 8400.0, 5040.0, 3024.0, 1036.0]
    """
    years = whole("life", life, 1)
    count = years if periods is None else whole("periods", periods, 1)
    new, rest = real("cost", cost, 0)[..., None], real("salvage", salvage, 0)[..., None]
    multiple = real("factor", factor, 0)[..., None]
    k = np.arange(1, years + 1)
    if method == "SLN":
        charges = sln(new, rest, np.full(years, years))
    elif method == "SYD":
        charges = syd(new, rest, years, k)
    elif method == "DB":
        charges = db(new, rest, years, k)
    elif method == "DDB":
        charges = ddb(new, rest, years, k, multiple)
    elif method == "VDB":
        charges = vdb(new, rest, years, k - 1, k, multiple)
    else:
        raise InputError(f"method must be SLN, SYD, DB, DDB or VDB, got {method!r}", "method")
    lasting = np.zeros((*charges.shape[:-1], count))
    lasting[..., : min(count, years)] = charges[..., :count]
    return lasting


def book_value(
    cost: npt.ArrayLike,
    salvage: npt.ArrayLike,
    life_years: npt.ArrayLike,
    age_years: npt.ArrayLike,
) -> Floats:
    """Return the straight-line book value at any age: ``max(S, C - (C - S) a / L)``.

    Parameters
    ----------
    cost, salvage
        Money, at least 0, the salvage at most the cost.
    life_years
        Above 0; fractions such as 5.5 are usual.
    age_years
        At least 0, fractions allowed; at the end of the life the salvage stays.

    Raises
    ------
    RangeError
        A salvage above the cost, a negative age.

    Examples
    --------
    >>> book_value(100, 0, 6, [0, 1.5, 6, 7]).tolist()
    [100.0, 75.0, 0.0, 0.0]
    """
    new, rest = real("cost", cost, 0), real("salvage", salvage, 0)
    life = real("life_years", life_years, above=0)
    age = real("age_years", age_years, 0)
    broadcast(cost=new, salvage=rest, life_years=life, age_years=age)
    real("salvage beyond the cost", rest - new, high=0)
    return np.maximum(rest, new - (new - rest) * age / life)


@dataclass(frozen=True, slots=True)
class BookGap:
    """Book against market at the same ages, in the common shape.

    Attributes
    ----------
    book, market
        The two values.
    gap
        Book less market: what a sale at the market would still have to be written off.
    ratio
        Book over market; undefined where the market value is zero.
    """

    book: Floats
    market: Floats
    gap: Floats
    ratio: Floats


def book_minus_market(book: npt.ArrayLike, market: npt.ArrayLike) -> BookGap:
    """Return how far the books lie above the market at each age: ``gap = book - market``, ``ratio = book / market``.

    Parameters
    ----------
    book, market
        At the same ages, for instance of `book_value` and `collateral_value` by month, at least 0. Both broadcast.

    Raises
    ------
    RangeError
        A negative value.

    Examples
    --------
    A six-year straight line against a value that halves every year, after 1 and 2 years:

    >>> gap = book_minus_market(book_value(100, 0, 6, [1, 2]), [50, 25])
    >>> gap.gap.round(2).tolist(), gap.ratio.round(3).tolist()
    ([33.33, 41.67], [1.667, 2.667])
    """
    carried, fetched = real("book", book, 0), real("market", market, 0)
    shape = broadcast(book=carried, market=fetched)
    carried, fetched = np.array(np.broadcast_to(carried, shape)), np.array(np.broadcast_to(fetched, shape))
    sold = fetched > 0
    ratio = np.where(sold, carried / np.where(sold, fetched, 1.0), NO_MARKET_VALUE.nan)
    return BookGap(carried, fetched, carried - fetched, ratio)


@dataclass(frozen=True, slots=True)
class Impairment:
    """The indicator of IAS 36, in the common shape.

    Attributes
    ----------
    recoverable
        The recoverable amount, the higher of the two values.
    loss
        By how much the carrying amount exceeds it, 0 if it does not.
    indicated
        Whether it does, with a relative tolerance of 1e-12.
    """

    recoverable: Floats
    loss: Floats
    indicated: npt.NDArray[np.bool_]


def impairment(
    carrying: npt.ArrayLike, fair_value: npt.ArrayLike, disposal_cost: npt.ArrayLike, value_in_use: npt.ArrayLike
) -> Impairment:
    """Return whether an asset stands in the books above what can be recovered from it.

    ``carrying > max(fair value - disposal cost, value in use)``

    Parameters
    ----------
    carrying
        Carrying amount, at least 0. Every argument broadcasts.
    fair_value
        Market value, at least 0.
    disposal_cost
        Cost of a sale, at least 0; it may exceed the fair value.
    value_in_use
        Present value of the cash flows from going on, at least 0.

    Raises
    ------
    RangeError
        A negative amount.

    Notes
    -----
    IAS 36. An indicator for a lender, not an impairment test of a cash-generating unit.

    Examples
    --------
    >>> test = impairment(50, 25, 2, 30)
    >>> bool(test.indicated), float(test.loss)
    (True, 20.0)
    """
    carried, fetched = real("carrying", carrying, 0), real("fair_value", fair_value, 0)
    cost, used = real("disposal_cost", disposal_cost, 0), real("value_in_use", value_in_use, 0)
    broadcast(carrying=carried, fair_value=fetched, disposal_cost=cost, value_in_use=used)
    recoverable = np.maximum(fetched - cost, used)
    loss = np.maximum(carried - recoverable, 0.0)
    return Impairment(recoverable + np.zeros_like(loss), loss, loss > 1e-12 * carried)
