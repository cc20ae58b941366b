"""The report as a file: one formula a row, every value stored, valid, the same bytes, all or nothing."""

import datetime as dt
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openxml_audit import FileFormat, OpenXmlValidator
from typer.testing import CliRunner

import xlmodel
from tests.workbook.deals import CASE_A, EXAMPLES, deals, number
from tests.workbook.opened import Opened, balanced, relative
from xlmodel.cli import app
from xlmodel.deal import Analysis, analyse, read
from xlmodel.errors import InputError, ModelError
from xlmodel.ooxml import saving
from xlmodel.workbook import pdf
from xlmodel.workbook.report import SHEETS, fill, report, write

DATE = dt.date(2026, 11, 23)
DEALS = deals()
EACH = pytest.mark.parametrize("name", DEALS)
CASE_A_FILE = EXAMPLES / "case_a.toml"


@pytest.fixture(scope="module")
def analyses() -> dict[str, Analysis]:
    return {name: analyse(deal) for name, deal in DEALS.items()}


@pytest.fixture(scope="module")
def written(analyses: dict[str, Analysis], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    return {
        name: write(analysis, folder / f"{i}.xlsx", date=DATE) for i, (name, analysis) in enumerate(analyses.items())
    }


@pytest.fixture(scope="module")
def opened(written: dict[str, Path]) -> dict[str, Opened]:
    return {name: Opened(path) for name, path in written.items()}


@EACH
def test_the_file_is_valid(name: str, written: dict[str, Path], opened: dict[str, Opened]) -> None:
    found = OpenXmlValidator(file_format=FileFormat.OFFICE_2019).validate(str(written[name])).errors
    assert [str(error) for error in found] == []
    book = opened[name]
    assert book.styles_out_of_range == []
    assert book.merged == []
    assert all(0 < len(sheet) <= 31 and not re.search(r"[\[\]:*?/\\]", sheet) for sheet in book.sheets)


@EACH
def test_every_formula_stores_a_value_that_is_no_error(name: str, opened: dict[str, Opened]) -> None:
    book = opened[name]
    assert len(book.formulas) > 100
    assert book.without_value == []
    assert book.errors == []


@EACH
def test_every_formula_is_native_and_whole(name: str, opened: dict[str, Opened]) -> None:
    for formula in opened[name].formulas.values():
        assert balanced(formula), formula
        assert not re.search(r"XLMODEL|OFFSET|INDIRECT|_xlfn|\[\d|[{}#\x01\x02]", formula), formula


@EACH
def test_sheets_with_periods_have_one_formula_a_row(name: str, opened: dict[str, Opened]) -> None:
    rows: dict[tuple[str, int], set[str]] = {}
    for (sheet, address), formula in opened[name].formulas.items():
        row, column = coordinate_to_tuple(address)
        if (
            sheet
            in ("Timeline", "Rent", "Debt", "Sizing", "Waterfall", "Returns", "Covenants", "Tax", "Rates", "Offtaker")
            and column >= 5
        ):
            rows.setdefault((sheet, row), set()).add(relative(formula, column - 1, row))
    assert len(rows) > 20
    assert {row: forms for row, forms in rows.items() if len(forms) > 1} == {}


@EACH
def test_constants_stand_on_the_inputs(name: str, analyses: dict[str, Analysis]) -> None:
    for page in fill(analyses[name], DATE):
        looks = {style.split()[0] for *_, style in page.numbers}
        # A sheet may add terms of its own, which say that they are typed or a convention.
        allowed = {
            "Rent": {"constant"},
            "Rates": {"input"},
            "Sizing": {"input"},
            "Sources and uses": {"input"},
            "Liquidation": {"constant"},
            "Collateral": {"constant"},
        }.get(page.name, set())
        assert page.name in ("Inputs", "Checks", "Sources") or looks <= allowed, page.name
        for _, _, formula, *_ in page.formulas:
            assert _bare_numbers(formula) <= _DAYS, formula
        for line in page.series:
            assert _bare_numbers(line.formula) <= _DAYS, line.formula


_DAYS = {"0", "1", "2", "30", "31"}
"""What a formula may spell out: 0 and 1 are logic, 2 is February, 30 and 31 are days of the 30/360 rules."""


def _bare_numbers(template: str) -> set[str]:
    """Numbers written into a formula."""
    return set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", re.sub(r'\{[^{}]*\}|"[^"]*"', "", template)))


@EACH
def test_every_number_of_the_deal_is_an_unlocked_input_with_its_source(
    name: str, analyses: dict[str, Analysis]
) -> None:
    typed = DEALS[name].model_dump(mode="json")
    numbers = list(_sourced(typed))
    page = next(page for page in fill(analyses[name], DATE) if page.name == "Inputs")
    inputs = [style for *_, style in page.numbers if style.startswith("input") and style != "input date"]
    texts = {text.lower() for _, _, text, _ in page.texts}
    assert len(inputs) >= len(numbers) > 5
    assert all(number["source"].lower() in texts for number in numbers)


def _sourced(part: Any) -> Any:
    if isinstance(part, dict):
        if "source" in part and "value" in part:
            yield part
        else:
            for inner in part.values():
                yield from _sourced(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _sourced(inner)


@EACH
def test_charts_are_native_and_say_what_they_show(name: str, opened: dict[str, Opened]) -> None:
    book = opened[name]
    wanted = 3 + 4 * (DEALS[name].sale is not None) + (DEALS[name].cash is None) + (DEALS[name].premises is not None)
    wanted += (DEALS[name].borrowing_base is not None) + 2 * (DEALS[name].financing is not None)
    wanted += bool(DEALS[name].covenants) + (DEALS[name].tax is not None)
    wanted += 2 * bool(DEALS[name].contracts)
    wanted += any(debt.index is not None for debt in DEALS[name].debt)
    assert len(book.charts) == wanted
    assert all(len(text) > 60 for text in book.charts.values())
    assert len(book.charted) >= 2 * wanted
    assert all(
        reference.split("!")[0]
        in (
            "Timeline",
            "Haircut",
            "Rent",
            "Debt",
            "Collateral",
            "Covenants",
            "Liquidation",
            "Offtaker",
            "Rates",
            "Returns",
            "Tax",
            "'Borrowing base'",
            "'Sources and uses'",
        )
        for reference in book.charted
    )


def test_a_broken_line_is_not_drawn_through_zero(opened: dict[str, Opened], analyses: dict[str, Analysis]) -> None:
    # The rolling ratio of Case A begins with the fourth quarter: E is the first period, so H is the fourth.
    rows = {r for r in opened["case_a"].charted if re.fullmatch(r"Timeline!\$H\$\d+:\$T\$\d+", r)}
    assert len(rows) == 2, "dates and ratios of the last twelve months"


def test_protection_has_no_password_and_only_inputs_are_unlocked(opened: dict[str, Opened]) -> None:
    for sheet in opened["case_a"].sheets.values():
        guard = next(e for e in sheet if e.tag.endswith("sheetProtection"))
        assert guard.get("sheet") == "1"
        assert guard.get("password") is None
        assert guard.get("hashValue") is None


def test_the_properties_name_the_version(opened: dict[str, Opened]) -> None:
    custom = opened["case_a"].parts["docProps/custom.xml"].decode()
    assert "xlmodel_version" in custom
    assert f">{xlmodel.__version__}<" in custom
    assert "xlmodel_template_version" in custom


@EACH
def test_the_same_analysis_and_date_give_the_same_bytes(
    name: str, analyses: dict[str, Analysis], written: dict[str, Path], tmp_path: Path
) -> None:
    again = write(analyses[name], tmp_path / "again.xlsx", date=DATE)
    assert again.read_bytes() == written[name].read_bytes()


def test_a_sheet_can_be_added_without_touching_the_others(analyses: dict[str, Analysis]) -> None:
    from xlmodel.workbook.sheet import Page, Sheet

    def extra(page: Page, analysis: Analysis) -> None:
        page.formula(0, 0, "={cfads|total}*{debt[0].rate}", 1.0, "calc money")

    pages = fill(analyses["case_a"], DATE, (*SHEETS, Sheet("More", "More on the debt", extra)))
    assert pages[-1].name == "More"
    assert pages[-1].layout.resolve("={cfads|total}", "More").startswith("=Timeline!$C$")
    assert any(text == "More on the debt" for _, _, text, _ in pages[0].texts)
    assert any("More" in text for page in pages if page.name == "Checks" for _, _, text, _ in page.texts)


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        report(CASE_A_FILE, out)
    assert out.read_text() == "mine"
    assert report(CASE_A_FILE, out, force=True) == out
    assert out.read_bytes()[:2] == b"PK"
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


@pytest.mark.parametrize(
    ("out", "sentence"),
    [("out.xls", "must end in .xlsx"), ("nowhere/out.xlsx", "does not exist"), ("folder.xlsx", "is a folder")],
)
def test_a_place_that_cannot_be_written_is_refused_first(tmp_path: Path, out: str, sentence: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(InputError, match=sentence):
        report(tmp_path / "no deal is read.toml", tmp_path / out)


def test_a_failure_leaves_nothing_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analyses: dict[str, Analysis]
) -> None:
    out = tmp_path / "out.xlsx"
    out.write_text("mine")

    def full(_: object) -> None:
        assert len(list(tmp_path.iterdir())) == 2, "the new file is beside the old one"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(analyses["case_a"], out, force=True)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.xlsx", "mine")]


_KILLED = """
import os, signal, sys
from pathlib import Path
from xlmodel.workbook import report as module, writing

def dies(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

# Half way: all pages are filled, half of the sheets are written.
count = 0
cells = writing._cells
def some(*arguments):
    global count
    count += 1
    return dies() if count == 4 else cells(*arguments)
writing._cells = some
module.report(sys.argv[1], Path(sys.argv[2]))
"""


def test_killed_half_way_nothing_is_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(CASE_A_FILE), str(tmp_path / "out.xlsx")], check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


def run(*arguments: str) -> Any:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, list(arguments))


def test_the_command_writes_and_says_what_it_found(tmp_path: Path) -> None:
    out = tmp_path / "case.xlsx"
    done = run("report", str(CASE_A_FILE), "-o", str(out))
    assert done.exit_code == 0, done.stderr
    # The 0.995x of the fifth quarter is 2.2188 of CFADS over 2.2291 of debt service.
    assert re.search(r"First covenant default: DSCR, period +0\.995x +31 March 2027", done.stdout)
    assert "1. DSCR falls below the 1.00x default level" in done.stdout
    assert f"Wrote {out}" in done.stdout
    assert Opened(out).errors == []


def test_a_malformed_deal_is_one_sentence_code_2_and_no_file(tmp_path: Path) -> None:
    bad = json.loads(json.dumps(CASE_A, default=str))
    bad["debt"][0]["amount"] = number(28, "EUR m")
    (tmp_path / "bad.json").write_text(json.dumps(bad))
    done = run("report", str(tmp_path / "bad.json"), "-o", str(tmp_path / "out.xlsx"))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "debt[0].amount: unit must be one of" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.json"]


def test_the_command_refuses_to_overwrite(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_text("mine")
    done = run("report", str(CASE_A_FILE), "-o", str(out))
    assert (done.exit_code, out.read_text()) == (2, "mine")
    assert "--force" in done.stderr
    assert run("report", str(CASE_A_FILE), "-o", str(out), "--force").exit_code == 0


def test_the_schema_is_json() -> None:
    done = run("schema")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["title"] == "Deal"


def test_a_pdf_without_its_engine_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    with pytest.raises(ModelError, match="libreoffice-calc"):
        xlmodel.report(CASE_A_FILE, tmp_path / "out.xlsx", pdf=True)
    assert list(tmp_path.iterdir()) == []


def test_importing_xlmodel_loads_no_library_of_a_workbook() -> None:
    code = "import sys, xlmodel; print([m for m in ('numpy', 'pydantic', 'xlsxwriter', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_deal_object_serves_as_well_as_its_file(tmp_path: Path) -> None:
    one = xlmodel.report(CASE_A_FILE, tmp_path / "one.xlsx", date=DATE)
    two = xlmodel.report(read(CASE_A), tmp_path / "two.xlsx", date=DATE)
    assert one.read_bytes() == two.read_bytes()


def test_letters_are_those_of_another_library() -> None:
    from xlmodel.ooxml.addresses import letters

    assert [letters(i) for i in range(0, 16384, 37)] == [get_column_letter(i + 1) for i in range(0, 16384, 37)]
