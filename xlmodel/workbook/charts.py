"""The native charts. Lines differ by dash and marker as well as by colour, so that they survive a grey printer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from xlmodel.maths.domain import Floats
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.wording import ratio

MARKED: Final = 24
"""On longer lines the markers would run into each other."""

FONT: Final = {"name": "Arial", "size": 9}
GRID: Final = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
BLACK, NAVY, ORANGE, GREEN, GREY, RED = "#000000", "#1F3864", "#C55A11", "#2E7D32", "#7F7F7F", "#C00000"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: the timeline row it shows, its name, how it is told apart, and the row of its dates."""

    key: str
    name: str
    color: str
    dash: str = "solid"
    width: float = 1.75
    marker: str = "none"
    dates: str = "date"


RATIOS: Final = {
    "dscr": (NAVY, "solid", "circle"),
    "dscr_ltm": (ORANGE, "dash", "square"),
    "dscr_ntm": (GREEN, "round_dot", "diamond"),
}
"""How each coverage ratio is drawn, by the key of its row."""


def coverage_chart(
    book: Any,
    layout: Layout,
    ratios: dict[str, Floats],
    levels: Sequence[Line],
    dates: tuple[float, float],
    coverage: str,
) -> Any:
    """Draw coverage ratios against covenant levels over the dates.

    Parameters
    ----------
    book, layout
        The XlsxWriter workbook, and where the rows lie.
    ratios
        For each row key of `RATIOS`, the ratio by period; where it is undefined the line is broken, as a chart
        would draw the words n/a as a ratio of zero.
    levels
        The covenant levels.
    dates
        Serial numbers of the first and last period end.
    coverage
        What the deal calls cash over debt service.
    """
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    unnamed: list[int] = []
    drawn = 0
    for key, values in ratios.items():
        color, dash, marker = RATIOS[key]
        marker = marker if values.size <= MARKED else "none"
        for i, (first, last) in enumerate(stretches(values)):
            if i:
                unnamed.append(drawn)
            plotted(chart, layout, Line(key, ratio(key, coverage), color, dash, 2.0, marker), first, last)
            drawn += 1
    for level in levels:
        plotted(chart, layout, level, 0, len(next(iter(ratios.values()))) - 1)
        drawn += 1
    chart.set_title(titled(f"{coverage} against the covenants"))
    chart.set_x_axis(dated_axis(dates[0], dates[1], 8))
    chart.set_y_axis(
        {"num_format": '0.00"x"', "num_font": FONT, "major_gridlines": GRID, "name": "x", "name_font": FONT}
    )
    chart.set_legend({"position": "bottom", "font": FONT, "delete_series": unnamed})
    return chart


def collateral_chart(book: Any, layout: Layout, lines: Sequence[Line], months: int, underwater: bool) -> Any:
    """Draw the debt against the values of the collateral, hatching where the debt exceeds the economic value.

    `months` is how far it is from closing to the end, for the labels of the axis; the legend speaks of `underwater`
    debt only where there is some.
    """
    areas = book.add_chart({"type": "area", "subtype": "stacked"})
    dates = "=" + layout.reference("date", "path")
    for key, name, fill in (
        ("covered", "Debt covered by economic value", {"fill": {"none": True}}),
        ("shortfall", "Underwater: debt above economic value", {"pattern": _hatch(RED)}),
    ):
        areas.add_series(
            {"name": name, "categories": dates, "values": "=" + layout.reference(key, "path"), "line": {"none": True}}
            | fill
        )
    over = book.add_chart({"type": "line"})
    for line in lines:
        over.add_series(
            {
                "name": line.name,
                "categories": dates,
                "values": "=" + layout.reference(line.key, "path"),
                "line": {"color": line.color, "width": line.width, "dash_type": line.dash},
                "marker": {"type": line.marker},
            }
        )
    areas.combine(over)
    areas.set_title(titled("Debt against the value of its collateral"))
    areas.set_x_axis(months_axis(months, 10))
    areas.set_y_axis(
        {"num_format": "#,##0", "num_font": FONT, "major_gridlines": GRID, "name": "USD m", "name_font": FONT}
    )
    areas.set_legend({"position": "bottom", "font": FONT, "delete_series": [0] if underwater else [0, 1]})
    return areas


