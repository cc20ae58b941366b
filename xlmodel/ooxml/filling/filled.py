"""Filling: the values of the trade into the cells of a workbook that is somebody's own."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xlmodel.errors import InputError, ModelError
from xlmodel.ooxml.filling import caching
from xlmodel.ooxml.filling.book import Book, Sheet, address, area
from xlmodel.ooxml.filling.caching import Recalculate, Shown
from xlmodel.ooxml.filling.following import Resized
from xlmodel.ooxml.filling.formats import Formats
from xlmodel.ooxml.filling.grid import BLANK, Grid, Held
from xlmodel.ooxml.filling.guard import Guard
from xlmodel.ooxml.filling.places import Place, place
from xlmodel.ooxml.filling.resizing import resize
from xlmodel.ooxml.filling.spread import listed, many, of_block, of_table
from xlmodel.ooxml.filling.strings import Strings
from xlmodel.ooxml.filling.values import Form, Scalar, Value, error_of, scalar, serial, written
from xlmodel.ooxml.package import Package
from xlmodel.ooxml.saving import refuse_existing


@dataclass(frozen=True, slots=True)
class Filled:
    """What a fill did to a workbook, in full: what is not named here has the bytes it had.

    Attributes
    ----------
    target
        The file written.
    parts
        The parts of the package that were changed, added or taken out.
    places
        The cells each key was written to, as addresses with their sheet.
    cells
        How many cells were written.
    resized
        The new cells of each table that grew or shrank, by its name.
    recomputed
        Cells whose formula shows a value calculated anew, by sheet.
    dropped
        Cells whose formula shows nothing until Excel calculates it, which it does on opening, by sheet.
    notes
        Sentences on what its user should know.
    """

    target: Path
    parts: tuple[str, ...]
    places: Mapping[str, str]
    cells: int
    resized: Mapping[str, str] = field(default_factory=dict)
    recomputed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def fill(
    source: Path,
    target: Path,
    values: Mapping[str, Value],
    *,
    force: bool = False,
    over_formulas: bool = False,
    recalculate: Recalculate | None = None,
) -> Filled:
    """Write a copy of a workbook with values in its cells, and touch nothing else.

    Parameters
    ----------
    source
        An .xlsx or .xlsm workbook; it may be the target itself.
    target
        Where the copy goes, with the same ending; it appears whole or not at all.
    values
        What to write, by place: a defined name, ``Sheet!Name``, ``Sheet!B4``, ``Sheet!B4:B10``, ``Table[Column]`` or
        ``Table``. One cell takes one value; a row or column of cells as many as it has, a block its rows. A column of
        a table takes any number: the table grows to the longest, and shorter ones end in blanks. A table takes rows
        and has exactly as many afterwards: each row the values of the columns that are not calculated, or a mapping
        by header, which leaves the columns it does not name alone. None empties a cell. Text is text, whatever
        it begins with. An undefined number becomes the error it stands for. A date takes a date format in a cell
        of General format; every other format stays.
    force
        Whether an existing target is replaced.
    over_formulas
        Whether formulas may be written over; otherwise a cell that holds one is refused.
    recalculate
        An engine such as `xlmodel.host.formualizer.calculated`, which raises a `ModelError` for a workbook it cannot
        calculate; then, and without one, values that may no longer be right are dropped. Either way Excel calculates
        everything on opening.

    Raises
    ------
    InputError
        The workbook cannot be opened or is signed, a place does not exist or cannot take its value, something stands
        in the way of a table, or the target exists. Nothing is written then.
    """
    source, target = Path(source), Path(target)
    package = Package.open(source)
    refuse_existing(target, source.suffix.lower(), force=force)
    return Filling(package, over_formulas=over_formulas).fill(target, values, recalculate)


class Filling:
    """One fill at work: the workbook, and the sheets taken up so far."""

    def __init__(self, package: Package, *, over_formulas: bool) -> None:
        self.package = package
        self.book = Book(package)
        self.over_formulas = over_formulas
        self.grids: dict[str, Grid] = {}
        self.formats = Formats(self.book)
        self.strings = Strings(self.book)
        self.resizes: list[Resized] = []
        self.places: dict[str, str] = {}
        self.owners: dict[tuple[str, int, int], str] = {}
        self.formulas_moved = False
        self.notes: list[str] = []

    def fill(self, target: Path, values: Mapping[str, Value], recalculate: Recalculate | None) -> Filled:
        """Fill and save."""
        self._resize(values)
        for key, value in values.items():
            self._write(self._place(key), value)
        touched = {sheet.name for sheet in self.book.sheets.values() if sheet.part in self.grids}
        for sheet in self.book.sheets.values():
            if sheet.part in self.grids:
                self._save(sheet)
        self.strings.save()
        self.formats.save()
        recomputed, dropped = self._renew(touched, recalculate)
        self.package.save(target, force=True)
        return Filled(
            target,
            self.package.changed,
            self.places,
            len(self.owners),
            {r.name: str(r.after) for r in self.resizes},
            recomputed,
            dropped,
            tuple(self.notes),
        )

    def grid(self, sheet: Sheet) -> Grid:
        """Return the cells of a sheet, taken up."""
        if sheet.part not in self.grids:
            self.grids[sheet.part] = Grid(self.package.plain(sheet.part))
        return self.grids[sheet.part]

    def _save(self, sheet: Sheet) -> None:
        self.package.replace(sheet.part, self.grids[sheet.part].changed())

    def _resize(self, values: Mapping[str, Value]) -> None:
        """Give every table the rows its values need, before anything is written."""
        needed: dict[str, int] = {}
        exact: dict[str, str] = {}
        for key, value in values.items():
            found = place(self.book, key)
            if found.table is None:
                continue
            rows = listed(key, value)
            name = found.table.name
            if found.column is None:
                exact[name] = key
                needed[name] = max(len(rows), 1)
            elif name not in exact:
                needed[name] = max(needed.get(name, found.table.data.height), len(rows))
        for name, count in needed.items():
            table = self.book.tables[name.casefold()]
            if count == table.data.height and not table.waiting:
                continue
            for sheet in self.book.sheets.values():
                if sheet.part in self.grids:
                    self._save(sheet)
            self.grids.clear()
            done, grid = resize(self.book, table, count)
            self.resizes.append(done)
            self.notes += done.notes
            self.formulas_moved |= done.formulas
            self.book = Book(self.package)
            self.grids[table.sheet.part] = grid

    def _place(self, key: str) -> Place:
        found = place(self.book, key)
        if area(key.rpartition("!")[2]) is not None:
            # The address is the one in the workbook that was given; its cells may have moved since.
            for done in self.resizes:
                if done.sheet == found.sheet.name:
                    found = Place(key, found.sheet, done.moved(found.area, found.area.height > 1))
        return found

    def _write(self, at: Place, value: Value) -> None:
        if at.table is not None:
            cells = of_table(at, at.table, value)
        elif at.area.height == at.area.width == 1 or at.area in self.grid(at.sheet).merged:
            if many(value):
                raise InputError(f"{at.key} is one cell, {at.sheet.cell(at.area)}, and got several values", at.key)
            cells = [(at.area.top, at.area.left, value)]
        else:
            cells = of_block(at, value)
        grid = self.grid(at.sheet)
        guard = Guard(self.book, at.sheet, at.area, grid, over_formulas=self.over_formulas)
        for row, column, one in cells:
            guard.check(row, column, one, at.key)
            owner = self.owners.setdefault((at.sheet.part, row, column), at.key)
            if owner != at.key:
                raise InputError(f"{owner} and {at.key} both mean {at.sheet.name}!{address(row, column)}", at.key)
            grid.tell(row, column, self._held(grid, row, column, scalar(one, at.key), at.key))
        self.formulas_moved |= guard.formulas
        self.places[at.key] = at.sheet.cell(at.area)

    def _held(self, grid: Grid, row: int, column: int, value: Scalar, key: str) -> Held:
        if value is None:
            return BLANK
        if isinstance(value, str):
            kind, inner = self.strings.kind_and_inner(value, grid.prefix)
            return Held(inner, kind)
        if isinstance(value, bool):
            return Held(grid.held(b"1" if value else b"0"), "b")
        if isinstance(value, dt.date):
            form = Form.MOMENT if isinstance(value, dt.datetime) else Form.DATE
            number = serial(value, self.book.epoch_1904, key)
            known = grid.told.get(row, {}).get(column)
            style = known.style if known and known.style is not None else grid.style(row, column)
            return Held(grid.held(written(number)), None, self.formats.for_date(style, form))
        if math.isnan(value):
            return Held(grid.held(error_of(value).value.encode()), "e")
        return Held(grid.held(written(value)))

    def _renew(
        self, touched: set[str], recalculate: Recalculate | None
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """Renew or drop the values of formulas that may depend on what was filled."""
        if self.formulas_moved:
            caching.forget_order(self.book)
        sheets = caching.stale(self.book, touched) if touched else []
        if not sheets:
            return {}, {}
        shown: Mapping[tuple[str, int, int], Shown] = {}
        if recalculate is not None:
            try:
                shown = recalculate(self.package.content())
            except ModelError as error:
                self.notes.append(f"Values are dropped until Excel calculates them: {error.sentence}.")
        recomputed, dropped = {}, {}
        for sheet in sheets:
            mine = {(r + 1, c + 1): value for (name, r, c), value in shown.items() if name == sheet.name}
            part, new, gone = caching.refreshed(self.package.plain(sheet.part), mine)
            self.package.replace(sheet.part, part)
            if new:
                recomputed[sheet.name] = tuple(new)
            if gone:
                dropped[sheet.name] = tuple(gone)
        # Excel has the last word on its own functions. Ours it has only with the add-in, and without it would replace
        # numbers that are all there by errors.
        if dropped or not caching.calls_ours(self.book):
            caching.calculate_on_load(self.book)
        return recomputed, dropped
