"""What secures a deal: values on the dates, releases, floors, several assets, and the sale."""

from typing import Any

import numpy as np
import pytest

from tests.deal.describing import CASE_A, analysed, number

ASSET: dict[str, Any] = CASE_A["assets"][0]


def test_economic_and_book_value_on_the_dates() -> None:
    deal = analysed()
    # Half of 35m is lost every year, 35m over 6 years is written off evenly.
    assert deal.values.economic[[3, 7, 15]] == pytest.approx([17.5e6, 8.75e6, 35e6 / 16])
    assert deal.values.book[[3, 15]] == pytest.approx([35e6 * 5 / 6, 35e6 * 2 / 6])
    assert deal.ltv_nominal == pytest.approx(deal.balance / 35e6)


def test_salvage_is_the_floor_of_both_values() -> None:
    deal = analysed(assets=[{**ASSET, "salvage": number(5, "USD m")}])
    assert deal.values.economic[11:] == pytest.approx(np.full(5, 5e6))  # 35m / 8 = 4.375m after three years
    assert float(deal.values.book[3]) == pytest.approx(35e6 - 30e6 / 6)


def test_a_release_takes_value_when_it_ships() -> None:
    released = [{"name": "Next", "date": "2026-12-31", "drop": number(20, "%")}]
    plain, dropped = analysed(), analysed(releases=released)
    assert dropped.values.economic[:3] == pytest.approx(plain.values.economic[:3])
    assert dropped.values.economic[3:] == pytest.approx(0.8 * plain.values.economic[3:])


def test_hardware_ages_from_its_service_and_a_valuation_from_closing() -> None:
    old = {**ASSET, "in_service": "2024-12-31"}
    assert float(analysed(assets=[old]).at_close.economic[0]) == pytest.approx(17.5e6)
    valued = {**old, "market_value": number(20, "USD m")}
    deal = analysed(assets=[valued])
    assert float(deal.at_close.economic[0]) == pytest.approx(20e6)
    assert float(deal.values.economic[3]) == pytest.approx(10e6)
    assert deal.range_at_close is None


def test_several_assets_add_up() -> None:
    one, two = ASSET, {**ASSET, "name": "More", "cost": number(7, "USD m"), "annual_decay": number(20, "% a year")}
    both, first, second = analysed(assets=[one, two]), analysed(assets=[one]), analysed(assets=[two])
    for name in ("cost", "book", "economic", "liquidation"):
        together, alone, other = (getattr(deal.values, name) for deal in (both, first, second))
        assert together == pytest.approx(alone + other), name
    assert both.haircut is not None
    parts = sum(float(x[0]) for x in both.haircut.parts.values())
    lost = float((both.haircut.reference_value - both.haircut.present_value)[0])
    assert parts == pytest.approx(lost)
    assert float(both.haircut.total[0]) == pytest.approx(lost / float(both.haircut.reference_value[0]))


def test_a_range_adds_the_values_of_the_other_assets() -> None:
    bounds = {
        "market_value_low": number(20, "USD m"),
        "market_value": number(22, "USD m"),
        "market_value_high": number(25, "USD m"),
    }
    deal = analysed(assets=[{**ASSET, **bounds}, {**ASSET, "name": "More", "cost": number(7, "USD m")}])
    assert deal.range_at_close == pytest.approx((27e6, 32e6))


def test_the_sale_by_hand() -> None:
    """Half a year at 50 %, 5 % condition, 10 % integration, exp(-1000 / 3000) for depth, 10 % selling, 0.5m removal."""
    deal = analysed()
    kept = 0.5**0.5 * 0.95 * 0.90 * np.exp(-1000 / 3000) * 0.90
    assert deal.at_close.liquidation is not None
    assert float(deal.at_close.liquidation[0]) == pytest.approx(35e6 * kept - 0.5e6)
    # The haircut is that of the first default on any test, which is the look-ahead test of 30 September 2026.
    assert str(deal.haircut_date) == "2026-09-30"
    assert deal.haircut is not None
    assert float(deal.haircut.reference_value[0]) == pytest.approx(35e6 * 0.5**0.75)


def test_a_deal_without_a_sale_has_no_liquidation_value() -> None:
    deal = analysed(sale=None)
    assert deal.values.liquidation is None
    assert deal.ltv_liquidation is None
    assert deal.haircut is None
    assert deal.recovery is None
    assert not any("sale" in sentence for sentence in deal.verdict)


def test_worthless_hardware_is_said_to_be_worthless() -> None:
    deal = analysed(assets=[{**ASSET, "day_one_loss": number(100, "%")}], sale=None)
    assert np.isnan(deal.ltv_adjusted[:-1]).all()
    assert "The hardware is worth nothing: the loan is uncollateralised from closing." in deal.verdict
