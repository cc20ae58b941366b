"""Whole financings: every dollar goes somewhere, and what is earned is what a second arithmetic finds."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

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


def million(values: Any) -> Any:
    return np.asarray(values) / 1e6


@pytest.mark.parametrize("margin", [0.85, 0.75])
def test_iren_conserves_its_cash(example: ModuleType, margin: float) -> None:
    found = example.iren(margin)
    # 9,700m of contract at the margin, less the 1,940m that the prepayment has already paid.
    assert float(found.cfads.sum()) / 1e6 == pytest.approx(9_700 * margin - 1_940, rel=1e-12)
    run = example.financing(found)
    paid = run.paid
    assert np.abs(paid.imbalance).max() < 1e-6
    # What came in: cash and the reserve held at closing. What went out: service and distributions; nothing is kept.
    reserve = run.reserve / 1e6
    gone = million(paid.distribution.sum() + sum(t.received.sum() for t in paid.tranches))
    assert float(gone) == pytest.approx(9_700 * margin - 1_940 + reserve, rel=1e-12)
    assert float(paid.debt[-1]) == pytest.approx(0.0, abs=1e-2)
    assert float(paid.overdue.max()) == 0.0
    # Three months of service, to the dollar; 5,810m of hardware and it, less 3,650m of debt and 1,940m prepaid.
    assert run.reserve == pytest.approx(float(found.debt_service[:3].sum()), abs=0.5)
    assert run.equity / 1e6 == pytest.approx(5_810 + reserve - 3_650 - 1_940, rel=1e-12)


def test_iren_holds_its_covenant_at_85_and_not_at_75_per_cent(example: ModuleType) -> None:
    good, bad = example.iren(0.85), example.iren(0.75)
    held, paid = example.financing(good).paid, example.financing(bad).paid
    assert float(np.nanmin(held.dscr)) > 1.05
    assert not held.locked.any()
    # Credits begin in month 25 and take 1,940 / 43 = 45.12m of a month of 9,700 / 67.0333 * 75 % = 108.53m.
    first = int(np.flatnonzero(paid.dscr < 1.05)[0])
    assert str(bad.dates[first]) == "2028-06-30"
    service = float(paid.debt_service[first + 1]) / 1e6
    assert float(paid.dscr[first + 1]) == pytest.approx((9_700 / 67.0333 * 0.75 - 1_940 / 43) / service, rel=1e-9)
    # Nothing leaves while it is locked; what was kept and the reserve still pay all that falls due.
    assert float(paid.distribution[paid.locked].sum()) == 0.0
    assert float(paid.distribution[first + 1 : -1].sum()) == 0.0


@pytest.mark.parametrize("margin", [0.85, 0.75])
def test_iren_earns_what_a_second_arithmetic_finds(example: ModuleType, margin: float) -> None:
    found = example.iren(margin)
    run = example.financing(found)
    days = [0, *((found.dates - found.closing).astype(int)).tolist()]
    lent = [-3_650.0, *million(sum(t.received for t in run.paid.tranches)).tolist()]
    assert float(run.lender.yield_eff) == pytest.approx(xirr(lent, days), rel=1e-8)
    put_in = [-run.equity / 1e6, *million(run.paid.distribution).tolist()]
    put_in[-1] += float(run.paid.cash[-1]) / 1e6
    assert float(run.equity_return.yield_eff) == pytest.approx(xirr(put_in, days), rel=1e-8)
    assert float(run.equity_return.multiple) == pytest.approx(sum(put_in[1:]) / -put_in[0], rel=1e-12)
    assert float(run.lender.multiple) == pytest.approx(sum(lent[1:]) / 3_650, rel=1e-12)


def test_a_swap_leaves_a_quarter_of_each_point(example: ModuleType) -> None:
    shocks = example.shocks(example.iren())
    hedged, bare = (x.sum(axis=-1) for x in (shocks.hedged, shocks.unhedged))
    assert hedged[2] == pytest.approx(bare[2], rel=1e-12)
    # 75 % is swapped at its index, so that a quarter of each move is left.
    assert (hedged - hedged[2]).tolist() == pytest.approx((0.25 * (bare - bare[2])).tolist(), rel=1e-9, abs=1e-9)
    assert float(bare[4] - bare[2]) == pytest.approx(2 * float(bare[3] - bare[2]), rel=1e-9)


# Form 10-Q of 30 June 2025, the debt note: what falls due by year for all debt together.
DUE = (986.052, 4_218.457, 2_833.142, 1_010.054, 123.780, 2_000.0)
CASH = (1_506.4, 3_012.8, 3_012.8, 3_012.8, 3_012.8, 3_012.8)


def test_coreweave_falls_due_as_its_note_says(example: ModuleType) -> None:
    found = example.coreweave()
    assert million(found.scheduled.principal).tolist() == pytest.approx(DUE, abs=1e-9)
    assert million(found.cfads).tolist() == pytest.approx(CASH, rel=1e-12)
    assert million(found.debt.opening[0]) == pytest.approx(11_171.485)


def test_coreweave_pays_by_rank_on_a_calculator(example: ModuleType) -> None:
    """A second arithmetic, tranche by tranche: interest of a rank before its principal, shared by what is due."""
    found = example.coreweave()
    paid = example.financing(found).paid
    debts = [
        {"rank": d.rank, "rate": d.rate.value, "owed": d.amount.value / 1e6, "late": 0.0, "behind": 0.0,
         "plan": [p.value / 1e6 for p in d.principal]}
        for d in found.deal.debt
    ]  # fmt: skip
    balances, behind, given_out = [], [], []
    for k, cash in enumerate(CASH):
        left = cash
        for rank in (1, 2):
            same = [d for d in debts if d["rank"] == rank]
            part = 0.5 if k == 0 else 1.0
            for key, late, due in (
                ("interest", "late", [(d["owed"] + d["late"]) * d["rate"] * part + d["late"] for d in same]),
                ("principal", "behind", [(d["plan"][k] if k < len(d["plan"]) else 0) + d["behind"] for d in same]),
            ):
                share = min(1.0, left / sum(due)) if sum(due) > 1e-9 else 1.0
                for d, x in zip(same, due, strict=True):
                    d[late] = x - x * share
                    if key == "principal":
                        d["owed"] -= x * share
                left -= sum(due) * share
        balances.append([d["owed"] for d in debts])
        behind.append(sum(d["late"] + d["behind"] for d in debts))
        given_out.append(left)
    got = million([t.closing for t in paid.tranches]).T
    assert got == pytest.approx(np.array(balances), rel=1e-9, abs=1e-6)
    assert million(paid.overdue).tolist() == pytest.approx(behind, rel=1e-9, abs=1e-6)
    # Cash is kept while coverage is below 1.00x, and leaves after that.
    assert million(paid.distribution.sum()) == pytest.approx(sum(given_out), rel=1e-9)
    # The notes and the revolver get nothing of what falls due to them until the first rank is current again.
    assert [round(x) for x in million(paid.overdue)] == [99, 2_439, 3_179, 1_854, 0, 0]
    # 2026 is the wall: 3,013m of cash against 4,218m of principal and 1,120m of interest.
    assert paid.dscr.argmin() == 1
    assert float(paid.dscr[1]) == pytest.approx(0.564, abs=5e-4)
    assert np.abs(paid.imbalance).max() < 1e-6


def test_the_script_prints_both(example: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    example.main()
    printed = capsys.readouterr().out
    for part in ("IREN / Microsoft at a project margin of 85%", "2028-06-30", "CoreWeave by facility", "DDTL 2.0"):
        assert part in printed
