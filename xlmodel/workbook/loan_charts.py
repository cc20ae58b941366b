"""The charts of rent against its break-even and of debt service with the balance over it."""

from collections.abc import Sequence
from typing import Any, Final

from xlmodel.maths.domain import Floats

# The look of every chart of a report is said once, in the module of the cover's charts.
from xlmodel.workbook.charts import FONT, GREY, GRID, NAVY, Line, dated_axis, months_axis, plotted, stretches, titled
from xlmodel.workbook.layout import Layout

_PALE: Final = "#9DC3E6"
_WHOLE: Final = 10.0
"""From so many USD m on an axis needs no decimals."""


def rent_chart(
    book: Any, layout: Layout, lines: Sequence[tuple[Line, Floats]], dates: tuple[float, float], title: str
) -> Any:
    """Draw rents over the dates; where one is undefined its line is broken.

    Parameters
    ----------
    book, layout
        The XlsxWriter workbook, and where the rows lie.
    lines
        The lines and the numbers of their rows.
    dates
        Serial numbers of the first and last period end.
    title
        What the chart shows.
    """
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    unnamed: list[int] = []
    drawn = 0
    for line, values in lines:
        for i, (first, last) in enumerate(stretches(values)):
            if i:
                unnamed.append(drawn)
            plotted(chart, layout, line, first, last)
            drawn += 1
    chart.set_title(titled(title))
    chart.set_x_axis(dated_axis(dates[0], dates[1], 6))
    chart.set_y_axis(
        {
            "num_format": "0.00",
            "num_font": FONT,
            "major_gridlines": GRID,
            "name": "USD a unit-hour",
            "name_font": FONT,
            "min": 0,
        }
    )
    chart.set_legend({"position": "bottom", "font": FONT, "delete_series": unnamed})
    return chart


def service_chart(book: Any, layout: Layout, labels_apart: int, most: float) -> Any:
    """Draw principal and interest stacked by period, and what is owed after each payment as a line on its own axis.

    `labels_apart` is how many periods lie between two dates on the axis, `most` the highest service, in USD m.
    """
    columns = book.add_chart({"type": "column", "subtype": "stacked"})
    dates = "=" + layout.reference("date", "all")
    for key, name, look in (
        ("lives.principal", "Principal", {"fill": {"color": NAVY}}),
        ("lives.interest", "Interest", {"fill": {"color": _PALE}}),
    ):
        columns.add_series(
            {
                "name": name,
                "categories": dates,
                "values": "=" + layout.reference(key, "all"),
                "border": {"none": True},
                "gap": 40,
            }
            | look
        )
    line = book.add_chart({"type": "line"})
    line.add_series(
        {
            "name": "Owed after the payment, right axis",
            "categories": dates,
            "values": "=" + layout.reference("lives.balance", "all"),
            "line": {"color": "#C55A11", "width": 2.25, "dash_type": "solid"},
            "y2_axis": True,
        }
    )
    columns.combine(line)
    columns.set_title(titled("Principal and interest, and what is still owed"))
    columns.set_x_axis(
        {
            "text_axis": True,
            "interval_unit": labels_apart,
            "interval_tick": labels_apart,
            "num_format": "mmm yy",
            "num_font": FONT,
            "label_position": "low",
            "line": {"color": GREY},
        }
    )
    axis = {"num_format": "#,##0" if most >= _WHOLE else "#,##0.0", "num_font": FONT, "name_font": FONT, "min": 0}
    columns.set_y_axis(axis | {"major_gridlines": GRID, "name": "Paid in the period, USD m"})
    line.set_y2_axis(axis | {"num_format": "#,##0", "name": "Owed, USD m"})
    columns.set_legend({"position": "bottom", "font": FONT})
    return columns


def flow_chart(
    book: Any,
    layout: Layout,
    lines: Sequence[tuple[str, str, str, str]],
    title: str,
    months: int,
    part: str = "all",
    dates: str = "date",
) -> Any:
    """Draw rows of money over the dates.

    Parameters
    ----------
    book, layout
        The XlsxWriter workbook, and where the rows lie.
    lines
        Of each line its key, name, colour and dash.
    title
        What the chart shows.
    months
        How long the dates of the axis spread.
    part
        "all" for the periods, "path" for closing too.
    dates
        The key of the row of dates.
    """
    chart = book.add_chart({"type": "line"})
    for key, name, color, dash in lines:
        chart.add_series(
            {
                "name": name,
                "categories": "=" + layout.reference(dates, part),
                "values": "=" + layout.reference(key, part),
                "line": {"color": color, "width": 2.25, "dash_type": dash},
            }
        )
    chart.set_title(titled(title))
    chart.set_x_axis(months_axis(months, 8))
    chart.set_y_axis(
        {"num_format": "#,##0.##", "num_font": FONT, "major_gridlines": GRID, "name": "USD m", "name_font": FONT}
    )
    chart.set_legend({"position": "bottom", "font": FONT})
    return chart
