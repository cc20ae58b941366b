"""Workbooks of other programs, which say the same in other words, and what may not be written to."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from lxml import etree

from tests.ooxml.filling.compared import cells, changed, formulas, part, shown
from xlmodel.errors import ExcelError, InputError
from xlmodel.ooxml.filling import fill, read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
VALUES: dict[str, Any] = {
    "in_rate": 0.07,
    "S!A4": "= a <b> & c ",
    "S!D2": dt.date(2026, 3, 31),
    "S!B3": True,
    "S!Z99": -1.5,
    "Loans": [["a", 1], ["b", 2], ["c", 3], ["d", None]],
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manners") / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("S")
        sheet.write_row("A1", ["Rate", 0.05, "label"])
        sheet.write_formula("B2", "=B1*2", None, 0.1)
        sheet.add_table("A6:B8", {"name": "Loans", "columns": [{"header": "Id"}, {"header": "Balance"}]})
        sheet.write_formula("D1", "=SUM(B7:B8)", None, 0)
        sheet.write_formula("D6", '=IF(B1<0.06,"low","hi & "&"<gh>")', None, "low")
        made.define_name("in_rate", "=S!$B$1")
    return path


def rewritten(book: Path, out: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out


def prefixed(name: str, data: bytes) -> bytes:
    """Every name of the spreadsheet's own space with a prefix, as some libraries write them."""
    if not name.startswith(("xl/work", "xl/shared", "xl/styles", "xl/tables")) or name.endswith(".rels"):
        return data
    data = data.replace(f'xmlns="{MAIN}"'.encode(), f'xmlns:x="{MAIN}"'.encode())
    return re.sub(rb"<(/?)(?=[A-Za-z])(?!\w+:)", rb"<\1x:", data)


def strict(_: str, data: bytes) -> bytes:
    data = data.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    return data.replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def utf16(name: str, data: bytes) -> bytes:
    if not name.endswith(".xml") or name.startswith("["):
        return data
    return data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def commented(name: str, data: bytes) -> bytes:
    """Comments, sections and instructions with tags in them, which are none."""
    if name == SHEET:
        data = data.replace(b"<sheetData>", b'<!-- <sheetData> --><?a <c r="A1"> ?><sheetData><!-- <row r="1"> -->')
        data = data.replace(b"<f>B1*2</f>", b"<f><![CDATA[B1*2]]></f>")
    return data


def without_places(name: str, data: bytes) -> bytes:
    """Rows and cells that do not say where they are, where they follow each other."""
    if name != SHEET:
        return data
    data = data.replace(b'<row r="2" spans="1:4">', b"<row>").replace(b'<row r="1" spans="1:4">', b"<row>")
    return data.replace(b' r="A1"', b"").replace(b' r="B1"', b"")


def spaced(name: str, data: bytes) -> bytes:
    """Line breaks between all tags, and quotes of the other sort."""
    if name not in (SHEET, "xl/workbook.xml"):
        return data
    data = re.sub(rb'(?<=[\w:])="([^"\']*)"', rb"='\1'", data[data.index(b"?>") + 2 :])
    return data.replace(b"><", b">\r\n  <").replace(b">\r\n  </f>", b"></f>").replace(b"'/>", b"' />")


@pytest.mark.parametrize("change", [prefixed, strict, utf16, commented, without_places, spaced])
def test_the_same_workbook_in_other_words(book: Path, tmp_path: Path, change: Callable[[str, bytes], bytes]) -> None:
    other = rewritten(book, tmp_path / "other.xlsx", change)
    assert read(other, ["in_rate", "S!A1", "S!B2"]) == {"in_rate": 0.05, "S!A1": "Rate", "S!B2": 0.1}
    out = tmp_path / "out.xlsx"
    done = fill(
        other, out, VALUES, recalculate=lambda _: {("S", 1, 1): 0.14, ("S", 0, 3): 6.0, ("S", 5, 3): "hi & <gh>"}
    )
    assert done.recomputed == {"S": ("D1", "B2", "D6")}
    assert read(out, VALUES) == VALUES
    assert read(out, ["S!B2", "S!D1", "S!D6"]) == {"S!B2": 0.14, "S!D1": 6, "S!D6": "hi & <gh>"}
    for name in sorted(done.parts):
        etree.fromstring(part(out, name))
    if change is not strict:
        found = {at: f.replace("[CDATA[", "") for at, f in every_formula(part(out, SHEET)).items()}
        assert found == {"B2": "B1*2", "D1": "SUM(B7:B10)", "D6": 'IF(B1<0.06,"low","hi & "&"<gh>")'}


