"""Whole financings: every dollar goes somewhere, and what is earned is what a second arithmetic finds."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "full_financings.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("full_financings", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def root(worth: Callable[[float], float], low: float, high: float) -> float:
    """Halve until the sign changes within 1e-13."""
    for _ in range(200):
        middle = (low + high) / 2
        if (worth(middle) > 0) == (worth(low) > 0):
            low = middle
        else:
            high = middle
    return middle


def xirr(flows: list[float], days: list[int], high: float = 10.0) -> float:
    return root(lambda r: sum(f / (1 + r) ** (d / 365) for f, d in zip(flows, days, strict=True)), -0.5, high)


@pytest.mark.parametrize("margin", [0.85, 0.75])
def test_iren_conserves_its_cash(example: ModuleType, margin: float) -> None:
    found = example.iren(margin)
    # 9,700m of contract at the margin, less the 1,940m that the prepayment has already paid.
    assert float(found.analysis.cfads.sum()) / 1e6 == pytest.approx(9_700 * margin - 1_940, rel=1e-12)
    paid = found.paid
    assert np.abs(paid.imbalance).max() < 1e-9
    # What came in: cash and the reserve held at closing. What went out: service and distributions; nothing is kept.
    reserve = found.uses["Debt service reserve"]
    assert float(paid.distribution.sum() + sum(t.received.sum() for t in paid.tranches)) == pytest.approx(
        9_700 * margin - 1_940 + reserve, rel=1e-12
    )
    assert float(paid.debt[-1]) == pytest.approx(0.0, abs=1e-8)
    assert float(paid.overdue.max()) == 0.0
    assert sum(found.uses.values()) == pytest.approx(sum(found.sources.values()), rel=1e-12)
    # 5,810m of hardware and the reserve, less 3,650m of debt and 1,940m prepaid.
    assert found.sources["Equity"] == pytest.approx(5_810 + reserve - 3_650 - 1_940, rel=1e-12)


def test_iren_holds_its_covenant_at_85_and_not_at_75_per_cent(example: ModuleType) -> None:
    good, bad = example.iren(0.85), example.iren(0.75)
    assert float(np.nanmin(good.paid.dscr)) > 1.05
    assert not good.paid.locked.any()
    # Credits begin in month 25 and take 1,940 / 43 = 45.12m of a month of 9,700 / 67.0333 * 75 % = 108.53m.
    first = int(np.flatnonzero(bad.paid.dscr < 1.05)[0])
    assert str(bad.analysis.dates[first]) == "2028-06-30"
    service = float(bad.paid.debt_service[first + 1])
    assert float(bad.paid.dscr[first + 1]) == pytest.approx((9_700 / 67.0333 * 0.75 - 1_940 / 43) / service, rel=1e-9)
    # Nothing leaves while it is locked; what was kept and the reserve still pay all that falls due.
    assert float(bad.paid.distribution[bad.paid.locked].sum()) == 0.0
    assert float(bad.paid.distribution[first + 1 : -1].sum()) == 0.0


@pytest.mark.parametrize("margin", [0.85, 0.75])
def test_iren_earns_what_a_second_arithmetic_finds(example: ModuleType, margin: float) -> None:
    found = example.iren(margin)
    paid, analysis = found.paid, found.analysis
    days = [0, *((analysis.dates - analysis.closing).astype(int)).tolist()]
    lent = [-3_650.0, *sum(t.received for t in paid.tranches).tolist()]
    assert float(found.lender.yield_eff) == pytest.approx(xirr(lent, days), rel=1e-8)
    put_in = [-found.sources["Equity"], *paid.distribution.tolist()]
    assert float(found.equity.yield_eff) == pytest.approx(xirr(put_in, days), rel=1e-8)
    assert float(found.equity.multiple) == pytest.approx(sum(put_in[1:]) / -put_in[0], rel=1e-12)
    assert float(found.lender.multiple) == pytest.approx(sum(lent[1:]) / 3_650, rel=1e-12)


def test_a_swap_leaves_a_quarter_of_each_point(example: ModuleType) -> None:
    shocks = example.iren().shocks
    hedged, bare = (x.sum(axis=-1) for x in (shocks.hedged, shocks.unhedged))
    assert hedged[2] == pytest.approx(bare[2], rel=1e-12)
    # 75 % is swapped at its index, so that a quarter of each move is left.
    assert (hedged - hedged[2]).tolist() == pytest.approx((0.25 * (bare - bare[2])).tolist(), rel=1e-9, abs=1e-9)
    assert float(bare[4] - bare[2]) == pytest.approx(2 * float(bare[3] - bare[2]), rel=1e-9)


def test_coreweave_by_its_maturities_on_a_calculator(example: ModuleType) -> None:
    """10 % a year on 11,171m, 753.2m of cash a quarter: interest first, then what has fallen due."""
    found = example.coreweave()
    line = found.paid.tranches[0]
    owed, overdue, rows = 11_171.0, 0.0, []
    for cash, rate, due in (
        (1_506.4, 0.05, 986), (3_012.8, 0.1, 4_218), (3_012.8, 0.1, 2_833),
        (3_012.8, 0.1, 1_010), (3_012.8, 0.1, 124), (3_012.8, 0.1, 2_000),
    ):  # fmt: skip
        interest = owed * rate
        principal = min(cash - interest, due + overdue)
        owed, overdue = owed - principal, overdue + due - principal
        rows.append((interest, principal, overdue, owed, cash / (interest + due)))
    interest, principal, late, left, cover = (list(x) for x in zip(*rows, strict=True))
    assert line.interest_paid.tolist() == pytest.approx(interest, rel=1e-9)
    assert line.principal_paid.tolist() == pytest.approx(principal, rel=1e-9)
    assert found.paid.overdue.tolist() == pytest.approx(late, rel=1e-9, abs=1e-6)
    assert line.closing.tolist() == pytest.approx(left, rel=1e-9, abs=1e-6)
    assert found.paid.dscr.tolist() == pytest.approx(cover, rel=1e-9)
    assert [round(x) for x in late] == [38, 2_266, 2_909, 1_511, 0, 0]
    assert np.abs(found.paid.imbalance).max() < 1e-9
    # 2026 is the wall: 3,013m of cash against 5,240m.
    assert min(cover) == cover[1] == pytest.approx(0.575, abs=5e-4)


def test_the_script_prints_both(example: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    example.main()
    printed = capsys.readouterr().out
    for part in ("IREN / Microsoft at a project margin of 85%", "2028-06-30", "CoreWeave by contractual maturities"):
        assert part in printed
