"""Cash dominion, springing cover and the certificate: by hand, and what no path may do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.dominion import compliance, fixed_charge_cover, springing
from xlmodel.errors import NO_DEBT_SERVICE, NOT_TESTED, SHORT_HISTORY, InputError, RangeError, reason


def test_dominion_is_released_only_after_a_row_of_clean_dates() -> None:
    # 10 % of 100 or 12, the greater: 12. Exactly at the level is clean.
    path = [15, 11, 12, 11, 12, 13, 14, 5]
    found = springing(path, 100, 12, 0.1, dates_to_release=3)
    assert found.level.tolist() == [12] * 8
    assert found.on.tolist() == [False, True, True, True, True, True, False, True]
    assert found.clean.tolist() == [1, 0, 1, 0, 1, 2, 3, 0]


def test_a_default_springs_whatever_is_available() -> None:
    found = springing([90, 90, 90], 100, event_of_default=[0, 1, 0], dates_to_release=2)
    assert found.on.tolist() == [False, True, True]
    assert springing([90], 100, on_before=True, dates_to_release=2).on.tolist() == [True]
    assert springing([-1, 0], 100).on.tolist() == [True, False]  # without a level only a deficiency springs it


def test_cover_by_hand() -> None:
    # Quarters: 20 - 5 - 1 = 14 on 10; the second 24 - 5 - 1 = 18 on 10; two of them 32 on 20.
    assert fixed_charge_cover([20, 24], 5, 1, 4, 5, 1) == pytest.approx([1.4, 1.8])
    both = fixed_charge_cover([20, 24], 5, 1, 4, 5, 1, window=2)
    assert reason(float(both[0])) is SHORT_HISTORY
    assert float(both[1]) == pytest.approx(1.6)
    assert reason(float(fixed_charge_cover([20], 0, 0, 0, 0)[0])) is NO_DEBT_SERVICE


def test_a_certificate_by_hand() -> None:
    # 50 - 30 - 1 = 19 and, with 2 overdue, 17; 10 % of 50 is 5. Then 45 - 41 - 1 - 2 = 1 < 4.5.
    found = compliance([50, 45, 60], [30, 41, 30], 1, [0.9, 0.9, 0.9], 1.0, 3, 2, trigger_share=0.1, dates_to_release=2)
    assert found.availability.tolist() == [19, 3, 29]
    assert found.excess_availability.tolist() == [17, 1, 27]
    assert found.liquidity.tolist() == [20, 4, 30]
    assert found.passed.tolist() == [True, False, False]
    assert reason(float(found.tested_cover[0])) is NOT_TESTED
    assert found.tested_cover[1:].tolist() == [0.9, 0.9]
    assert found.sentence(0) == "Cash dominion is off: excess availability of 17 is at least 5."
    assert found.sentence(2) == (
        "Cash dominion is still on: excess availability of 27 has been at least 6 on 1 date(s)."
    )
    failed = compliance([50], [30], 1, [1.2], 1.0, event_of_default=True)
    assert failed.sentence(0) == "Cash dominion is on: there is an event of default, with excess availability of 19."


def test_a_cover_that_does_not_exist() -> None:
    undefined = [NO_DEBT_SERVICE.nan, SHORT_HISTORY.nan]
    found = compliance([50, 50], [50, 50], 1, undefined, 1.0)
    assert found.passed.tolist() == [True, False]
    assert [reason(float(x)) for x in found.tested_cover] == [NO_DEBT_SERVICE, SHORT_HISTORY]


@given(
    path=st.lists(st.floats(-50, 100), min_size=1, max_size=12), level=st.floats(0, 50), wait=st.integers(1, 4),
    more=st.floats(0, 20),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_more_availability_never_brings_dominion(path: list, level: float, wait: int, more: float) -> None:
    poor, rich = springing([path, np.array(path) + more], 200, level, dates_to_release=wait).on
    assert np.all(rich <= poor)
    assert np.all(poor >= (np.array(path) < level * (1 - 1e-9)))
    assert springing(path, 200, level, dates_to_release=wait).on.tolist() == poor.tolist()
    longer = springing(path, 200, level, dates_to_release=wait + 1).on
    assert np.all(longer >= poor)


def test_refusals() -> None:
    with pytest.raises(RangeError, match="dates_to_release must be at least 1, got 0"):
        springing([1], 1, dates_to_release=0)
    with pytest.raises(RangeError, match="trigger_share must lie between 0 and 1, got 12"):
        springing([1], 1, trigger_share=12)
    with pytest.raises(InputError, match="the ranges do not fit together: ebitda 2"):
        fixed_charge_cover([1, 2], [1, 2, 3], 0, 0, 1)
    with pytest.raises(RangeError, match="loans must be at least 0, got -1"):
        compliance([1], [-1], 0, [1], 1)
