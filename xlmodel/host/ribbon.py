"""What the buttons of the ribbon ask Python for: fill, report, doctor. Each answers with a sentence to show.

Paths are data: a file a person chose in a dialog, or the file that is open. Nothing here runs what a workbook names.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xlwings import arg, func, ret

from xlmodel.errors import ModelError
from xlmodel.host import doctor, profile
from xlmodel.workbook.report import report


def write_report(deal: str, out: str) -> str:
    """Write the report on a deal file."""
    return f"The report is in {report(Path(deal), Path(out), force=True)}."


def examine() -> str:
    """Say what keeps the add-in from working, one sentence a line."""
    return "\n".join(finding.sentence for finding in doctor.findings(profile.here()))


def _served(name: str, answer: Callable[..., str], *labels: str) -> Callable[..., list[list[str]]]:
    """The function xlwings serves for a button; a refusal is a sentence too."""

    def served(*given: Any) -> list[list[str]]:
        try:
            return [[answer(*map(str, given))]]
        except ModelError as error:
            return [[error.sentence]]

    served.__name__ = served.__qualname__ = name
    served.__doc__ = answer.__doc__
    served.__annotations__ = {}
    served.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(label, inspect.Parameter.POSITIONAL_OR_KEYWORD) for label in labels]
    )
    marked: Any = ret("raw")(served)
    for label in labels:
        marked = arg(label, "raw")(marked)
    found: Callable[..., list[list[str]]] = func(marked)
    return found


Report = _served("Report", write_report, "deal", "out")
Doctor = _served("Doctor", examine)
