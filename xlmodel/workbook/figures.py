"""The figures a committee asks for first: each a live formula with the engine's value, for the cover and a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xlmodel.collateral.ltv import loan_to_value
from xlmodel.deal import Analysis
from xlmodel.loan.covenant import Status
from xlmodel.maths.dates import from_serial, to_serial
from xlmodel.maths.domain import Floats
from xlmodel.workbook.sheet import Value
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, day, inside, ratio, shown

_SHOWN: Final = {
    "money": "USD {:,.2f} m",
    "multiple": "{:.2f}x",
    "multiple long": "{:.3f}x",
    "percent": "{:.1%}",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the key figures: a formula, and the date it belongs to where it has one."""

    name: str
    formula: str
    value: Value
    kind: str
    unit: str
    when: str = ""
    date: Value = ""

    @property
    def spoken(self) -> tuple[str, str]:
        """Value and date as text."""
        value = self.value if isinstance(self.value, str) else _SHOWN[self.kind].format(self.value)
        date = (
            self.date if isinstance(self.date, str) else day(np.datetime64(from_serial(float(self.date)).item(), "D"))
        )
        return value, date


def figures(analysis: Analysis) -> Iterator[Figure]:
    """Yield the figures a committee asks for first."""
    serials = to_serial(analysis.dates)
    dated = np.append(to_serial(analysis.closing), serials)
    owed = float(analysis.debt.opening[0]) / MILLION
    yield Figure("Debt at closing", "={balance|closing}", owed, "money", "USD m", "={date|closing}",
                 float(to_serial(analysis.closing)))  # fmt: skip
    yield Figure(
        "Total debt service", "={service|total}", float(analysis.debt_service.sum()) / MILLION, "money", "USD m"
    )
    yield Figure("CFADS over the life", "={cfads|total}", float(analysis.cfads.sum()) / MILLION, "money", "USD m")
    ratios = {"dscr": analysis.dscr, "dscr_ltm": analysis.dscr_ltm, "dscr_ntm": analysis.dscr_ntm}
    for key, values in ratios.items():
        yield _extreme(
            key, f"Minimum {inside(ratio(key, analysis.coverage_name))}", values, serials, "MIN", "multiple", "x"
        )
    for i, test in enumerate(analysis.covenants):
        key = f"covenant{i}"
        none = test.first_breach < 0
        kind, unit = ("multiple long", "x") if test.record.direction == "below" else ("percent", "%")
        yield Figure(
            f"First covenant default: {test.record.name}",
            f'=IF({{{key}.broken|total}}=0,"{UNDEFINED}",INDEX({{{key}.ratio|all}},MATCH(1,{{{key}.broken|all}},0)))',
            UNDEFINED if none else shown(test.ratio[[test.first_breach]])[0],
            kind, unit,
            f'=IF({{{key}.broken|total}}=0,"none",INDEX({{date|all}},MATCH(1,{{{key}.broken|all}},0)))',
            "none" if none else float(serials[test.first_breach]),
        )  # fmt: skip
        if test.record.lockup is not None:
            locked = np.flatnonzero(test.status == Status.LOCKUP)
            word = f"{{{key}.status|all}}"
            yield Figure(
                f"First lock-up: {test.record.name}",
                f'=IF(COUNTIF({word},"lock-up")=0,"{UNDEFINED}",INDEX({{{key}.ratio|all}},MATCH("lock-up",{word},0)))',
                float(test.ratio[locked[0]]) if locked.size else UNDEFINED, kind, unit,
                f'=IF(COUNTIF({word},"lock-up")=0,"none",INDEX({{date|all}},MATCH("lock-up",{word},0)))',
                float(serials[locked[0]]) if locked.size else "none",
            )  # fmt: skip
    for key, name, loan_to in (
        ("ltv_nominal", "Highest LTC (loan to cost)", analysis.ltv_nominal),
        ("ltv_adjusted", "Highest LTV (market value)", analysis.ltv_adjusted),
        ("ltv_liquidation", "Highest LTV (net liquidation value)", analysis.ltv_liquidation),
    ):
        if loan_to is not None:
            yield _extreme(
                key, name, np.append(at_closing(analysis, key), loan_to), dated, "MAX", "percent", "%", "path"
            )
    yield from _collateral(analysis, serials)
    for i, (measure, value) in enumerate(analysis.measures):
        above, below = (
            "+".join(f"{{measures[{i}].{side}[{j}]}}" for j in range(len(getattr(measure, side))))
            for side in ("numerator", "denominator")
        )
        kind, unit = ("multiple", "x") if measure.shown_as == "x" else ("percent", "%")
        yield Figure(measure.name, f"=({above})/({below})", value, kind, unit)


def _collateral(analysis: Analysis, serials: Floats) -> Iterator[Figure]:
    under = np.maximum(analysis.balance - analysis.values.economic, 0.0) / MILLION
    deepest = _extreme("shortfall", "Maximum collateral shortfall", under, serials, "MAX", "money", "USD m")
    never = not under.any()
    when = deepest.when.replace("=IF(", '=IF(MAX({shortfall|all})=0,"never",IF(', 1) + ")"
    yield replace(deepest, when=when, date="never" if never else deepest.date)
    if analysis.haircut is None:
        return
    total = analysis.haircut.total.item()
    yield Figure("Liquidation haircut", "={haircut.total}", total if total == total else UNDEFINED, "percent", "%",
                 "={haircut.date}", float(to_serial(analysis.haircut_date)))  # fmt: skip
    if analysis.recovery is not None:
        yield Figure(
            "Recovery at closing (% of claim)", "=MIN(1,{liquidation|closing}/{claim})", analysis.recovery,
            "percent", "%", "={date|closing}", float(to_serial(analysis.closing)),
        )  # fmt: skip


def at_closing(analysis: Analysis, key: str) -> Floats:
    """A loan to value on the closing date."""
    now = analysis.at_close
    worth = {"ltv_nominal": now.cost, "ltv_adjusted": now.economic}.get(key, now.liquidation)
    assert worth is not None  # noqa: S101  a sale is described
    return loan_to_value(analysis.debt.opening[:1], worth)


def _extreme(
    key: str, name: str, values: Floats, serials: Floats, which: str, kind: str, unit: str, part: str = "all"
) -> Figure:
    """The lowest or highest defined ratio and the first date on which it stands, up to rounding."""
    row, sign = f"{{{key}|{part}}}", -1 if which == "MIN" else 1
    best = f"{which}({row})"
    reached = f"{row}<={best}+{{tie}}*ABS({best})" if which == "MIN" else f"{row}>={best}-{{tie}}*ABS({best})"
    defined = np.where(np.isnan(values), -np.inf, sign * values)
    value: Value = UNDEFINED
    date: Value = UNDEFINED
    if np.isfinite(defined).any():
        top = float(defined.max())
        value, date = sign * top, float(serials[np.argmax(defined >= top - 1e-12 * abs(top))])
    # The latest start counted back from the end is the first date; an array formula would need Excel 2019.
    back = f"SUMPRODUCT(MAX(ISNUMBER({row})*({reached})*({{date|last}}-{{date|{part}}})))"
    return Figure(
        name, f'=IF(COUNT({row})=0,"{UNDEFINED}",{best})', value, kind, unit,
        f'=IF(COUNT({row})=0,"{UNDEFINED}",{{date|last}}-{back})', date,
    )  # fmt: skip
