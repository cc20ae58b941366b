# ruff: noqa: E501  one case a line reads better than its wrapped form
"""Malformed deals: each gets one sentence that names the field, the value and what was expected."""

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xlmodel.deal import DealError, analyse, load, read
from xlmodel.errors import ModelError

CASE_A = tomllib.loads((Path(__file__).resolve().parents[2] / "examples" / "case_a.toml").read_text())
LOAN: dict[str, Any] = CASE_A["debt"][0]


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(deal: dict[str, Any]) -> None:
        *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
        for part in way:
            deal = deal[part]  # type: ignore[index]
        deal[last] = value  # type: ignore[index]

    return change


def drop(path: str) -> Callable[[dict[str, Any]], None]:
    def change(deal: dict[str, Any]) -> None:
        *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
        for part in way:
            deal = deal[part]  # type: ignore[index]
        del deal[last]  # type: ignore[arg-type]

    return change


def number(value: Any, unit: str, source: str = "assumption") -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": source}


PREMISES = {"forced_months": number(1, "months"), "orderly_months": number(6, "months")}
FIRE = {"shock": number(10, "%"), "threshold": number(0.9, "x")}
LENDER = {"name": "B", "units": number(10, "units"), "balance": number(1, "USD m"), "threshold": number(0.8, "x")}

