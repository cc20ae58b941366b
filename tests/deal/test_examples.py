"""The example deals against the figures their sources allow to be derived."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.deal import plain
from xlmodel.deal import Analysis, analyse, load, read

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def analysed(name: str, margin: float | None = None) -> Analysis:
    described = tomllib.loads((EXAMPLES / f"{name}.toml").read_text())
    if margin is not None:
        described["opex"] = {"project_margin": {"value": margin, "unit": "fraction", "source": "assumption"}}
    return analyse(read(described))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_an_example_runs_and_has_a_verdict(path: Path) -> None:
    analysis = analyse(load(path))
    assert analysis.verdict
    assert float(analysis.scheduled.closing[-1]) == 0.0
    assert float(analysis.scheduled.principal.sum()) == pytest.approx(float(analysis.debt.opening[0]), rel=1e-12)
    repaid = float(analysis.debt.principal.sum()) + float(analysis.debt.closing[-1])
    assert repaid == pytest.approx(float(analysis.debt.opening[0] + analysis.debt.capitalised.sum()), rel=1e-9)


def test_iren_microsoft_at_85_per_cent() -> None:
    """Form 8-K of 29 May 2026: 3,650m at 6.00 %; 9,700m over 60 months; 1,940m prepaid, credited from month 25."""
    deal = analysed("iren_microsoft_2026")
    # PMT(0.5 %, 60, 3,650m) = 70.565m a month, 846.8m a year.
    assert deal.debt_service == pytest.approx(np.full(60, 70.5647e6), rel=1e-5)
    assert float(deal.debt_service[:12].sum()) == pytest.approx(847e6, rel=1e-3)
    # 9,700 / 60 * 85 % = 137.42 a month over 70.56; less 1,940 / 36 = 53.89 of credits from month 25.
    assert deal.dscr[:24] == pytest.approx(np.full(24, 1.95), abs=0.005)
    assert deal.dscr[24:] == pytest.approx(np.full(36, 1.18), abs=0.005)
    assert [t.first_breach for t in deal.covenants] == [-1, -1, -1]
    assert float(deal.earnings.prepayment_credit.sum()) == pytest.approx(1940e6, rel=1e-12)
    # Loan to cost 3,650 / 5,810.
    assert float(deal.debt.opening[0] / deal.at_close.cost[0]) == pytest.approx(0.628, abs=5e-4)


def test_iren_microsoft_at_75_per_cent() -> None:
    """At a margin of 75 % the same deal falls to 0.95x; look-back and look-ahead date the breach differently."""
    deal = analysed("iren_microsoft_2026", margin=0.75)
    assert deal.dscr[24:] == pytest.approx(np.full(36, 0.95), abs=0.006)
    by_metric = {t.record.metric: t for t in deal.covenants}
    assert by_metric["dscr"].first_breach + 1 == 25
    assert by_metric["dscr_ltm"].first_breach + 1 == 35
    assert by_metric["dscr_ntm"].first_breach + 1 == 23
    assert str(by_metric["dscr"].date) == "2028-06-29"
    assert deal.verdict[0] == (
        "DSCR falls below the 1.05x default level in the period ending 29 June 2028 (0.95x); the last-twelve-months "
        "test shows it only on 29 April 2029; the next-twelve-months test shows it already on 29 April 2028."
    )


def test_iren_microsoft_on_its_dates() -> None:
    """Form 8-K of 29 May 2026: 2,100m notes at 5.96 %, 1,550m loan over SOFR, to 31 December 2031."""
    deal = analysed("iren_microsoft_2026_dated")
    # 30 June 2026 to 31 December 2031: 7 month ends in 2026, 12 in each of five years.
    assert deal.dates.size == 7 + 5 * 12
    assert [str(d) for d in deal.dates[[0, 1, -1]]] == ["2026-06-30", "2026-07-31", "2031-12-31"]
    # 29 May to 30 June: 31 days of 360 on the notes, 32 days on the loan; 3.80 % + 225 bp = 6.05 %.
    notes, loan = (tranche.schedule for tranche in deal.tranches)
    assert float(notes.interest[0]) == pytest.approx(2100e6 * 0.0596 * 31 / 360, rel=1e-12)
    assert float(loan.interest[0]) == pytest.approx(1550e6 * 0.0605 * 32 / 360, rel=1e-12)
    # Notes, level: 2,100m (1 + 5.96 % 31/360) over 1 payment now and 66 more at 5.96 %/12, (1 - 1.0049667^-66) /
    # 0.0049667 = 56.15647: 2,110.7777 / 57.15647 = 36.93m a month.
    assert float(notes.debt_service[40]) == pytest.approx(36.930e6, rel=1e-4)
    assert notes.debt_service == pytest.approx(np.full(67, notes.debt_service[0]), rel=1e-9)
    assert float(deal.earnings.contract_revenue.sum()) == pytest.approx(9700e6, rel=1e-12)
    # Month 25 begins 24 months after closing, so the credits lie in the last 43 of 67 payments.
    assert np.flatnonzero(deal.earnings.prepayment_credit).tolist() == list(range(24, 67))
    assert float(deal.earnings.prepayment_credit.sum()) == pytest.approx(1940e6, rel=1e-12)


def test_iris() -> None:
    """Iris Energy Form 6-K, November 2022; Hashrate Index of 25 December 2022; NYDIG's claim."""
    deal = analysed("iris_2022")
    assert float(deal.dscr[0]) == pytest.approx(0.286, abs=5e-4)  # 2.0 / 7.0
    # 103.0 over 70 and over 65.
    assert deal.range_at_close == (65e6, 70e6)
    low, high = (103e6 / worth for worth in reversed(deal.range_at_close))
    assert (low, high) == (pytest.approx(1.47, abs=0.005), pytest.approx(1.58, abs=0.005))
    assert any("the LTV at closing is 147% to 158%" in sentence for sentence in deal.verdict)
    assert str(deal.underwater_date) == "2022-10-31"
    assert deal.at_close.liquidation is not None
    assert float(deal.at_close.liquidation[0]) == pytest.approx(56.6e6, abs=0.05e6)  # 3.6m TH/s at 15.71
    assert deal.recovery == pytest.approx(0.52, abs=0.005)  # of 107.8m


