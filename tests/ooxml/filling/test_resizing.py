"""Tables that grow and shrink, and what around them follows, moves, stays, or stands in the way."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import needs_libreoffice, recalculated
from tests.ooxml.filling.compared import audited, cells, formulas, part
from tests.ooxml.filling.test_manners import rewritten
from xlmodel.errors import InputError
from xlmodel.host import formualizer
from xlmodel.ooxml.filling import fill, read
from xlmodel.ooxml.filling.book import Area
from xlmodel.ooxml.filling.following import Resized
from xlmodel.ooxml.filling.references import moved

SHEET = "xl/worksheets/sheet1.xml"
BELOW = "xl/worksheets/sheet2.xml"


def made(path: Path, **options: Any) -> Path:
    """A table of two columns and three rows in B3:C6, or B3:C7 with totals; a number and formulas below and beside."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, other = book.add_worksheet("S"), book.add_worksheet("Other one")
        columns = [{"header": "Id"}, {"header": "Sum", "total_function": "sum"}]
        data = [["a", 1], ["b", 2], ["c", 3]]
        total = options.get("total", False)
        sheet.add_table(
            "B3:C7" if total else "B3:C6", {"name": "T", "columns": columns, "data": data, "total_row": total}
        )
        if total:
            sheet.write_formula("C7", "=SUBTOTAL(109,T[Sum])", None, 6)
        if options.get("below", True):
            sheet.write("B9", 100)
            sheet.write_formula("C9", "=B9+C5", None, 102)
        sheet.write("A9", 7)
        sheet.write("D9", 8)
        texts = ["=S!B9", "=SUM(S!C4:C6)", "=SUM(S!C4:C5)", "=SUM(S!A9:D9)", "=SUM(S!$C$3:$C$6)", "=S!C6", "=S!A9+S!D9"]
        texts += ["=SUM(S!C5:C9)", "=COUNT(S!C:C)", *options.get("texts", ["=SUM(S!C6:C4)"])]
        for row, text in enumerate(texts, 1):
            other.write_formula(f"A{row}", text)
        book.define_name("whole", "=S!$C$4:$C$6")
        book.define_name("below", "=S!$B$9")
        for name, cell in options.get("more", ()):
            getattr(sheet, name)(*cell)
    return path


