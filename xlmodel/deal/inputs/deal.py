"""The whole description: its dates, its parts, and whether they fit together."""

from typing import Literal

from pydantic import Field, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.borrowing import BorrowingBase, Pledged, Reserve
from xlmodel.deal.inputs.enforcement import FireSale, Lender, Premises
from xlmodel.deal.inputs.fields import Day, Frequency, Part, Text, Whole
from xlmodel.deal.inputs.financing import Financing
from xlmodel.deal.inputs.hardware import Asset, Release, Sale
from xlmodel.deal.inputs.hedge import Hedge
from xlmodel.deal.inputs.lending import Covenant, Debt, Measure
from xlmodel.deal.inputs.revenue import Cash, Contract, Merchant, Opex
from xlmodel.deal.inputs.tax import Tax


class Timeline(Part):
    """Closing and the end of every period: so many of a frequency, up to a maturity, or dates as they are.

    A `first_payment` ends the first period, however long that makes it, and the others are counted from there.
    """

    closing: Day
    frequency: Frequency
    first_payment: Day | None = None
    periods: Whole | None = Field(default=None, ge=1, le=1200)
    maturity: Day | None = None
    stub: Literal["short_first", "long_first", "short_last", "long_last"] = "short_last"
    ends: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Timeline":
        if sum((self.periods is not None, self.maturity is not None, bool(self.ends))) != 1:
            raise ValueError("a timeline has periods, a maturity or a list of ends: exactly one of them")
        if self.maturity is not None and self.maturity <= self.closing:
            raise ValueError(f"maturity must come after closing on {self.closing}, got {self.maturity}")
        if self.first_payment is not None:
            if self.first_payment <= self.closing:
                raise ValueError(f"first_payment must come after closing on {self.closing}, got {self.first_payment}")
            if self.maturity is not None and self.first_payment > self.maturity:
                raise ValueError(
                    f"first_payment must not come after maturity on {self.maturity}, got {self.first_payment}"
                )
            if self.ends or self.stub.endswith("first"):
                raise ValueError(
                    "first_payment already says how long the first period is: leave out ends and a first stub"
                )
        if self.ends and list(self.ends) != sorted({*self.ends}):
            raise ValueError("ends must be in order of date, each date once")
        if self.ends and self.ends[0] <= self.closing:
            raise ValueError(f"ends must come after closing on {self.closing}, got {self.ends[0]}")
        return self


