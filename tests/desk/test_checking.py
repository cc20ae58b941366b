"""What a check says of a workbook: missing, wrong, typed over by a formula, and apart from the engine."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.deal import plain
from tests.desk.books import own
from xlmodel.desk import find, mapping
from xlmodel.desk.checking import Finding, check
from xlmodel.ooxml.filling import fill


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return own(tmp_path / "own.xlsx")


def found(book: Path, values: dict[str, Any] | None = None, drop: str = "cfads") -> list[Finding]:
    out = book.with_name("filled.xlsx")
    fill(book, out, values or {}, force=True, over_formulas=True)
    placed = find(book).mapping
    fields = tuple(field for field in placed.fields if field.name not in (drop, "months_to_sale"))
    return check(out, mapping.Mapping(fields, placed.results))


def test_both_numbers_where_the_engine_disagrees(book: Path) -> None:
    # Case A in examples/case_a.toml: 28m lent on 35m is 0.8; the workbook's own LTV is right, its DSCR is made up.
    said = {one.name: one for one in found(book, {"Inputs!B19": 0.5, "Inputs!B18": 0.8})}
    assert said["ltv_nominal_at_close"].kind == "agrees"
    assert (said["min_dscr"].kind, said["min_dscr"].shown) == ("disagrees", 0.5)
    # README: the fifth quarter has 0.9954; the last of sixteen is the lowest. 2.4 * 0.7^(15.5/4) * 0.85 - 0.3526 USD an
    # hour, 2190 hours, 1000 units: 0.3494 m of cash on a level payment of 28m at 3 % over 16 quarters, 2.2291 m, and
    # the interest on what is past due by then: a second model, in plain loops.
    cash, paid = plain.case_a()
    assert cash[-1] == pytest.approx(0.3494e6, rel=1e-3)
    assert said["min_dscr"].expected == pytest.approx(cash[-1] / paid.service[-1], abs=2e-4)
    assert "min_dscr is 0.5, the engine has 0.134" in said["min_dscr"].sentence


def test_what_is_missing_and_what_is_wrong(book: Path) -> None:
    said = {one.name: one for one in found(book, {"Inputs!B6": None, "Inputs!B8": "many", "Inputs!B9": -1})}
    assert (said["periods"].kind, said["periods"].sentence) == ("missing", "periods is missing")
    assert (said["units"].kind, said["units"].sentence) == ("wrong", "units must be a number, got 'many'")
    assert (said["cost"].kind, said["cost"].sentence) == ("wrong", "cost must be at least 0, got -1e+06")


def test_a_formula_where_a_number_is_typed_and_a_place_that_is_not_there(book: Path) -> None:
    fields = [{"cell": "Inputs!B18", "column": "max_ltv"}, {"cell": "in_nothing", "column": "balloon"}]
    said = {one.name: one for one in check(book, mapping.read({"version": 1, "field": fields}))}
    assert (said["max_ltv"].kind, said["balloon"].kind) == ("formula", "missing")
    assert said["max_ltv"].sentence == "B18 holds a formula where max_ltv would be filled in"


def test_a_result_that_shows_nothing_and_one_the_engine_has_not(book: Path) -> None:
    placed = find(book).mapping
    fields = tuple(field for field in placed.fields if field.name not in ("cfads", "months_to_sale"))
    asked = (mapping.Result("Inputs!B30", "min_dscr"), mapping.Result("Inputs!B18", "debt_yield"))
    said = [one for one in check(book, mapping.Mapping(fields, asked)) if one.name in ("min_dscr", "debt_yield")]
    assert [one.kind for one in said] == ["missing", "wrong"]
    assert "calculate and save it in Excel" in said[0].sentence
    assert said[1].sentence.startswith("the engine has no debt_yield of what the workbook holds; it has ")


def test_an_undefined_number_is_told_with_its_reason(book: Path) -> None:
    # No target was agreed, so there is no debt capacity; the workbook claims one.
    placed = find(book).mapping
    fields = tuple(field for field in placed.fields if field.name not in ("cfads", "months_to_sale"))
    asked = (mapping.Result("Inputs!B4", "debt_capacity", "USD m"),)
    (said,) = [one for one in check(book, mapping.Mapping(fields, asked)) if one.name == "debt_capacity"]
    assert (said.kind, said.shown, said.expected) == ("disagrees", 28, None)
    assert said.sentence.startswith("debt_capacity is 28, the engine has none: ")


def test_a_path_is_compared_period_by_period(tmp_path: Path) -> None:
    # A bullet is hand arithmetic: 100 at 10 % a year, yearly, 3 years; cash 20, 30, 40.
    # Interest of 10 a year, so the first two years are covered 20/10 and 30/10 times.
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        sheet = book.add_worksheet("S")
        inputs = {
            "principal": 100,
            "annual_rate": 0.1,
            "periods": 3,
            "frequency": 1,
            "cost": 120,
            "annual_decay_eff": 0.5,
        }
        for i, (name, value) in enumerate(inputs.items()):
            sheet.write(i, 0, name)
            sheet.write(i, 1, value)
        sheet.write_row("B8", [20, 30, 40])
        sheet.write_row("B9", [2, 3.3])
    fields = [{"cell": f"S!B{i}", "column": name} for i, name in enumerate(inputs, 1)]
    fields.append({"cell": "S!B8:D8", "column": "cfads"})
    data = {"version": 1, "field": fields, "fixed": {"type": "bullet"}, "result": [{"cell": "S!B9:C9", "name": "dscr"}]}
    (said,) = check(tmp_path / "b.xlsx", mapping.read(data))
    assert (said.sentence, said.shown, said.expected) == ("dscr of period 2 is 3.3, the engine has 3", 3.3, 3.0)
