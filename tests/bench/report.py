"""What the report of a finished analysis costs beside XlsxWriter writing the same cells bare."""

import datetime as dt
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import xlsxwriter

from tests.bench.measure import Measured, medians
from xlmodel.deal import analyse, load
from xlmodel.workbook.report import fill, write

_HOLD = 1.5
_DATE = dt.date(2026, 11, 23)
_EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "iren_microsoft_2026.toml"


def one_report() -> Measured:
    """The report of sixty months, filled and written, against its finished cells and charts handed to XlsxWriter."""
    analysis = analyse(load(_EXAMPLE))
    with TemporaryDirectory() as folder:
        out = Path(folder) / "report.xlsx"
        write(analysis, out, date=_DATE)
        sheets = _cells(out)
        charts = [(page.name, chart) for page in fill(analysis, _DATE) for chart in page.charts]
        layout = fill(analysis, _DATE)[0].layout
        reference, whole = medians(
            lambda: _bare(sheets, charts, layout), lambda: write(analysis, out, force=True, date=_DATE)
        )
    ratio = whole / reference
    count = sum(len(cells) for cells in sheets.values())
    figures = {"cells": count, "bare_ms": reference * 1e3, "whole_ms": whole * 1e3}
    return Measured("report of sixty months", ratio, "at most 1.5 times bare XlsxWriter", ratio <= _HOLD, figures)


def _cells(path: Path) -> dict[str, list[tuple[int, int, Any, Any]]]:
    """Row, column, what was written and the stored value of every cell."""
    values = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: [
            (cell.row - 1, cell.column - 1, cell.value, values[sheet.title][cell.coordinate].value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None or cell.has_style
        ]
        for sheet in openpyxl.load_workbook(path)
    }


def _bare(sheets: dict[str, list[tuple[int, int, Any, Any]]], charts: list[Any], layout: Any) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    looks = [book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": True})]
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        for row, column, content, value in cells:
            look = looks[row % 2]
            if content is None:
                sheet.write_blank(row, column, None, look)
            elif isinstance(content, str) and content.startswith("="):
                stored = value.toordinal() if isinstance(value, dt.date) else value
                sheet.write_formula(row, column, content, look, stored)
            elif isinstance(content, str):
                sheet.write_string(row, column, content, look)
            else:
                number = content.toordinal() if isinstance(content, dt.date) else content
                sheet.write_number(row, column, number, look)
    for name, chart in charts:
        book.get_worksheet_by_name(name).insert_chart(chart.row, chart.column, chart.drawing(book, layout))
    book.close()
