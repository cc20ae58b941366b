"""The lending side of a deal: tranches, covenants as records, and ratios the deal names itself."""

from itertools import pairwise
from typing import Final, Literal

from pydantic import Field, model_validator

from xlmodel.deal import quantity as q
from xlmodel.deal.inputs.fields import Day, Part, Text, Whole

Metric = Literal["dscr", "dscr_ltm", "dscr_ntm", "ltv_nominal", "ltv_adjusted", "ltv_liquidation"]
DayCount = Literal["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT"]
Consequence = Literal["lock_up", "sweep", "cash_dominion", "margin_step", "acceleration", "standstill", "none"]
LTV: Final = frozenset({"ltv_nominal", "ltv_adjusted", "ltv_liquidation"})


class RatePoint(Part):
    """The base rate from a date on, as a forward curve has it."""

    date: Day
    rate: q.AnnualRate


class MarginStep(Part):
    """The margin, or the fixed rate, from a date on."""

    date: Day
    margin: q.AnnualRate


class Draw(Part):
    """What is drawn on the end of a period, for hardware delivered then."""

    date: Day
    amount: q.Money


class Debt(Part):
    """A tranche: amount drawn at closing, rate, amortisation. Principal of a custom tranche is listed by period.

    It is repaid by `maturity`, the end of one of the deal's periods and the last of them unless given. Of the cash that
    a financing pays out, rank 1 gets its service before rank 2. The base rate stands still at `index`, or moves along
    the `curve`, each point holding until the next; `steps` raise the margin, or a fixed rate, from their dates on.
    Further `draws` fall on ends of periods; `commitment_fee` is paid on what is not drawn yet. `grace` has no
    principal, and where its interest is "capitalised" none at all; the share `pik` of the interest is added to the debt
    until `pik_until`. A level payment may be set over a longer `amortises_over`: what it leaves is the balloon of a
    mini-perm. "sculpted" principal follows the cash before tax. What is overdue bears `default_margin` on top.
    """

    name: Text
    amount: q.Amount
    rate: q.AnnualRate | None = None
    index: q.AnnualRate | None = None
    curve: tuple[RatePoint, ...] = Field(default=(), max_length=480)
    margin: q.AnnualRate | None = None
    floor: q.AnnualRate | None = None
    steps: tuple[MarginStep, ...] = Field(default=(), max_length=24)
    amortisation: Literal["level", "straight", "bullet", "custom", "payment", "sculpted"]
    payment: q.Amount | None = None
    principal: tuple[q.Money, ...] = ()
    balloon: q.Money | None = None
    amortises_over: q.Duration | None = None
    grace: q.Delay | None = None
    grace_interest: Literal["paid", "capitalised"] = "paid"
    pik: q.Share | None = None
    pik_until: Day | None = None
    draws: tuple[Draw, ...] = Field(default=(), max_length=120)
    commitment_fee: q.Margin | None = None
    maturity: Day | None = None
    rank: Whole = Field(default=1, ge=1, le=3)
    day_count: DayCount = "30/360"
    default_margin: q.Margin | None = None
    prepayments: Literal["inverse", "forward", "pro_rata"] = "inverse"

    @property
    def floats(self) -> bool:
        """Whether its rate follows a base rate."""
        return self.index is not None or bool(self.curve)

    @model_validator(mode="after")
    def _complete(self) -> "Debt":
        if (self.rate is None) == (not self.floats):
            raise ValueError("a tranche has either a rate or an index with a margin, not both or neither")
        if self.index is not None and self.curve:
            raise ValueError("index and curve are both given: a base rate stands still or moves along a curve")
        if self.floats != (self.margin is not None):
            raise ValueError("index and margin belong together")
        if self.floor is not None and not self.floats:
            raise ValueError("floor belongs to an index")
        for name, dates in (
            ("curve", [p.date for p in self.curve]),
            ("steps", [s.date for s in self.steps]),
            ("draws", [d.date for d in self.draws]),
        ):
            if dates != sorted(set(dates)):
                raise ValueError(f"{name} must be in order of date, each date once")
        if self.balloon is not None and self.amortisation not in ("level", "straight", "sculpted"):
            raise ValueError(f'balloon belongs to amortisation "level" or "straight", got "{self.amortisation}"')
        if self.balloon is not None and self.balloon.value > self.lent:
            raise ValueError(
                f"balloon must be at most the amount of {self.lent:,.0f} USD, got {self.balloon.value:,.0f} USD"
            )
        if (self.amortisation == "payment") != (self.payment is not None):
            raise ValueError('payment belongs to amortisation "payment" and must be given there')
        if (self.amortisation == "custom") != bool(self.principal):
            raise ValueError('principal by period belongs to amortisation "custom" and must be given there')
        if self.principal:
            total = sum(p.value for p in self.principal)
            if abs(total - self.lent) > 1e-9 * self.lent:
                raise ValueError(f"principal must sum to the amount {self.lent:,.0f} USD, got {total:,.0f}")
        self._special()
        return self

    def _special(self) -> None:
        """Refuse what only some ways of repaying know."""
        if self.amortises_over is not None and (self.amortisation != "level" or self.balloon is not None):
            raise ValueError('amortises_over belongs to amortisation "level" without a balloon, which it determines')
        if self.amortisation in ("custom", "sculpted"):
            for name in ("grace", "pik"):
                if getattr(self, name) is not None:
                    raise ValueError(f'{name} does not belong to amortisation "{self.amortisation}"')
        if self.pik_until is not None and self.pik is None:
            raise ValueError("pik_until belongs to pik, which is missing")
        if self.draws and self.amortisation not in ("level", "straight", "bullet"):
            raise ValueError(f'draws belong to amortisation "level", "straight" or "bullet", got "{self.amortisation}"')
        if self.commitment_fee is not None and not self.draws:
            raise ValueError("commitment_fee belongs to draws, which are missing: it is paid on what is undrawn")

    @property
    def lent(self) -> float:
        """All that is lent, at closing and later."""
        return float(self.amount.value) + sum(float(d.amount.value) for d in self.draws)


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

    A coverage counts the cash on the account where `counts_cash` says so, and leaves a balloon out of the service where
    `includes_balloon` is false. What breaking a level does stands in `on_lockup` and `on_default`: "lock_up"
    distributes nothing, "sweep" prepays debt with the share `sweep` of the excess cash, "cash_dominion" with all of it,
    "margin_step" adds `margin_step` to every rate, "acceleration" lets all that is owed fall due in the next period,
    "standstill" lets no principal fall due; each from the test date until `releases_after` tests in a row are passed.
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
    counts_cash: bool = False
    includes_balloon: bool = True
    on_lockup: tuple[Consequence, ...] = ("lock_up",)
    on_default: tuple[Consequence, ...] = ("lock_up",)
    sweep: q.Share | None = None
    margin_step: q.Margin | None = None
    releases_after: Whole = Field(default=1, ge=1, le=12)

    @model_validator(mode="after")
    def _consequences_fit(self) -> "Covenant":
        named = {*self.on_lockup, *self.on_default}
        if (self.margin_step is None) == ("margin_step" in named):
            raise ValueError('margin_step and the consequence "margin_step" belong together')
        if self.sweep is not None and "sweep" not in named:
            raise ValueError('sweep belongs to the consequence "sweep", which is not named')
        if self.direction == "above" and (self.counts_cash or not self.includes_balloon):
            raise ValueError("counts_cash and includes_balloon belong to a coverage, this covenant is a loan to value")
        return self

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