class Deal(Part):
    """One deal."""

    name: Text
    borrower: Text
    purpose: Text
    as_of: Day
    timeline: Timeline
    assets: tuple[Asset, ...] = Field(min_length=1)
    releases: tuple[Release, ...] = ()
    contracts: tuple[Contract, ...] = ()
    merchant: Merchant | None = None
    opex: Opex = Opex()
    cash: Cash | None = None
    tax: Tax | None = None
    debt: tuple[Debt, ...] = Field(min_length=1)
    hedge: Hedge | None = None
    covenants: tuple[Covenant, ...] = ()
    sale: Sale | None = None
    premises: Premises | None = None
    fire_sale: FireSale | None = None
    other_lenders: tuple[Lender, ...] = ()
    borrowing_base: BorrowingBase | None = None
    pledged: tuple[Pledged, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    claim: q.Money | None = None
    financing: Financing | None = None
    measures: tuple[Measure, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "Deal":
        earns = bool(self.contracts) or self.merchant is not None
        if earns == (self.cash is not None):
            raise ValueError("a deal has contracts or a merchant rent, or else cash given as it is: one of the two")
        if self.cash is not None and self.opex != Opex():
            raise ValueError("opex does not belong to cash given as it is, which is already net of it")
        if self.merchant is not None:
            for i, contract in enumerate(self.contracts):
                if contract.amount is not None:
                    raise ValueError(
                        f"contracts[{i}].amount does not say which share of the fleet is let, which the merchant rent "
                        "must know: give price and share"
                    )
        for i, contract in enumerate(self.contracts):
            if contract.renewals and (self.merchant is None or self.merchant.rent is None):
                raise ValueError(
                    f"contracts[{i}].renewals needs a merchant rent that falls or rises at one rate: a contract is let "
                    "again at the rent of that day"
                )
        for kind, parts in (
            ("assets", self.assets),
            ("debt", self.debt),
            ("covenants", self.covenants),
            ("other_lenders", self.other_lenders),
            ("pledged", self.pledged),
            ("reserves", self.reserves),
        ):
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
        if self.hedge is not None:
            floating = [tranche.name for tranche in self.debt if tranche.index is not None]
            if self.hedge.tranche not in floating:
                known = ", ".join(f'"{name}"' for name in floating) or "none here"
                raise ValueError(
                    f'hedge.tranche must be the name of a tranche with an index ({known}), got "{self.hedge.tranche}"'
                )
        self._sale_described()
        self._base_described()
        self._prepaid_once()
        step = 12 // self.timeline.frequency
        for name in ("reserve_months", "lockup_months"):
            months = getattr(self.financing, name, None)
            if months is not None and months.value % step:
                raise ValueError(
                    f"financing.{name} must be a multiple of the {step} months of a period, got {months.value:g}"
                )
        for i, covenant in enumerate(self.covenants):
            if covenant.test_every_months % step:
                raise ValueError(
                    f"covenants[{i}].test_every_months must be a multiple of the {step} months of a period, "
                    f"got {covenant.test_every_months}"
                )
            if covenant.cured and covenant.test_every_months != step:
                raise ValueError(
                    f"covenants[{i}].cure needs a test in every period: test_every_months must be {step}, "
                    f"got {covenant.test_every_months}"
                )
            if covenant.steps and covenant.steps[0].date <= self.timeline.closing:
                raise ValueError(
                    f"covenants[{i}].steps[0].date must come after closing on {self.timeline.closing}, "
                    f"got {covenant.steps[0].date}"
                )
            if covenant.first_test is not None and covenant.first_test <= self.timeline.closing:
                raise ValueError(
                    f"covenants[{i}].first_test must come after closing on {self.timeline.closing}, "
                    f"got {covenant.first_test}"
                )
        return self

    def _prepaid_once(self) -> None:
        """Refuse a customer's prepayment that financing and contracts state differently."""
        said = None if self.financing is None else self.financing.prepaid
        if said is None or self.cash is not None:
            return
        given = [
            c.prepayment.amount.value
            for c in self.contracts
            if c.prepayment is not None
            and (c.prepayment.received is None or c.prepayment.received <= self.timeline.closing)
        ]
        if abs(sum(given) - said.value) > 1e-9 * max(said.value, 1.0):
            raise ValueError(
                f"financing.prepaid of {said.value:,.0f} USD must be what the contracts say was prepaid by closing, "
                f"which is {sum(given):,.0f} USD: leave it out and give the prepayment with its contract"
            )

    def _sale_described(self) -> None:
        """Refuse assumptions about a sale that have no sale, or one of another kind, to stand on."""
        if self.premises is not None:
            if self.sale is None:
                raise ValueError("premises needs the assumptions of a sale")
            if self.sale.basis not in ("cost", "FMV_in_use"):
                raise ValueError(f"premises needs a sale on the basis FMV_in_use or cost, got {self.sale.basis}")
        if (self.fire_sale is None) == bool(self.other_lenders):
            raise ValueError("fire_sale and other_lenders belong together: a fire sale has several sellers")
        if self.fire_sale is not None:
            if self.premises is None:
                raise ValueError("fire_sale needs premises: both stand on one sheet")
            if (
                self.sale is None
                or self.sale.depth is None
                or self.sale.depth.value * self.sale.months_to_sale.value <= 0
            ):
                raise ValueError(
                    "fire_sale needs a sale whose depth and months_to_sale are above 0: it is the one market"
                )
            kinds = {asset.sold_on for asset in self.assets}
            if len(kinds) > 1:
                raise ValueError(f"fire_sale is of one kind of hardware: assets must hold one, got {len(kinds)}")

    def _base_described(self) -> None:
        """Refuse assets without the terms on which they are lent against, and the other way round."""
        if (self.borrowing_base is None) == bool(self.pledged):
            raise ValueError("borrowing_base and pledged belong together: its terms, and the assets lent against")
        if self.reserves and self.borrowing_base is None:
            raise ValueError("reserves belong to a borrowing_base, which is missing")
        for i, asset in enumerate(self.pledged):
            if asset.appraised is not None and asset.appraised > self.as_of:
                raise ValueError(
                    f"pledged[{i}].appraised must not come after as_of {self.as_of}, got {asset.appraised}"
                )
