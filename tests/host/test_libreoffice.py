"""Calc shows what Python says: every function, every input, in a real LibreOffice."""

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.engines import Shown, converted, needs_libreoffice, new_profile, profile, recalculated, shown
from tests.host.questions import Placed, area, expected, letters, placed, questions, same
from xlmodel.errors import ExcelError, InputError
from xlmodel.functions import CATALOGUE
from xlmodel.host import libreoffice
from xlmodel.host.differences import CALC, DIFFERENCES

pytestmark = needs_libreoffice

# Differences that concern a formula as a whole: the formula in cell A1, and what A1, B1 and A3 show.
FORMULAS: dict[str, tuple[str, list[Any]]] = {
    "the name `XLMODEL_DSCR`": ("XLMODEL_DSCR({2,3},{1,1})", [ExcelError.NAME, None]),
    "a formula whose answer has several cells": ("XLMODEL.DSCR({2,3},{1,1})", [2.0, None]),
    "an array formula of EXPLAIN with two ranges of several rows": (
        '{XLMODEL.EXPLAIN("LTV",F1:F2,G1:G2)}',
        ["what", "value", ExcelError.NA],
    ),
}

# Functions inside functions, by hand: 2 / 1 and 3 / 1; 17500 / 2; a ratio must be a range; no error is left.
NESTED = {
    "SUM(XLMODEL.DSCR({2,3},{1,1}))": 5.0,
    "XLMODEL.COLLATERAL_VALUE(XLMODEL.COLLATERAL_VALUE(35000,1,0.5),1,0.5)": 8750.0,
    "XLMODEL.FIRST_BREACH(XLMODEL.DSCR({2,3},{1,1}),1)": ExcelError.VALUE,
    "IFERROR(XLMODEL.DSCR(1,0),7)": 7.0,
    "xlmodel.dscr(3,2)*2": 3.0,
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[Placed]], Shown]:
    """All questions about all functions in one workbook, calculated in one run."""
    path = tmp_path_factory.mktemp("calc") / "asked.xlsx"
    asked: dict[str, list[Placed]] = {}
    with xlsxwriter.Workbook(path) as workbook:
        date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for i, record in enumerate(CATALOGUE.values()):
            page = workbook.add_worksheet(f"S{i}")

            def put(row: int, column: int, cell: Any, page: Any = page) -> None:
                if isinstance(cell, ExcelError) or cell == "":
                    page.write_formula(row - 1, column - 1, f"={cell or chr(34) * 2}", None, cell)
                elif cell is not None:
                    page.write(row - 1, column - 1, cell, *([date] if hasattr(cell, "year") else []))

            for question, places in placed(CALC, record, page.name, put):
                asked.setdefault(record.name, []).append(question)
                formula = question.question.formula(libreoffice.spelled(question.question.record), places)
                at = area(question.row, question.column, question.rows, question.columns)
                if ":" in at:
                    page.write_array_formula(at, f"{{={formula}}}")
                else:
                    page.write_formula(at, f"={formula}")
        for i, (formula, _) in enumerate(FORMULAS.values()):
            page = workbook.add_worksheet(f"F{i}")
            page.write_column("F1", [20.0, 30.0])
            page.write_column("G1", [40.0, 60.0])
            if formula.startswith("{"):
                page.write_array_formula("A1:D5", f"{{={formula[1:]}")
            else:
                page.write_formula("A1", f"={formula}")
        nested = workbook.add_worksheet("nested")
        for i, formula in enumerate(NESTED):
            nested.write_formula(i, 0, f"={formula}")
    return asked, recalculated(path)


@pytest.mark.parametrize("name", CATALOGUE)
def test_calc_shows_what_python_says(name: str, answers: tuple[dict[str, list[Placed]], Shown]) -> None:
    asked, found = answers
    wrong = []
    for q in asked[name]:
        answer = expected(CALC, q.question)
        for i in range(q.rows):
            for j in range(q.columns):
                wanted = _beyond(answer, i, j)
                got = found.get((q.sheet, f"{letters(q.column + j)}{q.row + i}"))
                if not same(got, wanted):
                    wrong.append(f"{q.question}, cell {i + 1} x {j + 1}: Calc {got!r}, Python {wanted!r}")
    assert not wrong, "\n".join(wrong)


def _beyond(answer: list[list[Any]], i: int, j: int) -> Any:
    """What an array formula larger than its answer shows: a single row or column is repeated, the rest is #N/A."""
    i = 0 if len(answer) == 1 else i
    j = 0 if len(answer[0]) == 1 else j
    cell = answer[i][j] if i < len(answer) and j < len(answer[0]) else ExcelError.NA
    return None if cell == "" else cell


