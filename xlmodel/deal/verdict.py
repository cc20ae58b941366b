"""What the numbers of a deal mean, in sentences a committee can read, worst first."""

from typing import Final

import numpy as np

from xlmodel.deal.borrowing import certificate
from xlmodel.deal.exposed import exposed
from xlmodel.deal.paid import paid_and_earned
from xlmodel.deal.results import Results
from xlmodel.deal.terms.covenants import CovenantTest
from xlmodel.deal.wording import day, money
from xlmodel.loan.covenant import Status

_TEST: Final = {
    "dscr": "",
    "dscr_ltm": "over the last twelve months",
    "dscr_ntm": "over the next twelve months",
    "ltv_nominal": "LTV on cost",
    "ltv_adjusted": "LTV on economic value",
    "ltv_liquidation": "LTV on liquidation value",
}
_ROUNDING: Final = 1e-9
_SHORT: Final = {"dscr_ltm": "last-twelve-months test", "dscr_ntm": "next-twelve-months test"}


def verdict(analysis: Results) -> list[str]:
    """Return the findings on a deal, worst first.

    Breaches by date, cash that falls short, who is paid all the same, what it hangs on, collateral, lock-ups,
    covenants that hold, the deal's own ratios.
    """
    tests = analysis.covenants
    found = _breaches(analysis)
    found += [sentence for test in tests for sentence in _cured(analysis, test)]
    found += _shortfall(analysis)
    found += paid_and_earned(analysis)
    found += exposed(analysis)
    found += _base(analysis)
    found += _collateral(analysis)
    found += _sale(analysis)
    found += [sentence for test in tests for sentence in _lockup(analysis, test)]
    found += [_kept(analysis, test) for test in tests if test.first_breach < 0]
    found += [
        f"{m.name}: {value:.2f}x." if m.shown_as == "x" else f"{m.name}: {value:.1%}." for m, value in analysis.measures
    ]
    return found


def _breaches(analysis: Results) -> list[str]:
    """One sentence for each breached covenant; look-back and look-ahead tests of one level join the period's."""
    broken = sorted((t for t in analysis.covenants if t.first_breach >= 0), key=lambda t: t.first_breach)
    by_period = {t.record.default.value: t for t in reversed(broken) if t.record.metric == "dscr"}
    found, joined = [], set()
    for test in broken:
        main = by_period.get(test.record.default.value)
        if main is None or test.record.metric not in ("dscr", *_SHORT):
            found.append(_breach(analysis, test) + ".")
        elif id(main) not in joined:
            joined.add(id(main))
            found.append("; ".join([_breach(analysis, main), *_elsewhere(analysis, main)]) + ".")
    return found


def _breach(analysis: Results, test: CovenantTest) -> str:
    record = test.record
    side = "falls below" if record.direction == "below" else "rises above"
    assert test.date is not None  # noqa: S101  a breach has a date
    when = f"in the period ending {day(test.date)}" if record.metric == "dscr" else f"on the test of {day(test.date)}"
    default = float(test.default[test.first_breach])
    level, found = _level(test, default), float(test.ratio[test.first_breach])
    value = "the collateral is worth nothing" if np.isnan(found) else _level(test, found, default)
    return f"{_name(analysis, test)} {side} the {level} default level {when} ({value})"


def _elsewhere(analysis: Results, main: CovenantTest) -> list[str]:
    """How the rolling tests of the same level date the same trouble."""
    found = []
    for test in analysis.covenants:
        if test.record.metric not in _SHORT or test.record.default.value != main.record.default.value:
            continue
        name = f"the {_SHORT[test.record.metric]}"
        if test.date is None or main.date is None:
            found.append(f"{name} never shows it")
        elif test.first_breach < main.first_breach:
            found.append(f"{name} shows it already on {day(test.date)}")
        elif test.first_breach == main.first_breach:
            found.append(f"{name} shows it on the same date")
        else:
            found.append(f"{name} shows it only on {day(test.date)}")
    return found


def _name(analysis: Results, test: CovenantTest) -> str:
    words = _TEST[test.record.metric]
    return words if words.startswith("LTV") else f"{analysis.coverage_name} {words}".rstrip()


def _lockup(analysis: Results, test: CovenantTest) -> list[str]:
    """When distributions stop, where that comes before a default or without one."""
    locked = np.flatnonzero(test.status == Status.LOCKUP)
    if test.lockup is None or locked.size == 0 or 0 <= test.first_breach < locked[0]:
        return []
    at = int(locked[0])
    side = "below" if test.record.direction == "below" else "above"
    level, value = float(test.lockup[at]), float(test.ratio[at])
    return [
        f"Distributions are locked up from {day(analysis.dates[at])}: {_name(analysis, test)} is at "
        f"{_level(test, value, level)}, {side} the {_level(test, level)} lock-up level."
    ]


