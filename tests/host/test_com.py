"""Excel on Windows gives what Python gives: through xlwings' own code, and through the VBA that calls it."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.functions.inputs import cases
from tests.host.com_process import ComProcess
from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.cells import OMITTED, serial
from xlmodel.host import com, vba
from xlmodel.host.differences import DIFFERENCES, EXCEL

# winerror.h and Microsoft's table of xlCVError: 0x800A0000 + 2000, 2007, 2015, 2023, 2029, 2036, 2042.
VT_ERROR = {
    ExcelError.NULL: -2146826288,
    ExcelError.DIV0: -2146826281,
    ExcelError.VALUE: -2146826273,
    ExcelError.REF: -2146826265,
    ExcelError.NAME: -2146826259,
    ExcelError.NUM: -2146826252,
    ExcelError.NA: -2146826246,
}
DISP_E_PARAMNOTFOUND = -2147352572
RECORDS = pytest.mark.parametrize("record", CATALOGUE.values(), ids=CATALOGUE)


@pytest.fixture(scope="module")
def excel() -> Iterator[ComProcess]:
    process = ComProcess()
    yield process
    process.close()


def value2(cell: Any) -> Any:
    """A cell as `Range.Value2` has it."""
    return serial(cell) if isinstance(cell, dt.date) else cell


def in_com(argument: Any) -> Any:
    """An argument as COM hands it over: one cell as a scalar, errors and what is missing as whole numbers."""
    if argument is OMITTED:
        return DISP_E_PARAMNOTFOUND
    rows = tuple(tuple(VT_ERROR[c] if isinstance(c, ExcelError) else value2(c) for c in row) for row in argument)
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def in_sheet(argument: Any) -> Any:
    return argument if argument is OMITTED else tuple(tuple(map(value2, row)) for row in argument)


def marked(rows: Any) -> list[list[Any]]:
    return [[str(c) if isinstance(c, ExcelError) else c for c in row] for row in rows]


@RECORDS
def test_every_input_gives_over_com_what_python_gives(excel: ComProcess, record: Record) -> None:
    wrong = []
    for case in cases(record):
        shown = excel("com", record.name, tuple(map(in_com, case.arguments)))
        if shown != marked(call(record, case.arguments)):
            wrong.append((str(case), shown))
    assert wrong == []


@RECORDS
def test_every_input_shows_in_a_cell_what_python_gives(excel: ComProcess, record: Record) -> None:
    wrong = []
    for case in cases(record):
        shown = excel("vba", record.name, tuple(map(in_sheet, case.arguments)))
        if shown != call(record, case.arguments):
            wrong.append((str(case), shown))
    assert wrong == []


@RECORDS
def test_constants_in_a_formula_give_what_ranges_give(excel: ComProcess, record: Record) -> None:
    """Excel hands over a constant as a scalar, and a row of constants as an array of one dimension."""
    example = next(iter(cases(record)))
    given = [
        a if a is OMITTED else (a[0][0] if len(a[0]) == 1 else list(a[0])) if len(a) == 1 else list(map(list, a))
        for a in example.arguments
    ]
    assert excel("vba", record.name, given) == call(record, example.arguments)


@RECORDS
def test_why_says_over_com_what_it_says_in_python(excel: ComProcess, record: Record) -> None:
    """The arguments of WHY pass through a ParamArray, an omitted one included."""
    asked = CATALOGUE["XLMODEL_WHY"]
    for case in list(cases(record))[:12]:
        arguments = tuple(map(in_sheet, case.arguments))
        shown = excel("vba", asked.name, (record.name, *arguments))
        assert shown == call(asked, [record.name, *arguments]), str(case)


def test_the_code_that_ran_is_xlwings_own(excel: ComProcess) -> None:
    facts = excel("facts")
    assert facts["decorators"] == "xlwings.udfs"
    assert set(facts["help"]) == set(CATALOGUE)
    assert set(facts["call_in_wizard"].values()) == set(facts["volatile"].values()) == {False}
    for name, record in CATALOGUE.items():
        assert facts["category"][name] == f"xlmodel {record.category}"
        assert facts["convert"][name] == [{"convert": "raw"}] * (len(record.parameters) + 1)
        assert [n for n, _ in facts["arguments"][name]] == [p.name for p in record.parameters]
        assert all(0 < len(text) <= 255 for text in [facts["help"][name], *(t for _, t in facts["arguments"][name])])


def test_the_wizard_is_told_of_every_function(excel: ComProcess) -> None:
    told = {options["macro"].removeprefix("'xlmodel.xlam'!"): options for options in excel("facts")["wizard"]}
    assert set(told) == set(CATALOGUE)
    for name, record in CATALOGUE.items():
        assert len(told[name]["arguments"]) == len(record.parameters)
        texts = [told[name]["description"], *told[name]["arguments"]]
        assert all(0 < len(text) <= 255 and text.isascii() for text in texts)


def test_nothing_is_calculated_while_the_wizard_is_open(excel: ComProcess) -> None:
    cells = (((35000.0,),), ((2.0,),), ((0.5,),))
    assert excel("wizard", "XLMODEL_COLLATERAL_VALUE", cells) == "Empty"
    assert excel("vba", "XLMODEL_COLLATERAL_VALUE", cells) == [[8750.0]]


@pytest.mark.parametrize("error", ExcelError)
def test_a_marker_becomes_its_error_and_nothing_else_does(excel: ComProcess, error: ExcelError) -> None:
    texts = [f"{error} ", f"{error}x", error.lower(), error[:-1], "#5", "#", ""]
    texts = [t for t in texts if t not in set(ExcelError)]
    assert excel("run", "Shown", (str(error),)) == [[error]]
    assert excel("run", "Shown", (["a", str(error), *texts],)) == [["a", error, *texts]]
    table = [[str(error), 1.5, True, texts[0]], [texts[1], str(error), 2.0, str(error)]]
    assert excel("run", "Shown", (table,)) == [[error, 1.5, True, texts[0]], [texts[1], error, 2.0, error]]


def test_a_call_that_never_arrives_shows_an_error_and_keeps_its_reason(excel: ComProcess) -> None:
    """A range of two areas is refused before the call; xlwings' own stub would show the reason as text."""
    assert any(d.host == EXCEL and "areas" in d.input for d in DIFFERENCES)
    cells = (((35000.0,),), ((2.0,),), ((0.5,),))
    assert excel("areas", "XLMODEL_COLLATERAL_VALUE", cells) == [[ExcelError.VALUE]]
    assert excel("run", "LastFailure", ()) == [["a range of several areas is not one argument"]]