@pytest.mark.parametrize("difference", [d for d in DIFFERENCES if d.host == CALC], ids=lambda d: d.input)
def test_a_difference_still_occurs(difference: Any, answers: tuple[dict[str, list[Placed]], Shown]) -> None:
    if difference.change is None:
        sheet = f"F{list(FORMULAS).index(difference.input)}"
        wanted = FORMULAS[difference.input][1]
        assert [answers[1].get((sheet, at)) for at in ("A1", "B1", "A3")[: len(wanted)]] == wanted
        return
    assert any(
        expected(CALC, q) != expected(CALC, q, without=difference) for r in CATALOGUE.values() for q in questions(r)
    ), "no input shows it"


def test_functions_nest(answers: tuple[dict[str, list[Placed]], Shown]) -> None:
    found = {formula: answers[1]["nested", f"A{i + 1}"] for i, formula in enumerate(NESTED)}
    assert found == NESTED


def test_the_same_catalogue_gives_the_same_bytes(tmp_path: Path) -> None:
    first = libreoffice.build(tmp_path / "a.oxt").read_bytes()
    assert first == libreoffice.build(tmp_path / "b.oxt").read_bytes()


def test_a_missing_libreoffice_is_named_by_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(libreoffice.InputError, match="Debian: libreoffice-calc and python3-uno"):
        libreoffice.install(tmp_path / "xlmodel.oxt", tmp_path)


def test_a_crash_of_the_package_program_is_no_fault_of_the_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "unopkg"
    dying.write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    dying.chmod(0o755)
    monkeypatch.setattr(libreoffice, "program", lambda name: str(dying))
    with pytest.raises(libreoffice.LibreOfficeCrashError, match="crashed while it had to add the extension"):
        libreoffice.install(tmp_path / "xlmodel.oxt", tmp_path)


def test_it_is_refused_while_libreoffice_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".lock").touch()
    for refused in (lambda: libreoffice.install(tmp_path / "x.oxt", tmp_path), lambda: libreoffice.uninstall(tmp_path)):
        with pytest.raises(InputError, match="LibreOffice is running: close it"):
            refused()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = tmp_path / "libreoffice" / "4"
    own.mkdir(parents=True)
    (own / ".lock").touch()
    with pytest.raises(InputError, match="LibreOffice is running"):
        libreoffice.uninstall()


def test_only_package_folders_reach_the_add_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not {"", str(tmp_path)} & set(libreoffice.environment()["path"])


def test_the_function_wizard_shows_the_records(tmp_path: Path) -> None:
    script = Path(__file__).with_name("calc_wizard.py")
    done = subprocess.run(
        ["python3", script, libreoffice.program("soffice"), *libreoffice.profile_options(profile())],
        env=libreoffice.system_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = {name: (text, arguments) for name, text, arguments in json.loads(done.stdout)}
    assert told == {
        libreoffice.spelled(r): (
            r.summary,
            [[name, text] for name, text in libreoffice.descriptions([r])[0]["arguments"]],
        )
        for r in CATALOGUE.values()
    }


def test_another_python_is_said_in_a_sentence(tmp_path: Path) -> None:
    """An add-in of another Python registers, shows errors, and says why."""
    ours = zipfile.ZipFile(libreoffice.build(tmp_path / "ours.oxt"))
    with zipfile.ZipFile(tmp_path / "other.oxt", "w") as other:
        for name in ours.namelist():
            text = ours.read(name).decode()
            if name == "environment.json":
                text = json.dumps({**json.loads(text), "tag": "cpython-39", "python": "3.9"})
            other.writestr(name, text)
    ours.close()
    with xlsxwriter.Workbook(tmp_path / "asked.xlsx") as workbook:
        page = workbook.add_worksheet("S")
        page.write_formula("A1", "=XLMODEL.VERSION()")
        page.write_formula("A2", '=XLMODEL.WHY("VERSION")')
    home = new_profile(tmp_path / "other.oxt")
    found = shown(converted(tmp_path / "asked.xlsx", home, tmp_path / "answered"))
    assert found["S", "A1"] is ExcelError.VALUE
    assert found["S", "A2"].startswith("xlmodel was installed with Python 3.9, but LibreOffice runs Python 3.")


def test_the_add_in_can_be_removed(tmp_path: Path) -> None:
    home = new_profile(libreoffice.build(tmp_path / "xlmodel.oxt"))
    libreoffice.uninstall(home)
    with pytest.raises(libreoffice.InputError, match="did not remove the extension"):
        libreoffice.uninstall(home)
