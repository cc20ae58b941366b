"""The command line: answers on one stream, reasons on the other, exit codes that mean one thing each."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import xlmodel
from tests.functions.inputs import cases
from xlmodel.cli import app
from xlmodel.cli.running import Commands
from xlmodel.cli.typed import typed
from xlmodel.errors import ExcelError, InfeasibleError, InputError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.cells import OMITTED
from xlmodel.functions.document import function_table

RECORDS = pytest.mark.parametrize("record", CATALOGUE.values(), ids=CATALOGUE)


def run(*arguments: str, **environment: str) -> Any:
    return CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", **environment}).invoke(app, list(arguments))


def test_the_version() -> None:
    assert run("--version").stdout.strip() == xlmodel.__version__


def test_the_list_names_every_function_under_its_category() -> None:
    shown = run("functions", COLUMNS="300").stdout
    for record in CATALOGUE.values():
        assert record.category in shown
        assert f"{record.name.removeprefix('XLMODEL_')} " in shown
        assert record.summary in shown


def test_the_list_as_markdown_is_the_table_of_the_readme() -> None:
    assert run("functions", "--markdown").stdout.rstrip("\n") == function_table()


@RECORDS
def test_help_says_all_there_is(record: Record) -> None:
    done = run("help", record.name.removeprefix("XLMODEL_").lower(), COLUMNS="1000")
    assert done.exit_code == 0
    for text in (record.signature, record.summary, record.source, record.example.formula(record.name)):
        assert text in done.stdout
    table = done.stdout.partition("\nargument ")[2].splitlines()
    for parameter in record.parameters:
        line = next(x for x in table if x.startswith(f"{parameter.label} "))
        assert parameter.arg.unit in line
        assert parameter.arg.help in line
        assert ("required" in line) >= parameter.required


def spelled(argument: Any) -> str:
    """A case of the inputs as a person would type it."""
    if argument is OMITTED:
        return ""
    if len(argument) == len(argument[0]) == 1:
        cell = argument[0][0]
        return f'"{cell}"' if isinstance(cell, str) and not isinstance(cell, ExcelError) else constant(cell)
    return "{" + ";".join(",".join(map(constant, row)) for row in argument) + "}"


def constant(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, str) and not isinstance(cell, ExcelError):
        return f'"{cell}"'
    return repr(cell) if isinstance(cell, float) else str(cell)


@RECORDS
def test_every_input_that_can_be_typed_gives_what_python_gives(record: Record) -> None:
    for case in cases(record):
        if any(a is not OMITTED and any(c is None for row in a for c in row) for a in case.arguments):
            continue  # a blank cell cannot be typed
        if case.label.endswith("date serial"):
            continue  # the same as its date cell
        done = run("call", record.name, *map(spelled, case.arguments))
        shown = call(record, case.arguments)
        alone = all(isinstance(cell, ExcelError) for row in shown for cell in row)
        assert done.exit_code == (1 if alone else 0), (str(case), done.output)
        assert "Traceback" not in done.output
        if alone:
            assert done.stdout == ""
            assert done.stderr.startswith(f"{shown[0][0]} ")
            assert done.stderr.endswith(".\n")
        else:
            lines = done.stdout.rstrip("\n").split("\n")
            assert [line.split("\t") for line in lines] == [list(map(as_shown, row)) for row in shown]


def as_shown(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    return format(cell, ".15g") if isinstance(cell, float) else str(cell)


def test_a_number_is_a_number_and_a_series_a_line() -> None:
    assert run("call", "COLLATERAL_VALUE", "35000", "2", "50%").stdout == "8750\n"
    done = run("call", "dscr_ltm", "{50,60,70,80,90}", "{40,40,40,40,40}")
    assert done.stdout == "#N/A\t#N/A\t#N/A\t1.625\t1.875\n"  # 260/160 and 300/160
    assert done.stderr == "Periods 1 to 3: fewer periods have passed than the look-back needs.\n"
    assert done.exit_code == 0


def test_a_terminal_gets_a_table() -> None:
    done = run("call", "DSCR", "{1,2;3,4}", "2", FORCE_COLOR="1", TERM="xterm")
    assert [line.split() for line in done.stdout.splitlines()] == [["0.5", "1"], ["1.5", "2"]]
    assert "\t" not in done.stdout


def test_negative_numbers_are_numbers() -> None:
    assert run("call", "DSCR", "-5", "2").stdout == "-2.5\n"
    assert run("call", "DSCR", "-1e1", "4").stdout == "-2.5\n"
    assert run("call", "DSCR", "{-5,-6}", "2").stdout == "-2.5\t-3\n"


def test_an_error_says_its_reason_and_ends_with_one() -> None:
    done = run("call", "DSCR", "5", "0")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "#DIV/0! Period 1: no debt service falls due, so there is nothing to cover.\n"
    assert run("call", "DSCR", "x", "1").stderr == '#VALUE! cfads must be a number, got "x".\n'
    assert run("call", "DSCR", "", "1").stderr == "#VALUE! cfads is missing: it has no default.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["call"],
        ["help"],
        ["call", "NPV", "1"],
        ["help", "DSCRR"],
        ["call", "DSCR", "{1,2", "1"],
        ["call", "DSCR", "{1,,2}", "1"],
        ["call", "DSCR", "{1,2;3}", "1"],
        ["call", "DSCR", '{1,"a}', "1"],
        ["call", "DSCR", "{{1}}", "1"],
        ["functions", "--loud"],
    ],
)
def test_bad_usage_ends_with_two(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Usage:" in done.output
    assert "Traceback" not in done.output


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    assert "did you mean DSCR" in run("call", "DSCRR", "1", "2").stderr


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("x must be y, got z", "x"), "x must be y, got z"),
        (InfeasibleError("no such loan; at most 5"), "no such loan; at most 5"),
        (FileNotFoundError(2, "No such file or directory", "deal.toml"), "deal.toml: No such file or directory"),
        (ZeroDivisionError("oops"), "xlmodel failed (ZeroDivisionError: oops); please report it."),
    ],
)
def test_whatever_a_command_raises_is_one_line(error: Exception, line: str) -> None:
    other = typer.Typer(cls=Commands, pretty_exceptions_enable=False)

    @other.callback()
    def root() -> None: ...

    @other.command()
    def fail() -> None:
        raise error

    done = CliRunner().invoke(other, ["fail"])
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{line}\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", OMITTED),
        ("  ", OMITTED),
        ("1.5", 1.5),
        ("-40%", -0.4),
        ("%", "%"),
        ("TRUE", True),
        ("false", False),
        ("#div/0!", ExcelError.DIV0),
        ("#5", "#5"),
        ('"TRUE"', "TRUE"),
        ('"a ""b"""', 'a "b"'),
        ("'5", "5"),
        ("1,000", "1,000"),
        ("2026-13-01", "2026-13-01"),
        ("{1}", ((1.0,),)),
        ('{ 1 , "a;b" ; TRUE , #N/A }', ((1.0, "a;b"), (True, ExcelError.NA))),
    ],
)
def test_what_is_typed_is_what_a_cell_would_hold(text: str, value: Any) -> None:
    got = typed(text)
    assert (got, type(got)) == (value, type(value))


