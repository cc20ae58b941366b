"""A portfolio against LibreOffice and the engine, its formulas alive, its bad rows named."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from tests.engines import needs_libreoffice, recalculated, shown
from tests.test_cli import run
from tests.workbook.test_recalculation import differs
from xlmodel.deal.tape import Tape, analyse_tape
from xlmodel.errors import InputError
from xlmodel.workbook.portfolio import portfolio

pytestmark = needs_libreoffice

DATE = dt.date(2026, 11, 23)
TAPE = Path(__file__).resolve().parents[2] / "examples" / "tape" / "loans.csv"
LOANS: dict[str, list[Any]] = {
    "loan_id": ["Level", "Bullet", "Broken [1/2]", "Dear", "Held"],
    "principal": [28e6, 28e6, -1, 36e6, 10e6],
    "annual_rate": [0.12, 0.12, 0.12, 0.08, 0.08],
    "periods": [16, 16, 16, 8, 8],
    "type": ["level", "bullet", "level", "level", "level"],
    "units": [1000] * 5, "rent": [2.4] * 5, "annual_deflation": [0.3, 0.3, 0.3, 0.1, 0.1], "usage": [0.85] * 5,
    "cash_cost": [0.3526] * 5, "cost": [35e6] * 5, "annual_decay_eff": [0.5, 0.5, 0.5, 0.3, 0.3],
    "covenant": [1.0, 1.0, 1.0, None, 1.0],
}  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portfolio(LOANS, tmp_path_factory.mktemp("portfolio") / "p.xlsx", date=DATE)


def test_every_formula_gives_the_value_it_stores(book: Path) -> None:
    want, got = shown(book), recalculated(book)
    cells = [
        (sheet.title, cell.coordinate)
        for sheet in openpyxl.load_workbook(book)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(cells) > 150
    assert [(at, want.get(at), got.get(at)) for at in cells if differs(want.get(at), got.get(at))] == []


def test_totals_and_status_by_hand(book: Path) -> None:
    """Three of the five break or are refused; the fourth has no covenant and owes more than its hardware is worth."""
    sheet = openpyxl.load_workbook(book, data_only=True)["Portfolio"]
    rows = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True, max_col=4) if row[0]}
    assert rows["Loans on the tape"][0] == 5
    assert rows["Refused, named below"][0] == 1
    assert rows["Analysed"][:2] == (4, 102)
    assert rows["A covenant defaults"][:2] == (2, 56)
    assert rows["No default, but under water at some time"][:2] == (1, 36)
    assert rows["Neither"][:2] == (1, 10)
    assert rows["Debt over market value of all hardware, at closing"][2] == pytest.approx(102 / 140)
    said = [row[0] for row in sheet.iter_rows(values_only=True) if row[0] and str(row[0]).startswith("row 3:")]
    assert said == ["row 3: principal must be at least 0, got -1"]


def test_lines_and_sheets_are_the_engines_numbers(book: Path) -> None:
    found = analyse_tape(Tape.of({k: v for k, v in LOANS.items() if k != "loan_id"}))
    assert found.paths is not None
    opened = openpyxl.load_workbook(book, data_only=True)
    heads = [cell.value for cell in opened["Loans"][4]]
    lowest = [row[heads.index("Lowest DSCR")].value for row in opened["Loans"].iter_rows(min_row=5, max_row=9)]
    for got, want in zip(lowest, found.figures.min_dscr, strict=True):
        assert got == ("n/a" if np.isnan(want) else pytest.approx(want))
    assert opened.sheetnames[2:] == ["1 Level", "2 Bullet", "4 Dear", "5 Held"]
    rows = {row[0]: row[4:12] for row in opened["4 Dear"].iter_rows(values_only=True) if row[0]}
    assert list(rows["CFADS"]) == pytest.approx((found.paths.cfads[3, :8] / 1e6).tolist())
    assert list(rows["DSCR"]) == pytest.approx(found.paths.dscr[3, :8].tolist())
    assert list(rows["Owed after the payment"]) == pytest.approx((found.paths.closing[3, :8] / 1e6).tolist(), abs=1e-9)


def test_the_loans_with_the_lowest_coverage_get_the_sheets(tmp_path: Path) -> None:
    path = portfolio(TAPE, tmp_path / "p.xlsx", date=DATE, sheets=3)
    assert openpyxl.load_workbook(path).sheetnames == ["Portfolio", "Loans", "2 GPU-002", "4 GPU-004", "10 GPU-010"]
    with TAPE.open(newline="") as file:
        tape = list(csv.DictReader(file))
    total = openpyxl.load_workbook(path, data_only=True)["Portfolio"]["C7"].value
    assert total == pytest.approx(sum(float(loan["principal"]) for loan in tape) / 1e6)


@pytest.mark.parametrize(
    ("tape", "sheets", "said"),
    [
        (LOANS, 51, "sheets must be 0 to 50, got 51"),
        (
            {k: [v[2]] for k, v in LOANS.items()},
            1,
            "no row of the tape can be used: row 1: principal must be at least 0",
        ),
        (Path("none.csv"), 1, "there is no file none.csv"),
    ],
)
def test_what_cannot_be_used_is_refused(tape: Any, sheets: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        portfolio(tape, tmp_path / "p.xlsx", sheets=sheets)
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_bad_rows_and_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "tape.csv"
    with file.open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(LOANS)
        writer.writerows(zip(*LOANS.values(), strict=True))
    done = run("portfolio", str(file), "-o", str(tmp_path / "p.xlsx"), "--sheets", "0", "--values")
    assert done.exit_code == 1
    assert "row 3: principal must be at least 0, got -1" in done.stdout
    opened = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert opened.sheetnames == ["Portfolio", "Loans"]
    assert not any(cell.data_type == "f" for sheet in opened for row in sheet.iter_rows() for cell in row)
