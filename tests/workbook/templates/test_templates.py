"""Every template, blank and filled: two engines show what it stores, and its file is sound."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula
from openxml_audit import FileFormat, OpenXmlValidator
from typer.testing import CliRunner

from tests.engines import converted, needs_libreoffice, new_profile, recalculated, shown
from tests.workbook.opened import Opened, balanced
from xlmodel import resources
from xlmodel.cli import app, templates
from xlmodel.errors import ExcelError, InfeasibleError
from xlmodel.host.formualizer import calculated
from xlmodel.ooxml.addresses import letters
from xlmodel.ooxml.stored_form import Host, retarget
from xlmodel.workbook.templates import TEMPLATES
from xlmodel.workbook.templates.build import MOST_CALLS, build

pytestmark = needs_libreoffice

DATE = dt.date(2026, 11, 23)
_CALL = re.compile(r"XLMODEL_[A-Z_]+\(")


@pytest.fixture(scope="module", params=TEMPLATES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def blank(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / f"{name}.xlsx"
    path.write_bytes(build(TEMPLATES[name], calculated, DATE))
    return path


@pytest.fixture(scope="module")
def filled(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / f"{name}.xlsx"
    path.write_bytes(build(TEMPLATES[name], calculated, DATE, TEMPLATES[name].example()))
    return path


def differs(want: Any, got: Any) -> bool:
    if isinstance(want, float) and isinstance(got, float):
        return abs(want - got) > 1e-9 * max(abs(want), abs(got), 1e-3)
    # A blank answer is stored as no value at all.
    return (want or "") != (got or "") and not (want in (None, "") and got == 0.0)


@pytest.mark.parametrize("state", ["blank", "filled"])
def test_libreoffice_shows_what_is_stored(state: str, blank: Path, filled: Path, tmp_path: Path) -> None:
    path = {"blank": blank, "filled": filled}[state]
    want = shown(path)
    retarget(path, Host.LIBREOFFICE, tmp_path / "calc.xlsx")
    got = recalculated(tmp_path / "calc.xlsx")
    assert [at for at, value in got.items() if isinstance(value, ExcelError)] == []
    assert {at: (want.get(at), got.get(at)) for at in want | got if differs(want.get(at), got.get(at))} == {}


def test_the_example_calculates(filled: Path) -> None:
    values = shown(filled)
    numbers = [value for value in values.values() if isinstance(value, float)]
    assert len(numbers) > 100
    assert values["Checks", "B4"] == "All checks pass"


def test_the_files_are_sound(blank: Path, filled: Path) -> None:
    for path in (blank, filled):
        found = OpenXmlValidator(file_format=FileFormat.OFFICE_2019).validate(str(path))
        assert found.is_valid, [error.description for error in found.errors][:5]
        opened = Opened(path)
        assert opened.errors == []
        assert opened.without_value == []
        assert opened.styles_out_of_range == []
        assert opened.merged == []
        assert all(balanced(formula) for formula in opened.formulas.values())
        assert all(opened.charts.values())
        assert all(len(sheet) <= 31 for sheet in opened.sheets)
        assert sum(len(_CALL.findall(formula)) for formula in opened.formulas.values()) <= MOST_CALLS


def test_every_input_is_free_and_everything_else_protected(blank: Path) -> None:
    book = openpyxl.load_workbook(blank)
    assert all(sheet.protection.sheet for sheet in book)
    assert not any(sheet.protection.password for sheet in book)
    for key, defined in book.defined_names.items():
        for title, area in defined.destinations:
            cells = book[title][area]
            for cell in [cells] if not isinstance(cells, tuple) else [c for row in cells for c in row]:
                assert cell.protection.locked is not key.startswith("in_"), (key, cell.coordinate)


def test_the_same_numbers_give_the_same_bytes(name: str, filled: Path) -> None:
    assert build(TEMPLATES[name], calculated, DATE, TEMPLATES[name].example()) == filled.read_bytes()


def test_an_unknown_input_is_refused(name: str) -> None:
    with pytest.raises(InfeasibleError, match="has no input tranche_9"):
        build(TEMPLATES[name], calculated, DATE, {"tranche_9": 1.0})


def test_the_shipped_files_are_what_the_command_builds(name: str, tmp_path: Path) -> None:
    for example in (False, True):
        given = TEMPLATES[name].example() if example else None
        built = build(TEMPLATES[name], calculated, templates.SHIPPED, given)
        file = templates.shipped(TEMPLATES[name], example=example)
        assert resources.template(file).read_bytes() == built, (
            f"{file} is not current: xlmodel template build templates"
        )


@pytest.mark.parametrize("host", list(Host))
def test_the_command_writes_a_template_for_every_host(name: str, host: Host, tmp_path: Path) -> None:
    out = tmp_path / "template.xlsx"
    arguments = ["template", name, "-o", str(out), "--host", host.value, "--example"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    # Numbers show wherever it is opened, with the add-in or without.
    assert shown(out) == shown(resources.template(f"{name}-example.xlsx"))
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_without_the_add_in_it_shows_its_numbers(name: str, tmp_path: Path) -> None:
    """LibreOffice without the extension, told not to recalculate: every cell shows what is stored, but for blocks.

    It calculates formulas over several cells whatever it is told, and has no name for ours; Excel does not.
    """
    path = resources.template(f"{name}-example.xlsx")
    home = new_profile()
    (home / "user" / "registrymodifications.xcu").unlink()
    (tmp_path / "out").mkdir()
    got, want = shown(converted(path, home, tmp_path / "out")), shown(path)
    blocks = {
        (sheet.title, f"{letters(column - 1)}{line}")
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for start in row
        if isinstance(start.value, ArrayFormula)
        for left, top, right, bottom in [range_boundaries(start.value.ref)]
        for line in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    assert 0 < len(blocks) < len(want)
    assert [at for at, value in got.items() if isinstance(value, ExcelError) and at not in blocks] == []
    assert {at: (v, got.get(at)) for at, v in want.items() if at not in blocks and differs(v, got.get(at))} == {}