def test_coreweave() -> None:
    """SEC XBRL R41 for 30 June 2025: 3,012.8 over 4,218 + 1,117 is 0.56x; it is no DSCR and is not called one."""
    deal = analysed("coreweave_2025")
    measure, value = deal.measures[0]
    assert measure.name == "Annualised Q2-25 adjusted EBITDA over estimated 2026 principal and interest"
    assert value == pytest.approx(0.56, abs=0.005)
    assert deal.scheduled.principal / 1e6 == pytest.approx([986, 4218, 2833, 1010, 124, 2000])
    # Half a year's interest at 10 % on 11,171, then a year on 10,185.
    assert deal.scheduled.interest[:2] / 1e6 == pytest.approx([558.55, 1018.5])
    assert "DSCR" not in " ".join(deal.verdict)


def test_case_a() -> None:
    """The path of an independent computation (golden row rec_dscr_16q) and its first breaches."""
    deal = analysed("case_a")
    assert deal.dscr[:5] == pytest.approx(
        [1.5704050755, 1.4068835296, 1.2573118075, 1.1204998666, 0.9953591855], abs=1e-9
    )
    assert [t.first_breach + 1 for t in deal.covenants] == [5, 7, 3, 7]
    assert deal.verdict[0] == (
        "DSCR falls below the 1.00x default level in the period ending 31 March 2027 (0.995x); the last-twelve-months "
        "test shows it only on 30 September 2027; the next-twelve-months test shows it already on 30 September 2026."
    )
    # Golden row rec_covenant_status: lock-up at 1.20x from quarter 5, default at 1.05x in quarter 7.
    assert deal.covenants[3].status.tolist() == [-1, -1, -1, 0, 1, 1, *[2] * 10]
    assert any(s.startswith("Distributions are locked up from 31 March 2027") for s in deal.verdict)
    # Golden row rec_underwater_quarter: value halves a year; above 1 from quarter 2, worst 1.962 in quarter 11.
    assert deal.underwater + 1 == 2
    assert str(deal.underwater_date) == "2026-06-30"
    by_schedule = deal.scheduled.closing / deal.values.economic
    assert float(by_schedule.max()) == pytest.approx(1.9621510780966762, abs=1e-9)
    assert int(by_schedule.argmax()) + 1 == 11
    # What is owed with all that stays unpaid: a second model, in plain loops.
    _, paid = plain.case_a()
    assert deal.balance == pytest.approx(paid.outstanding, rel=1e-9)
    assert deal.paid.distribution == pytest.approx(paid.distributed, abs=1e-6)
