"""What the buttons of the ribbon ask Python for: fill, report, doctor. Each answers with a sentence to show.

Paths are data: a file a person chose in a dialog, or the file that is open. Nothing here runs what a workbook names.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from xlwings import arg, func, ret

from xlmodel import desk
from xlmodel.deal import load
from xlmodel.desk import tables
from xlmodel.errors import InputError, ModelError
from xlmodel.host import doctor, profile
from xlmodel.workbook.report import report

_SHOWN: Final = 20


def fill_copies(workbook: str, data: str, mapping: str, folder: str) -> str:
    """Fill one copy of the open workbook's file for each loan, and say what became of them.

    Parameters
    ----------
    workbook
        The full name of the workbook, as Excel has it.
    data
        A tape (.csv, .parquet, .xlsx) or a deal (.toml, .json).
    mapping
        Where what goes, as ``xlmodel template map`` writes it.
    folder
        Where the copies go; what is there and is not ours stays.

    Raises
    ------
    InputError
        The workbook is no file of this machine, or one of the files cannot be used.
    """
    if "://" in workbook:
        raise InputError("this workbook is in the cloud: save it to a folder of this machine and fill that", "workbook")
    placed, source = desk.load(mapping), Path(data)
    if source.suffix.lower() in (".toml", ".json"):
        loans = [desk.of_deal(load(source), placed)]
    else:
        loans = list(desk.of_tape(tables.load(source), placed))
    # In this process: it serves Excel, and others started from here would not know how to end. Excel calculates.
    made = desk.fill_each(Path(workbook), loans, placed, Path(folder), processes=1)
    count = {state: sum(one.state == state for one in made) for state in ("made", "kept", "refused")}
    problems = [str(problem) for one in made for problem in one.problems]
    more = [f"and {len(problems) - _SHOWN} more problems"] if len(problems) > _SHOWN else []
    said = f"{folder}: {count['made']} filled, {count['kept']} up to date, {count['refused']} refused."
    return "\n".join([said, *problems[:_SHOWN], *more, *sorted({note for one in made for note in one.notes})[:_SHOWN]])


def write_report(deal: str, out: str) -> str:
    """Write the report on a deal file; whoever chose where has agreed to replace what is there."""
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
        except OSError as error:
            return [[f"{error.filename or 'the system'}: {error.strerror or error}"]]
        except Exception as error:  # noqa: BLE001  a defect of ours; Excel would show a traceback
            return [[f"xlmodel failed ({type(error).__name__}: {error}); please report it."]]

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


Fill = _served("Fill", fill_copies, "workbook", "data", "mapping", "folder")
Report = _served("Report", write_report, "deal", "out")
Doctor = _served("Doctor", examine)
