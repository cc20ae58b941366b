"""The hardware of a deal: what was bought, what takes its value away, and what enforcement is assumed to bring."""

from typing import Final, Literal

from pydantic import model_validator

from xlmodel.collateral.haircut import haircut
from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Day, Part, Text
from xlmodel.errors import ModelError

Sku = Literal[
    "A100 80GB SXM",
    "H100 PCIe",
    "H100 SXM5",
    "H200 SXM",
    "B200 HGX",
    "B300 HGX",
    "GB200 NVL72",
    "GB300 NVL72",
    "VR200 NVL72",
]
"""Models whose specification is known."""

_ENGINE_NAMES: Final = {
    "months_to_sale": "months_to_sale",
    "annual_decay_eff": "annual_decay",
    "units_per_month_depth": "depth",
    "condition": "condition",
    "integration": "integration",
    "selling_pct": "selling",
    "cost_per_unit": "cost_per_unit",
    "fixed_cost": "fixed_cost",
    "discount_eff": "discount",
}
"""What the engine calls the fields of a sale."""


class Asset(Part):
    """Hardware of one kind, bought together.

    `cost` is the whole price; value decays from `in_service` (closing unless given) at `annual_decay`, steps down at
    the releases, and never falls below `salvage`. `market_value` at closing replaces the decayed cost where somebody
    valued it; low and high bound that opinion. It earns and draws power from `in_service` on, by days. `sku` is one of
    the known models, or left out for other hardware. All hardware of one `market`, which is its sku unless named, is
    sold on one market.
    """

    name: Text
    sku: Sku | None = None
    market: Text | None = None
    units: q.Count
    cost: q.Amount
    in_service: Day | None = None
    power: q.Power | None = None
    cooling: Literal["air", "liquid"] | None = None
    useful_life: q.Duration
    salvage: q.Money | None = None
    annual_decay: q.Decay
    day_one_loss: q.Share | None = None
    market_value: q.Money | None = None
    market_value_low: q.Money | None = None
    market_value_high: q.Money | None = None

    @property
    def sold_on(self) -> str:
        """The market on which it is sold, together with all that shares it."""
        return self.market or self.sku or self.name

    @model_validator(mode="after")
    def _possible(self) -> "Asset":
        if self.sku is not None and self.sku.endswith("NVL72") and self.cooling == "air":
            raise ValueError(
                f'cooling of a {self.sku} must be "liquid", got "air": its racks are cooled by liquid only'
            )
        if self.salvage is not None and self.salvage.value > self.cost.value:
            raise ValueError(
                f"salvage must be at most the cost of {self.cost.value:,.0f} USD, got {self.salvage.value:,.0f} USD"
            )
        bounds = (self.market_value_low, self.market_value, self.market_value_high)
        known = [bound.value for bound in bounds if bound is not None]
        if len(known) > 1 and (len(known) < len(bounds) or known != sorted(known)):
            raise ValueError(
                "market_value_low, market_value and market_value_high must be given together, in rising order"
            )
        return self


class Release(Part):
    """A newer generation that takes value away when it ships in volume."""

    name: Text
    date: Day
    drop: q.Share


class Sale(Part):
    """What enforcement is assumed to bring. Nobody publishes market depth: it has no default."""

    basis: Literal["cost", "FMV_in_use", "FMV_removed", "OLV", "NOLV", "FLV"] = "FMV_in_use"
    months_to_sale: q.Delay
    annual_decay: q.LenderDecay
    depth: q.Absorption | None = None
    condition: q.Share | None = None
    integration: q.Share | None = None
    selling: q.Share | None = None
    cost_per_unit: q.MoneyPerUnit | None = None
    fixed_cost: q.Money | None = None
    discount: q.LenderDecay | None = None
    unit_price: q.MoneyPerUnit | None = None

    @model_validator(mode="after")
    def _nothing_twice(self) -> "Sale":
        """Let the engine refuse what the basis already contains, in the names of this file."""
        given = {name: getattr(self, here) for name, here in _ENGINE_NAMES.items()}
        try:
            haircut(1.0, 1.0, basis=self.basis, **{name: x.value for name, x in given.items() if x is not None})
        except ModelError as error:
            sentence = error.sentence
            for name, here in _ENGINE_NAMES.items():
                sentence = sentence.replace(name, here)
            raise ValueError(sentence) from None
        return self