CASES = {
    "unknown key": (put("debt.0.rat", 5), "debt[0].rat is not a field of a deal: did you mean rate?"),
    "unknown table": (put("collaterals", {}), "collaterals is not a field of a deal"),
    "wrong unit": (put("debt.0.amount", number(28, "EUR m")), 'debt[0].amount: unit must be one of "USD", "USD k", "USD m", "USD bn", got "EUR m"'),
    "unit of another kind": (put("debt.0.rate", number(12, "x")), 'debt[0].rate: unit must be one of "fraction a year"'),
    "missing source": (put("debt.0.rate", {"value": 12, "unit": "% a year"}), 'debt[0].rate.source is missing: a source, or the word "assumption", is expected'),
    "bare number": (put("debt.0.rate", 0.12), "debt[0].rate: a bare number has no source"),
    "missing date": (drop("timeline.closing"), "timeline.closing is missing: a date is expected"),
    "bad date": (put("timeline.closing", "31.12.2025"), "timeline.closing must be a date such as 2026-05-29, got '31.12.2025'"),
    "missing loan": (drop("debt"), "debt is missing"),
    "no loan": (put("debt", []), "debt must not be empty"),
    "negative amount": (put("debt.0.amount", number(-28, "USD m")), "debt[0].amount: value must be greater than 0 USD m, got -28 USD m"),
    "percent for a fraction": (put("merchant.usage", number(85, "fraction")), "merchant.usage: value must be at most 1 fraction, got 85 fraction"),
    "text for a number": (put("debt.0.rate", number("twelve", "% a year")), "debt[0].rate: value must be a number, got 'twelve'"),
    "text in a number's place": (put("debt.0.rate", "12 %"), 'debt[0].rate must be { value = …, unit = "…", source = "…" }, got'),
    "infinite": (put("debt.0.amount", number(float("inf"), "USD m")), "debt[0].amount.value must be a finite number, got inf"),
    "rate and index": (put("debt.0.index", number(4, "% a year")), "debt[0]: a tranche has either a rate or an index with a margin"),
    "unknown amortisation": (put("debt.0.amortisation", "annuity"), "debt[0].amortisation must be 'level', 'straight', 'bullet', 'custom', 'payment' or 'sculpted', got 'annuity'"),
    "unknown metric": (put("covenants.0.metric", "llcr"), "covenants[0].metric must be 'dscr', 'dscr_ltm'"),
    "default above lock-up": (put("covenants.3.default", number(1.3, "x")), "covenants[3]: default must not lie above lockup"),
    "names used twice": (put("debt", [LOAN, LOAN]), 'debt: the name "Term loan" is used twice'),
    "maturity before closing": (put("timeline", {"closing": "2025-12-31", "frequency": 4, "maturity": "2025-06-30"}), "timeline: maturity must come after closing on 2025-12-31, got 2025-06-30"),
    "two timelines": (put("timeline.maturity", "2029-12-31"), "timeline: a timeline has periods, a maturity or a list of ends: exactly one of them"),
    "odd frequency": (put("timeline.frequency", 3), "timeline.frequency must be 1, 2, 4 or 12, got 3"),
    "no periods": (put("timeline.periods", 0), "timeline.periods must be at least 1, got 0"),
    "test before closing": (put("covenants.0.first_test", "2025-01-31"), 'covenants[0].first_test must come after closing on 2025-12-31, got 2025-01-31'),
    "curve out of order": (put("merchant", {"usage": number(85, "%"), "points": [{"date": "2026-06-30", "rent": number(2, "USD a unit-hour")}, {"date": "2026-01-31", "rent": number(2, "USD a unit-hour")}]}), "merchant: points must be in order of date"),
    "average of points": (put("merchant", {"usage": number(85, "%"), "timing": "average", "points": [{"date": "2026-06-30", "rent": number(2, "USD a unit-hour")}]}), 'merchant: timing must be "start", "mid" or "end" for a curve through points, got "average"'),
    "nothing earned": (drop("merchant"), "a deal has contracts or a merchant rent, or else cash given as it is"),
    "custom principal short": (put("debt.0", {**LOAN, "amortisation": "custom", "principal": [number(20, "USD m")]}), "debt[0]: principal must sum to the amount 28,000,000 USD, got 20,000,000"),
    "shares above one": (put("contracts", [{"name": n, "term": number(12, "months"), "price": number(2, "USD a unit-hour"), "share": number(60, "%")} for n in "AB"]), "contracts: shares must sum to at most 1 of the fleet"),
    "date as a number": (put("timeline.closing", 20251231), "timeline.closing must be a date such as 2026-05-29, got 20251231"),
    "no such day": (put("timeline.closing", "2025-02-30"), "timeline.closing must be a date of the calendar, got '2025-02-30'"),
    "date out of reach": (put("timeline.closing", "1889-12-31"), "timeline.closing must lie in the years 1990 to 2199, got 1889-12-31"),
    "true for a number": (put("timeline.frequency", True), "timeline.frequency must be a whole number, got True"),
    "periods as text": (put("timeline.periods", "16"), "timeline.periods must be a whole number, got '16'"),
    "first payment before closing": (put("timeline.first_payment", "2025-06-30"), "timeline: first_payment must come after closing on 2025-12-31, got 2025-06-30"),
    "first payment after maturity": (put("timeline", {"closing": "2025-12-31", "frequency": 4, "first_payment": "2030-06-30", "maturity": "2029-12-31"}), "timeline: first_payment must not come after maturity on 2029-12-31, got 2030-06-30"),
    "percent without a unit": (put("merchant.usage", {"value": 85, "source": "assumption"}), 'merchant.usage.unit is missing: one of "fraction", "%", "bp" is expected'),
    "empty source": (put("debt.0.rate", number(12, "% a year", " ")), "debt[0].rate.source must not be empty"),
    "unknown model": (put("assets.0.sku", "H100"), "assets[0].sku must be 'A100 80GB SXM', 'H100 PCIe', 'H100 SXM5'"),
    "air for liquid": (lambda d: d["assets"][0].update(sku="GB300 NVL72"), 'assets[0]: cooling of a GB300 NVL72 must be "liquid", got "air"'),
    "salvage above cost": (put("assets.0.salvage", number(36, "USD m")), "assets[0]: salvage must be at most the cost of 35,000,000 USD, got 36,000,000 USD"),
    "value below its range": (lambda d: d["assets"][0].update({f"market_value{k}": number(v, "USD m") for k, v in {"_low": 30, "": 25, "_high": 35}.items()}), "assets[0]: market_value_low, market_value and market_value_high must be given together, in rising order"),
    "overheads without power": (lambda d: d["opex"].pop("power_price"), "opex: power_price is missing: pue multiplies the cost of power"),
    "balloon on a bullet": (lambda d: d["debt"][0].update(amortisation="bullet", balloon=number(5, "USD m")), 'debt[0]: balloon belongs to amortisation "level" or "straight", got "bullet"'),
    "balloon above the amount": (put("debt.0.balloon", number(29, "USD m")), "debt[0]: balloon must be at most the amount of 28,000,000 USD, got 29,000,000 USD"),
    "payment below interest": (lambda d: d["debt"][0].update(amortisation="payment", payment=number(0.5, "USD m")), "debt[0]: the payment is below the interest in period 1"),
    "principal after the last period": (lambda d: d["debt"][0].update(amortisation="custom", principal=[number(28 / 17, "USD m")] * 17), "debt[0]: principal must list at most 16 payments, one a period, got 17"),
    "test between payments": (put("covenants.0.test_every_months", 1), "covenants[0].test_every_months must be a multiple of the 3 months of a period, got 1"),
    "credit after the term": (put("contracts", [{"name": "A", "term": number(12, "months"), "price": number(2, "USD a unit-hour"), "share": number(60, "%"), "prepayment": {"amount": number(1, "USD m"), "credit_from_month": number(7, "months"), "credit_to_month": number(18, "months")}}]), "contracts[0]: prepayment.credit_to_month must lie in the term of 12 months, got 18"),
    "credit backwards": (put("contracts", [{"name": "A", "term": number(12, "months"), "price": number(2, "USD a unit-hour"), "share": number(60, "%"), "prepayment": {"amount": number(1, "USD m"), "credit_from_month": number(7, "months"), "credit_to_month": number(6, "months")}}]), "contracts[0].prepayment: credit_to_month must not lie before credit_from_month 7, got 6"),
    "more prepaid than contracted": (put("contracts", [{"name": "A", "term": number(12, "months"), "amount": number(1, "USD m"), "prepayment": {"amount": number(2, "USD m"), "credit_from_month": number(1, "months"), "credit_to_month": number(6, "months")}}]), "contracts[0]: prepayment.amount must be at most the amount of 1,000,000 USD, got 2,000,000"),
    "amount beside a rent": (put("contracts", [{"name": "A", "term": number(12, "months"), "amount": number(1, "USD m")}]), "contracts[0].amount does not say which share of the fleet is let"),
    "cost of given cash": (lambda d: (d.pop("merchant"), d.update(cash={"name": "EBITDA", "amount": number(1, "USD m a year")})), "opex does not belong to cash given as it is"),
    "nothing to divide by": (put("measures", [{"name": "m", "numerator": [number(1, "USD m a year")], "denominator": [number(0, "USD m a year")]}]), "measures[0]: denominator must sum to more than 0, got 0 USD a year"),
    "no depth": (lambda d: d["sale"].pop("depth"), "sale: depth is missing: a value on the basis FMV_in_use assumes a buyer for every unit"),
    "expenses of net proceeds": (lambda d: (d["sale"].pop("depth"), d["sale"].pop("integration"), d["sale"].update(basis="NOLV")), "sale: selling is counted twice: NOLV is already net of the expenses of the sale"),
    "depth counted twice": (put("sale.basis", "FLV"), "sale: depth counts depth twice: a value on the basis FLV is already what a sale brings"),
    "forced longer than orderly": (put("premises", {"forced_months": number(7, "months"), "orderly_months": number(6, "months")}), "premises: forced_months must be at most the orderly_months of 6 months, got 7"),
    "premises without a sale": (lambda d: (d.pop("sale"), d.update(premises=PREMISES)), "premises needs the assumptions of a sale"),
    "premises of a forced value": (lambda d: (d["sale"].pop("depth"), d["sale"].pop("integration"), d["sale"].update(basis="FLV"), d.update(premises=PREMISES)), "premises needs a sale on the basis FMV_in_use or cost, got FLV"),
    "fire sale of one": (lambda d: d.update(premises=PREMISES, fire_sale=FIRE), "fire_sale and other_lenders belong together"),
    "fire sale without premises": (lambda d: d.update(fire_sale=FIRE, other_lenders=[LENDER]), "fire_sale needs premises"),
    "fire sale of two kinds": (lambda d: d.update(premises=PREMISES, fire_sale=FIRE, other_lenders=[LENDER], assets=[CASE_A["assets"][0], CASE_A["assets"][0] | {"name": "More"}]), "fire_sale is of one kind of hardware: assets must hold one, got 2"),
    "fire sale into no market": (lambda d: (d["sale"].update(depth=number(0, "units a month")), d.update(premises=PREMISES, fire_sale=FIRE, other_lenders=[LENDER])), "fire_sale needs a sale whose depth and months_to_sale are above 0"),
    "a lender twice": (lambda d: d.update(premises=PREMISES, fire_sale=FIRE, other_lenders=[LENDER, LENDER]), 'other_lenders: the name "B" is used twice'),
    "a lender without units": (lambda d: d.update(premises=PREMISES, fire_sale=FIRE, other_lenders=[LENDER | {"units": number(0, "units")}]), "other_lenders[0].units: value must be greater than 0 units, got 0 units"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_malformed_deal_is_refused_in_a_sentence(name: str) -> None:
    change, expected = CASES[name]
    deal = copy.deepcopy(CASE_A)
    change(deal)
    with pytest.raises(ModelError) as caught:
        analyse(read(deal))
    sentence = str(caught.value)
    assert expected in sentence
    assert "\n" not in sentence


FILES = {
    "empty.toml": ("", "the deal is empty"),
    "broken.toml": ("name = ", "this is not TOML"),
    "broken.json": ('{"name": ', "this is not JSON"),
    "twice.json": ('{"name": "a", "name": "b"}', 'the key "name" stands twice in one table'),
    "twice.toml": ("name = 'a'\nname = 'b'", "this is not TOML"),
    "list.json": ("[1, 2]", "the deal is empty"),
    "deal.yaml": ("name: x", "a deal is a .toml or .json file, got deal.yaml"),
    "latin.toml": (b"name = 'caf\xe9'", "the file must be UTF-8 text"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_deal_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, expected = FILES[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DealError, match=expected):
        load(path)


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "deal.toml"
    text = (Path(__file__).resolve().parents[2] / "examples" / "case_a.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")
    assert load(path) == read(CASE_A)


def test_a_folder_is_no_deal(tmp_path: Path) -> None:
    (tmp_path / "deal.toml").mkdir()
    with pytest.raises(DealError, match="there is no file"):
        load(tmp_path / "deal.toml")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DealError, match="there is no file"):
        load(tmp_path / "none.toml")


def test_every_problem_is_listed() -> None:
    deal = copy.deepcopy(CASE_A)
    put("debt.0.rat", 5)(deal)
    drop("borrower")(deal)
    with pytest.raises(DealError) as caught:
        read(deal)
    assert len(caught.value.problems) == 2
    assert str(caught.value).endswith("(1 more)")
