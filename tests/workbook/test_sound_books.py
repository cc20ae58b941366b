"""Comparison, memo and portfolio as files: valid, without merged cells, every chart with words read in its place."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from tests.workbook.deals import EXAMPLES
from tests.workbook.opened import Opened, balanced
from xlmodel.workbook.comparison import comparison
from xlmodel.workbook.memo import memo
from xlmodel.workbook.portfolio import portfolio

DATE = dt.date(2026, 11, 23)
TWO = [EXAMPLES / "case_a.toml", EXAMPLES / "iren_microsoft_2026.toml"]
BOOKS: dict[str, Callable[[Path], Path]] = {
    "comparison": lambda out: comparison(TWO, out, date=DATE),
    "comparison, values": lambda out: comparison(TWO, out, date=DATE, values=True),
    "memo": lambda out: memo(TWO[0], out, date=DATE),
    "portfolio": lambda out: portfolio(EXAMPLES / "tape" / "loans.csv", out, date=DATE, sheets=5),
}


@pytest.mark.parametrize("name", BOOKS)
def test_the_file_is_sound(name: str, tmp_path: Path) -> None:
    path = BOOKS[name](tmp_path / "book.xlsx")
    found = OpenXmlValidator(file_format=FileFormat.OFFICE_2019).validate(str(path))
    assert found.is_valid, [error.description for error in found.errors][:5]
    opened = Opened(path)
    assert opened.errors == []
    assert opened.without_value == []
    assert opened.styles_out_of_range == []
    assert opened.merged == []
    assert all(balanced(formula) for formula in opened.formulas.values())
    assert len(opened.charts) >= 2
    assert all(len(text) > 40 for text in opened.charts.values())
    assert all(len(sheet) <= 31 for sheet in opened.sheets)
    assert BOOKS[name](tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
