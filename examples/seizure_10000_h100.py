"""The seizure of 10,000 H100s: a loan that reads 60 % on paper, and what its collateral brings.

`python examples/seizure_10000_h100.py` prints the three ratios, the way from value to cash on each premise, and the
same beside three other lenders. Every number is an assumption of seizure_10000_h100.toml, made to be replaced; the
commands at the end explain each result part by part.
"""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from xlmodel.deal import Analysis, Deal, analyse, load
from xlmodel.deal.enforcement import Together, together
from xlmodel.deal.quantity import Sourced, amount
from xlmodel.functions.cells import Argument
from xlmodel.functions.explaining import explain

DEAL = Path(__file__).with_suffix(".toml")
MILLION = 1e6


@dataclass(frozen=True)
class Way:
    """One way to sell: what it is called, the call that values it, and the explanation of that call."""

    name: str
    function: str
    arguments: list[Argument]

    @property
    def steps(self) -> dict[str, float]:
        """What each part takes, USD, in the order taken: the explanation of the call, read line by line."""
        found = explain(self.function, self.arguments)
        start = next(i for i, line in enumerate(found) if line[0] == "parts") + 1
        end = next(i for i, line in enumerate(found) if line[0].startswith("= "))
        if self.function == "HAIRCUT":  # its parts are shares of the value
            return {what.removeprefix("+ "): number(x) * self.value for what, x, *_ in found[start:end]}
        return {what.removeprefix("− "): number(x) for what, x, *_ in found[start + 1 : end]}

    @property
    def value(self) -> float:
        """What the hardware is worth before the sale, USD: units times the value of one."""
        return number(self.arguments[0]) * number(self.arguments[1])

    @property
    def cash(self) -> float:
        """The answer of the call, USD."""
        answer = number(next(x for what, x, *_ in explain(self.function, self.arguments) if what.startswith("= ")))
        return self.value * (1 - answer) if self.function == "HAIRCUT" else answer

    @property
    def command(self) -> str:
        """The command that prints the explanation."""
        typed = [x if isinstance(x, str) else f"{number(x):.12g}" for x in self.arguments]
        return f"xlmodel explain {self.function} {shlex.join(typed)}"


def number(cell: object) -> float:
    """The number in a cell of an explanation."""
    assert isinstance(cell, float | int), cell
    return float(cell)


def ways(deal: Deal) -> list[Way]:
    """Forced and orderly, in place and removed, and the sale of the loan's own haircut."""
    asset, sale, said = deal.assets[0], deal.sale, deal.premises
    assert asset.market_value is not None
    assert sale is not None
    assert said is not None
    units, each = asset.units.value, asset.market_value.value / asset.units.value

    def typed(*numbers: Sourced | None) -> list[float]:
        return [amount(number) for number in numbers]

    found = []
    for where, removed in (("in place", False), ("removed", True)):
        for how, item in (("orderly", "NOLV"), ("forced", "NFLV")):
            found.append(Way(f"{how}, {where}", "LIQUIDATION_VALUE", [
                units, each, *typed(sale.annual_decay, sale.depth, said.forced_months, said.orderly_months,
                                    said.enforcement_months, sale.condition),
                amount(sale.integration) if removed else 0.0, "worse", amount(sale.selling),
                amount(sale.cost_per_unit) if removed else 0.0, amount(sale.fixed_cost), 0.0, amount(said.volatility),
                1.0, amount(said.scrap), item,
            ]))  # fmt: skip
    found.append(haircut(deal, f"{sale.months_to_sale.value:g} months, discounted", units, each, amount(sale.depth)))
    return found


def haircut(deal: Deal, name: str, units: float, each: float, depth: float) -> Way:
    """The sale of the loan's own haircut, removed and discounted, at a value of a unit and a depth a month."""
    sale = deal.sale
    assert sale is not None
    return Way(name, "HAIRCUT", [
        units, each, amount(sale.months_to_sale), amount(sale.annual_decay), depth, amount(sale.condition),
        amount(sale.integration), "worse", amount(sale.selling), amount(sale.cost_per_unit), amount(sale.fixed_cost),
        amount(sale.discount), sale.basis,
    ])  # fmt: skip


