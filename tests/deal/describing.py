"""Small deals for tests: Case A as a dictionary, with the parts of it that a test is about put in its place."""

import copy
import tomllib
from pathlib import Path
from typing import Any

from xlmodel.deal import Analysis, analyse, read

CASE_A: dict[str, Any] = tomllib.loads((Path(__file__).resolve().parents[2] / "examples" / "case_a.toml").read_text())


def number(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": "assumption"}


def case_a(**parts: Any) -> dict[str, Any]:
    """Case A with top-level parts replaced; a part that is None is left out."""
    deal = copy.deepcopy(CASE_A) | copy.deepcopy(parts)
    return {name: part for name, part in deal.items() if part is not None}


def analysed(**parts: Any) -> Analysis:
    return analyse(read(case_a(**parts)))


def loan(**parts: Any) -> list[dict[str, Any]]:
    """One tranche of 100m USD at 12 %, level unless said otherwise."""
    return [
        {"name": "Loan", "amount": number(100, "USD m"), "rate": number(12, "% a year"), "amortisation": "level"}
        | parts
    ]
