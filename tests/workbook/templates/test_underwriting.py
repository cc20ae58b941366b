"""The underwriting template against the analysis of the same deal, as it is and with inputs typed over at random."""

import datetime as dt
import io
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import openpyxl
import pytest

from tests.workbook.deals import number
from xlmodel.collateral.ltv import loan_to_value
from xlmodel.deal import Analysis, analyse, read
from xlmodel.functions.cells import serial
from xlmodel.host.formualizer import calculated
from xlmodel.loan import coverage
from xlmodel.workbook.templates import TEMPLATES
from xlmodel.workbook.templates.build import build

TEMPLATE = TEMPLATES["gpu-loan-underwriting"]
DATE = dt.date(2026, 11, 23)

# A second deal, of a price and a merchant tail, two tranches of which one floats, and two kinds of hardware.
MIXED: dict[str, Any] = {
    "closing": serial(dt.date(2026, 3, 31)), "frequency": 4, "scenario": "Glut",
    "asset_name": "H100", "asset_units": 1000, "asset_cost": 30, "asset_life": 5, "asset_decay": 0.35,
    "asset_salvage": 1.5, "asset_power": 1.3,
    "asset_name_2": "H200", "asset_units_2": 500, "asset_cost_2": 20, "asset_life_2": 6, "asset_decay_2": 0.3,
    "asset_power_2": 1.4,
    "contract_term": 24, "contract_price": 2.1, "contract_share": 0.6, "contract_take": 0.9,
    "prepaid": 3, "prepaid_from": 7, "prepaid_to": 18,
    "rent": 2.4, "deflation": 0.2, "usage": 0.8, "rent_2": 2.0, "deflation_2": 0.4, "usage_2": 0.7,
    "rent_3": 2.6, "deflation_3": -0.1, "usage_3": 0.9,
    "cash_cost": 0.3, "power_price": 0.07, "pue": 1.25, "fixed": 0.8,
    "debt_name": "Senior", "debt_amount": 25, "debt_rate": 0.095, "debt_periods": 16, "debt_balloon": 4,
    "debt_name_2": "Mezzanine", "debt_amount_2": 6, "debt_index_2": 0.02, "debt_floor_2": 0.03, "debt_margin_2": 0.07,
    "debt_periods_2": 16, "debt_type_2": "straight",
    "covenant": 1.2, "target": 1.4, "max_ltv": 0.6, "advance": 0.8,
    "sale_months": 9, "sale_decay": 0.35, "sale_depth": 120, "sale_condition": 0.05, "sale_integration": 0.2,
    "sale_selling": 0.08, "sale_unit_cost": 300, "sale_fixed": 0.5, "sale_discount": 0.12,
}  # fmt: skip


def deal_of(given: Mapping[str, Any]) -> Analysis:
    """The analysis of what is typed into the template, by the engine that never saw a sheet."""

    def of(key: str, i: int = 1, default: float = 0.0) -> float:
        return float(given.get(key if i == 1 else f"{key}_{i}", default))

    def there(key: str) -> list[int]:
        return [i for i in (1, 2, 3) if (key if i == 1 else f"{key}_{i}") in given]

    pick = ("Base", "Glut", "Shortage").index(given["scenario"]) + 1
    assets = [
        {"name": f"A{i}", "units": number(of("asset_units", i), "units"), "cost": number(of("asset_cost", i), "USD m"),
         "useful_life": number(of("asset_life", i), "years"), "salvage": number(of("asset_salvage", i), "USD m"),
         "annual_decay": number(100 * of("asset_decay", i), "% a year"),
         "power": number(of("asset_power", i), "kW a unit")}
        for i in there("asset_cost")
    ]  # fmt: skip
    contract: dict[str, Any] = {"name": "C", "term": number(of("contract_term"), "months")}
    if "contract_amount" in given:
        contract["amount"] = number(of("contract_amount"), "USD m")
    else:
        contract |= {"price": number(of("contract_price"), "USD a unit-hour"),
                     "share": number(100 * of("contract_share"), "%"),
                     "take_or_pay": number(100 * of("contract_take", default=1.0), "%")}  # fmt: skip
    if "prepaid" in given:
        contract["prepayment"] = {
            "amount": number(of("prepaid"), "USD m"), "credit_from_month": number(of("prepaid_from"), "months"),
            "credit_to_month": number(of("prepaid_to"), "months"),
        }  # fmt: skip
    costs = {"margin": ("project_margin", "%", 100.0), "cash_cost": ("cash_cost", "USD a unit-hour", 1.0),
             "power_price": ("power_price", "USD a kWh", 1.0), "fixed": ("fixed", "USD m a year", 1.0)}  # fmt: skip
    opex = {name: number(of(key) * by, unit) for key, (name, unit, by) in costs.items() if key in given}
    if "pue" in given:
        opex["pue"] = number(of("pue"), "x")
    debt = []
    for i in there("debt_amount"):
        tranche: dict[str, Any] = {
            "name": f"D{i}",
            "amount": number(of("debt_amount", i), "USD m"),
            "amortisation": given.get("debt_type" if i == 1 else f"debt_type_{i}", "level"),
        }
        if of("debt_balloon", i):
            tranche["balloon"] = number(of("debt_balloon", i), "USD m")
        if i in there("debt_rate"):
            tranche["rate"] = number(100 * of("debt_rate", i), "% a year")
        else:
            tranche |= {key: number(100 * of(f"debt_{key}", i), "% a year") for key in ("index", "floor", "margin")}
        debt.append(tranche)
    sale = {
        "months_to_sale": number(of("sale_months"), "months"),
        "annual_decay": number(100 * of("sale_decay"), "% a year"),
        "depth": number(of("sale_depth"), "units a month"),
        "condition": number(100 * of("sale_condition"), "%"),
        "integration": number(100 * of("sale_integration"), "%"),
        "selling": number(100 * of("sale_selling"), "%"),
        "cost_per_unit": number(of("sale_unit_cost"), "USD a unit"),
        "fixed_cost": number(of("sale_fixed"), "USD m"),
        "discount": number(100 * of("sale_discount"), "% a year"),
    }
    day = dt.date(1899, 12, 30) + dt.timedelta(int(given["closing"]))
    described: dict[str, Any] = {
        "name": "T", "borrower": "T", "purpose": "T", "as_of": day,
        "timeline": {"closing": day, "frequency": int(given["frequency"]), "periods": int(of("debt_periods"))},
        "assets": assets, "contracts": [contract], "opex": opex, "debt": debt, "sale": sale,
        "covenants": [{"name": "DSCR", "metric": "dscr", "test_every_months": 12 // int(given["frequency"]),
                       "default": number(of("covenant"), "x")}],
    }  # fmt: skip
    if "rent" in given:
        described["merchant"] = {
            "rent": number(of("rent", pick), "USD a unit-hour"), "usage": number(100 * of("usage", pick), "%"),
            "annual_deflation": number(100 * of("deflation", pick), "% a year"),
        }  # fmt: skip
    return analyse(read(described))