def selling(deal: Deal, found: Together) -> list[Way]:
    """Each lender's sale after the shock: alone, and together with all, when each finds its part of the depth."""
    fire, sale = deal.fire_sale, deal.sale
    assert fire is not None
    assert sale is not None
    each, depth, whole = found.price * (1 - fire.shock.value), amount(sale.depth), float(found.units.sum())
    ways_ = []
    for name, units in zip(found.names, found.units.tolist(), strict=True):
        ways_.append(haircut(deal, f"{name}, alone", units, each, depth))
        ways_.append(haircut(deal, f"{name}, together", units, each, depth * units / whole))
    return ways_


def ratios(analysis: Analysis) -> Table:
    """Loan to value on paper, on the market, and in each sale."""
    owed = float(analysis.debt.opening[0])
    table = Table(
        "Loan to value", title=f"{analysis.deal.name}: USD {owed / MILLION:,.0f} m owed", title_justify="left"
    )
    table.add_column("Value, USD m", justify="right")
    table.add_column("LTV", justify="right")
    close = analysis.at_close
    values = {"cost": float(close.cost[0]), "market value in use": float(close.economic[0])}
    values |= {way.name: way.cash for way in ways(analysis.deal)}
    for name, value in values.items():
        table.add_row(name, f"{value / MILLION:,.2f}", f"{owed / value:.1%}" if value > 0 else "undefined")
    return table


def parts(deal: Deal) -> Table:
    """What each step takes, USD m, one column a way to sell; every column adds up to its last line."""
    sales = ways(deal)
    table = Table("USD m", title="From value to cash", title_justify="left")
    for way in sales:
        table.add_column(way.name, justify="right")
    columns = [{"value in use": way.value} | way.steps for way in sales]
    names = dict.fromkeys(name for column in reversed(columns) for name, taken in column.items() if taken)
    for name in names:
        table.add_row(name, *(f"{column.get(name, 0.0) / MILLION:,.2f}" for column in columns))
    table.add_section()
    table.add_row("cash", *(f"{way.cash / MILLION:,.2f}" for way in sales))
    return table


def lenders(found: Together) -> Table:
    """What each lender recovers when it sells alone and when all sell at once, and who is driven to sell."""
    table = Table("Lender", title="Beside three other lenders, after the shock", title_justify="left")
    for head in ("Units", "Owed", "Alone", "Recovers", "Together", "Recovers", "Driven to sell"):
        table.add_column(head, justify="right")
    for i, name in enumerate(found.names):
        table.add_row(
            name, f"{found.units[i]:,.0f}", f"{found.owed[i] / MILLION:,.1f}", f"{found.alone[i] / MILLION:,.2f}",
            f"{found.recovery_alone[i]:.1%}", f"{found.together[i] / MILLION:,.2f}",
            f"{found.recovery_together[i]:.1%}", "yes" if found.cascade.sellers[i] else "no",
        )  # fmt: skip
    return table


def main() -> None:
    """Print the tables and the commands that explain them."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    analysis = analyse(load(DEAL))
    found = together(analysis)
    fire, sale = analysis.deal.fire_sale, analysis.deal.sale
    assert fire is not None
    assert sale is not None
    console.print(ratios(analysis))
    console.print(parts(analysis.deal))
    console.print(lenders(found))
    console.print(
        f"A unit falls from USD {found.price:,.0f} to USD {float(found.cascade.price):,.0f} as those sell who must."
    )
    console.print("\nEvery number is an assumption. How each comes about, part by part:")
    market = amount(sale.depth) * sale.months_to_sale.value
    rows = ["{" + ";".join(f"{x:.12g}" for x in column) + "}" for column in (found.units, found.owed, found.thresholds)]
    for way in [*ways(analysis.deal), *selling(analysis.deal, found)]:
        console.print(f"{way.name}:\n  {way.command}", soft_wrap=True, highlight=False)
    console.print(
        "Price after the cascade:\n  xlmodel explain FIRE_SALE "
        f"{found.price:.12g} {fire.shock.value:.12g} {market:.12g} " + " ".join(shlex.quote(row) for row in rows),
        soft_wrap=True, highlight=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
