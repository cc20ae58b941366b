"""The description of a deal: what stands in its TOML or JSON file, every number with unit and source."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from xlmodel.deal import quantity as q

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Metric = Literal["dscr", "dscr_ltm", "dscr_ntm", "ltv_nominal", "ltv_adjusted", "ltv_liquidation"]
DayCount = Literal["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT"]
LTV: frozenset[str] = frozenset({"ltv_nominal", "ltv_adjusted", "ltv_liquidation"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Asset(_Part):
    """Hardware of one kind, bought together.

    `cost` is the whole price; value decays from `in_service` (closing unless given) at `annual_decay`, steps down at
    the releases, and never falls below `salvage`. `market_value` at closing replaces the decayed cost where somebody
    valued it; low and high bound that opinion.
    """

    name: Text
    sku: Text | None = None
    units: q.Count
    cost: q.Money
    in_service: dt.date | None = None
    power: q.Power | None = None
    cooling: Literal["air", "liquid"] | None = None
    useful_life: q.Duration
    salvage: q.Money | None = None
    annual_decay: q.Decay
    day_one_loss: q.Share | None = None
    market_value: q.Money | None = None
    market_value_low: q.Money | None = None
    market_value_high: q.Money | None = None


class Release(_Part):
    """A newer generation that takes value away when it ships in volume."""

    name: Text
    date: dt.date
    drop: q.Share


class Prepayment(_Part):
    """Cash from a customer ahead of its invoices, credited evenly against those of the months named.

    Received at or before closing it funds the purchase and is no cash of the periods; `received` dates it later.
    """

    amount: q.Money
    credit_from_month: q.Duration
    credit_to_month: q.Duration
    received: dt.date | None = None


class Contract(_Part):
    """One customer's block of capacity: an amount over the term, or a price a unit-hour for a share of the fleet."""

    name: Text
    term: q.Duration
    amount: q.Money | None = None
    price: q.Rent | None = None
    share: q.Share | None = None
    take_or_pay: q.Share | None = None
    own_usage: q.Share | None = None
    prepayment: Prepayment | None = None

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
        return self


class RentPoint(_Part):
    """Rent on a date, for a curve through points."""

    date: dt.date
    rent: q.Rent


class Merchant(_Part):
    """What capacity without a contract earns: a rent that falls or rises, or a curve through dated points."""

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
        dates = [p.date for p in self.points]
        if dates != sorted(set(dates)):
            raise ValueError("points must be in order of date, each date once")
        return self


class Opex(_Part):
    """Operating cost: what a project margin leaves, cash cost an installed hour, power, and fixed amounts."""

    project_margin: q.Share | None = None
    cash_cost: q.Rent | None = None
    pue: q.Factor | None = None
    power_price: q.EnergyPrice | None = None
    fixed: q.Cost | None = None


class Cash(_Part):
    """Cash available for debt service given as it is, where revenue and cost are not known apart."""

    name: Text
    amount: q.Flow


class Debt(_Part):
    """A tranche: amount, rate, amortisation. Principal of a custom tranche is listed by period."""

    name: Text
    amount: q.Money
    rate: q.AnnualRate | None = None
    index: q.AnnualRate | None = None
    margin: q.AnnualRate | None = None
    floor: q.AnnualRate | None = None
    amortisation: Literal["level", "straight", "bullet", "custom", "payment"]
    payment: q.Money | None = None
    principal: tuple[q.Money, ...] = ()
    balloon: q.Money | None = None
    day_count: DayCount = "30/360"

    @model_validator(mode="after")
    def _complete(self) -> "Debt":
        if (self.rate is None) == (self.index is None):
            raise ValueError("a tranche has either a rate or an index with a margin, not both or neither")
        if (self.index is None) != (self.margin is None):
            raise ValueError("index and margin belong together")
        if self.floor is not None and self.index is None:
            raise ValueError("floor belongs to an index")
        if (self.amortisation == "payment") != (self.payment is not None):
            raise ValueError('payment belongs to amortisation "payment" and must be given there')
        if (self.amortisation == "custom") != bool(self.principal):
            raise ValueError('principal by period belongs to amortisation "custom" and must be given there')
        if self.principal:
            total = sum(p.value for p in self.principal)
            if abs(total - self.amount.value) > 1e-9 * self.amount.value:
                raise ValueError(f"principal must sum to the amount {self.amount.value:,.0f} USD, got {total:,.0f}")
        return self


