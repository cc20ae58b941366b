"""Dates and amounts as a committee writes them."""

import numpy as np


def day(date: np.datetime64) -> str:
    """Return a date as a committee writes it.

    >>> day(np.datetime64("2028-07-01"))
    '1 July 2028'
    """
    moment = date.astype("datetime64[D]").item()
    return f"{moment.day} {moment:%B %Y}"


def money(amount: float) -> str:
    """Return an amount in the unit that keeps it readable.

    >>> money(3_650e6), money(56.6e6), money(35_000)
    ('USD 3.65bn', 'USD 56.6m', 'USD 35,000')
    """
    if abs(amount) >= 1e9:
        return f"USD {amount / 1e9:,.2f}bn"
    return f"USD {amount / 1e6:,.1f}m" if abs(amount) >= 1e6 else f"USD {amount:,.0f}"
