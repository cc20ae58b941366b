"""What must hold for every deal, whatever its numbers."""

import re
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deal.describing import analysed, case_a, number
from xlmodel.deal import Analysis, analyse, read
from xlmodel.loan.schedule import PROFILES

few = settings(max_examples=50, deadline=None)
money = st.floats(1, 500).map(lambda x: round(x, 3))


@st.composite
def deals(draw: Any) -> dict[str, Any]:
    """A deal of one or two tranches on a regular or broken row of dates."""
    frequency = draw(st.sampled_from([1, 2, 4, 12]))
    timeline: dict[str, Any] = {"closing": "2026-05-29", "frequency": frequency}
    timeline |= draw(
        st.sampled_from(
            [
                {"periods": 9},
                {"maturity": "2031-12-31"},
                {"maturity": "2031-12-31", "stub": "long_first"},
                {"first_payment": "2026-06-30", "periods": 7},
                {"ends": ["2026-07-01", "2027-02-28", "2030-01-01"]},
            ]
        )
    )
    debt = []
    for name in draw(st.sampled_from(["A", "AB"])):
        profile = draw(st.sampled_from(["level", "straight", "bullet"]))
        debt.append(
            {"name": name, "amount": number(draw(money), "USD m"), "rate": number(draw(st.floats(0, 20)), "% a year"),
             "amortisation": profile, "day_count": draw(st.sampled_from(["30/360", "ACT/360", "ACT/ACT"]))}
        )  # fmt: skip
    covenants = [
        {"name": m, "metric": m, "default": number(1.05, "x"), "test_every_months": 12}
        for m in ("dscr", "dscr_ltm", "dscr_ntm", "ltv_adjusted")
    ]
    merchant = {
        "rent": number(draw(st.floats(0.5, 9)), "USD a unit-hour"),
        "annual_deflation": number(draw(st.floats(-30, 60)), "% a year"), "usage": number(85, "%"),
    }  # fmt: skip
    return case_a(timeline=timeline, debt=debt, covenants=covenants, merchant=merchant)


def test_the_profiles_are_those_of_the_engine() -> None:
    assert {"level", "straight", "bullet", "custom"} <= set(PROFILES)


@given(deals())
@few
def test_what_is_drawn_is_repaid(deal: dict[str, Any]) -> None:
    analysis = analyse(read(deal))
    drawn = sum(t["amount"]["value"] for t in deal["debt"]) * 1e6
    plan, paid = analysis.scheduled, analysis.debt
    np.testing.assert_allclose(plan.principal.sum(), drawn, rtol=1e-12)
    assert float(plan.closing[-1]) == 0.0
    np.testing.assert_allclose(plan.debt_service, plan.interest + plan.principal, rtol=1e-12)
    # What is owed falls only by what is paid.
    np.testing.assert_allclose(paid.principal.sum() + paid.closing[-1], drawn, rtol=1e-9)
    assert analysis.cfads.shape == analysis.dates.shape == analysis.balance.shape


@given(deals())
@few
def test_every_deal_has_a_verdict_of_whole_sentences(deal: dict[str, Any]) -> None:
    verdict = analyse(read(deal)).verdict
    assert verdict
    for sentence in verdict:
        assert sentence.endswith(".")
        assert not re.search(r"\bnan|inf\b", sentence)
        assert "  " not in sentence


def ratios(analysis: Analysis) -> list[Any]:
    assert analysis.ltv_liquidation is not None
    return [
        analysis.dscr, analysis.dscr_ltm, analysis.dscr_ntm, analysis.ltv_nominal, analysis.ltv_adjusted,
        analysis.ltv_liquidation, *(t.ratio for t in analysis.covenants),
    ]  # fmt: skip


@given(st.floats(0.01, 100))
@few
def test_scaling_all_money_leaves_the_ratios(scale: float) -> None:
    """Twice the money in every amount and price is the same deal in a smaller coin."""

    def scaled(part: Any) -> Any:
        if isinstance(part, dict):
            moneyed = str(part.get("unit", "")).startswith("USD")
            return {k: v * scale if moneyed and k == "value" else scaled(v) for k, v in part.items()}
        return [scaled(x) for x in part] if isinstance(part, list) else part

    plain, other = analysed(), analyse(read(scaled(case_a())))
    for one, two in zip(ratios(plain), ratios(other), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9)
    assert [t.first_breach for t in plain.covenants] == [t.first_breach for t in other.covenants]


@given(st.floats(0.1, 0.9))
@few
def test_two_halves_of_the_hardware_are_the_whole(share: float) -> None:
    whole = case_a(sale=None)
    asset = whole["assets"][0]
    halves = [
        {**asset, "name": name, "units": number(1000 * x, "units"), "cost": number(35 * x, "USD m")}
        for name, x in (("one", share), ("two", 1 - share))
    ]
    split, joined = analyse(read(whole | {"assets": halves})), analyse(read(whole))
    np.testing.assert_allclose(split.cfads, joined.cfads, rtol=1e-9)
    np.testing.assert_allclose(split.values.economic, joined.values.economic, rtol=1e-12)
    np.testing.assert_allclose(split.values.book, joined.values.book, rtol=1e-12)
