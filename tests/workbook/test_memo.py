"""The memo: one page, its numbers those of the report and of LibreOffice."""

import datetime as dt
import re
from pathlib import Path

import openpyxl
import pytest

from tests.engines import needs_libreoffice, recalculated, shown
from tests.test_cli import run
from tests.workbook.deals import EXAMPLES, deals
from tests.workbook.opened import Opened
from tests.workbook.test_recalculation import differs
from xlmodel.deal import analyse
from xlmodel.errors import InputError
from xlmodel.workbook.memo import memo

pytestmark = needs_libreoffice

DATE = dt.date(2026, 11, 23)
DEALS = deals()
NAMES = ("case_a", "hedged and taxed", "coreweave_2025", "iren_microsoft_2026_dated", "seizure_10000_h100",
         "financing with negative cash", "given ends, no covenant, no sale")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_page_is_what_it_fetches(name: str, tmp_path: Path) -> None:
    path = memo(DEALS[name], tmp_path / "memo.xlsx", date=DATE)
    want, got = shown(path), recalculated(path)
    cells = [cell.coordinate for row in openpyxl.load_workbook(path)["Memo"].iter_rows() for cell in row
             if cell.data_type == "f"]  # fmt: skip
    assert len(cells) > 12
    apart = {at: (want.get(("Memo", at)), got.get(("Memo", at))) for at in cells}
    assert {at: both for at, both in apart.items() if differs(*both)} == {}


def test_the_page_says_what_the_analysis_says(tmp_path: Path) -> None:
    found = analyse(DEALS["case_a"])
    sheet = openpyxl.load_workbook(memo(DEALS["case_a"], tmp_path / "memo.xlsx", date=DATE), data_only=True)["Memo"]
    said = {row[i].value: row[i + 1].value for row in sheet.iter_rows(max_col=5) for i in (0, 3)}
    assert said["Lowest DSCR"] == pytest.approx(float(found.dscr.min()))
    assert said["Average DSCR"] == pytest.approx(float(found.dscr.mean()))
    assert said["Debt over CFADS of the first year"] == pytest.approx(28e6 / float(found.cfads[:4].sum()))
    assert said["At closing, on cost"] == pytest.approx(0.8)
    assert said["Highest, on market value"] == pytest.approx(float(found.ltv_adjusted.max()))
    # The first of all covenants to break is the one that looks a year ahead.
    assert said["First covenant default"] == dt.datetime(2026, 9, 30)
    assert said["Owed beyond the market value from"] == dt.datetime(2026, 6, 30)
    words = " ".join(str(row[0].value) for row in sheet.iter_rows(max_row=20) if row[0].value)
    assert found.verdict[0][:60] in words


@pytest.mark.parametrize("name", ["coreweave_facilities_2025", "gpu_borrowing_base"])
def test_the_pdf_is_one_page(name: str, tmp_path: Path) -> None:
    paper = memo(EXAMPLES / f"{name}.toml", tmp_path / "memo.pdf", date=DATE).read_bytes()
    assert paper.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_its_charts_say_what_they_show(tmp_path: Path) -> None:
    book = Opened(memo(DEALS["case_a"], tmp_path / "memo.xlsx", date=DATE))
    own = {name: text for name, text in book.charts.items() if name.startswith("Memo: ")}
    assert len(own) == 2
    assert all(len(text) > 40 for text in own.values())


def test_what_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"out must end in \.pdf or \.xlsx, got memo\.docx"):
        memo(DEALS["case_a"], tmp_path / "memo.docx")
    file = str(EXAMPLES / "case_a.toml")
    assert run("memo", file, "-o", str(tmp_path / "memo.xlsx")).exit_code == 0
    again = run("memo", file, "-o", str(tmp_path / "memo.xlsx"))
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["memo.xlsx"]
