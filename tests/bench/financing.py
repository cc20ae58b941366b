"""What a whole financing costs in a batch: ten thousand mixed term sheets at once against one by one."""

import time
from typing import Any

import numpy as np

from tests.bench.measure import Measured
from xlmodel.loan.term_sheet import LockUp, Reserve, Sweep, Taxation, Tranche
from xlmodel.loan.waterfall import waterfall
from xlmodel.loan.waterfall_lines import Waterfall

_LOANS, _PERIODS, _SAMPLE, _HOLD = 10_000, 20, 40, 100.0


def mixed_waterfalls() -> Measured:
    """Two ranks, two reserves, a letter of credit, hedge, banded sweep, lock-up and tax; no two loans alike."""
    terms = _terms(np.random.default_rng(8))
    begun = time.perf_counter()
    batch = _run(terms)
    whole = time.perf_counter() - begun
    some = np.linspace(0, _LOANS - 1, _SAMPLE).astype(int)
    begun = time.perf_counter()
    singles = [_run({name: x[i] for name, x in terms.items()}) for i in some]
    alone = (time.perf_counter() - begun) * _LOANS / _SAMPLE
    for i, one in zip(some, singles, strict=True):
        assert np.array_equal(one.cash, batch.cash[i])
        assert np.array_equal(one.debt, batch.debt[i])
    assert np.abs(batch.imbalance).max() < 1e-6
    short = float((batch.overdue > 1e-6).any(axis=-1).mean())
    figures = {
        "loans": _LOANS, "periods": _PERIODS, "loans_per_second": _LOANS / whole, "alone_s": alone, "short": short,
    }  # fmt: skip
    ratio = alone / whole
    return Measured("whole waterfalls in a batch", ratio, "at least 100 times one by one", ratio >= _HOLD, figures)


def _run(terms: dict[str, Any]) -> Waterfall:
    return waterfall(
        terms["cfads"],
        [
            Tranche(terms["senior"], terms["rate"], terms["plan"], order="pro_rata", overdue_margin=0.005),
            Tranche(terms["junior"], 0.03, terms["junior_plan"], rank=2, pik=terms["pik"], matures=_PERIODS),
        ],
        [
            Reserve(opening=terms["reserve"], periods_ahead=terms["ahead"], letter_of_credit=terms["letter"]),
            Reserve(target=terms["repairs"], rank=0, serves="operating", spending=terms["repairs"]),
        ],
        fees=0.1,
        hedge=terms["hedge"],
        proceeds=terms["proceeds"],
        sweep=Sweep(terms["sweep"], ((2.0, 0.75), (4.0, 1.0)), base=terms["base"]),
        lockup=LockUp(terms["lockup"], window=4, passes=2),
        minimum_cash=terms["least"],
        tax=Taxation(0.25, terms["written_off"]),
    )


def _terms(rng: np.random.Generator) -> dict[str, Any]:
    """Rent that falls at another speed for every loan, debt that some of them cannot carry."""

    def number(low: float, high: float) -> Any:
        return rng.uniform(low, high, _LOANS)

    def flow(low: float, high: float) -> Any:
        return rng.uniform(low, high, (_LOANS, 1))

    k = np.arange(_PERIODS)
    senior = number(50, 150)
    return {
        "cfads": flow(10, 35) * (1 - flow(0, 0.08)) ** k - flow(0, 2),
        "senior": senior,
        "rate": flow(0.01, 0.04),
        "plan": (senior / _PERIODS)[:, None] * np.ones(_PERIODS),
        "junior": number(0, 30),
        "junior_plan": flow(0, 1) * np.ones(_PERIODS),
        "pik": flow(0, 1),
        "reserve": number(0, 10),
        "ahead": number(0, 4),
        "letter": flow(0, 5),
        "repairs": rng.uniform(0, 1, (_LOANS, _PERIODS)),
        "hedge": rng.uniform(-0.3, 0.3, (_LOANS, _PERIODS)),
        "proceeds": np.where(rng.uniform(size=(_LOANS, _PERIODS)) < 0.02, 10.0, 0.0),
        "sweep": flow(0, 0.5),
        "base": flow(20, 60),
        "lockup": flow(1.05, 1.3),
        "least": flow(0, 2),
        "written_off": flow(0, 10),
    }