def shown(given: Mapping[str, Any]) -> dict[tuple[str, str], list[Any]]:
    """The rows of periods of the template, by sheet and label; of labels that repeat, the first and the last."""
    book = openpyxl.load_workbook(io.BytesIO(build(TEMPLATE, calculated, DATE, given)), data_only=True)
    rows: dict[tuple[str, str], list[Any]] = {}
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            if isinstance(row[0], str) and len(row) > 60:
                rows[sheet.title, row[0]] = list(row[4:])
                rows[sheet.title, f"{row[0]} at closing"] = [row[3]]
    return rows


def numbers(cells: list[Any], n: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if cell == "n/a" else float(cell) for cell in cells[:n]])


def agree(rows: dict[tuple[str, str], list[Any]], found: Analysis) -> None:
    assert found.ltv_liquidation is not None
    assert found.values.liquidation is not None
    n = found.dates.size
    # The sheet pays by the schedule; the engine carries what a loan leaves unpaid forward.
    owed, service = found.scheduled.closing, found.scheduled.debt_service
    year = found.timeline.frequency
    million = {
        ("Opex & tax", "CFADS before tax"): found.cfads,
        ("Opex & tax", "Operating cost"): found.earnings.opex,
        ("Opex & tax", "Cash revenue: less prepayments credited"): found.earnings.cash_revenue,
        ("Debt", "Interest"): found.scheduled.interest,
        ("Debt", "Debt service"): service,
        ("Debt", "Scheduled balance after the payment"): owed,
        ("Collateral", "Book value"): found.values.book,
        ("Collateral", "Market value"): found.values.economic,
        ("Collateral", "Sale value, net, today"): found.values.liquidation,
    }
    plain = {
        ("Ratios", "DSCR"): coverage.dscr(found.cfads, service),
        ("Ratios", "DSCR, last 12 months"): coverage.dscr_ltm(found.cfads, service, year),
        ("Ratios", "DSCR, next 12 months"): coverage.dscr_ntm(found.cfads, service, year),
        ("Collateral", "LTV on cost"): loan_to_value(
            owed, sum(float(asset.cost.value) for asset in found.deal.assets) * 1.0
        ),
        ("Collateral", "LTV on market value"): loan_to_value(owed, found.values.economic),
        ("Collateral", "LTV on sale value"): loan_to_value(owed, found.values.liquidation),
    }
    for key, want in ({k: v / 1e6 for k, v in million.items()} | plain).items():
        np.testing.assert_allclose(numbers(rows[key], n), want, rtol=1e-9, atol=1e-9, err_msg=str(key))
    breach = rows["Ratios", "First breach of the covenant at closing"][0]
    first = found.covenants[0].date
    assert (None if breach == "none" else breach.date()) == (
        None if first is None else first.astype("datetime64[D]").item()
    )


@pytest.mark.parametrize("given", [TEMPLATE.example(), MIXED], ids=["IREN / Microsoft", "mixed"])
def test_every_row_is_what_the_analysis_says(given: Mapping[str, Any]) -> None:
    agree(shown(given), deal_of(given))


@pytest.mark.parametrize("seed", range(6))
def test_inputs_typed_over_change_the_sheet_as_they_change_the_engine(seed: int) -> None:
    chance = random.Random(seed)
    moved = [k for k, v in MIXED.items() if isinstance(v, float) or k.endswith(("cost", "depth", "price", "amount"))]
    given = MIXED | {key: float(MIXED[key]) * chance.uniform(0.7, 1.25) for key in chance.sample(moved, 8)}
    given |= {"scenario": chance.choice(["Base", "Glut", "Shortage"]), "frequency": chance.choice([12, 4, 2])}
    # Two years at least, so that the whole prepayment is credited while the analysis looks.
    given |= {"debt_periods": 24, "debt_periods_2": 24} if given["frequency"] == 12 else {}
    given["contract_share"] = min(given["contract_share"], 1.0)
    given["contract_take"] = min(given["contract_take"], 1.0)
    agree(shown(given), deal_of(given))
