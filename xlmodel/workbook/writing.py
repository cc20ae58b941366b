"""From filled pages to a file: cells with cached values, print set-up, protection, properties, all or nothing."""

import copy
import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter

from xlmodel import __version__
from xlmodel.ooxml.addresses import letters
from xlmodel.workbook.layout import BEFORE, HERE
from xlmodel.workbook.sheet import REPORT_VERSION, ROW_PIXELS, Chart, Page, Spill, Table
from xlmodel.workbook.styles import Styles

_LINK: Final = re.compile(r"=(\w+|'[^']+')![$A-Z0-9\x01\x02]+")
_A4: Final = 9
_EXCEL: Final = 191029
"""The calculation engine of Excel since 2019."""
_TITLE_HEIGHT: Final = 24
# Columns are measured in the default font's digits: it must be the font in use, or no width fits.
_OPTIONS: Final = {
    "in_memory": True,
    "default_format_properties": {"font_name": "Arial", "font_size": 10},
    "default_row_height": ROW_PIXELS,
}
_ALLOWED: Final = {"format_cells": True, "format_columns": True, "format_rows": True}


def book_of(pages: Sequence[Page], title: str, date: dt.date, *, values: bool = False) -> bytes:
    """Return the workbook of the pages, as the content of its file.

    The bytes depend on nothing but the pages, the title and the date.

    Parameters
    ----------
    pages
        Filled pages, in the order of the tabs.
    title
        The document's title.
    date
        The date of the report, which the file also bears as its creation date.
    values
        Write the values and no formulas, for a reader who shall see the numbers and not the model.
    """
    content = io.BytesIO()
    # A copy, because the writer changes what it is given, and the next report would look different.
    with xlsxwriter.Workbook(content, copy.deepcopy(_OPTIONS)) as book:
        book.set_properties(
            {
                "title": title,
                "subject": "Hardware-backed loan: cash, coverage and collateral",
                "author": f"xlmodel {__version__}",
                "comments": f"Report version {REPORT_VERSION}, written by xlmodel {__version__}. "
                + ("Values only." if values else "Native formulas."),
                "created": dt.datetime(date.year, date.month, date.day),
            }
        )
        book.set_custom_property("xlmodel_version", __version__, "text")
        book.set_custom_property("xlmodel_template_version", REPORT_VERSION, "text")
        # What is stored is shown as it is: calculated on opening, calls of ours would turn into errors for whoever has
        # no add-in. Excel also calculates anew what an older one calculated, so it is told that it was this one.
        book.set_calc_mode("auto", calc_id=_EXCEL)
        book.calc_on_load = False
        styles = Styles(book)
        made = [book.add_worksheet(page.name) for page in pages]
        for sheet, page in zip(made, pages, strict=True):
            _cells(sheet, page, styles)
            (_values if values else _formulas)(sheet, page, styles)
            _setup(sheet, page, title, f"{date:%d %B %Y}{', values only' if values else ''}")
            for name, key in page.names.items():
                book.define_name(name, "=" + page.layout.reference(key, "whole"))
            for chart in page.charts:
                _chart(book, sheet, page, chart)
        made[0].activate()
    return content.getvalue()


def _cells(sheet: Any, page: Page, styles: Styles) -> None:
    for first, last, width in page.widths:
        sheet.set_column(first, last, width, styles["text"])
    sheet.set_row(0, _TITLE_HEIGHT)
    for row, height in page.heights.items():
        sheet.set_row(row, height)
    for row, column, text, style in page.texts:
        if text:
            sheet.write_string(row, column, text, styles[style])
        else:
            sheet.write_blank(row, column, None, styles[style])
    for row, column, number, style in page.numbers:
        sheet.write_number(row, column, number, styles[style])
    for table in page.tables:
        _table(sheet, table, styles)
    for row, column, name in page.jumps:
        sheet.write_url(row, column, f"internal:'{name}'!A1", styles["jump"], name)
    for top, left, bottom, right, rule in page.rules:
        sheet.conditional_format(top, left, bottom, right, rule | {"format": styles[rule["format"]]})
    for row, column, choice in page.choices:
        sheet.data_validation(row, column, row, column, choice)


