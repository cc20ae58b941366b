"""What a tape or a deal puts into a workbook is what is read out of it again."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.books import MAPPING, own
from xlmodel.deal import load as load_deal
from xlmodel.deal.inputs import Deal
from xlmodel.desk import Mapping, as_read, as_rows, of_deal, of_tape, tables, taken
from xlmodel.desk import load as load_mapping
from xlmodel.desk import mapping as mappings
from xlmodel.desk.fields import known, of_key
from xlmodel.desk.placing import Places, as_deal
from xlmodel.desk.tables import Rows
from xlmodel.desk.toml import written
from xlmodel.ooxml.filling import fill

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
QUICK = settings(max_examples=50, deadline=None)


def typed(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of fifteen digits, which is as many as Excel takes when they are typed."""
    found = st.floats(low, high).map(lambda x: float(f"{x:.15g}"))
    # Not so small that a unit takes them below what a double holds in full.
    return found.filter(lambda x: low <= x <= high and (x == 0 or abs(x) > 1e-290))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
LOANS = st.fixed_dictionaries(
    {
        "borrower": st.none() | TEXT | st.sampled_from(["=1+1", "@A1", "-1", " a ", "a\r\nb", "00123", "1e5", "TRUE"]),
        "signed": st.none() | st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
        "principal": typed(0, 1e15),
        "annual_rate": st.none() | typed(-0.9, 100),
        "periods": st.integers(1, 1200),
        "cost": typed(0, 1e15),
        "annual_decay_eff": typed(-1e6, 0.99),
        "months_to_sale": st.none() | typed(0, 1e6),
        "watched": st.none() | st.booleans(),
    }
)
FLOWS = st.lists(st.none() | st.floats(-1e300, 1e300, allow_subnormal=False), max_size=6)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping]:
    folder = tmp_path_factory.mktemp("identity")
    (folder / "m.toml").write_text(MAPPING)
    return own(folder / "own.xlsx"), load_mapping(folder / "m.toml")


@QUICK
@given(loan=LOANS, cfads=FLOWS)
def test_a_row_of_a_tape(desk: tuple[Path, Mapping], loan: dict[str, Any], cfads: list[float | None]) -> None:
    book, mapping = desk
    headings = (*loan, *(f"cfads_{i}" for i in range(1, len(cfads) + 1)))
    (given_,) = of_tape(Rows(headings, ((*loan.values(), *cfads),)), mapping)
    assert given_.problems == ()
    out = book.with_name("filled.xlsx")
    fill(book, out, Places(book, mapping).cells(given_), force=True)
    values, wrong = taken(out, mapping)
    assert wrong == []
    assert {name: values[name] for name in given_.values} == given_.values
    # And through a CSV file, as xlmodel read writes one; a flow without a number has no column.
    file = out.with_suffix(".csv")
    file.write_bytes(tables.as_csv(as_rows(values, mapping)))
    (again,) = of_tape(tables.load(file), mapping)
    assert {"cfads": [], **again.values} == values


def leaves(data: Any, path: str = "") -> list[str]:
    """The paths of everything in a deal that is typed, sources included."""
    if isinstance(data, dict) and set(data) == {"value", "unit", "source"}:
        return [path, f"{path}.source"]
    if isinstance(data, dict):
        return [p for name, held in data.items() for p in leaves(held, f"{path}.{name}" if path else name)]
    if isinstance(data, list | tuple):
        return [p for i, held in enumerate(data) for p in leaves(held, f"{path}[{i}]")]
    return [path]


def place_every_leaf(deal: Deal, folder: Path) -> tuple[Path, Mapping]:
    """A workbook with a named cell for everything in a deal, each number in the unit it was typed in."""
    data = deal.model_dump(exclude_none=True)
    fields = []
    with xlsxwriter.Workbook(str(folder / "all.xlsx")) as book:
        sheet = book.add_worksheet("All")
        for i, key in enumerate(leaves(data)):
            sheet.write(i, 0, key)
            book.define_name(f"in_{i:04}", f"=All!$B${i + 1}")
            field = {"cell": f"in_{i:04}", "key": key}
            if (meaning := of_key(key)) is not None and meaning.unit:
                field["unit"] = at(data, key)["unit"]
            fields.append(field)
    return folder / "all.xlsx", mappings.read({"version": 1, "field": fields})


