"""Every template, blank and filled: two engines show what it stores, and its file is sound."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from tests.engines import needs_libreoffice, recalculated, shown
from tests.workbook.opened import Opened, balanced
from xlmodel.errors import ExcelError, InfeasibleError
from xlmodel.host.formualizer import calculated
from xlmodel.workbook.stored_form import Host, retarget
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
