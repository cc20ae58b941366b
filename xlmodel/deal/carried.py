"""What the cash of a deal carries: the debt a lender would size at a target, and the gap to the debt there is."""

from dataclasses import dataclass
from typing import Final

from xlmodel.deal.lives import mixed_rate
from xlmodel.deal.results import Results
from xlmodel.loan.sculpt import Sculpted, sculpt
from xlmodel.loan.sizing import Capacity, capacity
from xlmodel.maths.domain import Floats

TARGET: Final = 1.30
"""Coverage demanded where no covenant of the deal names a level."""
MAX_LTV: Final = 0.80
"""Share of the economic value lent, where no covenant names a level."""
ADVANCE_RATE: Final = 0.85
"""Share of the liquidation value lent, which lenders against assets commonly state."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms at which debt is sized.

    Attributes
    ----------
    target
        Coverage, x.
    target_from
        Of every level it is the strictest of, the position of its covenant and its name, the strictest first; empty
        where it is assumed.
    max_ltv, advance_rate
        Shares of the economic and of the liquidation value; the latter None without a sale.
    max_ltv_from
        As `target_from`, for the loan to economic value.
    """

    target: float
    target_from: tuple[tuple[int, str], ...]
    max_ltv: float
    max_ltv_from: tuple[tuple[int, str], ...]
    advance_rate: float | None


@dataclass(frozen=True, slots=True)
class Carried:
    """Debt capacity at closing, the loan sculpted to the target, and what is left to refinance; money in USD.

    Attributes
    ----------
    terms
        The terms it is sized at.
    rate
        Rate of every period.
    capacity
        What limits the debt.
    sculpted
        The loan whose service is the cash over the target; undefined where it would have to capitalise interest.
    lump
        What falls due at maturity and is no ordinary instalment, all tranches.
    refinanced, gap
        What the collateral lets a new lender advance on that day, and what of the lump is left; a negative gap is
        room to spare.
    """

    terms: Terms
    rate: Floats
    capacity: Capacity
    sculpted: Sculpted
    lump: float
    refinanced: float
    gap: float


def carried(analysis: Results) -> Carried:
    """Return what the cash and the collateral of a deal carry, at the terms its covenants name."""
    terms, rate = terms_of(analysis), mixed_rate(analysis)
    now, end = analysis.at_close, analysis.values
    sized = capacity(
        analysis.cfads, terms.target, rate, float(now.economic[0]), terms.max_ltv,
        None if now.liquidation is None else float(now.liquidation[0]), terms.advance_rate,
    )  # fmt: skip
    lump = float(analysis.debt.balloon[-1])
    limits = [terms.max_ltv * float(end.economic[-1])]
    if end.liquidation is not None and terms.advance_rate is not None:
        limits.append(terms.advance_rate * float(end.liquidation[-1]))
    return Carried(
        terms=terms,
        rate=rate,
        capacity=sized,
        sculpted=sculpt(analysis.cfads, terms.target, rate, mark=True),
        lump=lump,
        refinanced=min(limits),
        gap=lump - min(limits),
    )


def terms_of(analysis: Results) -> Terms:
    """Return the strictest levels that the covenants name, and assumed ones where they name none."""
    levels: dict[str, list[tuple[float, tuple[int, str]]]] = {"cover": [], "ltv": []}
    for i, covenant in enumerate(analysis.deal.covenants):
        kind = "cover" if covenant.direction == "below" else "ltv" if covenant.metric == "ltv_adjusted" else ""
        for name in ("lockup", "default"):
            level = getattr(covenant, name)
            if kind and level is not None and level.value > 0:
                levels[kind].append((level.value, (i, name)))
    cover = sorted(levels["cover"], key=lambda x: -x[0])
    # More than twice the value is no limit a lender would size at.
    usable = sorted((level for level in levels["ltv"] if level[0] <= 2), key=lambda x: x[0])
    return Terms(
        target=cover[0][0] if cover else TARGET,
        target_from=tuple(source for _, source in cover),
        max_ltv=usable[0][0] if usable else MAX_LTV,
        max_ltv_from=tuple(source for _, source in usable),
        advance_rate=ADVANCE_RATE if analysis.deal.sale is not None else None,
    )
