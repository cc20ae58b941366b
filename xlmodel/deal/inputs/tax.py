"""The tax on what the hardware earns."""

from typing import Literal

from pydantic import Field, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Part, Whole


class Tax(Part):
    """Income tax of the borrower, which is paid before the debt.

    The hardware is written off for tax from closing on, straight over `tax_life` or else by the five-year table of US
    law; the share `bonus` of its cost in the first tax year. Tax years end with the month `year_end_month`. `losses`
    were brought in, and losses absorb at most `loss_use_limit` of a profit, all of it unless given. Cash is taxed when
    it is received, and interest is deducted as scheduled.
    """

    rate: q.Share
    depreciation: Literal["macrs_5", "straight"] | None = None
    tax_life: q.Duration | None = None
    bonus: q.Share | None = None
    year_end_month: Whole = Field(default=12, ge=1, le=12)
    losses: q.Money | None = None
    loss_use_limit: q.Share | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Tax":
        if self.depreciation is not None and (self.depreciation == "straight") != (self.tax_life is not None):
            raise ValueError('tax_life belongs to depreciation "straight" and must be given there')
        if self.tax_life is not None and self.tax_life.value % 12:
            raise ValueError(f"tax_life must be whole years, got {self.tax_life.value:g} months")
        return self
