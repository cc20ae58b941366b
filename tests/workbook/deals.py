"""Deals that together take every branch of the report, beside the examples."""

import tomllib
from pathlib import Path
from typing import Any

from xlmodel.deal import Deal, load, read

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*.toml"))


def number(value: float, unit: str, source: str = "assumption") -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": source}


CASE_A = tomllib.loads((EXAMPLES / "case_a.toml").read_text(encoding="utf-8"))

_SHARED: dict[str, Any] = {"name": "Fleet & contracts", "borrower": "Two fleets", "purpose": "Take every branch"}

TWO_FLEETS = CASE_A | _SHARED | {
    "timeline": {"closing": "2026-01-31", "frequency": 4, "maturity": "2030-03-15", "stub": "short_last"},
    "assets": [
        {
            "name": "Old", "units": number(1000, "units"), "cost": number(30, "USD m"), "in_service": "2025-02-28",
            "power": number(700, "W a unit"), "useful_life": number(5, "years"), "salvage": number(900, "USD k"),
            "annual_decay": number(35, "% a year"), "day_one_loss": number(10, "%"),
        },
        {
            "name": "New", "units": number(500, "units"), "cost": number(25, "USD m"),
            "in_service": "2026-08-31", "power": number(1.2, "kW a unit"),
            "useful_life": number(6, "years"), "annual_decay": number(25, "% a year"),
        },
        {
            "name": "Appraised", "units": number(10, "units"), "cost": number(2, "USD m"),
            "power": number(1, "kW a unit"), "useful_life": number(4, "years"),
            "annual_decay": number(40, "% a year"), "market_value": number(1.5, "USD m"),
        },
    ],
    "releases": [
        {"name": "Next", "date": "2027-01-31", "drop": number(20, "%")},
        {"name": "Past", "date": "2025-01-31", "drop": number(50, "%")},
    ],
    "contracts": [
        {
            "name": "Anchor", "term": number(30, "months"), "price": number(2.1, "USD a unit-hour"),
            "share": number(50, "%"), "take_or_pay": number(70, "%"), "own_usage": number(80, "%"),
            "prepayment": {
                "amount": number(4, "USD m"), "credit_from_month": number(7, "months"),
                "credit_to_month": number(18, "months"), "received": "2026-06-15",
            },
        },
        {"name": "Small", "term": number(1, "years"), "price": number(1.9, "USD a unit-hour"),
         "share": number(20, "%")},
    ],
    "merchant": {
        "points": [
            {"date": "2026-03-31", "rent": number(2.4, "USD a unit-hour")},
            {"date": "2027-06-30", "rent": number(1.6, "USD a unit-hour")},
            {"date": "2028-12-31", "rent": number(1.9, "USD a unit-hour")},
        ],
        "usage": number(80, "%"), "timing": "start",
    },
    "opex": {
        "project_margin": number(95, "%"), "cash_cost": number(0.1, "USD a unit-hour"),
        "power_price": number(0.07, "USD a kWh"), "fixed": number(50, "USD k a month"),
    },
    "debt": [
        {"name": "Level", "amount": number(12, "USD m"), "rate": number(9, "% a year"), "amortisation": "level",
         "balloon": number(3, "USD m"), "day_count": "ACT/360"},
        {"name": "Straight", "amount": number(5, "USD m"), "index": number(4.3, "% a year"),
         "margin": number(250, "bp a year"), "floor": number(5, "% a year"), "amortisation": "straight",
         "balloon": number(1, "USD m"), "day_count": "30E/360"},
        {"name": "Bullet", "amount": number(4, "USD m"), "index": number(4.3, "% a year"),
         "margin": number(3, "% a year"), "amortisation": "bullet", "day_count": "ACT/365F"},
        {"name": "Custom", "amount": number(6, "USD m"), "rate": number(8, "% a year"), "amortisation": "custom",
         "principal": [number(0, "USD m"), number(1.1, "USD m"), number(2.2, "USD m"), number(2.7, "USD m")],
         "day_count": "ACT/ACT"},
        {"name": "Paid", "amount": number(3, "USD m"), "rate": number(7, "% a year"), "amortisation": "payment",
         "payment": number(300, "USD k")},
    ],
    "covenants": [
        {"name": "Cover", "metric": "dscr_ltm", "default": number(1.05, "x"), "lockup": number(1.3, "x"),
         "test_every_months": 6, "first_test": "2027-07-01"},
        {"name": "Paper", "metric": "ltv_nominal", "default": number(1.5, "x")},
        {"name": "Value", "metric": "ltv_adjusted", "default": number(0.9, "x"), "lockup": number(0.5, "x")},
        {"name": "Sold", "metric": "ltv_liquidation", "default": number(5, "x")},
    ],
    "sale": CASE_A["sale"] | {"fixed_cost": number(2, "USD m"), "discount": number(12, "% a year")},
    "premises": {"forced_months": number(1, "months"), "orderly_months": number(10, "months"),
                 "volatility": number(90, "% a year")},
    "claim": number(31, "USD m"),
    "measures": [{"name": "Debt over cost", "numerator": [number(12, "USD m a year"), number(1.5, "USD m a month")],
                  "denominator": [number(57, "USD m a year")], "shown_as": "%"}],
    "notes": ["A note."],
}  # fmt: skip
"""Three fleets, contracts beside a curve of points, five tranches, every kind of covenant, a stub at the end."""

