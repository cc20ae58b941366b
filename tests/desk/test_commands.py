"""The commands as an analyst runs them: map, fill, check, read, on a workbook of their own and on a template."""

import shutil
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.deal import plain
from tests.desk.books import MAPPING, own
from tests.ooxml.filling.rich import rich
from xlmodel.cli import app
from xlmodel.deal import load as load_deal
from xlmodel.host.formualizer import calculated
from xlmodel.ooxml.filling import fill, read

ROOT = Path(__file__).parents[2]
TAPE = """\
loan_id,borrower,principal,annual_rate,periods,cost,annual_decay_eff
A1,Acme,28000000,12%,16,35000000,0.5
A2,=1+1,abc,12%,16,35000000,0.5
"""


def run(*arguments: object) -> Any:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, [str(one) for one in arguments])


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    own(tmp_path / "own.xlsx")
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "tape.csv").write_text(TAPE)
    return tmp_path


def test_from_a_workbook_nobody_prepared_to_the_same_numbers_in_the_engine(tmp_path: Path) -> None:
    """Case A into the blank underwriting template by the mapping that was found: cached values from formualizer."""
    template = ROOT / "templates/gpu-loan-underwriting.xlsx"
    mapping, out = tmp_path / "m.toml", tmp_path / "out"
    done = run("template", "map", template, "-o", mapping)
    assert (done.exit_code, "0 are unsure" in done.stdout) == (0, True)
    with mapping.open("a") as file:
        file.write('[fixed]\nas_of = 2025-12-31\n"covenants[0].name" = "DSCR"\n"covenants[0].metric" = "dscr"\n')
    done = run("fill", template, "--data", ROOT / "examples/case_a.toml", "-m", mapping, "-o", out)
    assert done.exit_code == 0, done.stderr
    assert "0 show none until Excel calculates" in done.stdout
    done = run("check", out / "Case A.xlsx", "-m", mapping)
    agreed = [line.split()[1] for line in done.stdout.splitlines() if line.strip().startswith("agrees")]
    assert {"out_ltc", "out_ltv_adjusted", "out_ltv_liquidation"} <= {*agreed}, done.stdout
    # Case A misses service: the sheet pays by the schedule, the engine adds interest on what is past due.
    cash, paid = plain.case_a()
    row = next(line.split() for line in done.stdout.splitlines() if "out_min_dscr" in line)
    assert row[0] == "disagrees"
    assert float(row[-1]) == pytest.approx(cash[-1] / paid.service[-1], rel=1e-9)
    # README: the lowest coverage of Case A on its published path is that of its last quarter.
    assert read(out / "Case A.xlsx", ["out_min_dscr"])["out_min_dscr"] == pytest.approx(0.156737, abs=1e-6)
    done = run("read", out / "Case A.xlsx", "-m", mapping, "-o", tmp_path / "back.toml")
    assert done.exit_code == 0, done.stderr
    deal, again = load_deal(ROOT / "examples/case_a.toml"), load_deal(tmp_path / "back.toml")
    assert again.debt[0].amount.value == deal.debt[0].amount.value
    assert again.opex.power_price is not None
    assert again.opex.power_price.value == 0.08
    assert again.sale is not None
    assert deal.sale is not None
    assert [getattr(again.sale, n).value for n in ("months_to_sale", "depth", "cost_per_unit")] == [6, 500, 500]


def test_a_bad_row_ends_with_one_and_the_good_one_is_there(desk: Path) -> None:
    done = run("fill", desk / "own.xlsx", "--data", desk / "tape.csv", "-m", desk / "m.toml", "-o", desk / "out")
    assert done.exit_code == 1
    assert "row 2: principal must be a number, got 'abc'" in done.stderr
    assert done.stderr.rstrip().endswith("1 of 2 loans were refused.")
    assert "1 workbooks filled" in done.stdout
    assert [file.name for file in (desk / "out").glob("*.xlsx")] == ["A1.xlsx"]
    done = run("fill", desk / "own.xlsx", "--data", desk / "tape.csv", "-m", desk / "m.toml", "-o", desk / "out")
    assert "0 workbooks filled, 1 were up to date." in done.stdout


