"""The financing around the schedule: reserve, sweep, lock-up, minimum cash, fees, and what a customer paid ahead."""

import itertools

from pydantic import Field, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Part


class SweepBand(Part):
    """From which loan to market value on a larger share of the excess cash is swept."""

    loan_to_value: q.Level
    share: q.Share


class Financing(Part):
    """Terms by which the cash of every period is paid out, to the tranches of the deal in the order of their ranks.

    The debt service reserve holds so many months of the scheduled service of the first rank and is full at closing.
    Below `lockup`, the DSCR over `lockup_months` or over one period, nothing is distributed. `sweep` is the share of
    the excess cash that prepays debt, last instalments first, until `sweep_down_to` is owed; `sweep_bands` raise it.
    What customers prepaid by closing pays for hardware and is no cash of the periods: it stands with their contracts,
    or is `prepaid` beside cash given as it is. Equity is what the other sources leave open.
    """

    reserve_months: q.Delay | None = None
    lockup: q.Level | None = None
    lockup_months: q.Duration | None = None
    minimum_cash: q.Money | None = None
    sweep: q.Share | None = None
    sweep_bands: tuple[SweepBand, ...] = Field(default=(), max_length=5)
    sweep_down_to: q.Money | None = None
    upfront_fee: q.Share | None = None
    discount: q.Share | None = None
    agency_fee: q.Cost | None = None
    prepaid: q.Money | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Financing":
        if self.lockup_months is not None and self.lockup is None:
            raise ValueError("lockup_months belongs to lockup, which is missing")
        if self.sweep_down_to is not None and not self.sweeps:
            raise ValueError("sweep_down_to belongs to sweep or sweep_bands, which are missing")
        levels = [band.loan_to_value.value for band in self.sweep_bands]
        if any(above <= below for below, above in itertools.pairwise(levels)):
            raise ValueError("sweep_bands must rise: each loan_to_value lies above the one before")
        off = sum(share.value for share in (self.upfront_fee, self.discount) if share is not None)
        if off >= 1:
            raise ValueError(f"upfront_fee and discount together must be less than 100 %, got {100 * off:g} %")
        return self

    @property
    def sweeps(self) -> bool:
        """Whether excess cash prepays debt."""
        return self.sweep is not None or bool(self.sweep_bands)