def at(data: Any, key: str) -> Any:
    for step in key.replace("[", ".").replace("]", "").split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_deal(file: Path, tmp_path: Path) -> None:
    deal = load_deal(file)
    book, mapping = place_every_leaf(deal, tmp_path)
    out = tmp_path / "filled.xlsx"
    fill(book, out, Places(book, mapping).cells(of_deal(deal, mapping)))
    values, wrong = taken(out, mapping)
    assert wrong == []
    assert as_read(values, mapping, "filled.xlsx") == deal
    # And through the file that xlmodel read writes.
    again = tmp_path / "again.toml"
    again.write_text(written(as_deal(values, mapping, "filled.xlsx")), encoding="utf-8")
    assert load_deal(again) == deal


def test_parts_in_a_table_and_what_the_workbook_does_not_hold(tmp_path: Path) -> None:
    deal = load_deal(EXAMPLES[0].with_name("iren_microsoft_2026.toml"))
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        sheet = book.add_worksheet("S")
        columns = [{"header": header} for header in ("Name", "Test", "Default", "Source")]
        sheet.add_table("A1:D2", {"name": "Covenants", "columns": columns})
    headers = {"Name": "name", "Test": "metric", "Default": "default", "Source": "default.source"}
    fields = [{"cell": f"Covenants[{h}]", "key": f"covenants[].{k}"} for h, k in headers.items()]
    mapping = mappings.read(
        {"version": 1, "field": fields, "fixed": {"name": "A deal", "debt[0].amortisation": "level"}}
    )
    out = tmp_path / "filled.xlsx"
    fill(tmp_path / "b.xlsx", out, Places(tmp_path / "b.xlsx", mapping).cells(of_deal(deal, mapping)))
    described = as_deal(taken(out, mapping)[0], mapping, "filled.xlsx")
    assert [c["name"] for c in described["covenants"]] == [c.name for c in deal.covenants]
    assert [c["default"]["value"] for c in described["covenants"]] == [c.default.value for c in deal.covenants]
    assert [c["default"]["source"] for c in described["covenants"]] == [c.default.source for c in deal.covenants]
    assert (described["name"], described["debt"]) == ("A deal", [{"amortisation": "level"}])


def test_a_number_without_a_source_says_the_cell_it_was_read_from(tmp_path: Path, desk: tuple[Path, Mapping]) -> None:
    mapping = mappings.read({"version": 1, "field": [{"cell": "in_rate", "key": "debt[0].rate"}]})
    described = as_deal(taken(desk[0], mapping)[0], mapping, "own.xlsx")
    rate = {"value": 0.12, "unit": "fraction a year", "source": "own.xlsx, in_rate"}
    assert described == {"debt": [{"rate": rate}]}


@QUICK
@given(data=st.data())
def test_units_come_back(data: st.DataObject) -> None:
    from xlmodel.desk.fields import into, out_of, units_beside

    base = data.draw(st.sampled_from(sorted({field.unit for field in known() if field.unit})))
    unit = data.draw(st.sampled_from(units_beside(base)))
    value = data.draw(typed(-1e12, 1e12))
    assert out_of(into(value, unit), unit) == value


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_tape_is_the_same_in_every_file(tmp_path: Path, desk: tuple[Path, Mapping], ending: str) -> None:
    cells = (("Acme", dt.date(2026, 3, 31), 5e6, 3, 1e6, 0.5), ('B, "b"\nc', None, 1.5, 4, 2e6, 0.25))
    rows = Rows(("borrower", "signed", "principal", "periods", "cost", "annual_decay_eff"), cells)
    file = tmp_path / f"tape{ending}"
    if ending == ".csv":
        file.write_bytes(b"\xef\xbb\xbf" + tables.as_csv(rows).replace(b"\r\n", b"\n"))
    else:
        with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet()
            for i, row in enumerate((rows.headings, *rows.cells)):
                sheet.write_row(i, 0, row)
    found = [loan.values for loan in of_tape(tables.load(file), desk[1])]
    assert [tuple(values.values()) for values in found] == list(cells)
