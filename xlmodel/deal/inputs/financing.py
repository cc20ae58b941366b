"""The financing around the schedule: reserve, lock-up, minimum cash, fee, and what a customer paid ahead."""

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Part


class Financing(Part):
    """Terms by which the cash of every period is paid out; all tranches of the deal share one rank.

    The debt service reserve holds so many months of scheduled service and is full at closing. Below `lockup`, the
    DSCR of a period, nothing is distributed. `prepaid` was received by closing and pays for hardware; it is no cash
    of the periods. Equity is what the other sources leave open.
    """

    reserve_months: q.Delay | None = None
    lockup: q.Level | None = None
    minimum_cash: q.Money | None = None
    upfront_fee: q.Share | None = None
    prepaid: q.Money | None = None
