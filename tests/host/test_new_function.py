"""A new function needs its declaration and nothing else: every host, table and inherited test has it at once."""

from collections.abc import Iterator
from typing import Annotated

import formualizer as engine
import numpy as np
import pytest
from typer.testing import CliRunner

from tests.functions.inputs import cases
from tests.host.test_formualizer import test_formualizer_shows_what_python_says as survives_formualizer
from xlmodel.cli import app
from xlmodel.functions import CATALOGUE, Record, call, why
from xlmodel.functions.document import function_table, names_table
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.host import formualizer, libreoffice, vba
from xlmodel.maths.domain import Floats, real

NAME = "XLMODEL_NEWLY_DECLARED"


@pytest.fixture
def declared() -> Iterator[Record]:
    """A function of one number and one ratio, gone again afterwards."""

    @worksheet("Trial", Example((2, (3, 4)), 6.0), "By hand, 2 · 3.")
    def XLMODEL_NEWLY_DECLARED(  # noqa: N802
        factor: Annotated[Floats, Arg(Kind.NUMBER, "EUR", "What the first ratio is multiplied by.")],
        path: Annotated[Floats, Arg(Kind.RATIO, "ratio", "A path of ratios.")],
        floor: Annotated[float, Arg(Kind.NUMBER, "EUR", "The least that is returned.")] = 0.0,
    ) -> Floats:
        """The first ratio, multiplied.

        It serves a test.
        """
        return np.maximum(real("factor", factor) * np.atleast_1d(path)[..., :1], floor)

    try:
        yield CATALOGUE[NAME]
    finally:
        del CATALOGUE[NAME]


def test_the_call_path_has_it(declared: Record) -> None:
    assert call(declared, (2.0, ((3.0, 4.0),))) == [[6.0]]
    assert why("newly_declared", (2.0, ((3.0, 4.0),))) == f"{NAME} has a value: there is nothing to explain."


def test_calc_has_it(declared: Record) -> None:
    assert libreoffice.spelled(declared) == "XLMODEL.NEWLY_DECLARED"
    takes = "[in] any a1, [in] com::sun::star::table::XCellRange a2, [in] any a3"
    assert f"sequence< sequence< any > > NEWLY_DECLARED({takes});" in libreoffice.idl(CATALOGUE.values())
    assert libreoffice.descriptions(CATALOGUE.values())[-1] == {
        "method": "NEWLY_DECLARED",
        "name": NAME,
        "category": "Trial",
        "description": "The first ratio, multiplied.",
        "arguments": [
            ("factor", "What the first ratio is multiplied by. (EUR)"),
            ("path", "A path of ratios. (ratio)"),
            ("floor", "The least that is returned. (EUR)"),
        ],
        "variadic": False,
    }


def test_excel_has_it(declared: Record) -> None:
    modules = vba.modules()
    assert f"Public Function {NAME}(" in modules["xlmodel_stubs"]
    assert f"Describe_{NAME}" in modules["xlmodel_help"]
    assert "What the first ratio is multiplied by." in modules["xlmodel_help"]


def test_the_command_line_has_it(declared: Record) -> None:
    shown = CliRunner(env={"COLUMNS": "120", "NO_COLOR": "1"}).invoke(app, ["help", "newly_declared"])
    assert "What the first ratio is multiplied by." in shown.output
    answered = CliRunner().invoke(app, ["call", NAME, "2", "{3,4}"])
    assert answered.output.strip() == "6"


def test_formualizer_has_it(declared: Record) -> None:
    workbook = engine.Workbook()
    workbook.add_sheet("S")
    formualizer.register(workbook)
    workbook.set_formula("S", 1, 1, f"={NAME}(2,{{3,4}})")
    assert workbook.evaluate_cell("S", 1, 1) == 6.0


def test_the_documents_have_it(declared: Record) -> None:
    assert "| Trial | `NEWLY_DECLARED(factor, path, [floor=0])` | The first ratio, multiplied. |" in function_table()
    assert "| `path` | ratio | A path of ratios. |" in names_table()


def test_the_inherited_tests_have_it(declared: Record) -> None:
    labels = {case.label for case in cases(declared)}
    assert {"example", "factor error cell", "path row", "path row with an error", "floor omitted"} <= labels
    survives_formualizer(declared)


def test_it_is_gone_afterwards() -> None:
    assert NAME not in CATALOGUE
