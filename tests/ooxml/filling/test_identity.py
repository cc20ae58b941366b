"""What was filled is what is read back, whatever it is and wherever it goes."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ooxml.filling.compared import part
from xlmodel.errors import NO_DEBT_SERVICE, ExcelError, InputError, cell_error
from xlmodel.ooxml.filling import fill, read
from xlmodel.ooxml.package import Package

QUICK = settings(max_examples=60, deadline=None)
FIRST = {False: dt.date(1900, 1, 1), True: dt.date(1904, 1, 1)}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def moments(epoch_1904: bool) -> st.SearchStrategy[dt.datetime]:
    """Times to the thousandth of a second, as Excel has them."""
    first = dt.datetime.combine(FIRST[epoch_1904], dt.time())
    found = st.datetimes(first, dt.datetime(9999, 12, 31, 23, 59, 59))
    return found.map(lambda m: m.replace(microsecond=m.microsecond // 1000 * 1000))


def scalars(epoch_1904: bool) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        st.dates(FIRST[epoch_1904]),
        moments(epoch_1904),
        TEXT,
        st.sampled_from(["=1+1", "+1", "-1", "@A1", "_x0041_", " a ", "a\r\nb", "\x00\x1f", "'", "&lt;", "😀", ""]),
    )


@pytest.fixture(scope="module", params=[False, True], ids=["1900", "1904"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    """A workbook with a cell, a row, a column, a block and two tables, one of them with nothing below it."""
    path = tmp_path_factory.mktemp("plain") / "plain.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": request.param}) as made:
        sheet = made.add_worksheet("It's A & B")
        sheet.write("A1", "a text, so that there is a table of them")
        for name, cells in (("one", "$B$1"), ("down", "$D$1:$D$5"), ("across", "$F$1:$J$1"), ("block", "$F$3:$H$4")):
            made.define_name(name, f"='It''s A & B'!{cells}")
        columns = [{"header": "A"}, {"header": "B & [b]"}, {"header": "C"}]
        sheet.add_table("A10:C12", {"name": "Bare", "columns": columns})
        calculated = {"header": "Twice", "formula": "=2*3"}
        total = {"header": "T", "total_function": "count"}
        sheet.add_table(
            "E10:G12", {"name": "Summed", "columns": [{"header": "S"}, calculated, total], "total_row": True}
        )
        sheet.write("E14", "below")
    return path, request.param


@QUICK
@given(data=st.data())
def test_places_of_every_shape(book: tuple[Path, bool], data: st.DataObject) -> None:
    path, epoch = book
    one = scalars(epoch)
    row = st.lists(one, min_size=5, max_size=5)
    values = {
        "one": data.draw(one),
        "down": data.draw(row),
        "across": data.draw(row),
        "block": data.draw(st.lists(st.lists(one, min_size=3, max_size=3), min_size=2, max_size=2)),
        "'It''s A & B'!B7": data.draw(one),
    }
    same(path, values)


@QUICK
@given(data=st.data())
def test_tables_of_every_size(book: tuple[Path, bool], data: st.DataObject) -> None:
    path, epoch = book
    rows = data.draw(st.lists(st.lists(scalars(epoch), min_size=3, max_size=3), max_size=12))
    pairs = data.draw(st.lists(st.lists(scalars(epoch), min_size=2, max_size=2), max_size=12))
    # A table whose only row is blank is one without rows.
    rows = [] if len(rows) == 1 and rows[0] == [None] * 3 else rows
    pairs = [] if len(pairs) == 1 and pairs[0] == [None] * 2 else pairs
    got = same(path, {"Bare": rows, "Summed": pairs, "'it''s a & b'!a1": "x"})
    below = read(got, ["Summed[Twice]", f"'It''s A & B'!E{13 + max(len(pairs), 1)}"])
    assert len(below["Summed[Twice]"]) == max(len(pairs), 1)
    assert list(below.values())[1] == "below"


@QUICK
@given(values=st.lists(scalars(False), max_size=9))
def test_a_column_makes_its_table_longer_and_never_shorter(book: tuple[Path, bool], values: list[Any]) -> None:
    path, epoch = book
    out = path.with_name("column.xlsx")
    if epoch:
        values = [v for v in values if not isinstance(v, dt.date) or v.year > 1904]
    fill(path, out, {"Bare[B & '[b']]": values}, force=True)
    got = read(out, ["Bare[b & [b]]"])["Bare[b & [b]]"]
    assert_same(got, values + [None] * (2 - len(values)))


@pytest.mark.parametrize("text", ["x" * 32767, "😀" * 16383 + "a", " " * 32767, "=" * 32767])
def test_the_longest_texts(book: tuple[Path, bool], text: str) -> None:
    same(book[0], {"one": text})


@pytest.mark.parametrize("text", ["x" * 32768, "😀" * 16384])
def test_longer_texts_are_refused(book: tuple[Path, bool], text: str) -> None:
    with pytest.raises(InputError, match="32768 letters; a cell holds 32767"):
        fill(book[0], book[0].with_name("long.xlsx"), {"one": text})


def test_undefined_numbers_are_the_errors_they_stand_for(book: tuple[Path, bool]) -> None:
    out = book[0].with_name("undefined.xlsx")
    fill(book[0], out, {"down": [NO_DEBT_SERVICE.nan, math.nan, None, 1, 2]}, force=True)
    got = read(out, ["down"])["down"]
    assert [cell_error(ExcelError.DIV0).nan.hex(), math.nan.hex()] == [x.hex() for x in got[:2]]
    assert b'<c r="D1" t="e"><v>#DIV/0!</v></c>' in part(out, "xl/worksheets/sheet1.xml")


# Serial numbers as Excel has them: day 59 is 28 February 1900, 61 the day after, as Excel counts a day between.
@pytest.mark.parametrize(
    ("day", "epoch_1904", "number"),
    [
        (dt.date(1900, 1, 1), False, b"1"),
        (dt.date(1900, 2, 28), False, b"59"),
        (dt.date(1900, 3, 1), False, b"61"),
        (dt.date(2008, 1, 1), False, b"39448"),
        (dt.datetime(2008, 1, 1, 12), False, b"39448.5"),
        (dt.date(9999, 12, 31), False, b"2958465"),
        (dt.date(1904, 1, 1), True, b"0"),
        (dt.date(2008, 1, 1), True, b"37986"),
    ],
)
def test_dates_are_the_numbers_excel_gives_them(day: dt.date, epoch_1904: bool, number: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": epoch_1904}) as made:
        made.add_worksheet("S")
    fill(path, out, {"S!A1": day})
    assert b"<v>" + number + b"</v>" in part(out, "xl/worksheets/sheet1.xml")
    assert read(out, ["S!A1"]) == {"S!A1": day}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (math.inf, "infinite"),
        (2**53 + 1, "which Excel rounds: give it as text"),
        ("\ud800", "half of a letter"),
        (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "time zone"),
        (dt.date(1899, 12, 31), "a day before"),
        (object(), "would hold a object"),
        ([1, 2], "is one cell"),
    ],
)
def test_what_no_cell_holds_is_refused(book: tuple[Path, bool], value: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        fill(book[0], book[0].with_name("never.xlsx"), {"one": value})
    assert not book[0].with_name("never.xlsx").exists()


def test_a_table_of_a_hundred_thousand_rows(book: tuple[Path, bool], tmp_path: Path) -> None:
    rows = [[f"loan {i % 1000}", i * 0.5, None if i % 3 else i] for i in range(100_000)]
    out = tmp_path / "large.xlsx"
    done = fill(book[0], out, {"Bare": rows})
    assert done.resized["Bare"] == "A10:C100010"
    assert read(out, ["Bare"])["Bare"] == rows


def test_a_workbook_without_shared_texts_keeps_them_in_the_cells(tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet("S").write("A1", 1)
    assert "xl/sharedStrings.xml" not in Package.open(path)
    assert fill(path, out, {"S!A1": " a\nb"}).parts == ("xl/worksheets/sheet1.xml",)
    assert read(out, ["S!A1"]) == {"S!A1": " a\nb"}


def same(path: Path, values: dict[str, Any]) -> Path:
    out = path.with_name("filled.xlsx")
    fill(path, out, values, force=True)
    assert_same(read(out, values), values)
    return out


def assert_same(got: Any, want: Any) -> None:
    """Equal, and of one kind: True is not 1, and a day is not a time."""
    if isinstance(want, dict):
        assert list(got) == list(want)
        for key in want:
            assert_same(got[key], want[key])
    elif isinstance(want, list):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_same(one, other)
    else:
        assert got == want
        assert type(got) is type(want) or {type(got), type(want)} == {int, float}
