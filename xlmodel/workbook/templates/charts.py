"""Charts of a template's rows of periods; columns where a row may hold words, which a line would draw as zero."""

from collections.abc import Sequence
from typing import Any

from xlmodel.workbook import charts
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.sheet import Drawing

Drawn = Sequence[tuple[str, str, str]]
"""Of each row: its key, its name in the legend, its colour."""


def columns(title: str, shape: str, rows: Drawn, level: str = "") -> Drawing:
    """Return what draws rows as columns by date, against the row of a level if one is named.

    Parameters
    ----------
    title
        Above the chart.
    shape
        The number format of the axis.
    rows
        What is drawn.
    level
        The key of a row drawn as a line.
    """

    def draw(book: Any, layout: Layout) -> Any:
        chart = book.add_chart({"type": "column"})
        dates = "=" + layout.reference("date", "all")
        for key, name, color in rows:
            values = "=" + layout.reference(key, "all")
            look = {"fill": {"color": color}, "border": {"color": charts.NAVY}, "gap": 60}
            chart.add_series({"name": name, "categories": dates, "values": values} | look)
        if level:
            line = book.add_chart({"type": "line"})
            look = {"line": {"color": charts.RED, "width": 2.0, "dash_type": "dash"}}
            values = "=" + layout.reference(level, "all")
            line.add_series({"name": "Default level", "categories": dates, "values": values} | look)
            chart.combine(line)
        return _dressed(chart, title, shape)

    return draw


def lines(title: str, shape: str, rows: Drawn, part: str = "all") -> Drawing:
    """Return what draws rows of numbers as lines by date; arguments as of `columns`."""

    def draw(book: Any, layout: Layout) -> Any:
        chart = book.add_chart({"type": "line"})
        dates = "=" + layout.reference("date", part)
        for i, (key, name, color) in enumerate(rows):
            dash = ("solid", "dash", "round_dot", "long_dash")[i % 4]
            look = {"line": {"color": color, "width": 2.25, "dash_type": dash}}
            chart.add_series({"name": name, "categories": dates, "values": "=" + layout.reference(key, part)} | look)
        return _dressed(chart, title, shape)

    return draw


def _dressed(chart: Any, title: str, shape: str) -> Any:
    chart.set_title(charts.titled(title))
    chart.set_x_axis({"num_format": "mmm yy", "num_font": charts.FONT, "label_position": "low", "interval_unit": 4})
    chart.set_y_axis({"num_format": shape, "num_font": charts.FONT, "major_gridlines": charts.GRID})
    chart.set_legend({"position": "bottom", "font": charts.FONT})
    return chart