def every_formula(sheet: bytes) -> dict[str, str]:
    return formulas(etree.tostring(etree.fromstring(sheet)))


def test_the_order_of_calculation_goes_only_when_formulas_do(book: Path, tmp_path: Path) -> None:
    chain = "xl/calcChain.xml"

    def chained(name: str, data: bytes) -> bytes:
        if name == "[Content_Types].xml":
            kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
            return data.replace(
                b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="' + kind + b'"/></Types>'
            )
        if name == "xl/_rels/workbook.xml.rels":
            kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
            entry = b'<Relationship Id="rId77" Type="' + kind + b'" Target="calcChain.xml"/></Relationships>'
            return data.replace(b"</Relationships>", entry)
        return data

    source = rewritten(book, tmp_path / "chained.xlsx", chained)
    with zipfile.ZipFile(source, "a") as file:
        file.writestr(chain, f'<calcChain xmlns="{MAIN}"><c r="B2" i="1"/></calcChain>')
    kept, gone = tmp_path / "kept.xlsx", tmp_path / "gone.xlsx"
    assert chain not in fill(source, kept, {"in_rate": 1}).parts
    done = fill(source, gone, {"S!B2": 1}, over_formulas=True)
    assert {chain, "[Content_Types].xml", "xl/_rels/workbook.xml.rels"} <= set(done.parts) == changed(source, gone)
    assert chain not in zipfile.ZipFile(gone).namelist()
    assert b"calcChain" not in part(gone, "[Content_Types].xml") + part(gone, "xl/_rels/workbook.xml.rels")


def test_one_formula_for_many_cells_survives_the_loss_of_its_first(book: Path, tmp_path: Path) -> None:
    def sharing(name: str, data: bytes) -> bytes:
        one = b'<row r="20"><c r="A20"><f t="shared" ref="A20:A22" si="0">B20*$B$1</f><v>1</v></c></row>'
        more = b'<row r="%d"><c r="A%d"><f t="shared" si="0"/><v>2</v></c></row>'
        rows = one + more % (21, 21) + more % (22, 22) + b"</sheetData>"
        return data.replace(b"</sheetData>", rows) if name == SHEET else data

    source, out = rewritten(book, tmp_path / "shared.xlsx", sharing), tmp_path / "out.xlsx"
    fill(source, out, {"S!A20": 5}, over_formulas=True)
    found = formulas(part(out, SHEET))
    assert (found["A21"], found["A22"]) == ("B21*$B$1", "B22*$B$1")
    assert "A20" not in found


@pytest.mark.parametrize("answer", [None, ExcelError.NAME, float("inf")])
def test_what_an_engine_cannot_say_is_dropped(book: Path, tmp_path: Path, answer: Any) -> None:
    out = tmp_path / "out.xlsx"
    done = fill(book, out, {"in_rate": 1}, recalculate=lambda _: {("S", 1, 1): answer, ("S", 0, 3): ExcelError.NA})
    assert done.recomputed == {"S": ("D1",)}
    assert done.dropped == {"S": ("B2", "D6")}
    assert shown(out, SHEET, "B2") is None
    assert cells(part(out, SHEET))["D1"][0] == {"r": "D1", "t": "e"}


