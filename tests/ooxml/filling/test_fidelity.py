"""A fill changes what it says and nothing else, on a workbook with everything that others lose."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.engines import recalculated
from tests.ooxml.filling.compared import around, audited, cells, changed, differing, formulas, part, shown, stored
from tests.ooxml.filling.rich import LOANS, rich
from xlmodel.host import formualizer
from xlmodel.ooxml.filling import fill, read

SHEET = "xl/worksheets/sheet{}.xml"
INPUTS: dict[str, Any] = {
    "in_rate": 0.07,
    "in_name": "=cmd|' /C calc'!A0",
    "in_date": dt.date(2026, 3, 31),
    "in_flag": True,
    "in_title": "Somebody",
}
TAPE = [
    ["Delta", 10.0, 0.1],
    ["+Echo", 20.0, 0.2],
    ["-Foxtrot", 30.0, 0.3],
    ["@Golf", 40.0, 0.1],
    ["=Hotel", 50.0, 0.2],
]
STAYS = (
    "xl/vbaProject.bin",
    "xl/drawings",
    "xl/media",
    "xl/richData",
    "xl/threadedComments",
    "xl/persons",
    "customXml",
)


@pytest.fixture(scope="module", params=[".xlsx", ".xlsm"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich(tmp_path_factory.mktemp("rich") / f"rich{request.param}")


def test_one_cell_changes_its_sheet_and_what_shows_its_numbers(book: Path, tmp_path: Path) -> None:
    out = tmp_path / f"filled{book.suffix}"
    done = fill(book, out, {"in_rate": 0.07})
    assert changed(book, out) == set(done.parts) == {SHEET.format(1), SHEET.format(3), "xl/workbook.xml"}
    assert done.places == {"in_rate": "Inputs!B1"}
    assert done.cells == 1
    assert done.recomputed == {}
    # B5 is twice the rate; A4 of the summary a hundred times, by the name. Its sheet is judged as a whole.
    assert differing(book, out, SHEET.format(1)) == {"B1", "B5"}
    assert done.dropped["Inputs"] == ("B5",)
    assert set(done.dropped) == {"Inputs", "The summary"}
    assert "A4" in done.dropped["The summary"]
    assert differing(book, out, SHEET.format(3)) == set(done.dropped["The summary"])
    for number in (1, 3):
        name = SHEET.format(number)
        assert around(part(book, name)) == around(part(out, name))
    before, after = part(book, "xl/workbook.xml"), part(out, "xl/workbook.xml")
    assert after.replace(b' fullCalcOnLoad="1"', b"") == before
    assert audited(out) == audited(book)


def test_values_of_every_kind_into_names(book: Path, tmp_path: Path) -> None:
    out = tmp_path / f"filled{book.suffix}"
    done = fill(book, out, INPUTS, recalculate=formualizer.calculated)
    assert set(done.parts) == changed(book, out)
    assert set(done.parts) == {SHEET.format(1), SHEET.format(3), "xl/workbook.xml", "xl/sharedStrings.xml"}
    assert differing(book, out, SHEET.format(1)) == {"B1", "B2", "B3", "B4", "B5", "A8"}
    before, after = cells(part(book, SHEET.format(1))), cells(part(out, SHEET.format(1)))
    assert {at: given.get("s") for at, (given, _) in before.items()} == {
        at: given.get("s") for at, (given, _) in after.items()
    }
    assert shown(out, SHEET.format(1), "B5") == "0.14"  # twice 0.07
    assert shown(out, SHEET.format(3), "A4") in ("7", "7.000000000000001")
    assert done.recomputed["Inputs"] == ("B5",)
    assert {c for found in (done.recomputed, done.dropped) for c in found["The summary"]} == differing(
        book, out, SHEET.format(3)
    ) | {at for at, (_, inside) in cells(part(book, SHEET.format(3))).items() if "<f" in inside} | {"C2", "C3", "E2"}
    assert read(out, INPUTS) == INPUTS
    assert b"<f>cmd" not in part(out, SHEET.format(1))
    assert audited(out) == audited(book)


def test_a_table_grows_with_all_that_belongs_to_it(book: Path, tmp_path: Path) -> None:
    out = tmp_path / f"filled{book.suffix}"
    done = fill(book, out, {"Loans": TAPE, "Tape!G6": "kept"})
    tape, summary = SHEET.format(2), SHEET.format(3)
    assert set(done.parts) == changed(book, out)
    assert set(done.parts) == {
        tape, summary, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/tables/table1.xml", "xl/charts/chart1.xml",
        "xl/pivotCache/pivotCacheDefinition1.xml",
    }  # fmt: skip
    assert done.resized == {"Loans": "B5:E11"}
    assert done.places["Loans"] == "Tape!B6:E10"
    table = part(out, "xl/tables/table1.xml")
    assert b'ref="B5:E11"' in table
    assert b'<autoFilter ref="B5:E10"/>' in table
    sheet = part(out, tape)
    # Twice for the 2010 data bar, which has a rule of today beside it; once for the validation.
    assert sheet.count(b'sqref="C6:C10"') == 2
    assert b"<xm:sqref>C6:C10</xm:sqref>" in sheet
    assert b'sqref="D6:D10"' in sheet
    assert b'<dimension ref="B3:G13"/>' in sheet
    after = cells(sheet)
    assert [after[f"C{row}"][0]["s"] for row in range(6, 11)] == [cells(part(book, tape))["C6"][0]["s"]] * 5
    assert all("Loans[[#This Row],[Balance]]" in after[f"E{row}"][1] for row in range(6, 11))
    assert "SUBTOTAL(109,Loans[Balance])" in after["C11"][1]
    assert ">C11/2<" in after["C13"][1]
    assert "G12" in after
    assert "B11" in after
    assert "B9" in after
    text = part(out, summary)
    for formula in (b"SUM(Tape!$C$6:$C$10)", b"Tape!C11+Tape!C13", b"SORT(Tape!C6:C10)", b"<xm:f>Tape!C6:C10</xm:f>"):
        assert formula in text
    chart = part(out, "xl/charts/chart1.xml")
    assert b"Tape!$B$6:$B$10" in chart
    assert b"Tape!$C$6:$C$10" in chart
    assert b'ref="B5:C10"' in part(out, "xl/pivotCache/pivotCacheDefinition1.xml")
    assert read(out, ["Loans", "Loans[Balance]"]) == {"Loans": TAPE, "Loans[Balance]": [10, 20, 30, 40, 50]}
    assert audited(out) == audited(book)


def test_growing_and_shrinking_back_leaves_the_formulas_as_they_were(book: Path, tmp_path: Path) -> None:
    grown, back = tmp_path / f"grown{book.suffix}", tmp_path / f"back{book.suffix}"
    fill(book, grown, {"Loans": TAPE})
    fill(grown, back, {"Loans": LOANS})
    for number in (1, 2, 3, 4):
        name = SHEET.format(number)
        assert formulas(part(back, name)) == formulas(part(book, name))
    for name in ("xl/tables/table1.xml", "xl/charts/chart1.xml", "xl/pivotCache/pivotCacheDefinition1.xml"):
        assert part(back, name) == part(book, name)
    assert read(back, ["Loans"]) == {"Loans": LOANS}
    assert audited(back) == audited(book)


def test_parts_of_others_keep_their_stored_bytes(book: Path, tmp_path: Path) -> None:
    out = tmp_path / f"filled{book.suffix}"
    fill(book, out, INPUTS | {"Loans": TAPE})
    old, new = stored(book), stored(out)
    kept = [name for name in old if name.startswith(STAYS)]
    assert len(kept) > 12
    assert ("xl/vbaProject.bin" in kept) == (book.suffix == ".xlsm")
    assert all(old[name] == new[name] for name in kept)
    assert list(old) == list(new)


@pytest.mark.libreoffice
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
@pytest.mark.xdist_group("libreoffice")
def test_libreoffice_opens_it_and_gets_the_numbers(book: Path, tmp_path: Path) -> None:
    out = tmp_path / f"filled{book.suffix}"
    fill(book, out, INPUTS | {"Loans": TAPE})
    got = recalculated(out)
    # Balances 10 to 50 sum to 150; interest 1 + 4 + 9 + 4 + 10 = 28; half of 150 is 75, and 150 + 75 = 225.
    want = {
        ("Inputs", "B5"): 0.14, ("Tape", "C11"): 150.0, ("Tape", "E11"): 28.0, ("Tape", "C13"): 75.0,
        ("The summary", "A1"): 150.0, ("The summary", "A2"): 150.0, ("The summary", "A3"): 225.0,
        ("The summary", "A4"): 7.0, ("Tape", "E8"): 9.0, ("The summary", "E1"): 20.0, ("The summary", "E2"): 40.0,
    }  # fmt: skip
    assert {at: got[at] for at in want} == pytest.approx(want)
    assert got["Inputs", "B2"] == INPUTS["in_name"]
    assert got["Tape", "B10"] == "=Hotel"