@given(st.text(alphabet='{}",;1a# -%TRUE.', max_size=14) | st.text(max_size=10))
@settings(max_examples=200, deadline=None)
def test_typing_raises_nothing_but_its_own_error(text: str) -> None:
    try:
        typed(text)
    except InputError as error:
        assert text.strip() in error.sentence  # noqa: PT017


def test_the_installed_command() -> None:
    command = Path(sys.executable).with_name("xlmodel")
    done = subprocess.run(
        [command, "call", "DSCR", "-5", "2"], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "-2.5\n", "")


def test_a_reader_that_leaves_early_is_no_error_to_report() -> None:
    command = Path(sys.executable).with_name("xlmodel")
    done = subprocess.run(
        f'"{command}" call DSCR "{{{",".join(["1"] * 30_000)}}}" 1 | head -c 1',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1", "")


def test_presets_lists_the_tables_and_their_rows() -> None:
    listed = run("presets")
    assert listed.exit_code == 0
    assert "depreciation_lives" in listed.output
    shown = run("presets", "depreciation_lives")
    assert "Meta" in shown.output
    refused = run("presets", "nothing")
    assert refused.exit_code != 0
    assert "table must be one of" in refused.output


def test_explain_prints_the_parts_down_to_the_answer() -> None:
    """By hand 20 less 5 of cash over 40 less 10 of prior claims."""
    done = run("explain", "ltv", "20", "40", "10", "5")
    assert done.exit_code == 0
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == ["what", "value", "unit", "how"]
    told = [line[:2] for line in lines if line[0][:1] in "−÷="]
    assert told == [["− cash collateral", "5"], ["÷ value after prior claims", "30"], ["= loan to value", "0.5"]]


def test_explain_says_why_there_is_no_answer() -> None:
    for arguments in (["20", "0"], ["20"], ["20", "x"]):
        done = run("explain", "LTV", *arguments)
        assert done.exit_code == 1
        assert "undefined" in done.stdout
    assert run("explain", "NPV").exit_code == 2
