"""The two whole financings of the examples, by arithmetic of their own."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "full_financings.py"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLE))


@pytest.mark.parametrize(("margin", "lowest"), [(0.85, 1.18), (0.75, 0.95)])
def test_iren_conserves_its_cash_and_ends_where_the_filing_puts_it(
    example: dict[str, Any], margin: float, lowest: float
) -> None:
    found = example["iren"](margin)
    paid = found.paid
    assert sum(found.uses.values()) == pytest.approx(sum(found.sources.values()))
    # 5,810 of hardware and three months of reserve, less 3,650 of debt and 1,940 prepaid.
    assert found.sources["Equity"] == pytest.approx(5_810 + found.uses["Debt service reserve"] - 3_650 - 1_940)
    assert np.abs(paid.imbalance).max() < 1e-9
    assert sum(float(t.principal_paid.sum()) for t in paid.tranches) == pytest.approx(3_650)
    # Contract 9,700 at the margin's cost less the prepayment credited: 9,700 * margin - 1,940.
    cash = 9_700 * margin - 1_940
    assert float(found.analysis.cfads.sum()) / 1e6 == pytest.approx(cash, rel=1e-9)
    spent = float(paid.debt_service.sum() + paid.distribution.sum() + paid.cash[-1] + paid.reserves[0].closing[-1])
    assert spent == pytest.approx(cash + found.uses["Debt service reserve"])
    # On equal months the filing's terms give 1.18x and 0.95x; the odd first period and the later end lift both by
    # the share of the term in which the contract's last invoices fall.
    assert lowest < float(np.nanmin(paid.dscr)) < lowest + 0.05
    assert bool(paid.locked.any()) is (margin == 0.75)
    if margin == 0.75:
        assert str(found.analysis.dates[int(np.flatnonzero(paid.dscr < 1.05)[0])]) == "2028-06-30"
        assert int(paid.locked.sum()) == 42
        assert float(paid.overdue.max()) == 0


def test_irens_returns_solve_their_own_equation(example: dict[str, Any]) -> None:
    found = example["iren"]()
    days = (np.append(found.analysis.closing, found.analysis.dates) - found.analysis.closing).astype(float)
    for flows, earned in (
        (np.append(-3_650.0, sum(t.received for t in found.paid.tranches)), found.lender),
        (np.append(-found.sources["Equity"], found.paid.distribution), found.equity),
    ):
        rate = brentq(lambda y, flows=flows: float((flows / (1 + y) ** (days / 365)).sum()), 0, 20, xtol=1e-12)
        assert float(earned.yield_eff) == pytest.approx(rate, rel=1e-8)
        assert float(earned.multiple) == pytest.approx(flows[1:].sum() / -flows[0])


def test_irens_swap_leaves_a_quarter_of_the_move(example: dict[str, Any]) -> None:
    shocks = example["iren"]().shocks
    bare, swapped = (x.sum(-1) - x[2].sum() for x in (shocks.unhedged, shocks.hedged))
    assert swapped == pytest.approx(0.25 * bare)
    assert bare[0] == pytest.approx(-bare[-1])


def test_coreweaves_maturities_year_by_year(example: dict[str, Any]) -> None:
    found = example["coreweave"]()
    paid, line = found.paid, found.paid.tranches[0]
    assert sum(example["DUE"].values()) == 11_171  # the debt of 30 June 2025
    # Second half of 2025: interest 5 % of 11,171 = 558.55, with 986 that is 1,544.55 against 1,506.40 of cash.
    assert float(paid.dscr[0]) == pytest.approx(1_506.40 / 1_544.55, abs=1e-5)
    assert float(paid.overdue[0]) == pytest.approx(38.15, abs=1e-9)
    # 2026: 10 % of the 10,223.15 then owed, with 4,218, is 5,240.3; 3,012.8 pays 57 % of it.
    assert float(paid.dscr[1]) == pytest.approx(3_012.8 / (4_218 + 1_022.315), abs=1e-5)
    assert float(paid.overdue[1]) == pytest.approx(38.15 + 4_218 + 1_022.315 - 3_012.8, abs=1e-6)
    assert np.abs(paid.imbalance).max() < 1e-9
    assert float(line.closing[-1]) == 0
    assert float(line.principal_paid.sum() + line.overdue_repaid.sum()) == pytest.approx(11_171)


def test_the_example_prints(example: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    example["main"]()
    printed = capsys.readouterr().out
    assert "CoreWeave by contractual maturities" in printed
    assert "2028-06-30" in printed
