"""Term sheets as Hypothesis sees them: every feature on or off, over falling, empty and negative cash."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.loan.strategies import cash
from xlmodel.loan.term_sheet import LockUp, Reserve, Sweep, Taxation, Tranche
from xlmodel.loan.waterfall import waterfall
from xlmodel.loan.waterfall_lines import Waterfall

MONEY = st.one_of(st.just(0.0), st.floats(0.01, 300))
SMALL = st.one_of(st.just(0.0), st.floats(0.01, 40))
RATE = st.one_of(st.just(0.0), st.floats(1e-4, 0.1))
# Amounts next to the smallest float would only show that it underflows.
SIGNED = st.one_of(st.just(0.0), st.floats(0.01, 10), st.floats(-10, -0.01))
SHARE = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.01, 0.99))


@dataclass
class TermSheet:
    """The arguments of one waterfall."""

    cfads: np.ndarray
    tranches: list[Tranche]
    reserves: list[Reserve]
    terms: dict[str, Any]

    def run(self) -> Waterfall:
        return waterfall(self.cfads, self.tranches, self.reserves, **self.terms)


def by_period(n: int, amounts: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    """One amount, or one a period."""
    return st.one_of(amounts, arrays(np.float64, n, elements=amounts))


@st.composite
def term_sheets(draw: st.DrawFn, most: int = 12) -> TermSheet:
    flows = draw(cash(least=1, most=most))
    n = flows.size

    def tranche() -> Tranche:
        return Tranche(
            balance=draw(MONEY),
            rate=draw(RATE),
            principal=draw(by_period(n, SMALL)),
            rank=draw(st.integers(1, 3)),
            draws=draw(st.one_of(st.just(0.0), arrays(np.float64, n, elements=SMALL))),
            pik=draw(st.one_of(st.just(0.0), SHARE)),
            overdue_margin=draw(RATE),
            order=draw(st.sampled_from(["inverse", "forward", "pro_rata"])),
            matures=draw(st.one_of(st.none(), st.integers(1, n))),
        )

    def reserve(ranks: list[int]) -> Reserve:
        operating = draw(st.booleans())
        return Reserve(
            target=draw(by_period(n, SMALL)),
            opening=draw(SMALL),
            rank=draw(st.integers(0, 3) if operating else st.sampled_from(ranks)),
            serves="operating" if operating else "debt_service",
            periods_ahead=draw(st.one_of(st.just(0.0), st.floats(0.1, 4))),
            spending=draw(by_period(n, SMALL)) if operating else 0.0,
            letter_of_credit=draw(by_period(n, SMALL)),
            letter_rate=draw(RATE),
        )

    bands = ((2.0, draw(SHARE)), (3.5, draw(SHARE))) if draw(st.booleans()) else ()
    sweep = Sweep(draw(SHARE), bands, draw(by_period(n, st.one_of(SIGNED, st.floats(10, 100)))), draw(SMALL))
    lockup = LockUp(
        level=draw(st.floats(0.5, 3)),
        window=draw(st.integers(1, 4)),
        passes=draw(st.integers(1, 3)),
        first_test=draw(st.integers(1, 3)),
        rank=draw(st.one_of(st.none(), st.integers(1, 3))),
        prepays_after=draw(st.one_of(st.none(), st.integers(1, 3))),
        failed=draw(by_period(n, st.sampled_from([0.0, 1.0]))),
    )
    tax = Taxation(draw(SHARE) / 2, draw(by_period(n, SMALL)), draw(SMALL), draw(SHARE))
    terms: dict[str, Any] = {
        "cash": draw(SMALL),
        "fees": draw(by_period(n, st.one_of(st.just(0.0), st.floats(0.01, 5)))),
        "hedge": draw(by_period(n, SIGNED)),
        "hedge_break": draw(by_period(n, st.sampled_from([0.0, 0.0, 5.0]))),
        "hedge_break_rank": draw(st.sampled_from(["senior", "junior"])),
        "equity": draw(by_period(n, SMALL)),
        "proceeds": draw(by_period(n, st.sampled_from([0.0, 0.0, 0.0, 60.0]))),
        "sweep": draw(st.one_of(st.none(), st.just(sweep))),
        "lockup": draw(st.one_of(st.none(), st.just(lockup))),
        "minimum_cash": draw(by_period(n, SMALL)),
        "distribute": draw(st.sampled_from([True, True, False])),
        "tax": draw(st.one_of(st.none(), st.just(tax))),
    }
    tranches = [tranche() for _ in range(draw(st.integers(1, 3)))]
    ranks = [t.rank for t in tranches]
    reserves = [reserve(ranks) for _ in range(draw(st.integers(0, 3)))]
    return TermSheet(flows, tranches, reserves, terms)
