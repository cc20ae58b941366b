"""What a deal earns and what running it costs: contracts, merchant rent, operating cost, or cash as it is."""

from typing import Literal

from pydantic import Field, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Day, Part, Text, Whole
from xlmodel.deal.inputs.offtaker import Offtaker


class Prepayment(Part):
    """Cash from a customer ahead of its invoices, credited evenly against those of the months named.

    Months count from closing, the first is 1; a period is credited when it begins in one of them.
    Received at or before closing it funds the purchase and is no cash of the periods; `received` dates it later.
    """

    amount: q.Money
    credit_from_month: q.Duration
    credit_to_month: q.Duration
    received: Day | None = None

    @model_validator(mode="after")
    def _window(self) -> "Prepayment":
        first, last = self.credit_from_month.value, self.credit_to_month.value
        if last < first:
            raise ValueError(f"credit_to_month must not lie before credit_from_month {first:g}, got {last:g}")
        return self


class PriceStep(Part):
    """The price of a contract from a date on."""

    date: Day
    price: q.Rent


class Contract(Part):
    """One customer's block of capacity: an amount over the term, or a price a unit-hour for a share of the fleet.

    It runs from `start`, closing unless given, for its `term`, and is paid for the days it runs and the hardware is in
    service. The price rises by `escalation` on every anniversary of the start, or stands at that of the last of the
    `steps`. After each expiry the block stands empty for `downtime`; it is let again `renewals` times, for
    `renewal_term`, at the rent of that day less `renewal_discount`, and then earns spot rent.
    """

    name: Text
    term: q.Duration
    start: Day | None = None
    amount: q.Money | None = None
    price: q.Rent | None = None
    share: q.Share | None = None
    take_or_pay: q.Share | None = None
    own_usage: q.Share | None = None
    escalation: q.Decay | None = None
    steps: tuple[PriceStep, ...] = Field(default=(), max_length=24)
    downtime: q.Delay | None = None
    renewals: Whole = Field(default=0, ge=0, le=20)
    renewal_term: q.Duration | None = None
    renewal_discount: q.Discount | None = None
    prepayment: Prepayment | None = None
    offtaker: Offtaker | None = None

    @model_validator(mode="after")
    def _priced_one_way(self) -> "Contract":
        dates = [step.date for step in self.steps]
        if dates != sorted(set(dates)):
            raise ValueError("steps must be in order of date, each date once")
        if self.steps and self.escalation is not None:
            raise ValueError("escalation and steps both say how the price moves: leave one out")
        if self.amount is not None:
            for name in ("escalation", "downtime", "renewal_term", "renewal_discount"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} belongs to a price, this contract has an amount")
            if self.steps or self.renewals:
                raise ValueError("steps and renewals belong to a price, this contract has an amount")
        for name in ("renewal_term", "renewal_discount"):
            if getattr(self, name) is not None and not self.renewals:
                raise ValueError(f"{name} belongs to renewals, which are missing")
        return self

    @model_validator(mode="after")
    def _one_way_to_pay(self) -> "Contract":
        if (self.amount is None) == (self.price is None):
            raise ValueError(
                "a contract has either an amount over its term or a price a unit-hour: exactly one of them"
            )
        if self.amount is not None and (self.share or self.take_or_pay or self.own_usage):
            raise ValueError("share, take_or_pay and own_usage belong to a price, this contract has an amount")
        if self.price is not None and self.share is None:
            raise ValueError("share is missing: a price a unit-hour needs the share of the fleet it is paid for")
        if self.prepayment is not None:
            until, ahead = self.prepayment.credit_to_month.value, self.prepayment.amount.value
            if until > self.term.value:
                raise ValueError(
                    f"prepayment.credit_to_month must lie in the term of {self.term.value:g} months, got {until:g}"
                )
            if self.amount is not None and ahead > self.amount.value:
                raise ValueError(
                    f"prepayment.amount must be at most the amount of {self.amount.value:,.0f} USD, got {ahead:,.0f}"
                )
        return self


class RentPoint(Part):
    """Rent on a date, for a curve through points."""

    date: Day
    rent: q.Rent


class Merchant(Part):
    """What capacity without a contract earns: a rent that falls or rises, or a curve through dated points.

    `timing` says which rent of a period counts: at its start, in its middle, averaged over it, or at its end. Through
    points the rent is log-linear, and flat before the first and after the last.
    """

    rent: q.Rent | None = None
    annual_deflation: q.Decay | None = None
    points: tuple[RentPoint, ...] = ()
    usage: q.Share
    timing: Literal["start", "mid", "average", "end"] = "mid"

    @model_validator(mode="after")
    def _one_curve(self) -> "Merchant":
        if (self.rent is None) == (not self.points):
            raise ValueError(
                "a merchant rent is either rent with annual_deflation or dated points: exactly one of them"
            )
        if (self.rent is None) != (self.annual_deflation is None):
            raise ValueError("rent and annual_deflation belong together")
        if self.points and self.timing == "average":
            raise ValueError('timing must be "start", "mid" or "end" for a curve through points, got "average"')
        if any(p.rent.value == 0 for p in self.points):
            raise ValueError("points must have a rent greater than 0: between them the curve is log-linear")
        dates = [p.date for p in self.points]
        if dates != sorted(set(dates)):
            raise ValueError("points must be in order of date, each date once")
        return self


class Opex(Part):
    """Operating cost: what a project margin leaves, cash cost an installed hour, power, and fixed amounts."""

    project_margin: q.Share | None = None
    cash_cost: q.Rent | None = None
    pue: q.Factor | None = None
    power_price: q.EnergyPrice | None = None
    fixed: q.Cost | None = None

    @model_validator(mode="after")
    def _powered(self) -> "Opex":
        if self.pue is not None and self.power_price is None:
            raise ValueError("power_price is missing: pue multiplies the cost of power")
        return self


class Cash(Part):
    """Cash available for debt service given as it is, where revenue and cost are not known apart.

    `ratio` names what this cash over debt service is called, where calling it a DSCR would claim too much.
    """

    name: Text
    amount: q.Flow
    ratio: Text = "DSCR"
