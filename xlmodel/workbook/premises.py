"""FMV, OLV, NOLV and FLV of one asset by length of sale, as formulas and as numbers.

Under a demand curve and a square-root law, of which the worse counts, the best length of a sale has a closed form: the
demand curve alone is best at √(2Q / (−D ln(1−d))) with decay d and depth D a year; the square-root law costs the same
at any length, so that from the length at which it is the worse one waiting only costs decay; and where scrap limits
the loss the shortest sale may be the better one. The engine searches; both must agree, which the Checks sheet holds.
"""

from dataclasses import dataclass

import numpy as np

from xlmodel.collateral.depth import square_root
from xlmodel.deal import Analysis
from xlmodel.deal.quantity import amount
from xlmodel.workbook.panel import TIE
from xlmodel.workbook.selling import blocks
from xlmodel.workbook.units import MILLION

DEPTH, DECAY, MONTHS = "{sale.depth}", "{sale.annual_decay}", "{months_per_year}"
FORCED, ORDERLY = "{premises.forced_months}", "{premises.orderly_months}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the sale on one market meets, as cells and as numbers; money in USD m."""

    index: int
    units: float
    worth: float
    depth: float
    decay: float
    forced: float
    orderly: float
    enforcement: float
    volatility: float | None
    cap: float
    condition: float
    integration: float
    selling: float
    removal: float
    fixed: float
    cells: dict[str, str]

    @property
    def root(self) -> float:
        """The discount of the square-root law, the same at any length; 0 where the deal gives no volatility."""
        if self.volatility is None:
            return 0.0
        year = self.depth * 12
        return float(square_root(self.units, year, self.volatility, cap=self.cap).walk_down)

    def law(self, months: float) -> float:
        """The discount of the demand curve."""
        volume = self.depth * months
        return min(-float(np.expm1(-self.units / volume)), self.cap) if volume > 0 else self.cap

    def law_formula(self, months: str) -> str:
        """The same as a formula."""
        cap = self.cells["cap"]
        return f"IF({DEPTH}>0,MIN(1-EXP(-{self.cells['units']}/({DEPTH}*{months})),{cap}),{cap})"

    def share(self, months: float) -> float:
        """What decay and depth leave of the price."""
        kept = float((1 - self.decay) ** ((self.enforcement + months / 2) / 12))
        return kept * (1 - max(self.law(months), self.root))

    def share_formula(self, months: str) -> str:
        """The same as a formula."""
        worse = self.law_formula(months)
        if self.volatility is not None:
            worse = f"MAX({worse},{{prem{self.index}.root}})"
        return f"(1-{DECAY})^(({self.cells['enforcement']}+{months}/2)/{MONTHS})*(1-{worse})"

    @property
    def turning(self) -> float:
        """The length at which decay begins to cost more than a deeper market brings."""
        if self.depth <= 0:
            return self.forced
        if self.decay <= TIE:
            return self.orderly
        return float(np.sqrt(2 * 12 * self.units / (-self.depth * np.log(1 - self.decay))))

    @property
    def turning_formula(self) -> str:
        """The same as a formula."""
        best = f"SQRT(2*{MONTHS}*{self.cells['units']}/(-{DEPTH}*LN(1-{DECAY})))"
        return f"IF({DEPTH}<=0,{FORCED},IF({DECAY}<={{tie}},{ORDERLY},{best}))"

    @property
    def flat(self) -> float:
        """The length from which the square-root law is the worse one."""
        if not TIE < self.root < 1 or self.depth <= 0:
            return self.orderly
        return float(self.units / (-self.depth * np.log(1 - self.root)))

    @property
    def flat_formula(self) -> str:
        """The same as a formula."""
        root = f"{{prem{self.index}.root}}"
        return f"IF(AND({root}>{{tie}},{root}<1,{DEPTH}>0),{self.cells['units']}/(-{DEPTH}*LN(1-{root})),{ORDERLY})"

    @property
    def candidate(self) -> float:
        """The best length where scrap does not limit the loss."""
        flat = self.flat if self.volatility is not None else self.orderly
        return max(self.forced, min(self.orderly, self.turning, flat))

    @property
    def best(self) -> float:
        """The best length of a sale."""
        return self.forced if self.share(self.forced) >= self.share(self.candidate) else self.candidate

    def gross(self, months: float, *, removed: bool) -> float:
        """What a sale brings before its costs."""
        return self.worth * (1 - self.condition) * (1 - self.integration * removed) * self.share(months)

    def net(self, months: float, *, removed: bool) -> float:
        """What it brings after them."""
        cost = self.removal * removed + self.fixed
        return max(self.gross(months, removed=removed) * (1 - self.selling) - cost, 0.0)

    def kept_formula(self, *, removed: bool) -> str:
        """What condition, and loss outside its racks where it is removed, leave."""
        kept = f"(1-{self.cells['condition']})"
        return f"{kept}*(1-{self.cells['integration']})" if removed else kept

    def net_formula(self, gross: str, *, removed: bool) -> str:
        """What is left of gross proceeds after the costs of the sale."""
        cost = self.cells["fixed"] + (f"-{self.cells['removal']}" if removed else "")
        return f"MAX({gross}*(1-{self.cells['selling']})-{cost},0)"


def terms(analysis: Analysis, index: int, worth: float) -> Terms:
    """Return the terms of the hardware of one market worth so many USD m on the day of the sale."""
    deal = analysis.deal
    sale, said, block = deal.sale, deal.premises, blocks(analysis)[index]
    assert sale is not None and said is not None and sale.depth is not None  # noqa: S101, PT018  premises are wanted
    count = len(blocks(analysis))
    number = float(sum(deal.assets[i].units.value for i in block.assets))

    def cell(path: str, number: object) -> str:
        return f"{{{path}}}" if number is not None else "0"

    shared = "/{markets.count}" if count > 1 else ""
    units = block.units
    return Terms(
        index=index,
        units=number,
        worth=worth,
        depth=sale.depth.value,
        decay=sale.annual_decay.value,
        forced=said.forced_months.value,
        orderly=said.orderly_months.value,
        enforcement=amount(said.enforcement_months),
        volatility=None if said.volatility is None else said.volatility.value,
        cap=1 - amount(said.scrap),
        condition=amount(sale.condition),
        integration=amount(sale.integration),
        selling=amount(sale.selling),
        removal=amount(sale.cost_per_unit) * number / MILLION,
        fixed=amount(sale.fixed_cost) / count / MILLION,
        cells={
            "units": units,
            "enforcement": cell("premises.enforcement_months", said.enforcement_months),
            "cap": "(1-{premises.scrap})" if said.scrap is not None else "1",
            "condition": cell("sale.condition", sale.condition),
            "integration": cell("sale.integration", sale.integration),
            "selling": cell("sale.selling", sale.selling),
            "removal": f"{{sale.cost_per_unit}}*{units}/{{million}}" if sale.cost_per_unit is not None else "0",
            "fixed": f"{{sale.fixed_cost}}{shared}" if sale.fixed_cost is not None else "0",
        },
    )
