"""formualizer shows what Python says: every function and every input, and whole files through `opened`."""

from pathlib import Path
from typing import Any

import formualizer as engine
import pytest
import xlsxwriter

from tests.engines import recalculated
from tests.host.questions import Placed, expected, placed, questions, same
from xlmodel.errors import ExcelError, InfeasibleError
from xlmodel.functions import CATALOGUE, Record
from xlmodel.host import formualizer
from xlmodel.host.differences import DIFFERENCES, FORMUALIZER
from xlmodel.ooxml.stored_form import Host, retarget


@pytest.mark.parametrize("record", CATALOGUE.values(), ids=lambda r: r.name)
def test_formualizer_shows_what_python_says(record: Record) -> None:
    workbook = engine.Workbook()
    formualizer.register(workbook)
    workbook.add_sheet("S")

    def put(row: int, column: int, cell: Any) -> None:
        if isinstance(cell, ExcelError) or cell == "":
            workbook.set_formula("S", row, column, f"={cell or chr(34) * 2}")
        elif cell is not None:
            workbook.set_value("S", row, column, cell)

    asked: list[Placed] = []
    for question, places in placed(FORMUALIZER, record, "S", put):
        asked.append(question)
        formula = formualizer.explicit(f"={question.question.formula(question.question.record.name, places)}")
        workbook.set_formula("S", question.row, question.column, formula)
    workbook.evaluate_all()
    wrong = []
    for q in asked:
        answer = expected(FORMUALIZER, q.question)
        for i in range(q.rows):
            for j in range(q.columns):
                wanted = answer[i][j] if i < len(answer) and j < len(answer[0]) else None
                got = formualizer.decode(workbook.get_value("S", q.row + i, q.column + j))
                if not same(got, wanted):
                    wrong.append(f"{q.question}, cell {i + 1} x {j + 1}: formualizer {got!r}, Python {wanted!r}")
    assert not wrong, "\n".join(wrong)


def _written(folder: Path) -> Path:
    """A file with an argument left out, and an array formula over cells that hold cached values."""
    path = folder / "asked.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet("S")
        page.write_row("A1", [200.0, 100.0, 50.0])
        page.write_row("A2", [100.0, 100.0, 100.0])
        page.write_formula("A4", "=XLMODEL_COLLATERAL_VALUE(35000,2,0.5,,,,0.5)")
        page.write_formula("A5", "=XLMODEL_DSCR_LTM({1,2,3,4},{2,2,2,2},,,4)")
        page.write_array_formula("A6:C6", "{=XLMODEL_DSCR(A1:C1,A2:C2)}", None, -1)
        page.write_dynamic_array_formula("A8:C8", "=XLMODEL_DSCR(A1:C1,A2:C2)", None, -1)
        page.write_formula("A10", "=1/0")
        page.write_boolean("A11", True)
    return path


# By hand: 35000 / 2 on first use, halved twice; (1 + 2 + 3 + 4) / (2 + 2 + 2 + 2); 200 / 100, 100 / 100, 50 / 100.
ANSWERS = {
    "A4": 4375.0,
    "A5": 1.25,
    **{f"{c}{row}": value for row in (6, 8) for c, value in zip("ABC", (2.0, 1.0, 0.5), strict=True)},
    "A10": ExcelError.DIV0,
    "A11": True,
}


def test_a_file_is_calculated_as_excel_would(tmp_path: Path) -> None:
    found = recalculated(_written(tmp_path), "formualizer")
    assert {at: found["S", at] for at in ANSWERS} == ANSWERS


@pytest.mark.parametrize("host", list(Host))
def test_a_file_for_any_host_is_calculated(host: Host, tmp_path: Path) -> None:
    """Not as its IFERROR would have it: an unknown spelling would be #NAME?, and turn into n/a without a word."""
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx") as book:
        sheet = book.add_worksheet("S")
        sheet.write_formula("A1", '=IFERROR(XLMODEL_LTV(20,35),"n/a")')
        sheet.write_array_formula("A2:B2", '{=IFERROR(XLMODEL_DSCR({2,1},{1,1}),"n/a")}', None, -1)
    retarget(tmp_path / "plain.xlsx", host, tmp_path / "spelled.xlsx")
    content = (tmp_path / "spelled.xlsx").read_bytes()
    assert formualizer.calculated(content) == {("S", 0, 0): 20 / 35, ("S", 1, 0): 2.0, ("S", 1, 1): 1.0}


