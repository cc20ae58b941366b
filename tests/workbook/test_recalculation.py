"""The report against LibreOffice: every formula recalculated, and the workbook as a living model."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.engines import needs_libreoffice, recalculated, shown
from tests.workbook.deals import CASE_A, EXAMPLES, deals, number
from xlmodel.deal import Analysis, Deal, analyse, load, read
from xlmodel.errors import ExcelError, ModelError
from xlmodel.workbook import pdf
from xlmodel.workbook.pdf import printed
from xlmodel.workbook.report import fill, report, write
from xlmodel.workbook.units import MILLION

pytestmark = needs_libreoffice

DATE = dt.date(2026, 11, 23)
DEALS = deals()


def differs(want: Any, got: Any) -> bool:
    if isinstance(want, float) and isinstance(got, float):
        return abs(want - got) > 1e-9 * max(abs(want), abs(got))
    return bool(want != got)


@pytest.mark.parametrize("name", DEALS)
def test_every_formula_gives_the_value_it_stores(name: str, tmp_path: Path) -> None:
    path = write(analyse(DEALS[name]), tmp_path / "report.xlsx", date=DATE)
    want, got = shown(path), recalculated(path)
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) > 100
    assert [(at, want.get(at), got.get(at)) for at in formulas if differs(want.get(at), got.get(at))] == []
    assert [at for at, value in got.items() if isinstance(value, ExcelError)] == []


def test_the_judge_would_notice(tmp_path: Path) -> None:
    path = write(analyse(DEALS["case_a"]), tmp_path / "report.xlsx", date=DATE)
    book = openpyxl.load_workbook(path)
    book["Inputs"]["B20"].value = 1.0
    book.save(tmp_path / "changed.xlsx")
    assert "fail" in recalculated(tmp_path / "changed.xlsx")["Cover", "B4"]


CHANGES: dict[str, tuple[Deal, dict[str, Any], dict[str, float]]] = {
    "margin of IREN": (
        load(EXAMPLES / "iren_microsoft_2026.toml"),
        {"opex": {"project_margin": number(75, "%")}},
        {"opex.project_margin": 0.75},
    ),
    "rent, rate and market of Case A": (
        read(CASE_A),
        {
            "merchant": CASE_A["merchant"] | {"annual_deflation": number(-10, "% a year")},
            "debt": [CASE_A["debt"][0] | {"rate": number(9, "% a year"), "amount": number(20, "USD m")}],
            "sale": CASE_A["sale"] | {"depth": number(100, "units a month")},
        },
        {"merchant.annual_deflation": -0.1, "debt[0].rate": 0.09, "debt[0].amount": 20.0, "sale.depth": 100.0},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_input_gives_what_xlmodel_gives(name: str, tmp_path: Path) -> None:
    deal, changed, typed = CHANGES[name]
    path = write(analyse(deal), tmp_path / "report.xlsx", date=DATE)
    pages = fill(analyse(deal), DATE)
    layout = pages[0].layout
    book = openpyxl.load_workbook(path)
    for key, value in typed.items():
        place = layout[key]
        book[place.sheet].cell(place.row + 1, place.column + 1).value = value
    book.save(tmp_path / "changed.xlsx")
    got = recalculated(tmp_path / "changed.xlsx")
    want = analyse(read(deal.model_dump(mode="json", exclude_none=True) | changed))
    for key, values in _rows(want).items():
        place = layout[key]
        assert place.columns is not None
        cells = [
            got[place.sheet, openpyxl.utils.cell.get_column_letter(place.columns.first + 1 + k) + str(place.row + 1)]
            for k in range(values.size)
        ]
        assert cells == ["n/a" if v != v else pytest.approx(v, rel=1e-9, abs=1e-12) for v in values.tolist()], key


def _rows(analysis: Analysis) -> dict[str, Any]:
    rows = {
        "cfads": analysis.cfads / MILLION,
        "service": analysis.debt_service / MILLION,
        "balance": analysis.balance / MILLION,
        "dscr": analysis.dscr,
        "dscr_ltm": analysis.dscr_ltm,
        "dscr_ntm": analysis.dscr_ntm,
        "book": analysis.values.book / MILLION,
        "economic": analysis.values.economic / MILLION,
        "ltv_adjusted": analysis.ltv_adjusted,
    }
    if analysis.values.liquidation is not None and analysis.ltv_liquidation is not None:
        rows |= {"liquidation": analysis.values.liquidation / MILLION, "ltv_liquidation": analysis.ltv_liquidation}
    return rows


def test_the_pdf_is_printed_beside_the_workbook(tmp_path: Path) -> None:
    out = report(EXAMPLES / "iris_2022.toml", tmp_path / "iris.xlsx", pdf=True, date=DATE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["iris.pdf", "iris.xlsx"]
    assert out.with_suffix(".pdf").read_bytes()[:5] == b"%PDF-"


def test_what_cannot_be_printed_is_said_so() -> None:
    with pytest.raises(ModelError, match="made no PDF"):
        printed(b"PK no workbook")


def test_an_engine_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 60 &\necho $! > " + str(tmp_path / "child") + "\nwait\n")
    program.chmod(0o755)
    monkeypatch.setattr(pdf, "_PROGRAMS", (str(program),))
    monkeypatch.setattr(pdf, "_SECONDS", 0.5)
    with pytest.raises(ModelError, match="did not finish the PDF"):
        printed(b"")
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    assert not child.exists() or child.read_text().split()[2] == "Z", "the program behind the script is stopped too"
