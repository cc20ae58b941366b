"""Every loan in one line: the engine's figures, and what follows from them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from xlmodel.deal.tape.analysis import TapeAnalysis
from xlmodel.errors import NEVER_UNDERWATER, NO_BREACH, reason
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED

NEVER, KEPT = "never", "none"
COLUMNS: Final = (
    ("row", "Row", "count", 6.0), ("name", "Loan", "left", 24.0), ("debt", "Debt, USD m", "money", 12.0),
    ("worth", "Market value at closing, USD m", "money", 14.0), ("dscr", "Lowest DSCR", "multiple", 10.0),
    ("period", "in period", "count", 8.0), ("llcr", "LLCR at closing", "multiple", 10.0),
    ("breach", "First breach, period", "count", 11.0), ("cost", "LTV on cost", "percent", 10.0),
    ("ltv", "LTV on market value", "percent", 11.0), ("sold", "LTV on sale value", "percent", 11.0),
    ("worst", "Highest LTV on market value", "percent", 12.0), ("under", "Under water from period", "count", 12.0),
    ("capacity", "Debt capacity, USD m", "money", 12.0), ("room", "Room, USD m", "money", 11.0),
    ("status", "Status", "word", 12.0),
)  # fmt: skip
"""Of each column: its key, head, kind of number and width."""
STATUS: Final = ("default", "under water", "ok")
_TOP: Final = 3


def loans(page: Page, names: Sequence[str], debt: Any, found: TapeAnalysis, sheets: Mapping[int, str]) -> None:
    """Write the sheet; each column is the block `loans.key`."""
    page.text(0, 0, "Loans", "title")
    page.text(1, 0, "In the order of the tape. Figures in grey italics are xlmodel's own numbers; periods are those of "
              "each loan, 0 is closing.", "note")  # fmt: skip
    for at, (key, head, kind, width) in enumerate(COLUMNS):
        page.widths.append((at, at, width))
        page.text(_TOP, at, head, "head" if kind in ("left", "word") else "head right")
        page.name_block(f"loans.{key}", _TOP + 1, _TOP + len(names), at)
    page.heights[_TOP] = 40.0
    page.freeze = (_TOP + 1, 2)
    page.print.last_column = len(COLUMNS) - 1
    page.print.repeat_rows = (_TOP, _TOP)
    figures = found.figures
    numbers = {
        "dscr": figures.min_dscr, "period": figures.min_dscr_period, "llcr": figures.llcr_at_close,
        "breach": figures.first_breach, "cost": figures.ltv_nominal_at_close, "ltv": figures.ltv_adjusted_at_close,
        "sold": figures.ltv_liquidation_at_close, "worst": figures.worst_ltv_adjusted,
        "under": figures.underwater_period, "capacity": figures.debt_capacity / MILLION,
    }  # fmt: skip
    places = {key: i for i, (key, *_) in enumerate(COLUMNS)}
    kinds = {key: kind for key, _, kind, _ in COLUMNS}
    for i, name in enumerate(names):
        row = _TOP + 1 + i
        page.number(row, places["row"], i + 1.0, "pasted count")
        if i in sheets:
            page.jumps.append((row, places["name"], sheets[i]))
        else:
            page.text(row, places["name"], name)
        owed = float(debt[i])
        used = owed == owed and not np.isnan(figures.ltv_nominal_at_close[i])
        _put(page, row, places["debt"], owed / MILLION if used else UNDEFINED, "pasted money", f"loans.debt.{i}")
        for key, values in numbers.items():
            value: Value = _word(float(values[i]))
            _put(page, row, places[key], value, f"pasted {kinds[key]}", f"loans.{key}.{i}")
        ltv, capacity = (float(numbers[key][i]) for key in ("ltv", "capacity"))
        owed / MILLION / ltv if used and ltv > 0 else UNDEFINED
        capacity - owed / MILLION if used and capacity == capacity else UNDEFINED
        debt_of, ltv_of, capacity_of = (f"{{loans.{key}.{i}}}" for key in ("debt", "ltv", "capacity"))
        worst = f'IF(ISNUMBER({{loans.breach.{i}}}),"default",IF(ISNUMBER({{loans.under.{i}}}),"under water","ok"))'
        for key, formula in (
            ("worth", f'IF(ISNUMBER({ltv_of}),IF({ltv_of}>0,{debt_of}/{ltv_of},"{UNDEFINED}"),"{UNDEFINED}")'),
            ("room", f'IF(ISNUMBER({capacity_of}),{capacity_of}-{debt_of},"{UNDEFINED}")'),
            ("status", f'IF(ISNUMBER({debt_of}),{worst},"refused")'),
        ):
            page.formula(row, places[key], f"={formula}", f"calc {kinds[key]}", f"loans.{key}.{i}")
    column = places["status"]
    for word, style in (("default", "fail"), ("refused", "fail"), ("under water", "warn"), ("ok", "pass")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
        page.rules.append((_TOP + 1, column, _TOP + len(names), column, rule))


def status(found: TapeAnalysis, i: int) -> str:
    """Return what a loan is, in a word: the worst that befalls it."""
    figures = found.figures
    if np.isnan(figures.ltv_nominal_at_close[i]):
        return "refused"
    if not np.isnan(figures.first_breach[i]):
        return "default"
    return "ok" if np.isnan(figures.underwater_period[i]) else "under water"


def _word(value: float) -> Value:
    """A number, or why there is none in a word."""
    if value == value:
        return value
    why = reason(value)
    return KEPT if why is NO_BREACH else NEVER if why is NEVER_UNDERWATER else UNDEFINED


def _put(page: Page, row: int, column: int, value: Value, style: str, key: str) -> None:
    page.name_cell(key, row, column)
    if isinstance(value, str):
        page.text(row, column, value, style)
    else:
        page.number(row, column, float(value), style)
