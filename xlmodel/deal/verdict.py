"""What the numbers of a deal mean, in sentences a committee can read, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from xlmodel.deal.analysis import Analysis, CovenantTest

METRICS: Final = {
    "dscr": "DSCR of the period",
    "dscr_ltm": "DSCR of the last twelve months",
    "dscr_ntm": "DSCR of the next twelve months",
    "ltv_nominal": "nominal LTV",
    "ltv_adjusted": "depreciation-adjusted LTV",
    "ltv_liquidation": "liquidation LTV",
}


def verdict(analysis: Analysis) -> list[str]:
    """Return the findings on a deal, worst first."""
    found = [_breach(test) for test in analysis.covenants if test.first_breach >= 0]
    found += _shortfall(analysis)
    found += _collateral(analysis)
    found += [_kept(test) for test in analysis.covenants if test.first_breach < 0]
    found += [
        f"{m.name}: {value:.2f}x." if m.shown_as == "x" else f"{m.name}: {value:.1%}." for m, value in analysis.measures
    ]
    return found


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


def _breach(test: CovenantTest) -> str:
    record, at = test.record, test.first_breach
    side = "falls below" if record.direction == "below" else "rises above"
    assert test.date is not None  # noqa: S101  a breach has a date
    return (
        f"{record.name}: the {METRICS[record.metric]} {side} the default level of {_level(test, record.default.value)} "
        f"on {day(test.date)} (period {at + 1}), at {_level(test, float(test.ratio[at]), record.default.value)}."
    )


def _kept(test: CovenantTest) -> str:
    record = test.record
    tested = test.ratio[~np.isnan(test.ratio)]
    if tested.size == 0:
        return f"{record.name}: the {METRICS[record.metric]} is never defined on a test date, so nothing is tested."
    worst = float(tested.min() if record.direction == "below" else tested.max())
    return (
        f"{record.name}: the {METRICS[record.metric]} keeps the default level of {_level(test, record.default.value)}; "
        f"its worst test shows {_level(test, worst)}."
    )


def _level(test: CovenantTest, value: float, beside: float | None = None) -> str:
    """A ratio as text, with more digits where two would hide that it differs from the level beside it."""
    decimals = 2 if test.record.direction == "below" else 0
    while beside is not None and value != beside and _digits(test, value, decimals) == _digits(test, beside, decimals):
        decimals += 1
    return _digits(test, value, decimals)


def _digits(test: CovenantTest, value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}x" if test.record.direction == "below" else f"{value:.{decimals}%}"


def _shortfall(analysis: Analysis) -> list[str]:
    """Cash that does not pay the service, counted over the life."""
    short = np.maximum(analysis.debt_service - analysis.cfads, 0.0)
    if not (short > 1e-9 * np.maximum(analysis.debt_service, 1.0)).any():
        return []
    first = int(np.argmax(short > 1e-9 * np.maximum(analysis.debt_service, 1.0)))
    count = int(np.sum(short > 1e-9 * np.maximum(analysis.debt_service, 1.0)))
    return [
        f"Cash does not cover debt service in {count} of {short.size} periods, first on {day(analysis.dates[first])}; "
        f"the shortfalls add up to {money(float(short.sum()))}."
    ]


def _collateral(analysis: Analysis) -> list[str]:
    found = []
    close, balance = analysis.at_close, float(analysis.debt.opening[0])
    if balance > float(close.economic[0]):
        found.append(
            f"The loan is under water from closing: {money(balance)} against hardware worth "
            f"{money(float(close.economic[0]))}, an LTV of {balance / float(close.economic[0]):.0%}."
            if float(close.economic[0]) > 0
            else "The loan is uncollateralised from closing."
        )
    elif analysis.underwater >= 0:
        at = analysis.underwater
        found.append(
            f"The loan goes under water on {day(analysis.dates[at])}: {money(float(analysis.balance[at]))} owed "
            f"against hardware worth {money(float(analysis.values.economic[at]))}."
        )
    else:
        found.append("On the assumed decay the hardware is worth more than the debt on every date.")
    for asset in analysis.deal.assets:
        if asset.market_value_low is not None and asset.market_value_high is not None:
            low, high = balance / asset.market_value_high.value, balance / asset.market_value_low.value
            found.append(f"On the range of values given for {asset.name}, LTV at closing is {low:.0%} to {high:.0%}.")
    if close.liquidation is not None and close.liquidation[0] > 0:
        proceeds = float(close.liquidation[0])
        text = (
            f"A sale at closing would bring {money(proceeds)}: the nominal LTV of {balance / float(close.cost[0]):.0%} "
            f"is a liquidation LTV of {balance / proceeds:.0%}."
        )
        if analysis.recovery is not None and analysis.deal.claim is not None:
            text += f" That is {analysis.recovery:.0%} of the claim of {money(analysis.deal.claim.value)}."
        found.append(text)
    elif close.liquidation is not None:
        found.append("A sale at closing would bring nothing after costs.")
    return found
