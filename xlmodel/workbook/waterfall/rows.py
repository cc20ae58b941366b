"""Rows of money in USD m, and the small differences that are rounding and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Financing
from xlmodel.deal.terms.covenants import cash_cures
from xlmodel.deal.terms.returns import Financed
from xlmodel.loan.waterfall_lines import TrancheLines
from xlmodel.maths.domain import Floats
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.panel import TIE
from xlmodel.workbook.timeline.debt import hedged
from xlmodel.workbook.units import MILLION


@dataclass(frozen=True, slots=True)
class Paying:
    """What every part of the sheet writes with: the grid, the deal, its terms and what the engine found."""

    grid: Grid
    analysis: Analysis
    found: Financed
    terms: Financing

    @property
    def ranks(self) -> list[int]:
        """The ranks of the tranches, the first to be paid in front."""
        return sorted({debt.rank for debt in self.analysis.deal.debt})

    @property
    def hedged(self) -> bool:
        """Whether a swap is paid with the interest of the first rank."""
        return hedged(self.analysis)

    @property
    def cures(self) -> list[int]:
        """Positions of the covenants that equity may cure in cash."""
        return cash_cures(self.analysis.covenants)

    def tranches(self, rank: int) -> list[int]:
        """Positions of the tranches of a rank."""
        return [i for i, debt in enumerate(self.analysis.deal.debt) if debt.rank == rank]

    def summed(self, part: Callable[[TrancheLines], Floats], rank: int | None = None) -> Floats:
        """The sum of a line over the tranches, of one rank or of all."""
        lines = self.found.paid.tranches
        chosen = range(len(lines)) if rank is None else self.tranches(rank)
        return sum((part(lines[i]) for i in chosen), np.zeros(self.found.paid.cash.shape))

    def sum_of(self, part: str, rank: int | None = None) -> str:
        """The formula of that sum, without its sign =."""
        chosen = range(len(self.analysis.tranches)) if rank is None else self.tranches(rank)
        return "+".join(f"{{wf{i}.{part}}}" for i in chosen)

    def money(
        self, key: str, label: str, formula: str, values: Floats, *, weight: str = "calc", total: bool = True
    ) -> None:
        """Write a row of flows."""
        numbers = values / MILLION
        self.grid.row(f"wf.{key}", label, "USD m", formula, numbers.tolist(), "money", weight=weight,
                      total=float(numbers.sum()) if total else None)  # fmt: skip

    def account(
        self, key: str, label: str, formula: str, values: Floats, at_closing: str, closing: float,
        weight: str = "strong",
    ) -> None:  # fmt: skip
        """Write what stands at the end of each period, and at closing."""
        self.grid.row(f"wf.{key}", label, "USD m", formula, (values / MILLION).tolist(), "money", weight=weight,
                      closing=closing / MILLION, closing_formula=at_closing)  # fmt: skip


def clean(values: Floats, beside: Floats) -> Floats:
    """Take what is rounding beside another number for the 0 it is."""
    return np.where(np.abs(values) <= TIE * np.abs(beside), 0.0, values)


def cleaned(formula: str, beside: str) -> str:
    """The same as a formula, without its sign =."""
    return f"IF(ABS({formula})<={{tie}}*ABS({beside}),0,{formula})"
