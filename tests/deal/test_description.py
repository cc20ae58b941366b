"""The description itself: TOML, JSON and Python are one thing, and its schema describes what is read."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xlmodel.deal import Deal, load, read, schema
from xlmodel.deal.quantity import UNITS

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))
KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "number": int | float,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def violations(value: Any, rule: dict[str, Any], root: dict[str, Any], path: str = "deal") -> Iterator[str]:
    """Yield where a value breaks a JSON Schema, for the keywords that the schema of a deal uses."""
    unknown = rule.keys() - {
        "$schema", "$ref", "$defs", "allOf", "anyOf", "type", "enum", "const", "required", "properties",
        "additionalProperties", "items", "minItems", "maxItems", "minLength", "minimum", "maximum", "format", "title",
        "description", "default",
    }  # fmt: skip
    assert not unknown, f"the schema uses {unknown}, which this check does not know"
    if "$ref" in rule:
        yield from violations(value, root["$defs"][rule["$ref"].rsplit("/", 1)[1]], root, path)
    for part in rule.get("allOf", ()):
        yield from violations(value, part, root, path)
    if "anyOf" in rule and all(any(True for _ in violations(value, part, root, path)) for part in rule["anyOf"]):
        yield f"{path}: none of the alternatives"
    if "type" in rule and (not isinstance(value, KINDS[rule["type"]]) or (rule["type"] != "boolean" and value is True)):
        yield f"{path}: {rule['type']}"
        return
    if "enum" in rule and value not in rule["enum"]:
        yield f"{path}: {value} is not in {rule['enum']}"
    if "const" in rule and value != rule["const"]:
        yield f"{path}: {rule['const']}"
    if isinstance(value, dict):
        for name in rule.get("required", ()):
            if name not in value:
                yield f"{path}.{name}: missing"
        for name, part in value.items():
            if name in rule.get("properties", {}):
                yield from violations(part, rule["properties"][name], root, f"{path}.{name}")
            elif rule.get("additionalProperties") is False:
                yield f"{path}.{name}: unknown"
    if isinstance(value, list):
        if len(value) < rule.get("minItems", 0):
            yield f"{path}: too short"
        if len(value) > rule.get("maxItems", len(value)):
            yield f"{path}: too long"
        for i, part in enumerate(value):
            yield from violations(part, rule.get("items", {}), root, f"{path}[{i}]")
    if isinstance(value, str) and len(value) < rule.get("minLength", 0):
        yield f"{path}: empty"
    if isinstance(value, int | float) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield f"{path}: out of range"


def as_json(path: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(json.dumps(tomllib.loads(path.read_text()), default=str))
    return described


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_fits_the_schema(path: Path) -> None:
    assert list(violations(as_json(path), schema(), schema())) == []


def test_the_schema_refuses_what_the_reading_refuses() -> None:
    deal = as_json(EXAMPLES[0])
    deal["debt"][0]["amount"]["unit"] = "EUR m"
    deal["debt"][0]["rat"] = 1
    del deal["timeline"]["closing"]
    deal["covenants"][0]["metric"] = "llcr"
    found = " ".join(violations(deal, schema(), schema()))
    for place in ("deal.debt[0].amount.unit", "deal.debt[0].rat: unknown", "deal.timeline.closing: missing", "metric"):
        assert place in found


def test_the_schema_offers_the_units_of_a_field() -> None:
    rate = schema()["$defs"]["Debt"]["properties"]["amount"]
    assert rate["properties"]["unit"]["enum"] == list(UNITS["money"])
    assert "typed" not in schema()["$defs"]["Sourced"]["properties"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_toml_json_and_python_are_one_description(path: Path, tmp_path: Path) -> None:
    deal = load(path)
    written = tmp_path / "deal.json"
    written.write_text(json.dumps(as_json(path)))
    assert load(written) == deal == read(tomllib.loads(path.read_text()))
    written.write_text(deal.model_dump_json())
    assert load(written) == deal
    assert Deal.model_validate(deal.model_dump(exclude_defaults=True)) == deal


def test_units_are_read_into_base_units_and_keep_what_was_typed() -> None:
    deal = load(next(p for p in EXAMPLES if p.stem == "iren_microsoft_2026_dated"))
    loan = deal.debt[1]
    assert (loan.amount.value, loan.amount.typed, loan.amount.unit) == (1550e6, 1550, "USD m")
    assert loan.margin is not None
    assert loan.margin.value == pytest.approx(0.0225, rel=1e-15)
    assert deal.assets[0].useful_life.value == 60  # five years in months
    assert deal.covenants[0].direction == "below"


def test_a_basis_and_cure_terms_are_carried() -> None:
    described = as_json(next(p for p in EXAMPLES if p.stem == "case_a"))
    cure = {"max_cures": 3, "max_consecutive": 2, "counts_as": "cfads", "source": "assumption"}
    described["covenants"][0] |= {"basis": "Cash Flow Available for Debt Service over Debt Service", "cure": cure}
    covenant = read(described).covenants[0]
    assert covenant.basis is not None
    assert covenant.cure is not None
    assert (covenant.cure.max_cures, covenant.cure.max_consecutive) == (3, 2)
