"""The credit of the customer behind a contract, and what it owes if the contract ends early."""

from pydantic import model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Part, Text


class Offtaker(Part):
    """A customer that fails at `default_rate`, so many defaults a year, and what then is paid.

    A guarantor that fails at its own rate pays in its place; `dependence` is 0 where the two fail independently and 1
    where the better one never survives the worse. When the contract ends early, the share `termination` of the fees
    still to come falls due, less prepayments not yet credited; it is paid from `letter_of_credit` first, and of the
    rest the share `recovery`. The `rating` is carried and shown.
    """

    rating: Text | None = None
    default_rate: q.Margin
    guarantor_default_rate: q.Margin | None = None
    dependence: q.Share | None = None
    termination: q.Share | None = None
    letter_of_credit: q.Money | None = None
    recovery: q.Share | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Offtaker":
        if self.dependence is not None and self.guarantor_default_rate is None:
            raise ValueError("dependence belongs to guarantor_default_rate, which is missing")
        for name in ("letter_of_credit", "recovery"):
            if getattr(self, name) is not None and self.termination is None:
                raise ValueError(f"{name} belongs to termination, which is missing")
        return self
