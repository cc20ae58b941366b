"""What a sale is assumed to meet: the time it has, in place or removed, and who else holds the same hardware."""

from pydantic import model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Part, Text


class Premises(Part):
    """The premises of an appraisal; decay, depth, wear and costs are those of the sale.

    A forced sale takes `forced_months`, an orderly one as long as is best up to `orderly_months`, both from
    `enforcement_months` after default. `volatility` sets a square-root law beside the demand curve, and the worse of
    the two counts. `scrap` is the share of the price that parts bring, below which no buyer is needed.
    """

    forced_months: q.Duration
    orderly_months: q.Duration
    enforcement_months: q.Delay | None = None
    volatility: q.Volatility | None = None
    scrap: q.Share | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Premises":
        if self.forced_months.value > self.orderly_months.value:
            raise ValueError(
                f"forced_months must be at most the orderly_months of {self.orderly_months.value:g} months, "
                f"got {self.forced_months.value:g}"
            )
        return self


class FireSale(Part):
    """The day on which all holders of the hardware look at one price.

    Before anyone sells the price falls by `shock`; a lender above its threshold sells all it holds. `threshold` is the
    one of this deal's lender, as loan to market value. The market is that of the sale, for as long as the sale takes.
    """

    shock: q.Shock
    threshold: q.Level


class Lender(Part):
    """Another lender with the same hardware as collateral; nobody publishes these, so they are mostly assumed."""

    name: Text
    units: q.Count
    balance: q.Amount
    threshold: q.Level
