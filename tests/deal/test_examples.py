"""The example deals against the figures their sources allow to be derived."""

from pathlib import Path

import numpy as np
import pytest

from xlmodel.deal import Analysis, analyse, load, read
from xlmodel.deal.inputs import Deal

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def analysed(name: str, **opex: float) -> Analysis:
    deal = load(EXAMPLES / f"{name}.toml")
    if opex:
        margin = {"value": opex["margin"], "unit": "fraction", "source": "assumption"}
        deal = Deal.model_validate({**_described(deal), "opex": {"project_margin": margin}})
    return analyse(deal)


def _described(deal: Deal) -> dict[str, object]:
    import tomllib

    with (EXAMPLES / "iren_microsoft_2026.toml").open("rb") as file:
        described: dict[str, object] = tomllib.load(file)
    assert described["name"] == deal.name
    return described


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_an_example_runs_and_has_a_verdict(path: Path) -> None:
    analysis = analyse(load(path))
    assert analysis.verdict
    assert float(analysis.balance[-1]) == 0.0
    assert float(analysis.debt.principal.sum()) == pytest.approx(float(analysis.debt.opening[0]), rel=1e-12)


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
    assert "falls below the default level of 1.05x on 29 June 2028 (period 25), at 0.95x" in deal.verdict[0]


def test_iris() -> None:
    """Iris Energy Form 6-K, November 2022; Hashrate Index of 25 December 2022; NYDIG's claim."""
    deal = analysed("iris_2022")
    assert float(deal.dscr[0]) == pytest.approx(0.286, abs=5e-4)  # 2.0 / 7.0
    asset = deal.deal.assets[0]
    assert asset.market_value_high is not None
    assert asset.market_value_low is not None
    assert 103e6 / asset.market_value_high.value == pytest.approx(1.47, abs=0.005)
    assert 103e6 / asset.market_value_low.value == pytest.approx(1.58, abs=0.005)
    assert any("LTV at closing is 147% to 158%" in sentence for sentence in deal.verdict)
    assert deal.at_close.liquidation is not None
    assert float(deal.at_close.liquidation[0]) == pytest.approx(56.6e6, abs=0.05e6)  # 3.6m TH/s at 15.71
    assert deal.recovery == pytest.approx(0.52, abs=0.005)  # of 107.8m


def test_coreweave() -> None:
    """SEC XBRL R41 for 30 June 2025: 3,012.8 over 4,218 + 1,117 is 0.56x; it is no DSCR and is not called one."""
    deal = analysed("coreweave_2025")
    measure, value = deal.measures[0]
    assert measure.name == "Annualised Q2-25 adjusted EBITDA over estimated 2026 principal and interest"
    assert value == pytest.approx(0.56, abs=0.005)
    assert deal.debt.principal / 1e6 == pytest.approx([986, 4218, 2833, 1010, 124, 2000])
    # Half a year's interest at 10 % on 11,171, then a year on 10,185.
    assert deal.debt.interest[:2] / 1e6 == pytest.approx([558.55, 1018.5])


def test_case_a() -> None:
    """The path of an independent computation (golden row rec_dscr_16q) and its first breaches."""
    deal = analysed("case_a")
    assert deal.dscr[:5] == pytest.approx(
        [1.5704050755, 1.4068835296, 1.2573118075, 1.1204998666, 0.9953591855], abs=1e-9
    )
    assert [t.first_breach + 1 for t in deal.covenants] == [5, 7, 3, 7]
    assert "1.00x on 31 March 2027 (period 5), at 0.995x" in deal.verdict[0]


def test_the_schema_names_every_field() -> None:
    from xlmodel.deal import schema

    described = schema()
    assert described["additionalProperties"] is False
    assert set(described["required"]) == {"name", "borrower", "purpose", "as_of", "timeline", "assets", "debt"}


def test_json_reads_as_toml_does(tmp_path: Path) -> None:
    import json
    import tomllib

    path = EXAMPLES / "case_a.toml"
    data = tomllib.loads(path.read_text())
    written = tmp_path / "deal.json"
    written.write_text(json.dumps(data, default=str))
    assert load(written) == load(path) == read(data)
