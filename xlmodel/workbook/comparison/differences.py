"""The terms that differ: every input that is not the same in all deals, linked to where it stands."""

from collections.abc import Sequence
from typing import Any

from xlmodel.deal.quantity import Sourced
from xlmodel.workbook.comparison.side import Side
from xlmodel.workbook.inputs import leaves
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import readable
from xlmodel.workbook.wording import label

LABEL, UNIT, FIRST = range(3)
_WORDS = frozenset({"name", "borrower", "purpose", "notes", "as_of"})
"""What says which deal it is and changes no number."""


def differences(page: Page, sides: Sequence[Side]) -> None:
    """Write the sheet."""
    field = FIRST + len(sides) + 1
    page.widths += [
        (LABEL, LABEL, 46.0),
        (UNIT, UNIT, 16.0),
        (FIRST, field - 2, 20.0),
        (field - 1, field - 1, 2.0),
        (field, field, 40.0),
    ]
    page.print.last_column = field
    page.text(0, LABEL, "Terms that differ", "title")
    page.text(1, LABEL, "Links to the inputs of each deal, where each has its source. A dash: the deal has no such "
              "term.", "note")  # fmt: skip
    page.text(3, LABEL, "Term", "head")
    page.text(3, UNIT, "Unit", "head unit")
    for i, side in enumerate(sides):
        page.text(3, FIRST + i, side.letter, "head right")
    page.text(3, field - 1, "", "head")
    page.text(3, field, "Field of the deal file", "head")
    page.freeze = (4, FIRST)
    page.print.repeat_rows = (3, 3)
    found = [dict(leaves(side.analysis.deal, "")) for side in sides]
    paths = list(dict.fromkeys(path for one in found for path in one if not _WORDS & set(path.split("."))))
    row = 4
    for path in paths:
        values = [one.get(path) for one in found]
        if all(_same(value, values[0]) for value in values[1:]):
            continue
        page.text(row, LABEL, label(path), "label")
        page.text(row, field, path, "field")
        unit = next((readable(value)[1].unit for value in values if isinstance(value, Sourced)), "")
        page.text(row, UNIT, unit, "unit")
        for i, (side, value) in enumerate(zip(sides, values, strict=True)):
            _value(page, row, FIRST + i, side, path, value)
        row += 1
    if row == 4:
        page.text(row, LABEL, "None: the deals have the same terms", "note")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Sourced) and isinstance(other, Sourced):
        return one.value == other.value
    return bool(one == other)


def _value(page: Page, row: int, column: int, side: Side, path: str, value: Any) -> None:
    key = side.prefix + path
    if value is None:
        page.text(row, column, "-", "calc word")
    elif isinstance(value, Sourced) and key in page.layout:
        _, how = readable(value)
        page.formula(row, column, f"={{{key}}}", f"calc {how.kind}")
    elif key in page.layout:
        page.formula(row, column, f"={{{key}}}", "calc count" if isinstance(value, int) else "calc date")
    else:
        # Words choose the formulas and stand in no input cell.
        page.text(row, column, str(value).replace("_", " "), "calc word")