def _formulas(sheet: Any, page: Page, styles: Styles) -> None:
    for row, column, template, value, style in page.formulas:
        formula = page.layout.resolve(template, page.name)
        sheet.write_formula(row, column, formula, styles[_linked(formula, style)], value)
    for line in page.series:
        formula = page.layout.resolve(line.formula, page.name)
        look = styles[_linked(formula, line.style)]
        column = line.first_column
        before, here = letters(column - 1), letters(column)
        for value in line.values:
            sheet.write_formula(line.row, column, formula.replace(HERE, here).replace(BEFORE, before), look, value)
            column += 1
            before, here = here, letters(column)
    for block in page.spills:
        _spill(sheet, block, page.layout.resolve(block.formula, page.name), styles[block.style])


def _values(sheet: Any, page: Page, styles: Styles) -> None:
    """Write what the formulas would have shown."""
    for row, column, _, value, style in page.formulas:
        sheet.write(row, column, value, styles[style])
    for line in page.series:
        for i, value in enumerate(line.values):
            sheet.write(line.row, line.first_column + i, value, styles[line.style])
    for block in page.spills:
        for i, cells in enumerate(block.values):
            for j, value in enumerate(cells):
                sheet.write(block.row + i, block.column + j, value, styles[block.style])


def _spill(sheet: Any, block: Spill, formula: str, look: Any) -> None:
    """Write a formula whose answer runs over several cells, and what each of them shows."""
    sheet.write_dynamic_array_formula(
        block.row, block.column, block.last_row, block.last_column, formula, look, block.values[0][0]
    )
    for i, line in enumerate(block.values):
        for j, value in enumerate(line):
            if i or j:
                sheet.write(block.row + i, block.column + j, value, look)


def _table(sheet: Any, table: Table, styles: Styles) -> None:
    """Write a table whose cells are free to be typed into."""
    columns = [
        {"header": head, "format": styles[style], "header_format": styles["head"]}
        for head, style in zip(table.heads, table.styles, strict=True)
    ]
    sheet.add_table(
        table.row,
        table.column,
        table.last_row,
        table.column + len(columns) - 1,
        {"name": table.name, "columns": columns, "style": "Table Style Light 1", "autofilter": False},
    )


def _linked(formula: str, style: str) -> str:
    """A formula that only fetches a cell of another sheet is shown in green."""
    return style.replace("calc ", "link ") if style.startswith("calc ") and _LINK.fullmatch(formula) else style


def _setup(sheet: Any, page: Page, title: str, dated: str) -> None:
    sheet.hide_gridlines(2)
    sheet.set_zoom(85)
    sheet.set_paper(_A4)
    if not page.print.portrait:
        sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    label = title.replace("&", "&&")
    pages = "" if page.print.one_page else '&R&"Arial"&8Page &P of &N'
    sheet.set_footer(f'&L&"Arial"&8 {label}&C&"Arial"&8 {page.name}, {dated}{pages}')
    last_row = max(
        [cell[0] for cell in page.texts]
        + [cell[0] for cell in page.numbers]
        + [cell[0] for cell in page.formulas]
        + [line.row for line in page.series]
        + [chart.last_row for chart in page.charts]
    )
    sheet.print_area(0, 0, last_row, page.print.last_column)
    if page.print.scale is None:
        sheet.fit_to_pages(1, int(page.print.one_page))
    else:
        # Excel ignores page breaks when it fits to pages, so a page with breaks has a scale.
        sheet.set_print_scale(page.print.scale)
        sheet.set_v_pagebreaks(page.print.column_breaks)
    if page.print.row_breaks:
        sheet.set_h_pagebreaks(page.print.row_breaks)
    if page.print.repeat_rows:
        sheet.repeat_rows(*page.print.repeat_rows)
    if page.print.repeat_columns:
        sheet.repeat_columns(*page.print.repeat_columns)
    if page.freeze != (0, 0):
        sheet.freeze_panes(*page.freeze)
    sheet.protect("", _ALLOWED)


def _chart(book: Any, sheet: Any, page: Page, chart: Chart) -> None:
    drawn = chart.drawing(book, page.layout)
    drawn.set_size({"width": chart.width, "height": chart.height})
    sheet.insert_chart(chart.row, chart.column, drawn, {"description": chart.alt_text, "object_position": 1})
