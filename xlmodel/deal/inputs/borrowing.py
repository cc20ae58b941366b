"""A borrowing base: the assets lent against, the rules that keep some of them out, and what is reserved."""

from typing import Literal

from pydantic import Field, StrictBool, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Day, Part, Text

Kind = Literal["hardware", "receivable", "crypto", "cash"]


class Pledged(Part):
    """One asset or class of assets of the certificate, `value` on the basis its advance rate is meant for.

    What a rule tests and nobody states counts as failed: a receivable without `days_past_due` under a limit on days is
    excluded. `ineligible` is a part that is out for a reason of its own, such as what is owed to the same customer.
    """

    name: Text
    kind: Kind
    value: q.Money
    advance_rate: q.Share
    ineligible: q.Money | None = None
    obligor: Text | None = None
    days_past_due: q.Days | None = None
    country: Text | None = None
    first_lien: StrictBool | None = None
    waiver: StrictBool | None = None
    appraised: Day | None = None

    @model_validator(mode="after")
    def _within(self) -> "Pledged":
        if self.ineligible is not None and self.ineligible.value > self.value.value:
            raise ValueError(
                f"ineligible must be at most the value of {self.value.value:,.0f} USD, "
                f"got {self.ineligible.value:,.0f} USD"
            )
        return self


class BorrowingBase(Part):
    """The terms: rules in the order in which a failure is named, the limit on one obligor, and the facility.

    `first_lien` asks for a perfected first lien (for cash and coins, control) on every asset; days past due and
    countries are of receivables; `waiver`, that of the landlord or the site, and the age of the appraisal are
    of hardware. The limit is a share of what is eligible before the excess is taken out, of assets with an obligor.
    """

    first_lien: StrictBool = False
    most_days_past_due: q.Days | None = None
    countries: tuple[Text, ...] = Field(default=())
    waiver: StrictBool = False
    appraisal_days: q.Days | None = None
    concentration_limit: q.Share | None = None
    commitment: q.Amount | None = None
    letters_of_credit: q.Money | None = None


class Reserve(Part):
    """What comes off the base: rent, dilution, prior claims, a block."""

    name: Text
    amount: q.Money
