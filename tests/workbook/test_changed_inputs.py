"""A report is a living model: many inputs typed over, and every cell is that of a report on the changed deal."""

import copy
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.engines import needs_libreoffice, recalculated, shown
from tests.workbook.deals import deals
from tests.workbook.test_recalculation import differs
from xlmodel.deal import Deal, analyse, read
from xlmodel.errors import ModelError
from xlmodel.workbook.inputs import sourced
from xlmodel.workbook.report import fill, write
from xlmodel.workbook.units import readable

pytestmark = needs_libreoffice

DATE = dt.date(2026, 11, 23)
DEALS = deals()
_WHOLE_PERIODS = {"reserve_months", "lockup_months", "tax_life"}
_TYPED = {"Inputs", "Sources", "Cover", "Checks"}
"""Sheets that hold inputs and words, and numbers pasted to compare with."""


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("case_a", 1),
        ("hedged and taxed", 2),
        ("covenants that step, cured as cash", 3),
        ("financing that sweeps by loan to value", 4),
        ("iren_microsoft_2026_dated", 5),
    ],
)
def test_changed_inputs_give_the_report_on_the_changed_deal(name: str, seed: int, tmp_path: Path) -> None:
    deal = DEALS[name]
    changed = _changed(deal, random.Random(seed))
    path = write(analyse(deal), tmp_path / "report.xlsx", date=DATE)
    fresh = write(analyse(changed), tmp_path / "fresh.xlsx", date=DATE)
    pages = fill(analyse(deal), DATE)
    layout = pages[0].layout
    book = openpyxl.load_workbook(path)
    typed = 0
    for key, number in sourced(changed):
        if key in layout:
            place = layout[key]
            book[place.sheet].cell(place.row + 1, place.column + 1).value = readable(number)[0]
            typed += 1
    assert typed >= 20
    book.save(tmp_path / "typed.xlsx")
    want, got = shown(fresh), recalculated(tmp_path / "typed.xlsx")
    apart = []
    formulas = 0
    for sheet in openpyxl.load_workbook(fresh):
        if sheet.title in _TYPED:
            continue
        # What the haircut is most sensitive to is listed in the order it had when the report was written.
        bars = layout["tornado.base"] if sheet.title == "Collateral" else None
        order = range(bars.row + 1, bars.last_row + 2) if bars else ()
        for row in sheet.iter_rows():
            for cell in row:
                at = (sheet.title, cell.coordinate)
                if cell.data_type == "f" and cell.row not in order:
                    formulas += 1
                    if _apart(want.get(at), got.get(at)):
                        apart.append((at, want.get(at), got.get(at)))
    assert formulas > 1000
    assert apart == []


def _apart(want: Any, got: Any) -> bool:
    """Whether two values differ by more than rounding, where a sum of 0 may leave some."""
    if isinstance(want, float) and isinstance(got, float) and abs(want - got) < 1e-12:
        return False
    return differs(want, got)


def _changed(deal: Deal, chance: random.Random) -> Deal:
    """The deal with every number it can bear moved by up to 7 %."""
    data = deal.model_dump(mode="json", exclude_none=True)
    for path in list(_numbers(data)):
        if path[-1] in _WHOLE_PERIODS:
            continue
        trial = copy.deepcopy(data)
        number: Any = trial
        for step in path:
            number = number[step]
        number["value"] *= chance.uniform(0.93, 1.07)
        try:
            analyse(read(trial))
        except ModelError:
            continue  # such as a share of 100 % that grew
        data = trial
    return read(data)


def _numbers(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(part, dict):
        if set(part) == {"value", "unit", "source"}:
            yield path
        else:
            for key, inner in part.items():
                yield from _numbers(inner, (*path, key))
    elif isinstance(part, list):
        for i, inner in enumerate(part):
            yield from _numbers(inner, (*path, i))
