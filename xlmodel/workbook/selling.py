"""What a forced sale takes from one asset, step by step: the shares and costs, as formulas and as numbers."""

from dataclasses import dataclass

import numpy as np

from xlmodel.collateral.depth import exponential
from xlmodel.deal import Analysis, Sourced
from xlmodel.deal.inputs import Asset
from xlmodel.maths.domain import Floats
from xlmodel.workbook.units import MILLION


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the haircut.

    Attributes
    ----------
    part
        The name the engine gives it.
    label, short
        In full, and for the axis of a chart.
    formula
        The share of what is left that it takes, or for a cost the amount in USD m; empty where the deal names none.
    value
        The same as a number.
    cost
        Whether it is an amount, paid as far as there is anything to pay it from.
    """

    part: str
    label: str
    short: str
    formula: str
    value: float
    cost: bool = False


def steps(analysis: Analysis, index: int) -> tuple[Step, ...]:
    """Return what a sale of one asset goes through, in order."""
    sale, asset = analysis.deal.sale, analysis.deal.assets[index]
    assert sale is not None  # noqa: S101  without a sale there is no haircut to show
    years = sale.months_to_sale.value / 12
    sharing = len(analysis.deal.assets)
    units, wait = f"{{assets[{index}].units}}", "({sale.months_to_sale}/{months_per_year})"
    lost = 0.0
    if sale.depth is not None:
        lost = float(exponential(asset.units.value, sale.depth.value * sale.months_to_sale.value).uniform)
    volume = "({sale.depth}*{sale.months_to_sale})"
    return (
        Step("obsolescence", "Obsolescence until the cash is in", "Obsolescence",
             f"1-(1-{{sale.annual_decay}})^{wait}", 1 - (1 - sale.annual_decay.value) ** years),
        _share("condition", "Wear, testing and missing warranty", "Condition", sale.condition),
        _share("integration", "Loss outside its racks and network", "Integration", sale.integration),
        Step("depth", "Market depth: price given way to sell the block", "Depth",
             f"IF({volume}>0,1-EXP(-{units}/{volume}),1)" if sale.depth is not None else "", lost),
        _share("selling", "Selling cost, of the proceeds", "Selling", sale.selling),
        Step("removal", "Removal and transport", "Removal",
             f"{{sale.cost_per_unit}}*{units}/{{million}}" if sale.cost_per_unit is not None else "",
             _number(sale.cost_per_unit) * asset.units.value / MILLION, cost=True),
        Step("fixed", "Legal and other fixed cost" + (", shared evenly" if sharing > 1 else ""), "Fixed cost",
             "{sale.fixed_cost}" + ("/{assets.count}" if sharing > 1 else "") if sale.fixed_cost is not None else "",
             _number(sale.fixed_cost) / sharing / MILLION, cost=True),
        Step("discounting", "Discount for the wait", "Discounting",
             f"1-(1+{{sale.discount}})^-{wait}" if sale.discount is not None else "",
             1 - (1 + _number(sale.discount)) ** -years),
    )  # fmt: skip


def kept(analysis: Analysis, index: int) -> float:
    """Return the share that is left before costs are paid."""
    return float(
        np.prod([1 - step.value for step in steps(analysis, index) if not step.cost and step.part != "discounting"])
    )


def proceeds(analysis: Analysis, index: int, worth: Floats) -> Floats:
    """Return what a sale of a value brings in today's money, both in USD m."""
    by_part = {step.part: step.value for step in steps(analysis, index)}
    after_removal = np.maximum(worth * kept(analysis, index) - by_part["removal"], 0.0)
    return np.maximum(after_removal - by_part["fixed"], 0.0) * (1 - by_part["discounting"])


def walk(analysis: Analysis, index: int, worth: float) -> list[tuple[Step, float, float]]:
    """Return each step of a sale of one asset with what it takes and what it leaves of a value, in USD m."""
    found, left = [], worth
    for step in steps(analysis, index):
        lost = min(step.value, left) if step.cost else left * step.value
        left -= lost
        found.append((step, lost, left))
    return found


def reference(asset: Asset, analysis: Analysis, economic: Floats) -> Floats:
    """Return the value a sale starts from, in USD m: the price on an index where the deal gives one."""
    sale = analysis.deal.sale
    if sale is None or sale.unit_price is None:
        return economic
    return np.full(economic.shape, asset.units.value * sale.unit_price.value / MILLION)


def _share(part: str, label: str, short: str, number: Sourced | None) -> Step:
    return Step(part, label, short, f"{{sale.{part}}}" if number is not None else "", _number(number))


def _number(number: Sourced | None) -> float:
    return 0.0 if number is None else number.value