class Cure(_Part):
    """How equity may repair a breach. The terms are carried and shown; no cure is applied to the tests."""

    max_cures: int | None = Field(default=None, ge=1)
    max_consecutive: int | None = Field(default=None, ge=1)
    counts_as: Literal["cfads", "debt_service"] = "cfads"
    source: Text


class Covenant(_Part):
    """A test: what is measured, how often, from when, and at which levels."""

    name: Text
    metric: Metric
    default: q.Level
    lockup: q.Level | None = None
    test_every_months: int = Field(default=3, ge=1, le=12)
    first_test: dt.date | None = None
    cure: Cure | None = None

    @property
    def direction(self) -> Literal["above", "below"]:
        """The side on which the covenant breaks."""
        return "above" if self.metric in LTV else "below"

    @model_validator(mode="after")
    def _lockup_first(self) -> "Covenant":
        if self.lockup is not None:
            late = self.default.value > self.lockup.value
            if late if self.direction == "below" else self.default.value < self.lockup.value:
                side = "above" if self.direction == "below" else "below"
                raise ValueError(f"default must not lie {side} lockup, or every lock-up would be a default")
        return self


class Sale(_Part):
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


class Measure(_Part):
    """A ratio of its own name, numerator over denominator, each the sum of its parts."""

    name: Text
    numerator: tuple[q.Flow, ...] = Field(min_length=1)
    denominator: tuple[q.Flow, ...] = Field(min_length=1)
    shown_as: Literal["x", "%"] = "x"


class Timeline(_Part):
    """Closing and the end of every period: so many of a frequency, up to a maturity, or dates as they are."""

    closing: dt.date
    frequency: Literal[1, 2, 4, 12]
    periods: int | None = Field(default=None, ge=1, le=1200)
    maturity: dt.date | None = None
    stub: Literal["short_first", "long_first", "short_last", "long_last"] = "short_last"
    ends: tuple[dt.date, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Timeline":
        if sum((self.periods is not None, self.maturity is not None, bool(self.ends))) != 1:
            raise ValueError("a timeline has periods, a maturity or a list of ends: exactly one of them")
        if self.maturity is not None and self.maturity <= self.closing:
            raise ValueError(f"maturity must come after closing on {self.closing}, got {self.maturity}")
        if self.ends and list(self.ends) != sorted({*self.ends}):
            raise ValueError("ends must be in order of date, each date once")
        if self.ends and self.ends[0] <= self.closing:
            raise ValueError(f"ends must come after closing on {self.closing}, got {self.ends[0]}")
        return self


class Deal(_Part):
    """One deal."""

    name: Text
    borrower: Text
    purpose: Text
    as_of: dt.date
    timeline: Timeline
    assets: tuple[Asset, ...] = Field(min_length=1)
    releases: tuple[Release, ...] = ()
    contracts: tuple[Contract, ...] = ()
    merchant: Merchant | None = None
    opex: Opex = Opex()
    cash: Cash | None = None
    debt: tuple[Debt, ...] = Field(min_length=1)
    covenants: tuple[Covenant, ...] = ()
    sale: Sale | None = None
    claim: q.Money | None = None
    measures: tuple[Measure, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "Deal":
        earns = bool(self.contracts) or self.merchant is not None
        if earns == (self.cash is not None):
            raise ValueError("a deal has contracts or a merchant rent, or else cash given as it is: one of the two")
        for kind, parts in (("assets", self.assets), ("debt", self.debt), ("covenants", self.covenants)):
            names = [part.name for part in parts]
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f'{kind}: the name "{name}" is used twice, each needs its own')
        if sum(c.share.value for c in self.contracts if c.share is not None) > 1 + 1e-12:
            raise ValueError("contracts: shares must sum to at most 1 of the fleet")
        if self.opex.power_price is not None and any(a.power is None for a in self.assets):
            raise ValueError("opex.power_price needs the power of every asset")
        if any(c.metric == "ltv_liquidation" for c in self.covenants) and self.sale is None:
            raise ValueError("covenants: ltv_liquidation needs the assumptions of a sale")
        for covenant in self.covenants:
            if covenant.first_test is not None and covenant.first_test <= self.timeline.closing:
                raise ValueError(
                    f'covenants: first_test of "{covenant.name}" must come after closing on {self.timeline.closing}, '
                    f"got {covenant.first_test}"
                )
        return self
