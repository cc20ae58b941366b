"""The interest-rate swap beside a floating tranche."""

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Day, Part, Text


class Hedge(Part):
    """A swap that pays `fixed` and receives the index of `tranche` on the `share` of its balance as scheduled.

    It runs to `until`, the end of one of the deal's periods, and with the tranche unless given. `floor` is that of the
    floating leg. What it settles ranks with the interest of the first rank. `credit_charge` is what the bank keeps for
    itself when the swap is broken.
    """

    tranche: Text
    share: q.Share
    fixed: q.AnnualRate
    floor: q.AnnualRate | None = None
    until: Day | None = None
    credit_charge: q.Margin | None = None
