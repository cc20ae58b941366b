"""Facts that ship and the curves made of them."""

import datetime as dt
import re

import pytest

from xlmodel.asset.regimes import observed_curve, regime_deflation, rent_points, scenario_curve
from xlmodel.data import table, tables
from xlmodel.errors import InfeasibleError, InputError, RangeError

DATED = re.compile(r"\d{4}(-(\d\d|H[12]|Q[1-4])(-\d\d)?)?(\.\.\d{4}-\d\d)?")


@pytest.mark.parametrize("name", tables())
def test_every_fact_has_a_source_and_a_flag_that_may_ship(name: str) -> None:
    assert len(table(name)) > 0
    for row in table(name):
        assert row["source"], row
        assert row["flag"] in {"V", "S", "D"}, row
        assert None not in row, f"{name} has a row with more cells than columns: {row}"
        assert None not in row.values(), f"{name} has a row with fewer cells than columns: {row}"
        if row.get("date"):
            assert DATED.fullmatch(row["date"]), row


def test_restricted_index_ships_at_quarter_ends_only() -> None:
    assert {row["date"][-2:] for row in table("gpu_list_rental_quarterly")} == {"03", "06", "09", "12"}


def test_layers_are_kept_apart() -> None:
    # On one day in October 2026 the layers stood at 10.68, 4.02 and about 2.7.
    day = dt.date(2026, 10, 5)
    latest = {
        layer: rent_points("H100", layer)[-1].usd_per_hour for layer in ("hyperscaler", "neocloud", "reserved", "spot")
    }
    assert latest["hyperscaler"] > latest["neocloud"] > latest["reserved"]
    assert observed_curve("H100", "hyperscaler", day).at(0).tolist() == pytest.approx([10.68])
    # Two observations of one day: the geometric mean of 2.50 and 2.95.
    assert observed_curve("H100", "spot", day).at(0).tolist() == pytest.approx([(2.50 * 2.95) ** 0.5])


def test_curve_passes_through_what_was_observed() -> None:
    curve = observed_curve("H100", "reserved", dt.date(2026, 3, 15))
    # 151 days back, in October 2025, 1.70; on the day 2.35; half way to June, 92 days later, sqrt(2.35 x 2.65).
    assert curve.at([-151 / 365, 0, 46 / 365, 92 / 365, 5]) == pytest.approx(
        [1.70, 2.35, (2.35 * 2.65) ** 0.5, 2.65, 2.65]
    )


def test_regimes_of_the_list_index() -> None:
    # 4.84 to 2.73 in 20 months, 2.73 to 3.79 in 11, 3.38 to 3.79 in 36.
    assert regime_deflation("glut") == pytest.approx(1 - (2.73 / 4.84) ** 0.6, rel=1e-12)
    assert regime_deflation("shortage") == pytest.approx(1 - (3.79 / 2.73) ** (12 / 11), rel=1e-12)
    assert regime_deflation("base") == pytest.approx(1 - (3.79 / 3.38) ** (1 / 3), rel=1e-12)


def test_scenario_turns_when_the_regime_ends() -> None:
    curve = scenario_curve([2.0, 4.0], "glut", 20 / 12, "shortage")
    assert curve.at([0, 20 / 12])[0] == pytest.approx([2.0, 2.0 * 2.73 / 4.84])
    assert curve.at(20 / 12 + 11 / 12)[1] == pytest.approx([4.0 * 3.79 / 4.84])
    for_ever = scenario_curve(2.0, "base").at(6)
    assert for_ever == pytest.approx([2.0 * (3.79 / 3.38) ** 2])


def test_refusals() -> None:
    with pytest.raises(InputError, match="layer must be one of"):
        rent_points("H100", "cloud")  # type: ignore[arg-type]
    with pytest.raises(InfeasibleError, match="no spot rent of 'V100' is on record, only of H100"):
        rent_points("V100", "spot")
    with pytest.raises(InputError, match="regime must be one of base, glut, shortage"):
        regime_deflation("boom")  # type: ignore[arg-type]
    with pytest.raises(RangeError, match="regime_years must be greater than 0"):
        scenario_curve(2, "glut", 0)
    with pytest.raises(InputError, match="table must be one of"):
        table("nothing")
