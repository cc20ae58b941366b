"""Names a reader understands for the fields of a deal file, and how much room words take."""

import re
import textwrap
from typing import Final

from xlmodel.deal.wording import day
from xlmodel.functions.cells import UNDEFINED
from xlmodel.maths.domain import Floats

__all__ = ["UNDEFINED", "day", "inside", "label", "lines_of", "ratio", "shown"]

_LABELS: Final = {
    "as_of": "Described as of",
    "assets": "Asset",
    "sku": "Model",
    "in_service": "In service from",
    "annual_decay": "Decay of value",
    "day_one_loss": "Loss of value on first use",
    "market_value": "Value found by an appraisal",
    "market_value_low": "Lowest value found",
    "market_value_high": "Highest value found",
    "salvage": "Salvage value, the floor",
    "power": "Power draw",
    "cooling": "Cooling",
    "releases": "Release of a newer generation",
    "drop": "Share of value it takes away",
    "contracts": "Contract",
    "amount": "Amount",
    "own_usage": "Share of hours the customer uses",
    "take_or_pay": "Share of hours paid for, used or not",
    "share": "Share of the fleet",
    "price": "Price",
    "credit_from_month": "Credited from month",
    "credit_to_month": "Credited until month",
    "merchant": "Merchant rent",
    "rent": "Rent",
    "annual_deflation": "Deflation of the rent",
    "points": "Point of the rental curve",
    "usage": "Share of hours rented",
    "timing": "Rent that counts for a period",
    "opex": "Operating cost",
    "project_margin": "Project margin",
    "cash_cost": "Cash cost of an installed hour",
    "pue": "Power usage effectiveness",
    "power_price": "Price of power",
    "fixed": "Fixed cost",
    "cash": "Cash",
    "debt": "Debt",
    "index": "Reference rate",
    "floor": "Floor of the reference rate",
    "day_count": "Day count",
    "covenants": "Covenant",
    "default": "Default level",
    "lockup": "Lock-up level",
    "test_every_months": "Tested every (months)",
    "first_test": "First test",
    "max_cures": "Cures allowed",
    "max_consecutive": "Cures allowed in a row",
    "max_in_window": "Cures allowed in a window of tests",
    "window": "Tests of that window",
    "cap": "Most that one cure may put in",
    "total_cap": "Most over the life",
    "limits_from": "Limits apply from",
    "counts_as": "A cure counts as",
    "sale": "Sale of the collateral",
    "basis": "What the value measures",
    "months_to_sale": "Time until the cash is in",
    "depth": "Units the market takes",
    "condition": "Loss for wear and testing",
    "integration": "Loss outside its racks and network",
    "selling": "Selling cost",
    "cost_per_unit": "Removal and transport",
    "fixed_cost": "Legal and other fixed cost",
    "discount": "Discount rate for the wait",
    "unit_price": "Price on the index",
    "claim": "Claim in the insolvency",
    "measures": "Measure",
    "closing": "Closing",
    "frequency": "Periods a year",
    "ends": "End of period",
    "stub": "Odd period",
    "principal": "Principal of period",
    "ltv_nominal": "LTV on cost",
    "ltv_adjusted": "LTV on economic value",
    "ltv_liquidation": "LTV on liquidation value",
}
_PLACES: Final = {"steps": "step", "sweep_bands": "band"}
_WINDOWS: Final = {"dscr": "each period", "dscr_ltm": "last 12 months", "dscr_ntm": "next 12 months"}
_STEP: Final = re.compile(r"^(\w+?)(?:\[(\d+)\])?$")
_NESTED: Final = frozenset({"prepayment", "cure"})


def label(path: str) -> str:
    """Return what a reader calls a field: its last name, with a number where there are several.

    >>> label("debt[0].annual_decay"), label("timeline.ends[2]"), label("contracts[0].prepayment.amount")
    ('Decay of value', 'End of period 3', 'Prepayment: amount')
    """
    *before, last = path.split(".")
    found = _STEP.match(last)
    name, number = (found[1], found[2]) if found else (last, None)
    spaced = name.replace("_", " ")
    words = _LABELS.get(name, spaced[:1].upper() + spaced[1:])
    if number is not None:
        words = f"{words} {int(number) + 1}"
    parent = _STEP.match(before[-1]) if before else None
    if parent and parent[1] in _NESTED:
        return f"{parent[1].capitalize()}: {words[0].lower()}{words[1:]}"
    if parent and parent[1] in ("steps", "sweep_bands") and parent[2] is not None:
        return f"{words}, {_PLACES[parent[1]]} {int(parent[2]) + 1}"
    if parent and parent[1] == "points" and parent[2] is not None:
        return f"{words} at point {int(parent[2]) + 1}"
    return words


def ratio(metric: str, coverage: str) -> str:
    """Return what a tested ratio is called, where cash over debt service goes by the name of the deal.

    >>> ratio("dscr_ltm", "DSCR"), ratio("ltv_nominal", "DSCR")
    ('DSCR, last 12 months', 'LTV on cost')
    """
    return f"{coverage}, {_WINDOWS[metric]}" if metric in _WINDOWS else _LABELS[metric]


def inside(name: str) -> str:
    """Return a name as it stands inside a sentence: a capital goes, an abbreviation stays.

    >>> inside("Adjusted EBITDA over service"), inside("DSCR, each period")
    ('adjusted EBITDA over service', 'DSCR, each period')
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def lines_of(text: str, characters: float) -> int:
    """Return how many lines a text takes when it is wrapped at so many characters.

    >>> lines_of("one two three", 7)
    2
    """
    return len(textwrap.wrap(text, max(1, int(characters)))) or 1


def shown(values: Floats) -> list[float | str]:
    """Return what the cells show: the number, or n/a where it is undefined.

    >>> import numpy as np
    >>> shown(np.array([1.2, np.nan]))
    [1.2, 'n/a']
    """
    return [UNDEFINED if value != value else value for value in values.tolist()]
