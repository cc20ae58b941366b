"""Differences a host imposes: what a spreadsheet changes before a function sees it, or shows otherwise.

The only table of its kind. The README prints it, and the tests of each host hold it exact: an input that is not
named here gives on every host what Python gives, and an entry that no longer occurs fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from xlmodel.errors import ExcelError
from xlmodel.functions.cells import OMITTED, Argument
from xlmodel.functions.document import markdown
from xlmodel.functions.record import Kind, Parameter

Change = Callable[[Parameter, Argument, bool], Argument]
"""Turns an argument, as it stands in the sheet, into what the function receives.

The argument is `OMITTED` or rows of cells; the last argument says whether it is a constant in the formula and not a
range. An `ExcelError` is shown without asking the function at all.
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, for the person at the sheet and for the tests.

    Attributes
    ----------
    host
        The spreadsheet that imposes it.
    input
        What stands in the sheet.
    shows
        What happens then, and what to write instead.
    why
        The cause, which is the host's and not ours.
    change
        The difference as a rule for one argument, or None when it concerns the formula as a whole.
    """

    host: str
    input: str
    shows: str
    why: str
    change: Change | None = None


def by_reference(parameter: Parameter) -> bool:
    """Whether Calc hands this argument over as cells and not as values.

    Only so do error cells inside a range arrive one by one, which a ratio needs: its first periods are #N/A. The price
    is that a constant is refused, so every other kind takes values.
    """
    return parameter.arg.kind is Kind.RATIO and parameter.required


def _lone(argument: Argument) -> Any:
    """The only cell of an argument, or `OMITTED` when there are more or none."""
    return argument[0][0] if argument is not OMITTED and len(argument) == len(argument[0]) == 1 else OMITTED


def _errors(argument: Argument) -> bool:
    return argument is not OMITTED and any(isinstance(cell, ExcelError) for row in argument for cell in row)


def _each(argument: Argument, change: Callable[[Any], Any]) -> Argument:
    return OMITTED if argument is OMITTED else tuple(tuple(map(change, row)) for row in argument)


def _blank_is_zero(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    del constant
    return ((0.0,),) if _lone(argument) is None and not by_reference(parameter) else argument


def _empty_text_is_blank(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    del parameter, constant
    return _each(argument, lambda cell: None if cell == "" else cell)


def _boolean_is_number(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    del parameter, constant
    return _each(argument, lambda cell: float(cell) if isinstance(cell, bool) else cell)


def _error_cell_shows(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    cell = _lone(argument)
    return cell if isinstance(cell, ExcelError) and (constant or not by_reference(parameter)) else argument


def _error_in_a_range_spoils(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    many = _lone(argument) is OMITTED
    return ExcelError.VALUE if _errors(argument) and many and not constant and not by_reference(parameter) else argument


def _error_in_a_constant_shows(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    del parameter
    return ExcelError.NA if _errors(argument) and _lone(argument) is OMITTED and constant else argument


def _constant_for_a_ratio(parameter: Parameter, argument: Argument, constant: bool) -> Argument:
    return ExcelError.VALUE if by_reference(parameter) and (constant or argument is OMITTED) else argument


CALC: Final = "LibreOffice Calc"
FORMUALIZER: Final = "formualizer"
EXCEL: Final = "Excel on Windows"

DIFFERENCES: Final = (
    Difference(
        CALC,
        "the name `XLMODEL_DSCR`",
        "`#NAME?`; Calc spells it `XLMODEL.DSCR`, and `xlmodel retarget` so spells a whole workbook",
        "an add-in function is found in a workbook only under the name of its service, a dot and its method",
    ),
    Difference(
        CALC,
        "a formula whose answer has several cells",
        "only its first cell; enter it as an array formula, Ctrl+Shift+Enter",
        "Calc 7 does not spill",
    ),
    Difference(
        CALC,
        "an array formula of EXPLAIN with two ranges of several rows",
        "only as many lines as the ranges have rows; explain one row of them, or use `xlmodel explain`",
        "Calc fits the answer of a function with any number of arguments to the ranges it was given",
    ),
    Difference(
        CALC,
        "an error cell as an argument of its own",
        "that error at once, even in WHY",
        "Calc does not call a function with an error",
        _error_cell_shows,
    ),
    Difference(
        CALC,
        "an error cell inside a range, ratios excepted",
        "`#VALUE!` for the whole answer",
        "Calc refuses to hand such a range to an add-in as values",
        _error_in_a_range_spoils,
    ),
    Difference(
        CALC,
        "an error inside an array constant",
        "`#N/A` for the whole answer",
        "Calc reads every error in an array constant of a workbook as #N/A and does not call the function",
        _error_in_a_constant_shows,
    ),
    Difference(
        CALC,
        "a constant or a nested formula as a ratio",
        "`#VALUE!`; put the ratio into cells and give their range",
        "only a range of cells carries its #N/A periods to the function",
        _constant_for_a_ratio,
    ),
    Difference(
        CALC,
        "a single blank cell, ratios excepted",
        "counts as 0 and not as omitted; leave the argument out",
        "Calc hands it over as the number 0",
        _blank_is_zero,
    ),
    Difference(
        CALC,
        "an empty text",
        "counts as blank",
        "Calc hands over blanks in a range as empty texts",
        _empty_text_is_blank,
    ),
    Difference(
        CALC,
        "TRUE or FALSE",
        "the number 1 or 0",
        "a boolean in Calc is a number with a format",
        _boolean_is_number,
    ),
    Difference(
        FORMUALIZER,
        "two commas with nothing between, in a workbook that was only registered",
        "the argument is 0 and not its default; open the workbook with `xlmodel.host.formualizer.opened`",
        "formualizer evaluates an omitted argument to 0",
    ),
    Difference(
        FORMUALIZER,
        "an array formula over several cells, in a workbook that was only registered",
        "`#SPILL!`; open the workbook with `xlmodel.host.formualizer.opened`",
        "the values cached in its other cells stand in the way of the answer",
    ),
    Difference(
        EXCEL,
        "a range of several areas, `(A1:A3,C1:C3)`",
        "`#VALUE!`; give each area as an argument of its own",
        "Excel hands over the values of the first area only, and silently",
    ),
    Difference(
        EXCEL,
        "a cell that shows `#SPILL!`, `#CALC!` or another error newer than `#N/A`",
        "counts as `#VALUE!`, and `#GETTING_DATA` as `#N/A`",
        "an answer can hold only the seven errors every Excel knows",
    ),
)


def arrived(
    host: str, parameter: Parameter, argument: Argument, constant: bool, without: Difference | None = None
) -> Argument:
    """Return what the function receives of an argument on a host, or the `ExcelError` shown in its place.

    Parameters
    ----------
    host
        A host of the table.
    parameter
        The argument's declaration.
    argument
        `OMITTED` or rows of cells, as they stand in the sheet.
    constant
        Whether it is written into the formula.
    without
        A difference to leave out, for the test that it still occurs.

    >>> from xlmodel.functions import CATALOGUE
    >>> cfads = CATALOGUE["XLMODEL_DSCR"].parameters[0]
    >>> arrived(CALC, cfads, ((None,),), constant=False)
    ((0.0,),)
    >>> arrived(FORMUALIZER, cfads, ((None,),), constant=False)
    ((None,),)
    """
    for difference in DIFFERENCES:
        if difference.host != host or difference.change is None or difference is without:
            continue
        argument = difference.change(parameter, argument, constant)
        if isinstance(argument, ExcelError):
            return argument
    return argument


def differences_table() -> str:
    """The table in Markdown, for the README."""
    return markdown(("host", "what stands in the sheet", "what happens", "why"), map(_row, DIFFERENCES))


def _row(difference: Difference) -> tuple[str, ...]:
    return difference.host, difference.input, difference.shows, difference.why
