"""Self-service: what the add-in says of itself and of a formula that shows an error."""

from typing import Annotated, Any

import xlmodel
from xlmodel.functions.calling import why
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