def bridge_chart(book: Any, layout: Layout, title: str, key: str = "bridge") -> Any:
    """Draw the steps from a first value down to the last, as columns standing on an invisible base.

    The blocks `key`.label, `key`.base, `key`.value and `key`.loss hold the columns.
    """
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    looks: dict[str, tuple[str, dict[str, Any]]] = {
        "base": ("Base", {"fill": {"none": True}}),
        "value": ("Value", {"fill": {"color": NAVY}}),
        "loss": ("Loss", {"pattern": _hatch(RED)}),
    }
    for part, (name, look) in looks.items():
        series: dict[str, Any] = {
            "name": name,
            "categories": "=" + layout.reference(f"{key}.label", "all"),
            "values": "=" + layout.reference(f"{key}.{part}", "all"),
            "border": {"none": True},
            "gap": 40,
        }
        if part != "base":
            # Zero in half of the cells: the format shows it as nothing.
            series["data_labels"] = {"value": True, "num_format": "#,##0.0;-#,##0.0;;", "font": FONT | {"bold": True}}
            if part == "value":
                series["data_labels"] |= {"font": FONT | {"bold": True, "color": "#FFFFFF"}}
        chart.add_series(series | look)
    chart.set_title(titled(title))
    chart.set_x_axis({"num_font": FONT, "line": {"color": GREY}, "label_position": "low"})
    chart.set_y_axis(
        {
            "num_format": "#,##0",
            "num_font": FONT,
            "major_gridlines": GRID,
            "name": "USD m",
            "name_font": FONT,
            "min": 0,
        }
    )
    chart.set_legend({"none": True})
    return chart


def stretches(values: Floats) -> Iterator[tuple[int, int]]:
    """Yield the first and last position of every run of defined values.

    >>> list(stretches(np.array([np.nan, 1.2, 1.1, np.nan, 1.0])))
    [(1, 2), (4, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(values), [False]]).astype(np.int8)))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(first), int(after) - 1


def plotted(chart: Any, layout: Layout, line: Line, first: int, last: int) -> None:
    """Add a line over the periods from `first` to `last` to a chart."""
    chart.add_series(
        {
            "name": line.name,
            "categories": "=" + layout.stretch(line.dates, first, last),
            "values": "=" + layout.stretch(line.key, first, last),
            "line": {"color": line.color, "width": line.width, "dash_type": line.dash},
            "marker": {
                "type": line.marker,
                "size": 5,
                "fill": {"color": line.color},
                "border": {"color": line.color},
            }
            if line.marker != "none"
            else {"type": "none"},
        }
    )


def dated_axis(first: float, last: float, labels: int) -> dict[str, Any]:
    """Return the axis of a scatter chart whose numbers are dates, with about so many labels."""
    span = max(last - first, 1.0)
    return {
        "min": first,
        "max": first + span,
        "major_unit": max(round(span / labels), 1),
        "num_format": "mmm yy",
        "num_font": FONT,
        "label_position": "low",
        "major_gridlines": {"visible": False},
        "line": {"color": GREY},
    }


def months_axis(months: int, labels: int) -> dict[str, Any]:
    """Return the axis of a line chart over dates that spread over so many months, with about so many labels."""
    return {
        "date_axis": True,
        "major_unit": max(1, round(months / labels)),
        "major_unit_type": "months",
        "num_format": "mmm yy",
        "num_font": FONT,
        "label_position": "low",
        "line": {"color": GREY},
    }


def titled(text: str) -> dict[str, Any]:
    """Return a chart's title in the look of every chart of a report."""
    return {"name": text, "name_font": {"name": "Arial", "size": 11, "bold": True}, "overlay": False}


def _hatch(color: str) -> dict[str, str]:
    return {"pattern": "wide_upward_diagonal", "fg_color": color, "bg_color": "#FFFFFF"}
