"""xlmodel: what hardware-backed loans are worth, and whether the cash pays them."""

import datetime as _dt
import importlib as _importlib
from os import PathLike as _PathLike
from pathlib import Path as _Path
from typing import Any as _Any

__version__ = "0.1.0"


def report(
    deal: _Any,
    out: str | _PathLike[str],
    force: bool = False,
    pdf: bool = False,
    date: _dt.date | None = None,
) -> _Path:
    """Write the report on a deal as a workbook of native formulas: `xlmodel.workbook.report.report`.

    Parameters
    ----------
    deal
        An `xlmodel.deal.Deal`, or the path of its TOML or JSON file.
    out, force, pdf, date
        As there.
    """
    # By name, so that importing xlmodel in a cell of a spreadsheet does not load the libraries of a workbook.
    written: _Path = _importlib.import_module("xlmodel.workbook.report").report(deal, _Path(out), force, pdf, date)
    return written
