"""What a term sheet says of the cash: tranches, reserves, sweep, lock-up and tax, as `waterfall` reads them.

Money is of one currency, rates are a *period's*. What belongs to a loan has the shape (...), what may change by
period has its time last, one value or one a period; one value a loan that may change by period is a column
(loans, 1). Numbers are checked where they are used.
"""

from dataclasses import dataclass
from typing import Final

from numpy.typing import ArrayLike

from xlmodel.errors import InputError
from xlmodel.loan.cures import COUNTS_AS, CureLimits

CONSEQUENCES: Final = ("lock_up", "sweep", "cash_dominion", "margin_step", "acceleration", "standstill", "none")
ORDERS: Final = ("inverse", "forward", "pro_rata")
SERVES: Final = ("debt_service", "operating")


@dataclass(frozen=True, slots=True)
class Tranche:
    """One piece of debt.

    Attributes
    ----------
    balance
        Owed at closing, at least 0, shape (...).
    rate
        Rate a period, at least 0.
    principal
        Scheduled principal, at least 0; what it leaves unpaid stays owed unless the tranche `matures`.
    rank
        1 is paid first; tranches of one rank share what there is by what is due to them.
    draws
        Drawn at the end of a period, at least 0. It pays for hardware and never passes through the waterfall.
    pik
        Share of the interest that is added to the debt, 0 to 1.
    overdue_margin
        Added to the rate on what is overdue, at least 0; overdue interest bears interest too.
    order
        Which instalments a prepayment takes away: the last ("inverse", of maturity), the next ("forward") or all
        alike ("pro_rata").
    matures
        The period, from 1, in which all that is owed falls due, as a balloon or what was capitalised; shape (...).

    Examples
    --------
    >>> Tranche(balance=100, rate=0.03, principal=[25, 25, 25, 25]).rank
    1
    """

    balance: ArrayLike
    rate: ArrayLike
    principal: ArrayLike
    rank: int = 1
    draws: ArrayLike = 0.0
    pik: ArrayLike = 0.0
    overdue_margin: ArrayLike = 0.0
    order: str = "inverse"
    matures: ArrayLike | None = None

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise InputError(f"order must be one of {', '.join(ORDERS)}, got {self.order!r}", "order")


@dataclass(frozen=True, slots=True)
class Reserve:
    """Cash, or a letter of credit, set aside for a purpose.

    Attributes
    ----------
    target
        What it should hold at the end of a period, at least 0.
    opening
        Held at closing, at least 0, shape (...).
    rank
        Filled after the principal of that rank; 0 is filled before any debt is paid.
    serves
        "debt_service" is drawn for interest and principal of its own rank, "operating" for its `spending` and then
        for negative cash flow.
    periods_ahead
        Adds to the target the debt service of its rank that falls due in so many coming periods, as things then
        stand, so that it falls with what a sweep repays; a fraction takes that share of the last period. Shape (...).
    spending
        Cost the reserve is for, paid from it first and not contained in the cash flow, at least 0.
    letter_of_credit
        Undrawn, it counts towards the target; drawn after the cash of the reserve, at least 0.
    letter_rate
        Rate a period on what was drawn under it, which is repaid before the reserve is filled, at least 0.

    Examples
    --------
    >>> Reserve(periods_ahead=2).serves
    'debt_service'
    """

    target: ArrayLike = 0.0
    opening: ArrayLike = 0.0
    rank: int = 1
    serves: str = "debt_service"
    periods_ahead: ArrayLike = 0.0
    spending: ArrayLike = 0.0
    letter_of_credit: ArrayLike = 0.0
    letter_rate: ArrayLike = 0.0

    def __post_init__(self) -> None:
        if self.serves not in SERVES:
            raise InputError(f"serves must be one of {', '.join(SERVES)}, got {self.serves!r}", "serves")


@dataclass(frozen=True, slots=True)
class Sweep:
    """Excess cash that prepays the debt.

    Attributes
    ----------
    share
        Of the excess cash, 0 to 1; with bands, the share below the first of them.
    bands
        Pairs of a leverage and the share that is swept above it, leverage rising.
    base
        What leverage is measured against: debt over EBITDA of a year, or over the value of the collateral. A base of
        0 or less with debt outstanding is the highest band.
    down_to
        Total debt at which the sweep stops, at least 0.

    Examples
    --------
    >>> Sweep(share=0.25, bands=((2.5, 0.5), (3.5, 0.75)), base=[40, 38, 36]).down_to
    0.0
    """

    share: ArrayLike = 0.0
    bands: tuple[tuple[ArrayLike, ArrayLike], ...] = ()
    base: ArrayLike | None = None
    down_to: ArrayLike = 0.0

    def __post_init__(self) -> None:
        if self.bands and self.base is None:
            raise InputError("base is missing: bands need what leverage is measured against", "base")