def test_free_cells_below_are_taken_and_nothing_moves(tmp_path: Path) -> None:
    path, out = made(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    done = fill(path, out, {"T": [["x", i] for i in range(5)], "S!A9": 70})
    assert done.resized == {"T": "B3:C8"}
    assert formulas(part(out, BELOW)) == {
        "A1": "S!B9", "A2": "SUM(S!C4:C8)", "A3": "SUM(S!C4:C5)", "A4": "SUM(S!A9:D9)", "A5": "SUM(S!$C$3:$C$8)",
        "A6": "S!C6", "A7": "S!A9+S!D9", "A8": "SUM(S!C5:C9)", "A9": "COUNT(S!C:C)", "A10": "SUM(S!C8:C4)",
    }  # fmt: skip
    assert read(out, ["below", "whole", "S!A9"]) == {"below": 100, "whole": [0, 1, 2, 3, 4], "S!A9": 70}
    assert audited(out) == []


def test_cells_in_the_way_move_down_in_the_columns_of_the_table(tmp_path: Path) -> None:
    path, out = made(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    # Seven rows reach to row 10, over B9: four rows more for all below, the key of a moved cell with them.
    done = fill(path, out, {"T": [["x", i] for i in range(7)], "S!B9": 200, "S!A9": 70})
    assert done.resized == {"T": "B3:C10"}
    assert done.places["S!B9"] == "S!B13"
    assert formulas(part(out, SHEET)) == {"C13": "B13+C5"}
    assert formulas(part(out, BELOW)) == {
        "A1": "S!B13", "A2": "SUM(S!C4:C10)", "A3": "SUM(S!C4:C5)", "A4": "SUM(S!A9:D9)", "A5": "SUM(S!$C$3:$C$10)",
        "A6": "S!C6", "A7": "S!A9+S!D9", "A8": "SUM(S!C5:C13)", "A9": "COUNT(S!C:C)", "A10": "SUM(S!C10:C4)",
    }  # fmt: skip
    assert read(out, ["below", "S!A9", "S!D9"]) == {"below": 200, "S!A9": 70, "S!D9": 8}
    assert audited(out) == []


def test_a_table_with_totals_shrinks_and_all_below_moves_up(tmp_path: Path) -> None:
    path, out = made(tmp_path / "a.xlsx", total=True), tmp_path / "b.xlsx"
    # C9 looks at C5, which would go.
    with pytest.raises(InputError, match=r"cannot lose rows: S!C5 is referred to"):
        fill(path, out, {"T": [["x", 9]]})
    # Two rows stay: C6 goes, to which A6 of the other sheet refers, so that goes first.
    fill(path, out, {"'Other one'!A6": None}, over_formulas=True)
    done = fill(out, out, {"T": [["x", 9], ["y", 8]]}, force=True)
    assert done.resized == {"T": "B3:C6"}
    assert formulas(part(out, SHEET)) == {"C6": "SUBTOTAL(109,T[Sum])", "C8": "B8+C5"}
    assert formulas(part(out, BELOW)) == {
        "A1": "S!B8", "A2": "SUM(S!C4:C5)", "A3": "SUM(S!C4:C5)", "A4": "SUM(S!A9:D9)", "A5": "SUM(S!$C$3:$C$5)",
        "A7": "S!A9+S!D9", "A8": "SUM(S!C5:C8)", "A9": "COUNT(S!C:C)", "A10": "SUM(S!C5:C4)",
    }  # fmt: skip
    assert read(out, ["below", "whole", "T"]) == {"below": 100, "whole": [9, 8], "T": [["x", 9], ["y", 8]]}
    assert audited(out) == []


def test_a_table_of_no_rows_keeps_one_that_is_blank(tmp_path: Path) -> None:
    path, out = made(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    done = fill(path, out, {"T": []})
    assert done.resized == {"T": "B3:C4"}
    assert read(out, ["T", "S!B4:C6", "below"]) == {"T": [], "S!B4:C6": [[None, None]] * 3, "below": 100}
    assert read_again(out, {"T": [["q", 1]]}) == {"T": [["q", 1]]}


def test_rows_by_header_leave_other_columns_alone(tmp_path: Path) -> None:
    path, out = made(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    fill(path, out, {"T": [{"sum": 10}, {"Sum": 20}, {"SUM": 30}, {"Sum": 40}]})
    assert read(out, ["T"]) == {"T": [["a", 10], ["b", 20], ["c", 30], [None, 40]]}


def test_the_way_up_and_down_with_two_tables_side_by_side_and_one_below(tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        for name, place in (("Left", "A1:B3"), ("Right", "D1:E3"), ("Low", "A6:B8")):
            sheet.add_table(
                place, {"name": name, "columns": [{"header": "x"}, {"header": "y"}], "data": [[1, 2], [3, 4]]}
            )
        sheet.write("D6", "right below")
        sheet.write_formula("G1", "=SUM(Low[y])", None, 6)
        sheet.write_formula("G2", "=SUM(B7:B8)+D6", None, 6)
    rows = [[i, i] for i in range(9)]
    done = fill(path, out, {"Left": rows, "Right": rows[:3], "Low": rows[:4], "S!D6": "still here"})
    assert done.resized == {"Left": "A1:B10", "Right": "D1:E4", "Low": "A13:B17"}
    assert read(out, ["Left", "Right", "Low"]) == {"Left": rows, "Right": rows[:3], "Low": rows[:4]}
    assert formulas(part(out, SHEET))["G2"] == "SUM(B14:B17)+D6"
    assert done.places["S!D6"] == "S!D6"
    assert audited(out) == []


OBSTACLES = [
    ("merge_range", ("C12:D12", "m"), "the merged cell C12:D12"),
    ("add_table", ("C15:D17", {"name": "U"}), "the table U below"),
    ("write_comment", ("B9", "words"), "the comment at B9"),
    ("write_array_formula", ("C12:D12", "{=A1:B1}"), "the array formula in C12:D12"),
    ("autofilter", ("B14:D20",), "the filter on B14:D20"),
]


@pytest.mark.parametrize(("method", "arguments", "said"), OBSTACLES)
def test_what_stands_in_the_way_is_said(tmp_path: Path, method: str, arguments: Any, said: str) -> None:
    path, out = made(tmp_path / "a.xlsx", more=[(method, arguments)]), tmp_path / "b.xlsx"
    with pytest.raises(InputError, match=said):
        fill(path, out, {"T": [["x", i] for i in range(9)]})
    assert not out.exists()
    # Beside the table it stands in nobody's way, and above it neither.
    fill(path, out, {"T": [["x", i] for i in range(5)]})


def test_what_moves_along(tmp_path: Path) -> None:
    more = [
        ("merge_range", ("B12:C12", "m")),
        ("write_url", ("B14", "https://example.com")),
        ("write_array_formula", ("B16:B17", "{=C4:C5*2}")),
        ("data_validation", ("B9", {"validate": "decimal", "criteria": ">", "value": "=B14"})),
        ("conditional_format", ("B9:C9", {"type": "formula", "criteria": "=$C$9>1"})),
        ("conditional_format", ("A5:E9", {"type": "blanks"})),
        ("data_validation", ("C4:C6", {"validate": "list", "source": "=$B$4:$B$6"})),
    ]
    path, out = made(tmp_path / "a.xlsx", more=more), tmp_path / "b.xlsx"
    fill(path, out, {"T": [["x", i] for i in range(13)]})  # ten rows more
    sheet = part(out, SHEET)
    for said in (
        b'<mergeCell ref="B22:C22"/>', b'<hyperlink ref="B24"', b'ref="B26:B27">C4:C5*2<', b'sqref="B19"',
        b"<formula1>B24</formula1>", b'sqref="B19:C19"', b"<formula>$C$19&gt;1</formula>", b'sqref="C4:C16"',
        b"<formula1>$B$4:$B$16</formula1>",
    ):  # fmt: skip
        assert said in sheet
    assert cells(sheet)["B24"][0] == {"r": "B24", "s": "1", "t": "s"}
    assert audited(out) == audited(path)


def test_a_formula_shared_by_cells_that_move_and_cells_that_stay(tmp_path: Path) -> None:
    def sharing(name: str, data: bytes) -> bytes:
        first = b'<c r="C9"><f t="shared" ref="C9:D9" si="0">B9+B$4</f><v>1</v></c>'
        first += b'<c r="D9"><f t="shared" si="0"/><v>2</v></c>'
        start, end = data.find(b'<c r="C9">'), data.find(b"</row>", data.find(b'<c r="C9">'))
        return data[:start] + first + data[end:] if name == SHEET else data

    path, out = rewritten(made(tmp_path / "a.xlsx"), tmp_path / "s.xlsx", sharing), tmp_path / "b.xlsx"
    fill(path, out, {"T": [["x", i] for i in range(7)]})
    assert formulas(part(out, SHEET)) == {"C13": "B13+B$4", "D9": "C13+C$4"}


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 4), st.integers(-3, 6), st.booleans(),
    st.integers(1, 14), st.integers(0, 6), st.integers(1, 5), st.integers(0, 3),
)  # fmt: skip
def test_a_reference_follows_its_cells(
    height: int, rows: int, totals: bool, top: int, tall: int, left: int, wide: int
) -> None:
    """Cells are numbered, moved as a list would, and the reference must hold the numbers it held and new ones only."""
    rows = max(rows, 1 - height)
    data = Area(3, 2, 2 + height, 3)
    before = Area(2, 2, 2 + height + totals, 3)
    done = Resized("T", "S", before, Area(2, 2, before.bottom + rows, 3), data, True)
    cells_of = Area(top, left, top + tall, left + wide)
    column = [*range(1, 41)]
    new = [*column[: data.bottom], *["new"] * rows, *column[data.bottom :]] if rows > 0 else (
        [*column[: data.bottom + rows], *column[data.bottom :]])  # fmt: skip
    inside = data.left <= cells_of.left and cells_of.right <= data.right
    held = column[cells_of.top - 1 : cells_of.bottom]
    try:
        after = done.moved(cells_of, True)
    except InputError:
        assert inside
        assert not [n for n in held if n in new]
        return
    if not inside:
        assert after == cells_of
        return
    shown = new[after.top - 1 : after.bottom]
    assert [n for n in shown if n != "new"] == [n for n in held if n in new]


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ('"B9 "&B9', '"B9 "&B13'),
        ("'S'!B9+s!$B$9", "'S'!B13+s!$B$13"),
        ("'It''s S'!B9+[1]S!B9+'[2]S'!B9", "'It''s S'!B9+[1]S!B9+'[2]S'!B9"),
        ("Q1:S!B9+B9#", "Q1:S!B9+B13#"),
        ("LOG10(B9)+B9B+in_B9+T[B9]+T[[#This Row],[B9]]", "LOG10(B13)+B9B+in_B9+T[B9]+T[[#This Row],[B9]]"),
        ("B9:INDEX(B:B,9)", "B13:INDEX(B:B,9)"),
        ("B9 C9,9:9", "B13 C13,9:9"),
        ("@B9%*-B9^2", "@B13%*-B13^2"),
        ("T['[B9']]&B9", "T['[B9']]&B13"),
        ("XFD9+XFE9", "XFD9+XFE9"),
    ],
)
def test_references_in_formulas_of_every_form(formula: str, after: str) -> None:
    done = Resized("T", "S", Area(3, 2, 6, 3), Area(3, 2, 10, 3), Area(4, 2, 6, 3), True)
    assert moved(formula, "S", True, done.moved) == after


@pytest.mark.parametrize("engine", [pytest.param("libreoffice", marks=needs_libreoffice), "formualizer"])
def test_numbers_below_are_the_same_after_the_table_grew(tmp_path: Path, engine: str) -> None:
    total = engine == "libreoffice"  # formualizer knows no SUBTOTAL of a table's column
    path, out = made(tmp_path / "a.xlsx", total=total, texts=["=SUM(whole)"]), tmp_path / "b.xlsx"
    rows = [["a", 1], ["b", 2], ["c", 3], *[["new", 10]] * 6]
    fill(path, out, {"T": rows}, recalculate=formualizer.calculated)
    before, after = recalculated(path, engine), recalculated(out, engine)
    # What looks at cells below or at some cells of the table sees what it saw; whole columns see 60 more.
    same = [1, 3, 6, 7]
    assert [after["Other one", f"A{i}"] for i in same] == [before["Other one", f"A{i}"] for i in same]
    assert [after["Other one", f"A{i}"] for i in (2, 5, 10)] == [6 + 60] * 3
    assert before["Other one", "A1"] == 100


def read_again(path: Path, values: dict[str, Any]) -> dict[str, Any]:
    fill(path, path, values, force=True)
    return read(path, values)


def test_an_engine_that_cannot_calculate_is_told_of(tmp_path: Path) -> None:
    # A range written from its last cell to its first is none to formualizer.
    path, out = made(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    done = fill(path, out, {"below": 1}, recalculate=formualizer.calculated)
    assert done.recomputed == {}
    assert done.dropped.keys() == {"S", "Other one"}
    assert "formualizer cannot calculate" in done.notes[0]


def test_a_table_that_waits_for_its_first_row(tmp_path: Path) -> None:
    def waiting(name: str, data: bytes) -> bytes:
        return data.replace(b'displayName="T"', b'displayName="T" insertRow="1"') if "tables" in name else data

    plain = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(plain)) as book:
        book.add_worksheet("S").add_table("B3:C4", {"name": "T", "columns": [{"header": "Id"}, {"header": "Sum"}]})
    path, out = rewritten(plain, tmp_path / "w.xlsx", waiting), tmp_path / "b.xlsx"
    assert read(path, ["T"]) == {"T": []}
    assert "xl/tables/table1.xml" in fill(path, out, {"T": [["a", 1]]}).parts
    assert b"insertRow" not in part(out, "xl/tables/table1.xml")
    assert read(out, ["T"]) == {"T": [["a", 1]]}
    assert audited(out) == []


def test_a_table_without_headers(tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.add_table("B3:C4", {"name": "T", "header_row": False, "data": [[1, 2], [3, 4]]})
        sheet.write_formula("E1", "=SUM(C3:C4)", None, 6)
        sheet.write_formula("E2", "=SUM(C2:C4)", None, 6)
    fill(path, out, {"T": [[1, 2], [3, 4], [5, 6]]})
    assert formulas(part(out, SHEET)) == {"E1": "SUM(C3:C5)", "E2": "SUM(C2:C4)"}
    assert read(out, ["T[Column2]"]) == {"T[Column2]": [2, 4, 6]}
    assert audited(out) == []


@pytest.mark.parametrize("name", ["ÜBERSICHT", "Größe & Co's", "概要"])
@pytest.mark.parametrize("numbered", [False, True])
def test_sheets_with_letters_of_other_languages(tmp_path: Path, name: str, numbered: bool) -> None:
    def by_number(_: str, data: bytes) -> bytes:
        return data.decode().encode("ascii", "xmlcharrefreplace") if numbered else data

    plain = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(plain)) as book:
        sheet, other = book.add_worksheet(name), book.add_worksheet("S")
        sheet.add_table("B3:C4", {"name": "T", "columns": [{"header": "Größe"}, {"header": "Sum"}], "data": [[1, 2]]})
        quoted = "'" + name.replace("'", "''") + "'"
        other.write_formula("A1", f"=SUM({quoted}!C4:C4)", None, 2)
    path, out = rewritten(plain, tmp_path / "n.xlsx", by_number), tmp_path / "b.xlsx"
    done = fill(path, out, {"T": [[1, 2], [3, 4]], f"{quoted}!a1": "Ü"})
    assert done.dropped == {"S": ("A1",)}
    assert formulas(part(out, BELOW)) == {"A1": f"SUM({quoted}!C4:C5)"}
    assert read(out, ["T[GRÖSSE]", f"{quoted}!A1"]) == {"T[GRÖSSE]": [1, 3], f"{quoted}!A1": "Ü"}