def test_a_new_cell_looks_like_its_row_or_column(tmp_path: Path) -> None:
    path, out = tmp_path / "looks.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        bold, day = made.add_format({"bold": True}), made.add_format({"num_format": "yyyy-mm-dd"})
        sheet = made.add_worksheet("S")
        sheet.set_column("B:C", 12, bold)
        sheet.set_row(4, 20, day)
        sheet.write("A1", 1)
    fill(path, out, {"S!C3": 1, "S!C5": dt.date(2026, 1, 1), "S!D3": 1, "S!A5": None})
    found = cells(part(out, SHEET))
    assert (found["C3"][0]["s"], found["C5"][0]["s"], found["D3"][0].get("s")) == ("1", "2", None)
    assert read(out, ["S!C5"]) == {"S!C5": dt.date(2026, 1, 1)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"S!B2": 1}, "S!B2, which holds a formula, and formulas are kept"),
        ({"S!A6": "x"}, "a header of the table Loans"),
        ({"in_rats": 1}, "did you mean in_rate?"),
        ({"T!A1": 1}, "names a sheet that book.xlsx has not"),
        ({"B1": 1}, "needs its sheet: write Sheet!B1"),
        ({"Loans[Balanse]": [1]}, "no column 'Balanse'; did you mean Balance?"),
        ({"Loan[Id]": [1]}, "no table 'Loan'; did you mean Loans?"),
        ({"Loans": 1}, "needs a list"),
        ({"Loans[Id]": "abc"}, "needs a list"),
        ({"Loans": [[1]]}, "row 1 of Loans has 1 values; the table has 2 columns"),
        ({"Loans": [{"Nobody": 1}]}, "no column 'Nobody'"),
        ({"Loans": [[1, 2]], "Loans[Id]": [1, 2]}, "2 values, and the rows given make 1"),
        ({"in_rate": [1, 2]}, "is one cell"),
        ({"S!A1:A3": 1}, "is 3 cells"),
        ({"S!A1:A3": [1, 2]}, "takes 3 values, got 2"),
        ({"S!A1:B2": [1, 2, 3, 4]}, "takes 2 rows of 2 values"),
        ({"in_rate": 1, "S!B1": 2}, "in_rate and S!B1 both mean S!B1"),
        ({"S!A1048577": 1}, "neither an address nor a name"),
        ({"": 1}, "has no name or table ''"),
    ],
)
def test_what_cannot_be_filled_is_said_and_nothing_written(
    book: Path, tmp_path: Path, values: dict[str, Any], said: str
) -> None:
    out = tmp_path / "out.xlsx"
    with pytest.raises(InputError) as error:
        fill(book, out, values)
    assert said in error.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_no_cells(tmp_path: Path) -> None:
    path = tmp_path / "names.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet, other = made.add_worksheet("S"), made.add_worksheet("It's T")
        for name, text in (("rate", "=0.05"), ("gone", "=S!#REF!"), ("two", "=S!$A$1,S!$B$2"), ("column", "=S!$A:$A")):
            made.define_name(name, text)
        made.define_name("S!local", "=S!$A$1")
        made.define_name("It's T!local", "='It''s T'!$A$1")
        sheet.write_array_formula("C1:C3", "{=ROW(A1:A3)}")
        sheet.merge_range("E1:F2", "m")
        other.write("A1", 1)
    for name in ("rate", "gone", "two", "column"):
        with pytest.raises(InputError, match="not for cells of one sheet"):
            fill(path, path.with_name("out.xlsx"), {name: 1})
    with pytest.raises(InputError, match="a name of several sheets"):
        fill(path, path.with_name("out.xlsx"), {"local": 1})
    with pytest.raises(InputError, match="a part of the array formula in C1:C3"):
        fill(path, path.with_name("out.xlsx"), {"S!C2": 1}, over_formulas=True)
    with pytest.raises(InputError, match="hidden under the merged cell E1:F2"):
        fill(path, path.with_name("out.xlsx"), {"S!F2": 1})
    out = path.with_name("out.xlsx")
    values = {"'It''s T'!local": 7, "S!local": 8, "S!E1": "top"}
    assert fill(path, out, values).places["'It''s T'!local"] == "It's T!A1"
    assert read(out, [*values, "S!E1:F2"]) == {**values, "S!E1:F2": "top"}


def test_a_fill_over_its_own_source(book: Path, tmp_path: Path) -> None:
    path = rewritten(book, tmp_path / "own.xlsx", lambda _, data: data)
    with pytest.raises(InputError, match="exists already"):
        fill(path, path, {"in_rate": 1})
    fill(path, path, {"in_rate": 1}, force=True)
    assert read(path, ["in_rate"]) == {"in_rate": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["own.xlsx"]
