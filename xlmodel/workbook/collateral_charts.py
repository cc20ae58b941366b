"""The charts of collateral: three ratios of one loan over time, and what a sale brings by the time it takes."""

from typing import Any, Final

from xlmodel.maths.domain import Floats

# The look of every chart of a report is said once, in the module of the cover's charts.
from xlmodel.workbook.charts import FONT, GREY, GRID, MARKED, NAVY, ORANGE, RED, Line, plotted, stretches, titled
from xlmodel.workbook.layout import Layout

_AXIS: Final = {"num_font": FONT, "line": {"color": GREY}, "name_font": FONT}
LINES: Final = {
    "ltv_nominal": ("On cost", GREY, "long_dash", "none"),
    "ltv_adjusted": ("On economic value", NAVY, "solid", "circle"),
    "ltv_liquidation": ("On liquidation value", RED, "solid", "diamond"),
}
"""How each loan to value is drawn, by the key of its row."""


def ltv_chart(book: Any, layout: Layout, ratios: dict[str, Floats], dates: tuple[float, float]) -> Any:
    """Draw the ratios from closing on; where one is undefined its line is broken.

    Parameters
    ----------
    book, layout
        The XlsxWriter workbook, and where the rows lie.
    ratios
        For each row key of `LINES`, the ratio at closing and by period.
    dates
        Serial numbers of closing and of the last period end.
    """
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    unnamed: list[int] = []
    drawn = 0
    for key, values in ratios.items():
        name, color, dash, marker = LINES[key]
        line = Line(key, name, color, dash, 2.25, marker if values.size <= MARKED else "none")
        for i, (first, last) in enumerate(stretches(values)):
            if i:
                unnamed.append(drawn)
            # Periods count from 0, so closing is the one before.
            plotted(chart, layout, line, first - 1, last - 1)
            drawn += 1
    chart.set_title(titled("Loan to value on paper, on the market, and in a sale"))
    span = max(dates[1] - dates[0], 1.0)
    chart.set_x_axis(
        _AXIS
        | {
            "min": dates[0],
            "max": dates[0] + span,
            "major_unit": max(round(span / 6), 1),
            "num_format": "mmm yy",
            "label_position": "low",
            "major_gridlines": {"visible": False},
        }
    )
    chart.set_y_axis(_AXIS | {"num_format": "0%", "major_gridlines": GRID, "min": 0})
    chart.set_legend({"position": "bottom", "font": FONT, "delete_series": unnamed})
    return chart


def horizon_chart(book: Any, layout: Layout) -> Any:
    """Draw what a sale brings, gross and net, against the months it takes."""
    chart = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    for key, name, color, dash, marker in (
        ("horizon.gross", "Proceeds", NAVY, "solid", "circle"),
        ("horizon.net", "Proceeds after the costs of the sale", ORANGE, "dash", "square"),
    ):
        look = {"type": marker, "size": 5, "fill": {"color": color}, "border": {"color": color}}
        chart.add_series(
            {
                "name": name,
                "categories": "=" + layout.reference("horizon.months", "all"),
                "values": "=" + layout.reference(key, "all"),
                "line": {"color": color, "width": 2.0, "dash_type": dash},
                "marker": look,
            }
        )
    chart.set_title(titled("What a sale of all hardware, removed, brings by the months it takes"))
    chart.set_x_axis(_AXIS | {"num_format": "0.0", "name": "Months of selling", "min": 0, "major_gridlines": GRID})
    chart.set_y_axis(_AXIS | {"num_format": "#,##0", "name": "USD m", "major_gridlines": GRID, "min": 0})
    chart.set_legend({"position": "bottom", "font": FONT})
    return chart