def test_cells_arrive_as_cells() -> None:
    for error, number in VT_ERROR.items():
        assert com.decode(number) is error
    assert com.decode(DISP_E_PARAMNOTFOUND) is OMITTED
    assert com.decode(Decimal("1.2500")) == 1.25
    assert [com.decode(c) for c in (None, True, "#N/A", 2.5, 7)] == [None, True, "#N/A", 2.5, 7.0]
    assert type(com.decode(7)) is float


def test_an_error_of_a_newer_excel_is_an_error_and_no_number() -> None:
    """#GETTING_DATA is 2043, #SPILL! 2045, #CALC! 2050 (XlCVError)."""
    assert any(d.host == EXCEL and "#SPILL!" in d.input for d in DIFFERENCES)
    assert com.decode(-2146828288 + 2043) is ExcelError.NA
    assert [com.decode(-2146828288 + n) for n in (2045, 2046, 2047, 2048, 2049, 2050)] == [ExcelError.VALUE] * 6


def test_the_answer_never_holds_a_member_or_a_blank() -> None:
    assert com.encode(ExcelError.NA) == "#N/A"
    assert type(com.encode(ExcelError.NA)) is str
    assert [com.encode(c) for c in (1.5, True, "#5")] == [1.5, True, "#5"]


def test_the_vba_stays_within_its_limits() -> None:
    for name, text in vba.modules().items():
        assert text.isascii()
        lines = text.split("\r\n")
        assert max(map(len, lines)) <= 1023
        runs = re.findall(r"(?:^.* _\r\n)+", text, re.MULTILINE)
        assert all(run.count("\r\n") <= 24 for run in runs), name
        assert max(len(part) for part in re.findall(r'"((?:[^"]|"")*)"', text)) <= 2 * 255


def test_a_stub_names_no_workbook_and_no_caller() -> None:
    assert not re.search(r"Workbook|Caller|ActiveSheet|GetConfig", vba.stubs() + vba.shared())


@RECORDS
def test_argument_names_are_legal_and_distinct_in_vba(record: Record) -> None:
    names = [vba.vba_name(p).lower() for p in record.parameters]
    assert len(set(names)) == len(names) <= vba.ARGUMENTS
    for name in names:
        assert re.fullmatch(r"[a-z]\w{0,254}", name)
        assert name not in vba.RESERVED
        assert name not in {"application", "err", "failed", "k", "packed", "shown", "valueof", "xlpy"}


def test_sixty_arguments_fit() -> None:
    """The most VBA takes, with names of forty letters, still one statement of at most 24 continued lines."""
    from dataclasses import replace

    first = CATALOGUE["XLMODEL_DSCR"].parameters[0]
    wide = tuple(replace(first, name=f"a_name_of_about_forty_letters_number_{i:03}", required=False) for i in range(60))
    stub = vba.stub(replace(CATALOGUE["XLMODEL_DSCR"], parameters=wide))
    assert max(run.count("\n") for run in re.findall(r"(?:^.* _\n)+", stub, re.MULTILINE)) <= 24
    with pytest.raises(ValueError, match="VBA takes 60"):
        vba.stub(replace(CATALOGUE["XLMODEL_DSCR"], parameters=(*wide, first)))
