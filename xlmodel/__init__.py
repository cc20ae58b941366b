"""xlmodel: what hardware-backed loans are worth, and whether the cash pays them."""

import datetime as _dt
import importlib as _importlib
from collections.abc import Sequence as _Sequence
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
    values: bool = False,
) -> _Path:
    """Write the report on a deal as a workbook of native formulas: `xlmodel.workbook.report.report`.

    Parameters
    ----------
    deal
        An `xlmodel.deal.Deal`, or the path of its TOML or JSON file.
    out, force, pdf, date, values
        As there.
    """
    # By name, so that importing xlmodel in a cell of a spreadsheet does not load the libraries of a workbook.
    module = _importlib.import_module("xlmodel.workbook.report")
    written: _Path = module.report(deal, _Path(out), force, pdf, date, values)
    return written


def compare(
    deals: _Sequence[_Any],
    out: str | _PathLike[str],
    force: bool = False,
    pdf: bool = False,
    date: _dt.date | None = None,
    values: bool = False,
) -> _Path:
    """Write deals side by side as one workbook of native formulas: `xlmodel.workbook.comparison.comparison`.

    Parameters
    ----------
    deals
        One to four `xlmodel.deal.Deal`, or paths of their TOML or JSON files.
    out, force, pdf, date, values
        As there.
    """
    module = _importlib.import_module("xlmodel.workbook.comparison")
    written: _Path = module.comparison(deals, _Path(out), force, pdf, date, values)
    return written