def test_a_check_shows_both_numbers(desk: Path) -> None:
    fill(desk / "own.xlsx", desk / "two.xlsx", {"Inputs!B6": 2}, recalculate=calculated)
    done = run("check", desk / "two.xlsx", "-m", desk / "m.toml")
    assert done.exit_code == 1
    line = next(line for line in done.stdout.splitlines() if "ltv_nominal_at_close" in line)
    assert line.split() == ["agrees", "Inputs!B18", "ltv_nominal_at_close", "0.8", "0.8"]


def test_a_batch_is_read_back_as_a_tape(desk: Path) -> None:
    run("fill", desk / "own.xlsx", "--data", desk / "tape.csv", "-m", desk / "m.toml", "-o", desk / "out")
    shutil.copy(desk / "out/A1.xlsx", desk / "A2.xlsx")
    done = run("read", desk / "out/A1.xlsx", desk / "A2.xlsx", "-m", desk / "m.toml", "-o", desk / "back.csv")
    assert done.exit_code == 0, done.stderr
    lines = (desk / "back.csv").read_text().splitlines()
    assert lines[0].startswith("borrower,signed,principal,annual_rate,periods,cost,annual_decay_eff")
    assert lines[1] == lines[2]
    assert lines[1].startswith("Acme,2026-01-01,28000000.0,0.12,16,35000000.0,0.5")
    again = run("read", desk / "own.xlsx", "-m", desk / "m.toml", "-o", desk / "back.csv")
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)


def test_what_cannot_be_read_is_said_and_nothing_is_written(desk: Path) -> None:
    (desk / "m.toml").write_text('version = 1\n[[field]]\ncell = "Inputs!B2"\nkey = "debt[0].amount"\n')
    done = run("read", desk / "own.xlsx", "-m", desk / "m.toml", "-o", desk / "back.toml")
    assert done.exit_code == 1
    assert "own.xlsx: Inputs!B2: debt[0].amount must be a number, got 'Acme Compute'" in done.stderr
    assert not (desk / "back.toml").exists()


def test_a_mapping_is_not_replaced_unless_forced(desk: Path) -> None:
    done = run("template", "map", desk / "own.xlsx", "-o", desk / "m.toml")
    assert (done.exit_code, "exists already" in done.stderr) == (1, True)
    assert (desk / "m.toml").read_text() == MAPPING
    assert run("template", "map", desk / "own.xlsx", "-o", desk / "m.toml", "--force").exit_code == 0
    printed = run("template", "map", desk / "own.xlsx").stdout
    assert tomllib.loads(printed)["workbook"] == "own.xlsx"


def test_a_batch_leaves_a_macro_project_and_everything_else_as_it_was(tmp_path: Path) -> None:
    book = rich(tmp_path / "rich.xlsm")
    with zipfile.ZipFile(book) as file:
        before = {name: file.read(name) for name in file.namelist()}
    sheet = read_first_sheet(book)
    (tmp_path / "m.toml").write_text(f'version = 1\n[[field]]\ncell = "\'{sheet}\'!AZ99"\ncolumn = "principal"\n')
    (tmp_path / "tape.csv").write_text("id,principal\nA,5\n")
    done = run("fill", book, "--data", tmp_path / "tape.csv", "-m", tmp_path / "m.toml", "-o", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "out/A.xlsm") as file:
        after = {name: file.read(name) for name in file.namelist()}
    changed = {name for name in before if after.get(name) != before[name]}
    assert "xl/vbaProject.bin" in before
    assert changed <= {name for name in before if name.startswith(("xl/worksheets/sheet", "xl/workbook.xml"))}


def read_first_sheet(book: Path) -> str:
    from xlmodel.desk.seeing import View

    return next(iter(View(book).book.sheets.values())).name