@pytest.mark.parametrize(
    "formula", ['IFERROR(BDP("X","PX_LAST"),0)', "IFERROR([2]!PRICE(1),0)", "IFERROR([2]Sheet1!A1,0)", "MyMacro(1)"]
)
def test_what_the_engine_does_not_know_is_no_number(formula: str, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet("S").write_formula("A1", f"={formula}")
    with pytest.raises(InfeasibleError, match="formualizer"):
        formualizer.calculated((tmp_path / "book.xlsx").read_bytes())


def _only_registered(path: Path) -> Any:
    workbook = engine.Workbook.from_path(str(path))
    formualizer.register(workbook)
    workbook.evaluate_all()
    return workbook


# What happens to a file that was not opened with `opened`: the cell, and what formualizer shows there.
UNOPENED = {
    "two commas with nothing between, in a workbook that was only registered": (5, 1, "Num"),
    "an array formula over several cells, in a workbook that was only registered": (6, 1, "Spill"),
}


@pytest.mark.parametrize("difference", [d for d in DIFFERENCES if d.host == FORMUALIZER], ids=lambda d: d.input)
def test_a_difference_still_occurs(difference: Any, tmp_path: Path) -> None:
    if difference.change is not None:
        assert any(
            expected(FORMUALIZER, q) != expected(FORMUALIZER, q, without=difference)
            for record in CATALOGUE.values()
            for q in questions(record)
        ), "no input shows it"
        return
    row, column, shows = UNOPENED[difference.input]
    found = _only_registered(_written(tmp_path)).get_value("S", row, column)
    assert (found["kind"] if isinstance(found, dict) else found) == shows


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("=XLMODEL_DSCR(A1,,2)", "=XLMODEL_DSCR(A1,?,2)"),
        ("=XLMODEL_DSCR(A1,)", "=XLMODEL_DSCR(A1,?)"),
        ("=XLMODEL_DSCR(,A1, )", "=XLMODEL_DSCR(?,A1, ?)"),
        ("=xlmodel_dscr(A1,,2)", "=xlmodel_dscr(A1,?,2)"),
        ("=XLMODEL_VERSION()", "=XLMODEL_VERSION()"),
        ("=IF(A1,,2)", "=IF(A1,,2)"),
        ("=IF(A1,XLMODEL_DSCR(A1,,2),)", "=IF(A1,XLMODEL_DSCR(A1,?,2),)"),
        ("=XLMODEL_DSCR(IF(A1,,2),,(A2),)", "=XLMODEL_DSCR(IF(A1,,2),?,(A2),?)"),
        ("=XLMODEL_DSCR({1,2;3,4},(A1,B1),)", "=XLMODEL_DSCR({1,2;3,4},(A1,B1),?)"),
        ('=XLMODEL_DSCR(",,",-A1%,)', '=XLMODEL_DSCR(",,",-A1%,?)'),
        ("=XLMODEL_DSCR('a,b'!A1,,1)+A2", "=XLMODEL_DSCR('a,b'!A1,?,1)+A2"),
        ("=MY_XLMODEL_DSCR(A1,,2)", "=MY_XLMODEL_DSCR(A1,,2)"),
    ],
)
def test_what_is_left_out_is_spelled_out(written: str, told: str) -> None:
    assert formualizer.explicit(written) == told.replace("?", '"\ue000omitted"')


def test_every_error_is_an_error() -> None:
    workbook = engine.Workbook()
    workbook.add_sheet("S")
    for i, error in enumerate(ExcelError):
        workbook.set_formula("S", i + 1, 1, f"={error}")
    workbook.evaluate_all()
    assert [formualizer.decode(workbook.get_value("S", i + 1, 1)) for i in range(len(ExcelError))] == list(ExcelError)
