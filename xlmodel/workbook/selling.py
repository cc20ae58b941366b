"""What a sale takes from the hardware of one market, step by step, as formulas."""

from dataclasses import dataclass

from xlmodel.deal import Analysis, Sourced
from xlmodel.deal.terms.sale import markets


@dataclass(frozen=True, slots=True)
class Block:
    """Hardware that is sold together on one market.

    Attributes
    ----------
    index
        Its number.
    name
        What the sheet calls it: the asset, or the market where it holds several.
    assets
        Positions of the assets.
    """

    index: int
    name: str
    assets: tuple[int, ...]

    @property
    def units(self) -> str:
        """The formula of how many units there are."""
        parts = "+".join(f"{{assets[{i}].units}}" for i in self.assets)
        return parts if len(self.assets) == 1 else f"({parts})"

    def summed(self, key: str) -> str:
        """The formula of the sum of a row over its assets, whose number stands for #."""
        return "+".join(key.replace("#", str(i)) for i in self.assets)


def blocks(analysis: Analysis) -> list[Block]:
    """Return what is sold together, in the order of the assets."""
    assets = analysis.deal.assets
    return [
        Block(m, assets[at[0]].name if len(at) == 1 else assets[at[0]].sold_on, tuple(at))
        for m, at in enumerate(markets(analysis.deal))
    ]


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
    cost
        Whether it is an amount, paid as far as there is anything to pay it from.
    """

    part: str
    label: str
    short: str
    formula: str
    cost: bool = False


WAIT = "({sale.months_to_sale}/{months_per_year})"


def steps(analysis: Analysis, block: Block) -> tuple[Step, ...]:
    """Return what a sale of one block goes through, in order; what is paid once for all blocks is not among them."""
    sale = analysis.deal.sale
    assert sale is not None  # noqa: S101  without a sale there is no haircut to show
    volume = "({sale.depth}*{sale.months_to_sale})"
    own = (
        Step("obsolescence", "Obsolescence until the cash is in", "Obsolescence",
             f"1-(1-{{sale.annual_decay}})^{WAIT}"),
        _share("condition", "Wear, testing and missing warranty", "Condition", sale.condition),
        _share("integration", "Loss outside its racks and network", "Integration", sale.integration),
        Step("depth", "Market depth: price given way to sell the block", "Depth",
             f"IF({volume}>0,1-EXP(-{block.units}/{volume}),1)" if sale.depth is not None else ""),
        _share("selling", "Selling cost, of the proceeds", "Selling", sale.selling),
        Step("removal", "Removal and transport", "Removal",
             f"{{sale.cost_per_unit}}*{block.units}/{{million}}" if sale.cost_per_unit is not None else "", cost=True),
    )  # fmt: skip
    return own if len(blocks(analysis)) > 1 else (*own, *together(analysis))


def together(analysis: Analysis) -> tuple[Step, ...]:
    """Return what is paid once, out of what all blocks bring: the fixed cost, and the wait."""
    sale = analysis.deal.sale
    assert sale is not None  # noqa: S101  without a sale there is no haircut to show
    return (
        Step("fixed", "Legal and other fixed cost", "Fixed cost",
             "{sale.fixed_cost}" if sale.fixed_cost is not None else "", cost=True),
        Step("discounting", "Discount for the wait", "Discounting",
             f"1-(1+{{sale.discount}})^-{WAIT}" if sale.discount is not None else ""),
    )  # fmt: skip


def _share(part: str, label: str, short: str, number: Sourced | None) -> Step:
    return Step(part, label, short, f"{{sale.{part}}}" if number is not None else "")
