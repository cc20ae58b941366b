"""Sheets an analyst types into: a label, one or several input cells beside it, the unit, and where the number is from.

Every input cell has a name that is valid in the whole workbook, `in_debt_rate` or `in_debt_rate_2` where there are
several; every key figure has one that begins with `out_`. These names are all that a filler or a reader needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xlmodel.workbook.sheet import ROW_PIXELS, Page, Value
from xlmodel.workbook.wording import lines_of

LABEL, FIRST = 0, 1
_LABEL_WIDTH: Final = 44.0
_CELL_WIDTH: Final = 18.0
_UNIT_WIDTH: Final = 18.0
_NOTE_WIDTH: Final = 60.0
_LINE_HEIGHT: Final = 12.75
# Widths count digits; letters are narrower.
_LETTERS: Final = 1.1
_LONGEST_TITLE: Final = 32
_LONGEST_MESSAGE: Final = 255
ASSUMED: Final = "assumption"
"""What stands as the source of an input until somebody writes a better one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One input: what it is called, in which unit it is typed, and what it takes.

    Attributes
    ----------
    key
        Its name without `in_`: `debt_rate`.
    label, unit
        What the reader sees.
    kind
        The kind of number, of `styles.NUMBERS`; "word" for text.
    low, high
        The range of numbers it takes; the bounds belong to it.
    choices
        The words it takes, instead of numbers.
    start
        What stands in it before anybody types: a convention, never a market fact. None is blank.
    help
        One sentence more, shown beside the cell when it is selected.
    """

    key: str
    label: str
    unit: str
    kind: str
    low: float = 0.0
    high: float = 1e15
    choices: tuple[str, ...] = ()
    start: Value | None = None
    help: str = ""


def allowed(entry: Entry) -> dict[str, Any]:
    """Return the validation of an input: what may be typed, the prompt, and what is said when it is not.

    >>> rule = allowed(Entry("rate", "Interest rate", "% a year", "rate", high=1.0))
    >>> rule["validate"], rule["maximum"], rule["error_message"]
    ('decimal', 1.0, 'Interest rate takes 0 % to 100 %, in % a year.')
    """
    if entry.choices:
        # A list of the words; numbers in it are chosen as numbers.
        takes = " or ".join(entry.choices)
        rule: dict[str, Any] = {"validate": "list", "source": list(entry.choices)}
    elif entry.kind in ("word", "left"):
        takes = "text"
        rule = {"validate": "any"}
    elif entry.kind in ("date", "period"):
        takes = "a date"
        rule = {"validate": "decimal", "criteria": "between", "minimum": 1, "maximum": 2_958_465}
    else:
        takes = f"{_bound(entry.low, entry)} to {_bound(entry.high, entry)}"
        if entry.high >= 1e15:
            takes = f"{_bound(entry.low, entry)} or more" if entry.low > -1e15 else "any number"
        rule = {"validate": "decimal", "criteria": "between", "minimum": entry.low, "maximum": entry.high}
    said = f"{entry.label} takes {takes}" + (f", in {entry.unit}." if entry.unit and entry.unit != "date" else ".")
    return rule | {
        "input_title": entry.label[:_LONGEST_TITLE],
        "input_message": f"{said} {entry.help}".strip()[:_LONGEST_MESSAGE],
        "error_title": "Not a possible value",
        "error_message": said[:_LONGEST_MESSAGE],
    }


def _bound(value: float, entry: Entry) -> str:
    return f"{value * 100:g} %" if entry.kind in ("percent", "rate", "rate long") else f"{value:,g}"


class Form:
    """Fills a page from the top down with inputs and figures.

    Parameters
    ----------
    page
        An empty page.
    title, subtitle
        What stands above.
    given
        What to put into the inputs, by key (with `_2` for the second cell of a row), instead of what they start with.
    cells
        How many input cells a row has at most.
    """

    def __init__(
        self, page: Page, title: str, subtitle: str, given: Mapping[str, Value] | None = None, cells: int = 1
    ) -> None:
        self.page = page
        self.given = given or {}
        self.cells = cells
        self.unit, self.note = FIRST + cells, FIRST + cells + 1
        page.widths.append((LABEL, LABEL, _LABEL_WIDTH))
        self.width = _CELL_WIDTH if cells == 1 else _CELL_WIDTH + 4
        page.widths.append((FIRST, self.unit - 1, self.width))
        page.widths.append((self.unit, self.unit, _UNIT_WIDTH))
        page.widths.append((self.note, self.note, _NOTE_WIDTH))
        page.print.last_column = self.note
        page.text(0, LABEL, title, "title")
        page.text(1, LABEL, subtitle, "note")
        page.freeze = (3, 1)
        self.row = 3

    def section(self, title: str, heads: Sequence[str] = (), note: str = "Source", key: str = "") -> None:
        """Start a group of rows; `heads` name the input cells where there are several, and register as `key`."""
        self.row += self.row > 3
        self.page.text(self.row, LABEL, title, "section")
        self.page.band(self.row, FIRST, self.note, "section")
        for i, head in enumerate(heads):
            self.page.text(self.row, FIRST + i, head, "section right")
        if key:
            self.page.name_across(key, self.row, FIRST, FIRST + len(heads) - 1)
        self.page.text(self.row, self.unit, "Unit", "section unit")
        self.page.text(self.row, self.note, note, "section")
        self.row += 1

    def entry(self, entry: Entry, cells: int = 1, source: str = "") -> None:
        """Write a row of one input, or of one for each of several parts, each named."""
        page, row = self.page, self.row
        page.text(row, LABEL, entry.label, "top")
        lines = 1
        for i in range(cells):
            key = entry.key if i == 0 else f"{entry.key}_{i + 1}"
            value = self.given.get(key, entry.start)
            style = "input text" if entry.kind == "word" else f"input {entry.kind}"
            if isinstance(value, str):
                lines = max(lines, lines_of(value, self.width * _LETTERS))
            if value is None:
                page.text(row, FIRST + i, "", style)
            elif isinstance(value, str):
                page.text(row, FIRST + i, value, style)
            else:
                page.number(row, FIRST + i, float(value), style)
            page.name_cell(f"in_{key}", row, FIRST + i)
            page.define(f"in_{key}", f"in_{key}")
            page.choices.append((row, FIRST + i, allowed(entry)))
        page.name_across(f"each.{entry.key}", row, FIRST, FIRST + cells - 1)
        page.text(row, self.unit, entry.unit, "unit top")
        typed = entry.kind != "word" and any(several(entry.key, i + 1) in self.given for i in range(cells))
        words = str(self.given.get(f"{entry.key}_source", source or (ASSUMED if typed else "")))
        page.text(row, self.note, words, "input note")
        if entry.kind != "word":
            page.name_cell(f"note.{entry.key}", row, self.note)
            page.layout.notes.append((entry.label, f"note.{entry.key}", f"each.{entry.key}"))
        page.heights[row] = _LINE_HEIGHT * max(lines, lines_of(words, _NOTE_WIDTH * 1.25))
        self.row += 1

    def figure(
        self, key: str, label: str, unit: str, formula: str, kind: str, *, note: str = "", weight: str = "calc"
    ) -> None:
        """Write a calculated number, registered under `key` and named `out_key`."""
        page, row = self.page, self.row
        page.text(row, LABEL, label, "label" if weight == "calc" else f"{weight} label")
        page.formula(row, FIRST, formula, f"{weight} {kind}", f"out_{key}")
        page.define(f"out_{key}", f"out_{key}")
        page.text(row, self.unit, unit, "unit")
        if note:
            page.text(row, self.note, note, "source")
            page.heights[row] = _LINE_HEIGHT * max(1, lines_of(note, _NOTE_WIDTH * 1.25))
        self.row += 1

    def constant(self, key: str, label: str, unit: str, value: float, why: str = "Convention") -> None:
        """Write a number that is no one's assumption, so that no formula holds a bare one."""
        self.page.text(self.row, LABEL, label, "top")
        self.page.number(self.row, FIRST, value, "constant count" if value >= 1 else "constant difference", key)
        self.page.text(self.row, self.unit, unit, "unit top")
        self.page.text(self.row, self.note, why, "source")
        self.row += 1

    def said(self, key: str, formula: str, style: str = "key left") -> None:
        """Write a sentence that a formula chooses."""
        self.page.formula(self.row, LABEL, formula, style, key)
        self.row += 1

    def text(self, words: str, style: str = "note") -> None:
        """Write a line of words."""
        self.page.text(self.row, LABEL, words, style)
        self.row += 1

    def below(self, pixels: int) -> int:
        """Return the row from which so many pixels are free, and move below them."""
        top = self.row + 1
        self.row = top + -(-pixels // ROW_PIXELS) + 1
        return top


def several(key: str, number: int) -> str:
    """Return the name of one of several inputs: the first has none.

    >>> several("debt_rate", 1), several("debt_rate", 3)
    ('debt_rate', 'debt_rate_3')
    """
    return key if number == 1 else f"{key}_{number}"
