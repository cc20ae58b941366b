"""The availability period by hand, and sources that are uses for every budget."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xlmodel.errors import InputError, RangeError
from xlmodel.loan.draws import delayed_draw
from xlmodel.loan.sources_and_uses import ORDERS, deliveries, sources_and_uses


def test_pro_rata_with_fees_by_hand() -> None:
    funded = sources_and_uses([50, 30, 20], 60, 0.02, 0.8, upfront_fee=0.01, commitment_fee=0.005)
    # 50 + 0.6 upfront: 40.48 of debt. Then 30 + 0.8096 + 0.5 % of 19.52 = 30.9072, of which 0.8 are 24.72576, but
    # only 19.52 are left. Then 20 + 1.2 of interest on 60, all equity.
    assert funded.draws.tolist() == pytest.approx([40.48, 19.52, 0])
    assert funded.equity.tolist() == pytest.approx([10.12, 30.9072 - 19.52, 21.2])
    assert funded.commitment_fee.tolist() == pytest.approx([0, 0.0976, 0])
    assert float(funded.gearing) == pytest.approx(60 / (50.6 + 30.9072 + 21.2))


def test_who_pays_first() -> None:
    first = sources_and_uses([50, 30, 20], 80, 0.0, 0.9, order="equity_first", equity_commitment=60)
    # 60 of equity, then nine tenths of the 20 that are left, and of the last 20.
    assert first.equity.tolist() == pytest.approx([50, 12, 2])
    assert first.draws.tolist() == pytest.approx([0, 18, 18])
    assert sources_and_uses([50, 30, 20], 60, 0.0, order="debt_first").draws.tolist() == [50, 10, 0]
    own = sources_and_uses([50, 50], 100, 0.1, 1.0, funds_costs_of_debt=False)
    assert own.draws.tolist() == [50, 50]
    assert own.equity.tolist() == [0, 5]


def test_what_is_not_drawn_in_time_is_cancelled() -> None:
    funded = sources_and_uses(
        [40, 20, 20, 20], 100, 0.0, 0.5, available=1, cancellation_fee=0.02, ticking_fee=0.01, ticking_from=0,
    )  # fmt: skip
    # 20, then (20 + 0.8 of ticking on 80) / 2 = 10.4; 69.6 are cancelled at 2 %.
    assert funded.draws.tolist() == pytest.approx([20, 10.4, 0, 0])
    assert funded.cancelled.tolist() == pytest.approx([0, 69.6, 0, 0])
    assert funded.cancellation_fee.tolist() == pytest.approx([0, 1.392, 0, 0])
    assert funded.undrawn.tolist() == pytest.approx([80, 0, 0, 0])
    assert funded.equity.tolist() == pytest.approx([20, 10.4 + 1.392, 20, 20])
    later = sources_and_uses([40, 0, 0], 100, 0.0, 0.5, ticking_fee=0.01, ticking_from=1)
    assert later.ticking_fee.tolist() == pytest.approx([0, 0, 0.8])


@settings(max_examples=80, deadline=None)
@given(
    arrays(np.float64, st.integers(1, 10), elements=st.floats(0, 100)), st.floats(0, 500), st.floats(0, 0.05),
    st.floats(0, 1), st.sampled_from(ORDERS), st.floats(0, 200), st.floats(0, 0.03), st.floats(0, 0.01),
    st.integers(0, 9), st.booleans(),
)  # fmt: skip
def test_sources_are_uses_at_every_moment(
    costs: np.ndarray, line: float, rate: float, gearing: float, order: str, own: float, upfront: float, fee: float,
    available: int, funds: bool,
) -> None:  # fmt: skip
    funded = sources_and_uses(
        costs, line, rate, gearing, order, own, upfront, fee, fee, 1, min(available, costs.size - 1), fee, funds, own
    )  # fmt: skip
    assert np.allclose(funded.draws + funded.equity + funded.prepaid, funded.uses, rtol=1e-12, atol=1e-9)
    assert (funded.draws >= 0).all()
    assert (funded.equity >= 0).all()
    assert (funded.undrawn >= 0).all()
    assert float(funded.prepaid.sum()) <= own * (1 + 1e-12)
    assert float(funded.balance[-1]) <= line * (1 + 1e-12)
    assert float(funded.draws.sum() + funded.cancelled.sum()) == pytest.approx(line, rel=1e-9, abs=1e-9)


def test_a_customer_pays_ahead() -> None:
    # 70 of prepayment: 50 at closing and 20 of the next 30; the last 10 + 20 are shared.
    funded = sources_and_uses([50, 30, 20], 60, 0.0, 0.6, prepayments=70)
    assert funded.prepaid.tolist() == [50, 20, 0]
    assert funded.draws.tolist() == pytest.approx([0, 6, 12])
    assert funded.equity.tolist() == pytest.approx([0, 4, 8])
    by_moment = sources_and_uses([50, 30, 20], 60, 0.0, 1.0, prepayments=[0, 0, 5])
    assert by_moment.draws.tolist() == [50, 10, 0]
    assert by_moment.equity.tolist() == [0, 20, 15]


def test_late_hardware_and_the_long_stop() -> None:
    late = deliveries([[60, 40], [50, 50]], [0, 2], 3, delay=[[0, 1], [0.5, 2]], long_stop=3, units=[6, 4])
    assert late.costs.tolist() == [[60, 0, 0, 40], [0, 50, 0, 0]]
    assert late.in_service.tolist() == [[0.6, 0.6, 0.6, 1], [0, 0.6, 0.6, 0.6]]
    # On the day is in time; at moment 4 it is not, and the money falls due after the availability period.
    assert late.missed.tolist() == [[False, False], [False, True]]
    assert late.lost.tolist() == [0, 0.4]
    assert late.late_cost.tolist() == [0, 50]
    with pytest.raises(RangeError, match="whole"):
        deliveries([1], [0.5], 2)


def test_each_draw_runs_its_own_term() -> None:
    arrived = deliveries([100, 60], [0, 1], 1)
    funded = sources_and_uses(arrived.costs, 200, 0.0, 0.5)
    assert delayed_draw(funded.draws, 0.1, 2, "bullet").closing.tolist() == [80, 30, 0]


def test_refusals() -> None:
    with pytest.raises(InputError, match="order"):
        sources_and_uses([1], 1, 0, order="both")
    with pytest.raises(InputError, match="rate"):
        sources_and_uses([1, 1, 1], 1, [0.1, 0.1, 0.1])
    assert sources_and_uses(10, 5, 0.1, 0.5).draws.tolist() == [5]