@dataclass(frozen=True, slots=True)
class LockUp:
    """The test before cash may leave: debt service coverage, and whatever else must be kept.

    Attributes
    ----------
    level
        Coverage below which nothing is distributed, greater than 0.
    window
        Periods the coverage looks back over; before a full window there is no test.
    passes
        Consecutive passes that end a lock-up, at least 1.
    first_test
        First period tested, from 1.
    rank
        Service of tranches up to this rank counts, all of it when omitted.
    prepays_after
        Once so many tests in a row have kept it locked, the trapped cash prepays the debt; never when omitted.
    failed
        1 where another test, of collateral for instance, is broken in a period, else 0.

    Examples
    --------
    >>> LockUp(level=1.15, window=4).passes
    1
    """

    level: ArrayLike
    window: int = 1
    passes: int = 1
    first_test: int = 1
    rank: int | None = None
    prepays_after: int | None = None
    failed: ArrayLike = 0.0


@dataclass(frozen=True, slots=True)
class Taxation:
    """Cash tax inside the waterfall, on what interest really accrued.

    Attributes
    ----------
    rate
        0 to 1.
    depreciation
        Tax depreciation, at least 0.
    losses
        Brought in at closing, at least 0, shape (...).
    loss_use_limit
        Largest share of a profit that losses may absorb, 0 to 1, shape (...).

    Examples
    --------
    >>> Taxation(rate=0.25, depreciation=[70, 30, 0]).loss_use_limit
    1.0
    """

    rate: ArrayLike
    depreciation: ArrayLike = 0.0
    losses: ArrayLike = 0.0
    loss_use_limit: ArrayLike = 1.0


@dataclass(frozen=True, slots=True)
class Covenant:
    """A test on its dates, what breaking it does, and how equity may cure it.

    Attributes
    ----------
    kind
        "coverage" is cash over service, tested when the service of the period has fallen due and before it is paid;
        "leverage" is debt outstanding over `base`, tested after the payments and the sweep.
    default
        The level by period, greater than 0, NaN where nothing is tested.
    lockup
        The level that breaks first, by period, NaN where there is none; none at all when omitted.
    window
        Periods a coverage looks back over, at least 1; tests begin with the first full window.
    base
        What leverage is measured against, by period; at 0 or less with debt outstanding it is broken.
    numerator
        Of a coverage, any sign, by period; cash flow after tax when omitted.
    counts_cash
        Whether cash on the account at the start of the window is part of the numerator.
    includes_balloon
        Whether what a tranche repays in the period in which it `matures`, beyond `ordinary`, is part of the service.
    ordinary
        Principal by period without balloons, all tranches, needed where they are left out.
    on_lockup, on_default
        Of `CONSEQUENCES`. "lock_up" distributes nothing; "sweep" prepays debt with the share `sweep` of the excess,
        "cash_dominion" with all cash above the minimum; "margin_step" adds `margin_step` to the rate of every tranche
        from the next period on; all while it lasts. "acceleration" lets all that is owed fall due in the next period,
        and is not taken back. "standstill" lets no principal fall due while it lasts. Acceleration and a step in margin
        follow a default that no cure repairs.
    sweep
        Share of the excess, 0 to 1.
    margin_step
        Rate a period, by period, at least 0.
    releases_after
        Passed tests in a row that end it, at least 1.
    cure, counts_as
        What equity may put in, None for no cure; and what it counts as, as of `xlmodel.loan.cures.cures`.

    Examples
    --------
    >>> Covenant("coverage", default=1.1, window=4).on_default
    ('lock_up',)
    """

    kind: str
    default: ArrayLike = float("nan")
    lockup: ArrayLike | None = None
    window: int = 1
    base: ArrayLike = 1.0
    numerator: ArrayLike | None = None
    counts_cash: bool = False
    includes_balloon: bool = True
    ordinary: ArrayLike = 0.0
    on_lockup: tuple[str, ...] = ("lock_up",)
    on_default: tuple[str, ...] = ("lock_up",)
    sweep: ArrayLike = 1.0
    margin_step: ArrayLike = 0.0
    releases_after: int = 1
    cure: CureLimits | None = None
    counts_as: str = "cfads"

    def __post_init__(self) -> None:
        if self.kind not in ("coverage", "leverage"):
            raise InputError(f"kind must be 'coverage' or 'leverage', got {self.kind!r}", "kind")
        for name in (*self.on_lockup, *self.on_default):
            if name not in CONSEQUENCES:
                raise InputError(f"a consequence must be one of {', '.join(CONSEQUENCES)}, got {name!r}", "on_default")
        if self.counts_as not in COUNTS_AS:
            raise InputError(f"counts_as must be one of {', '.join(COUNTS_AS)}, got {self.counts_as!r}", "counts_as")
        if self.cure is not None and self.kind != "coverage":
            raise InputError("cure belongs to a coverage: no cash repairs a test of another kind", "cure")