def _cured(analysis: Results, test: CovenantTest) -> list[str]:
    """What equity has to put in to keep a covenant, and where the limits end that."""
    if test.cured is None or test.after_cures is None or test.first_breach < 0:
        return []
    put_in, left = test.cured.amount, np.flatnonzero(test.after_cures == Status.DEFAULT)
    broken = int((test.status == Status.DEFAULT).sum())
    name = test.record.name
    if not (put_in > 0).any():
        return [f"No cure is possible within the limits of {name}."]
    said = f"Cures of {name} take {money(float(put_in.sum()))} of equity on {int((put_in > 0).sum())} dates"
    if left.size == 0:
        return [f"{said} and repair all of its {broken} breaches."]
    return [f"{said}; the first breach that the limits leave is on {day(analysis.dates[left[0]])}."]


def _kept(analysis: Results, test: CovenantTest) -> str:
    name, record = _name(analysis, test), test.record
    tested = test.ratio[~np.isnan(test.ratio)]
    if tested.size == 0:
        return f"{name} is not defined on any test date of the covenant {record.name}, so nothing is tested."
    worst = float(tested.min() if record.direction == "below" else tested.max())
    if record.steps:
        return f"{name} keeps its default levels, which step, on every test; the worst shows {_level(test, worst)}."
    level = record.default.value
    return (
        f"{name} keeps the {_level(test, level)} default level on every test; the worst shows "
        f"{_level(test, worst, level)}."
    )


def _level(test: CovenantTest, value: float, beside: float | None = None) -> str:
    """A ratio as text, with more digits where two would hide that it differs from the level beside it."""
    decimals = 2 if test.record.direction == "below" else 0
    while beside is not None and value != beside and _digits(test, value, decimals) == _digits(test, beside, decimals):
        decimals += 1
    return _digits(test, value, decimals)


def _digits(test: CovenantTest, value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}x" if test.record.direction == "below" else f"{value:.{decimals}%}"


def _shortfall(analysis: Results) -> list[str]:
    """Cash that does not pay the service, counted over the life."""
    missing = np.maximum(analysis.debt_service - analysis.cfads, 0.0)
    short = missing > _ROUNDING * analysis.debt_service
    if not short.any():
        return []
    return [
        f"Cash does not cover debt service in {int(short.sum())} of {short.size} periods, first in the one ending "
        f"{day(analysis.dates[int(np.argmax(short))])}; the shortfalls add up to {money(float(missing.sum()))}."
    ]


def _collateral(analysis: Results) -> list[str]:
    owed, worth = float(analysis.debt.opening[0]), float(analysis.at_close.economic[0])
    if worth <= 0:
        found = ["The hardware is worth nothing: the loan is uncollateralised from closing."]
    elif owed > worth:
        found = [
            f"The loan is under water from closing: {money(owed)} owed against hardware worth {money(worth)}, "
            f"an LTV of {owed / worth:.0%}."
        ]
    elif analysis.underwater >= 0:
        at = int(analysis.underwater)
        found = [
            f"The loan goes under water on {day(analysis.dates[at])}: {money(float(analysis.balance[at]))} owed "
            f"against hardware worth {money(float(analysis.values.economic[at]))}."
        ]
    else:
        found = ["On the assumed decay the hardware is worth at least what is owed on every date."]
    if analysis.range_at_close is not None and analysis.range_at_close[0] > 0:
        low, high = analysis.range_at_close
        found.append(
            f"On the range of values found, {money(low)} to {money(high)}, the LTV at closing is {owed / high:.0%} "
            f"to {owed / low:.0%}."
        )
    return found


def _base(analysis: Results) -> list[str]:
    """What the borrowing base leaves to draw, or what has to be repaid."""
    if analysis.deal.borrowing_base is None:
        return []
    drawn = float(analysis.debt.opening[0])
    found = certificate(analysis.deal, drawn)
    out = sum(reason is not None for reason in found.excluded_by)
    base, missing = float(found.base.base), float(found.base.deficiency)
    kept = f"{out} of {len(found.excluded_by)} assets pledged do not count"
    if missing > _ROUNDING * drawn:
        return [
            f"{money(missing)} have to be repaid at once: the borrowing base is {money(base)} against {money(drawn)} "
            f"drawn, as {kept}."
        ]
    return [
        f"The borrowing base is {money(base)} against {money(drawn)} drawn and leaves "
        f"{money(float(found.base.availability))} to draw; {kept}."
    ]


def _sale(analysis: Results) -> list[str]:
    """What enforcement at closing would bring, against the debt and against the claim."""
    close, owed = analysis.at_close, float(analysis.debt.opening[0])
    if close.liquidation is None:
        return []
    proceeds = float(close.liquidation[0])
    if proceeds <= 0:
        return ["A sale at closing would bring nothing after its costs."]
    found = [
        f"A sale at closing would bring {money(proceeds)}: the LTV of {owed / float(close.cost[0]):.0%} on cost is "
        f"{owed / proceeds:.0%} on liquidation value."
    ]
    if analysis.recovery is not None and analysis.deal.claim is not None:
        found.append(f"It would pay {analysis.recovery:.0%} of the claim of {money(analysis.deal.claim.value)}.")
    return found
