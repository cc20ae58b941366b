"""The key figures of the cover as text, for a terminal."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.maths.dates import from_serial
from xlmodel.workbook.cover import Figure, figures
from xlmodel.workbook.sheet import Value
from xlmodel.workbook.wording import day

_SHOWN: Final = {
    "money": "USD {:,.2f} m",
    "multiple": "{:.2f}x",
    "multiple long": "{:.3f}x",
    "percent": "{:.1%}",
}


def lines(analysis: Analysis) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and date of every key figure.

    Parameters
    ----------
    analysis
        A finished analysis.
    """
    for figure in figures(analysis):
        yield figure.name, _value(figure), _date(figure.date)


def _value(figure: Figure) -> str:
    return figure.value if isinstance(figure.value, str) else _SHOWN[figure.kind].format(figure.value)


def _date(date: Value) -> str:
    return date if isinstance(date, str) else day(np.datetime64(from_serial(float(date)).item(), "D"))