_MERCHANT = CASE_A["merchant"]
VARIANTS: dict[str, dict[str, Any]] = {
    "two fleets": TWO_FLEETS,
    "average rent": CASE_A | {"merchant": _MERCHANT | {"timing": "average"}},
    "average of a flat rent": CASE_A
    | {"merchant": _MERCHANT | {"timing": "average", "annual_deflation": number(0, "% a year")}},
    "end of a stub at the start": CASE_A
    | {
        "timeline": {"closing": "2026-01-15", "frequency": 4, "maturity": "2028-12-31", "stub": "long_first"},
        "merchant": _MERCHANT | {"timing": "end"},
    },
    "given ends, no covenant, no sale": {k: v for k, v in CASE_A.items() if k not in ("covenants", "sale")}
    | {"timeline": {"closing": "2026-01-15", "frequency": 2, "ends": ["2026-06-30", "2027-01-31", "2027-06-30"]}},
    "prepaid before closing, one period of interest only": CASE_A
    | {
        "timeline": {"closing": "2026-02-28", "frequency": 12, "periods": 30},
        "debt": [
            {"name": "Late", "amount": number(10, "USD m"), "rate": number(0, "% a year"), "amortisation": "bullet"}
        ],
        "merchant": None,
        "contracts": [
            {
                "name": "Whole",
                "term": number(27.5, "months"),
                "amount": number(30, "USD m"),
                "prepayment": {
                    "amount": number(6, "USD m"),
                    "credit_from_month": number(13, "months"),
                    "credit_to_month": number(24, "months"),
                    "received": "2026-01-31",
                },
            }
        ],
    },
    "first payment later": CASE_A
    | {"timeline": {"closing": "2026-01-10", "frequency": 4, "first_payment": "2026-06-30", "periods": 9}},
    "nothing left of a sale": CASE_A | {"sale": CASE_A["sale"] | {"cost_per_unit": number(90, "USD k a unit")}},
    "no market": CASE_A
    | {
        "sale": CASE_A["sale"] | {"depth": number(0, "units a month")},
        "premises": {
            "forced_months": number(1, "months"),
            "orderly_months": number(1, "years"),
            "enforcement_months": number(2, "months"),
            "scrap": number(8, "%"),
        },
    },
    "scrap makes a forced sale the best": CASE_A
    | {
        "sale": CASE_A["sale"] | {"depth": number(60, "units a month"), "annual_decay": number(80, "% a year")},
        "premises": {
            "forced_months": number(1, "months"),
            "orderly_months": number(6, "months"),
            "volatility": number(500, "% a year"),
            "scrap": number(30, "%"),
        },
    },
    "financing short of cash": CASE_A
    | {
        "financing": {
            "reserve_months": number(6, "months"),
            "lockup": number(1.15, "x"),
            "minimum_cash": number(200, "USD k"),
            "upfront_fee": number(2, "%"),
        }
    },
    "financing with negative cash": CASE_A
    | {
        "opex": {"fixed": number(900, "USD k a month")},
        "financing": {"reserve_months": number(9, "months"), "lockup": number(1.05, "x")},
    },
    "tranches that mature one after the other": TWO_FLEETS
    | {
        "debt": [
            TWO_FLEETS["debt"][0] | {"maturity": "2028-10-31"},
            TWO_FLEETS["debt"][1] | {"maturity": "2029-01-31"},
            TWO_FLEETS["debt"][2] | {"maturity": "2027-04-30"},
            TWO_FLEETS["debt"][3] | {"maturity": "2027-01-31"},
            TWO_FLEETS["debt"][4] | {"maturity": "2028-01-31"},
        ],
    },
    "covenants that step, cured as cash": CASE_A
    | {
        "covenants": [
            {
                "name": "DSCR with steps",
                "metric": "dscr",
                "default": number(1.05, "x"),
                "lockup": number(1.2, "x"),
                "steps": [
                    {"date": "2027-06-30", "default": number(1.0, "x"), "lockup": number(1.1, "x")},
                    {"date": "2028-06-30", "default": number(1.1, "x"), "lockup": number(1.3, "x")},
                ],
                "cure": {
                    "max_consecutive": 2,
                    "max_in_window": 3,
                    "window": 5,
                    "limits_from": "2027-09-30",
                    "cap": number(1, "USD m"),
                    "source": "assumption",
                },
            },
            {
                "name": "Year back",
                "metric": "dscr_ltm",
                "default": number(1.0, "x"),
                "first_test": "2027-06-30",
                "cure": {"max_cures": 4, "total_cap": number(4, "USD m"), "source": "assumption"},
            },
            {
                "name": "LTV steps",
                "metric": "ltv_adjusted",
                "default": number(1.2, "x"),
                "steps": [{"date": "2027-01-31", "default": number(1.0, "x")}],
            },
        ],
    },
    "covenants cured by service and prepayment": CASE_A
    | {
        "covenants": [
            {
                "name": "Set off",
                "metric": "dscr_ltm",
                "default": number(1.0, "x"),
                "cure": {"counts_as": "debt_service", "source": "assumption"},
            },
            {
                "name": "Prepaid",
                "metric": "dscr",
                "default": number(1.0, "x"),
                "cure": {"counts_as": "prepayment", "max_cures": 6, "source": "assumption"},
            },
            {
                "name": "Prepaid year",
                "metric": "dscr_ltm",
                "default": number(1.0, "x"),
                "cure": {"counts_as": "prepayment", "source": "assumption"},
            },
            {
                "name": "Set off now",
                "metric": "dscr",
                "default": number(1.0, "x"),
                "cure": {"counts_as": "debt_service", "max_consecutive": 3, "source": "assumption"},
            },
        ],
    },
    "financing of two fleets": TWO_FLEETS | {"financing": {"minimum_cash": number(1, "USD m")}},
    "financing that sweeps": CASE_A
    | {
        "financing": {
            "reserve_months": number(6, "months"),
            "sweep": number(50, "%"),
            "lockup": number(1.2, "x"),
            "lockup_months": number(12, "months"),
            "agency_fee": number(60, "USD k a year"),
            "discount": number(1, "%"),
            "upfront_fee": number(1, "%"),
        }
    },
    "financing that sweeps by loan to value": CASE_A
    | {
        "merchant": CASE_A["merchant"] | {"annual_deflation": number(-10, "% a year")},
        "debt": [
            CASE_A["debt"][0] | {"name": "Senior", "amount": number(16, "USD m")},
            {
                "name": "Senior too",
                "amount": number(2, "USD m"),
                "rate": number(8, "% a year"),
                "amortisation": "bullet",
                "maturity": "2028-12-31",
            },
            {
                "name": "Junior",
                "amount": number(4, "USD m"),
                "index": number(4, "% a year"),
                "margin": number(9, "% a year"),
                "amortisation": "straight",
                "rank": 2,
            },
        ],
        "financing": {
            "reserve_months": number(3, "months"),
            "sweep_bands": [
                {"loan_to_value": number(0.3, "x"), "share": number(40, "%")},
                {"loan_to_value": number(0.6, "x"), "share": number(90, "%")},
            ],
            "sweep_down_to": number(1, "USD m"),
            "minimum_cash": number(500, "USD k"),
        },
    },
    "financing of ranks short of cash": CASE_A
    | {
        "debt": [
            CASE_A["debt"][0] | {"amount": number(18, "USD m"), "rank": 2},
            {
                "name": "Super senior",
                "amount": number(10, "USD m"),
                "index": number(4, "% a year"),
                "margin": number(3, "% a year"),
                "amortisation": "straight",
            },
        ],
        "opex": {"fixed": number(350, "USD k a month")},
        "financing": {
            "reserve_months": number(6, "months"),
            "agency_fee": number(600, "USD k a year"),
            "sweep": number(100, "%"),
        },
    },
    "hedged and taxed": TWO_FLEETS
    | {
        "contracts": [
            TWO_FLEETS["contracts"][0]
            | {
                "offtaker": {
                    "rating": "BB",
                    "default_rate": number(3, "% a year"),
                    "guarantor_default_rate": number(80, "bp a year"),
                    "dependence": number(40, "%"),
                    "termination": number(60, "%"),
                    "letter_of_credit": number(2, "USD m"),
                    "recovery": number(35, "%"),
                }
            },
            TWO_FLEETS["contracts"][1] | {"offtaker": {"default_rate": number(10, "% a year")}},
        ],
        "tax": {"rate": number(25, "%"), "bonus": number(40, "%"), "year_end_month": 6},
        "hedge": {
            "tranche": "Straight",
            "share": number(75, "%"),
            "fixed": number(4.6, "% a year"),
            "floor": number(5, "% a year"),
            "until": "2028-10-31",
            "credit_charge": number(10, "bp a year"),
        },
        "financing": {"reserve_months": number(6, "months"), "minimum_cash": number(1, "USD m")},
    },
    "swap that costs, tax with losses": CASE_A
    | {
        "tax": {
            "rate": number(30, "%"),
            "depreciation": "straight",
            "tax_life": number(2, "years"),
            "losses": number(3, "USD m"),
            "loss_use_limit": number(80, "%"),
            "year_end_month": 3,
        },
        "debt": [
            {
                "name": "Senior",
                "amount": number(14, "USD m"),
                "index": number(3, "% a year"),
                "margin": number(6, "% a year"),
                "amortisation": "straight",
            },
            {
                "name": "Junior",
                "amount": number(6, "USD m"),
                "rate": number(12, "% a year"),
                "amortisation": "bullet",
                "rank": 2,
            },
        ],
        "hedge": {"tranche": "Senior", "share": number(100, "%"), "fixed": number(9, "% a year")},
        "covenants": [
            {
                "name": "Cover",
                "metric": "dscr_ltm",
                "default": number(1.0, "x"),
                "cure": {"max_cures": 3, "source": "assumption"},
            },
        ],
        "financing": {
            "reserve_months": number(6, "months"),
            "sweep": number(40, "%"),
            "agency_fee": number(100, "USD k a year"),
        },
    },
    "taxed cash given": CASE_A
    | {
        "merchant": None,
        "opex": None,
        "contracts": None,
        "cash": {"name": "Cash", "amount": number(7, "USD m a year")},
        "tax": {"rate": number(21, "%")},
    },
}
"""Deals by what is special about them; every one is Case A with something else."""


def deals() -> dict[str, Deal]:
    """Return the examples and the variants by name."""
    varied = {name: read({k: v for k, v in data.items() if v is not None}) for name, data in VARIANTS.items()}
    return {path.stem: load(path) for path in FILES} | varied
