"""Self-service: what the add-in says of itself, of a formula's number or error, and of the facts it ships."""

from typing import Annotated, Any

import xlmodel
from xlmodel.data import table, tables
from xlmodel.errors import InputError
from xlmodel.functions.calling import why
from xlmodel.functions.explaining import explain
from xlmodel.functions.record import Arg, Example, Kind, worksheet

_CATEGORY = "Self-service"


@worksheet(_CATEGORY, Example((), xlmodel.__version__), "Semantic versioning 2.0.0.")
def XLMODEL_VERSION() -> str:
    """The version of xlmodel that answers this sheet.

    Every other function gives the same numbers within one version.
    """
    return xlmodel.__version__


@worksheet(
    _CATEGORY,
    Example(
        ("DSCR_LTM", (50, 60, 70), (40, 40, 40)),
        "Periods 1 to 3: fewer periods have passed than the look-back needs.",
    ),
    "The rules of reading and the reasons of undefined numbers are xlmodel's own.",
)
def XLMODEL_WHY(
    name: Annotated[str, Arg(Kind.TEXT, "", 'The function asked about, such as "DSCR_LTM".')],
    *arguments: Annotated[Any, Arg(Kind.CELLS, "", "The arguments of that function, unchanged.")],
) -> str:
    """Why a formula shows an error, in a sentence.

    Give the function's name and the same arguments. A formula without an error is said to have none.
    """
    return why(name, arguments)


@worksheet(
    _CATEGORY,
    Example(
        ("CRITICAL_LTV", 0.25),
        (
            ("what", "value", "unit", "how"),
            ("XLMODEL_CRITICAL_LTV", "", "", "Loan to value above which a sale does not repay the lender."),
            ("inputs", "", "", "as they were read"),
            ("haircut", 0.25, "fraction", "Share of the value that a sale loses."),
            ("parts", "", "", "each line is applied to what stands above it"),
            ("value", 1.0, "fraction", ""),
            ("− haircut", 0.25, "fraction", ""),
            ("= critical loan to value", 0.75, "fraction", ""),
            ("formula", "", "", "1 − haircut, on the basis on which the haircut is measured."),
            ("source", "", "", "Caccioli, Bouchaud and Farmer (2012) for market impact alone; by hand 1 − 0.39."),
        ),
    ),
    "The parts of a number are declared beside its function and lead to its answer, whatever the arguments.",
)
def XLMODEL_EXPLAIN(
    name: Annotated[str, Arg(Kind.TEXT, "", 'The function asked about, such as "DSCR_LTM".')],
    *arguments: Annotated[Any, Arg(Kind.CELLS, "", "The arguments of that function, unchanged.")],
) -> Any:
    """What a formula's number is made of: inputs as they were read, parts down to the answer, formula and source.

    Give the function's name and the same arguments. Each part is added to, taken from, multiplied with or divides what
    stands above it, and the last line is what the formula shows. Ranges are explained element by element.
    """
    return explain(name, arguments)


_TRUST = {"V": "read in the source", "S": "a weak source", "D": "derived from such facts"}
_ABOUT = ("source", "date", "note", "flag")


@worksheet(
    _CATEGORY,
    Example(
        ("depreciation_lives", "Meta"),
        (
            ("fact", "source", "date", "note", "trust"),
            (
                "company Meta, years 5.5",
                "company filings, read 2026-11",
                "2025-01",
                "saves about 2.9bn USD in 2025",
                "read in the source",
            ),
        ),
    ),
    "The tables of dated facts that ship with xlmodel, each row with its own source.",
)
def XLMODEL_SOURCE(
    preset: Annotated[str, Arg(Kind.TEXT, "", "A table of facts; all tables are listed without it.")] = "",
    fact: Annotated[str, Arg(Kind.TEXT, "", "Only facts in which this text occurs, such as H100.")] = "",
) -> list[tuple[str, ...]]:
    """Source, date and note of the facts that ship as presets.

    One row a fact of the table, with how far it can be trusted: read in the source named, in a weak source, or derived
    by arithmetic. A dated fact is never a default of a function.
    """
    if not preset:
        return [("preset", "facts"), *((name, f"{len(table(name)):,}") for name in tables())]
    rows = []
    for row in table(preset.strip()):
        what = ", ".join(f"{column} {value}" for column, value in row.items() if column not in _ABOUT and value)
        if fact.strip().casefold() in f"{what} {row.get('note', '')}".casefold():
            about = (row.get(column) or "" for column in _ABOUT[:3])
            rows.append((what, *about, _TRUST[row["flag"]]))
    if not rows:
        raise InputError(f'no fact of {preset.strip()} says "{fact.strip()}"', "fact")
    return [("fact", "source", "date", "note", "trust"), *rows]
