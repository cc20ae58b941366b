"""The lending side of a deal: tranches, covenants as records, and ratios the deal names itself."""

from itertools import pairwise
from typing import Final, Literal

from pydantic import Field, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Day, Part, Text, Whole

Metric = Literal["dscr", "dscr_ltm", "dscr_ntm", "ltv_nominal", "ltv_adjusted", "ltv_liquidation"]
DayCount = Literal["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT"]
LTV: Final = frozenset({"ltv_nominal", "ltv_adjusted", "ltv_liquidation"})


class Debt(Part):
    """A tranche: amount, rate, amortisation. Principal of a custom tranche is listed by period.

    It is repaid by `maturity`, the end of one of the deal's periods and the last of them unless given. Of the cash that
    a financing pays out, rank 1 gets its service before rank 2.
    """

    name: Text
    amount: q.Amount
    rate: q.AnnualRate | None = None
    index: q.AnnualRate | None = None
    margin: q.AnnualRate | None = None
    floor: q.AnnualRate | None = None
    amortisation: Literal["level", "straight", "bullet", "custom", "payment"]
    payment: q.Amount | None = None
    principal: tuple[q.Money, ...] = ()
    balloon: q.Money | None = None
    maturity: Day | None = None
    rank: Whole = Field(default=1, ge=1, le=3)
    day_count: DayCount = "30/360"

    @model_validator(mode="after")
    def _complete(self) -> "Debt":
        if (self.rate is None) == (self.index is None):
            raise ValueError("a tranche has either a rate or an index with a margin, not both or neither")
        if (self.index is None) != (self.margin is None):
            raise ValueError("index and margin belong together")
        if self.floor is not None and self.index is None:
            raise ValueError("floor belongs to an index")
        if self.balloon is not None and self.amortisation not in ("level", "straight"):
            raise ValueError(f'balloon belongs to amortisation "level" or "straight", got "{self.amortisation}"')
        if self.balloon is not None and self.balloon.value > self.amount.value:
            raise ValueError(
                f"balloon must be at most the amount of {self.amount.value:,.0f} USD, got {self.balloon.value:,.0f} USD"
            )
        if (self.amortisation == "payment") != (self.payment is not None):
            raise ValueError('payment belongs to amortisation "payment" and must be given there')
        if (self.amortisation == "custom") != bool(self.principal):
            raise ValueError('principal by period belongs to amortisation "custom" and must be given there')
        if self.principal:
            total = sum(p.value for p in self.principal)
            if abs(total - self.amount.value) > 1e-9 * self.amount.value:
                raise ValueError(f"principal must sum to the amount {self.amount.value:,.0f} USD, got {total:,.0f}")
        return self


class Cure(Part):
    """How equity may repair a coverage that is too low, within what limits.

    Limits apply from `limits_from`; cures before that date are free and do not count. `cap` is the most that one cure
    may put in, `total_cap` the most over the life.
    """

    max_cures: Whole | None = Field(default=None, ge=1)
    max_consecutive: Whole | None = Field(default=None, ge=1)
    max_in_window: Whole | None = Field(default=None, ge=1)
    window: Whole = Field(default=4, ge=1, le=60)
    cap: q.Money | None = None
    total_cap: q.Money | None = None
    limits_from: Day | None = None
    counts_as: Literal["cfads", "debt_service", "prepayment"] = "cfads"
    source: Text


class Step(Part):
    """Levels that hold from a date on."""

    date: Day
    default: q.Level
    lockup: q.Level | None = None


class Covenant(Part):
    """A test: what is measured, how often, from when, and at which levels.

    Tests fall on every so many months counted from closing, beginning with the first of them on or after
    `first_test`. The levels hold until the date of the first of the `steps`. `basis` is the definition in the
    agreement's own words; it is carried and shown.
    """

    name: Text
    metric: Metric
    basis: Text | None = None
    default: q.Level
    lockup: q.Level | None = None
    steps: tuple[Step, ...] = Field(default=(), max_length=12)
    test_every_months: Whole = Field(default=3, ge=1, le=12)
    first_test: Day | None = None
    cure: Cure | None = None

    @property
    def direction(self) -> Literal["above", "below"]:
        """The side on which the covenant breaks."""
        return "above" if self.metric in LTV else "below"

    @property
    def cured(self) -> bool:
        """Whether cures are applied: to the coverage of a period or of the year back."""
        return self.cure is not None and self.metric in ("dscr", "dscr_ltm")

    @model_validator(mode="after")
    def _levels_fit(self) -> "Covenant":
        for default, lockup in ((self.default, self.lockup), *((step.default, step.lockup) for step in self.steps)):
            if lockup is not None:
                late = default.value > lockup.value
                if late if self.direction == "below" else default.value < lockup.value:
                    side = "above" if self.direction == "below" else "below"
                    raise ValueError(f"default must not lie {side} lockup, or every lock-up would be a default")
        if any((step.lockup is None) != (self.lockup is None) for step in self.steps):
            raise ValueError("steps: each has a lockup where the covenant has one, and none where it has none")
        if any(after.date <= before.date for before, after in pairwise(self.steps)):
            raise ValueError("steps must ascend: each date lies after the one before")
        if self.cure is not None and self.direction == "above":
            raise ValueError(f"cure belongs to a coverage, which cash can raise; {self.metric} is none")
        return self


class Measure(Part):
    """A ratio of its own name, numerator over denominator, each the sum of its parts."""

    name: Text
    numerator: tuple[q.Flow, ...] = Field(min_length=1)
    denominator: tuple[q.Flow, ...] = Field(min_length=1)
    shown_as: Literal["x", "%"] = "x"

    @model_validator(mode="after")
    def _divides(self) -> "Measure":
        below = sum(part.value for part in self.denominator)
        if below <= 0:
            raise ValueError(f"denominator must sum to more than 0, got {below:,.0f} USD a year")
        return self
