"""Sheets of lines below each other: some columns are typed, the others follow from the same line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xlmodel.ooxml.addresses import letters
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.templates.form import ASSUMED, Entry, allowed
from xlmodel.workbook.wording import lines_of

_SAME_LINE: Final = re.compile(r"\{@(\w+)\}")
_LINE_HEIGHT: Final = 12.75
YES_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    key, head
        Its name on this sheet, and what stands above it, its unit included.
    kind
        The kind of number, of `styles.NUMBERS`; "word" for text.
    formula
        What fills it, `{@key}` being another column of the same line; typed where it has none.
    spill
        Whether the formula is one call for all lines.
    choices, high
        What may be typed: words, or numbers from 0.
    total
        Whether its sum stands below it.
    width
        In digits.
    """

    key: str
    head: str
    kind: str
    formula: str = ""
    spill: bool = False
    choices: tuple[str, ...] = ()
    high: float = 1e15
    total: bool = False
    width: float = 12.0


class Lines:
    """Fills a page, or a part of it, with a table; each column is the block `prefix.key`, typed ones named `in_`.

    Parameters
    ----------
    page
        Where it stands.
    prefix
        Before the keys of its columns.
    columns
        In their order.
    count
        Lines there is room for.
    given
        What to put into typed columns: a list by line under `prefix_key`.
    top
        The row of the heads; the source of the table is typed in the row above.
    """

    def __init__(
        self, page: Page, prefix: str, columns: Sequence[Column], count: int, given: Mapping[str, Any], top: int
    ) -> None:
        self.page, self.prefix, self.first, self.last = page, prefix, top + 1, top + count
        self.columns = columns
        for at, column in enumerate(columns):
            page.widths.append((at, at, column.width))
            words = "head centred" if column.choices else "head noted" if column.formula else "head"
            page.text(top, at, column.head, words if column.kind == "word" else "head right")
        page.heights[top] = _LINE_HEIGHT * max(lines_of(c.head, c.width) for c in columns)
        page.print.last_column = max(page.print.last_column, len(columns) - 1)
        for at, column in enumerate(columns):
            page.name_block(f"{prefix}.{column.key}", self.first, self.last, at)
            for n in range(count):
                page.name_cell(f"{prefix}.{column.key}.{n + 1}", self.first + n, at)
        for at, column in enumerate(columns):
            if column.spill:
                page.spill(self.first, at, (count, 1), f"={column.formula}", f"calc {column.kind}")
            elif column.formula:
                self._follow(at, column, count)
            else:
                self._type(at, column, count, given)
        self._totals()
        self._source(top - 1, given)

    @property
    def after(self) -> int:
        """The row below its totals."""
        return self.last + 2

    def _follow(self, at: int, column: Column, count: int) -> None:
        """Write a formula into every line."""
        for n in range(1, count + 1):
            here = _SAME_LINE.sub(rf"{{{self.prefix}.\1.{n}}}", column.formula)
            style = "calc noted" if column.kind == "word" else f"calc {column.kind}"
            self.page.formula(self.first + n - 1, at, f"={here}", style)

    def _type(self, at: int, column: Column, count: int, given: Mapping[str, Any]) -> None:
        """Write what is typed, or free cells."""
        page, key = self.page, f"{self.prefix}_{column.key}"
        page.define(f"in_{key}", f"{self.prefix}.{column.key}")
        values = list(given.get(key, ()))
        style = f"input {column.kind}"
        if column.kind == "word":
            style = "input centred" if column.choices else "input text"
        rule = allowed(Entry(key, column.head, "", column.kind, high=column.high, choices=column.choices))
        for n in range(count):
            value = values[n] if n < len(values) else None
            if value is None or isinstance(value, str):
                page.text(self.first + n, at, value or "", style)
            else:
                page.number(self.first + n, at, float(value), style)
            page.choices.append((self.first + n, at, rule))

    def _totals(self) -> None:
        """Write the sums below, each the cell `prefix.key.total`."""
        row = self.last + 1
        self.page.text(row, 0, "Total", "strong label")
        for at, column in enumerate(self.columns):
            if column.total:
                block = f"{{{self.prefix}.{column.key}|all}}"
                self.page.formula(row, at, f"=SUM({block})", f"strong {column.kind}",
                                  f"{self.prefix}.{column.key}.total")  # fmt: skip
            elif at:
                self.page.text(row, at, "", "strong label")

    def _source(self, row: int, given: Mapping[str, Any]) -> None:
        """Write where the lines come from, beside the first number typed."""
        page = self.page
        typed = next((c for c in self.columns if not c.formula and c.kind not in ("word", "date")), None)
        if typed is None:
            return
        page.text(row, 0, "Source of the lines", "label")
        there = any(key.startswith(f"{self.prefix}_") for key in given)
        page.text(row, 1, str(given.get(f"{self.prefix}_source", ASSUMED if there else "")), "input note")
        page.name_cell(f"note.{self.prefix}", row, 1)
        name = f"{page.name}: {letters(0)}{self.first + 1} and on"
        page.layout.notes.append((name, f"note.{self.prefix}", f"{self.prefix}.{typed.key}"))


def headed(page: Page, title: str, subtitle: str, freeze: tuple[int, int]) -> None:
    """Write what stands above a table."""
    page.text(0, 0, title, "title")
    page.text(1, 0, subtitle, "note")
    page.freeze = freeze
    page.print.repeat_rows = (freeze[0] - 1, freeze[0] - 1)
