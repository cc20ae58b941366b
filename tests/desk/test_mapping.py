"""What is found in a workbook nobody prepared, and what a mapping may say."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.desk.books import own
from xlmodel.desk import find, load, mapping
from xlmodel.desk.fields import known
from xlmodel.errors import InputError


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own(tmp_path_factory.mktemp("found") / "own.xlsx")


def test_cells_are_found_by_name_header_and_label_with_their_units(book: Path) -> None:
    # Read off the sheet by eye: 28 under "USD m", 50 beside "% a year", 0.3 in a cell that shows 30.0%.
    found = {field.name: field for field in find(book).mapping.fields}
    assert {name: (field.cell, field.unit) for name, field in found.items()} == {
        "borrower": ("Inputs!B2", ""),
        "timeline.closing": ("Inputs!B3", ""),
        "principal": ("Inputs!B4", "USD m"),
        "annual_rate": ("in_rate", "fraction a year"),
        "periods": ("Inputs!B6", "periods"),
        "frequency": ("Inputs!B7", "periods a year"),
        "units": ("Inputs!B8", "units"),
        "cost": ("Inputs!B9", "USD m"),
        "annual_decay_eff": ("Inputs!B10", "% a year"),
        "rent": ("Inputs!B11", "USD a unit-hour"),
        "annual_deflation": ("Inputs!B12", "fraction a year"),
        "usage": ("Inputs!B13", "fraction"),
        "cash_cost": ("Inputs!B14", "USD a unit-hour"),
        "covenant": ("Inputs!B15", "x"),
        "months_to_sale": ("Inputs!B16", "years"),
        "cfads": ("Cash[CFADS]", "USD a period"),
    }
    assert found["annual_rate"].found == "named in_rate"
    assert found["principal"].found == "label Loan amount (USD m) beside, in Inputs!A4"
    assert found["annual_rate"].confidence > found["cfads"].confidence > found["principal"].confidence


def test_formulas_are_results_and_never_fields(book: Path) -> None:
    results = {result.name: result.cell for result in find(book).mapping.results}
    assert results == {"ltv_nominal_at_close": "Inputs!B18", "min_dscr": "Inputs!B19"}


def test_what_is_written_is_read_again(book: Path, tmp_path: Path) -> None:
    found = find(book)
    file = tmp_path / "m.toml"
    file.write_text(found.mapping.text("own.xlsx", found.others), encoding="utf-8")
    again = load(file)
    assert again.fields == found.mapping.fields
    assert [result.cell for result in again.results] == [result.cell for result in found.mapping.results]


def test_every_known_field_can_be_mapped() -> None:
    for field in known():
        data = {"cell": "S!A1", "key": field.key, "column": field.column}
        read = mapping.read({"version": 1, "field": [data]}).fields[0]
        assert (read.kind, read.unit) == (field.kind, field.unit)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("version = 2", "version must be 1, got 2"),
        ("version = 1", "no .*field"),
        ('version = 1\n[[field]]\ncolumn = "cost"', "field 1: cell is missing"),
        ('version = 1\n[[field]]\ncell = "A"', "a key of the deal or a column of the tape is missing"),
        ('version = 1\n[[field]]\ncell = "A"\nkey = "debt[0].rte"', r"did you mean debt\[0\].rate"),
        ('version = 1\n[[field]]\ncell = "A"\ncolumn = "cost"\nunit = "EUR"', "unit must be one of USD, .*got 'EUR'"),
        ('version = 1\n[[field]]\ncell = "A"\ncolumn = "x"\nkind = "money"', "kind must be one of number"),
        ('version = 1\n[[field]]\ncell = "A"\ncolumn = "x"\nrequired = 1', "required must be true or false, got 1"),
        ('version = 1\n[[field]]\ncell = "A"\ncolumn = "x"\nclumn = "y"', "clumn is not expected"),
        ('version = 1\n[[field]]\ncell = 4\ncolumn = "x"', "cell must be text, got 4"),
        ('version = 1' + '\n[[field]]\ncell = "A"\ncolumn = "x"' * 2, "the cell a stands in two fields"),
        ('version = 1\nfield = 3', r"field must be \[\[...\]\] tables"),
        ('version = 1\n[[field]]\ncell = "A"\ncolumn = "x"\n[fixed]\nsize = 3', "fixed: size is no field"),
        ('version = 1\n[[result]]\ncell = "A"\n[[field]]\ncell = "A"\ncolumn = "x"', "name of a result"),
        ("version = ", "is not TOML"),
    ],
)  # fmt: skip
def test_a_mapping_that_means_nothing_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "m.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=sentence):
        load(file)


def test_toml_reads_back_whatever_was_written() -> None:
    from hypothesis import given, settings
    from hypothesis import strategies as st

    from xlmodel.desk.toml import written

    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
    leaf = st.one_of(text, number, st.booleans(), st.dates(dt.date(1990, 1, 1)), st.lists(text, max_size=3))
    quantity = st.fixed_dictionaries({"value": number, "unit": text})
    table = st.dictionaries(text, leaf | quantity, max_size=4)
    tree = st.dictionaries(text, leaf | quantity | table | st.lists(table, min_size=1, max_size=3), max_size=4)

    @settings(max_examples=100, deadline=None)
    @given(tree)
    def law(data: dict[str, Any]) -> None:
        assert tomllib.loads(written(data)) == data

    law()
