"""What the analysis of a tape returns: results by loan and period, and results by loan."""

from dataclasses import dataclass

from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Paths:
    """Results by period, shape (loans, periods), for the ends of the periods.

    Attributes
    ----------
    cfads
        Cash flow available for debt service, USD.
    opening, interest, capitalised, principal, balloon, debt_service, closing
        The schedule, USD, as of `xlmodel.loan.schedule.Schedule`.
    dscr, dscr_ltm, dscr_ntm
        Coverage of the period, of the year back and of the year ahead.
    llcr
        Loan life coverage at the start of the period.
    market_value, liquidation_value
        What the collateral is worth in use, and what a sale that starts then brings, USD.
    haircut
        Share of the market value that the sale loses.
    ltv_nominal, ltv_adjusted, ltv_liquidation
        Balance over cost, over market value and over liquidation value.
    """

    cfads: Floats
    opening: Floats
    interest: Floats
    capitalised: Floats
    principal: Floats
    balloon: Floats
    debt_service: Floats
    closing: Floats
    dscr: Floats
    dscr_ltm: Floats
    dscr_ntm: Floats
    llcr: Floats
    market_value: Floats
    liquidation_value: Floats
    haircut: Floats
    ltv_nominal: Floats
    ltv_adjusted: Floats
    ltv_liquidation: Floats


@dataclass(frozen=True, slots=True)
class Figures:
    """Results by loan, shape (loans,); periods are counted from 1.

    Attributes
    ----------
    min_dscr, min_dscr_period
        The lowest defined coverage of a period, and the period.
    llcr_at_close
        Loan life coverage on the closing date.
    first_breach, first_breach_ltm, first_breach_ntm
        First period in which the coverage of the period, of the year back, of the year ahead breaks the covenant;
        `NO_BREACH` where it is kept, `NO_LIMIT` where there is none.
    ltv_nominal_at_close, ltv_adjusted_at_close, ltv_liquidation_at_close
        Loan to value on the closing date.
    worst_ltv_nominal, worst_ltv_adjusted, worst_ltv_liquidation
        The highest on any date, closing included; `NO_COLLATERAL_VALUE` where something is owed on nothing once.
    underwater_period
        First date with more owed than the market value, 0 for closing; `NEVER_UNDERWATER`.
    debt_capacity, capacity_limit
        The debt that cash at the target coverage, and the limits on loan to market value and to liquidation value
        at closing where given, allow; and the code of `xlmodel.loan.balance_cap.Limb` that binds. `NO_LIMIT` without
        a target.
    """

    min_dscr: Floats
    min_dscr_period: Floats
    llcr_at_close: Floats
    first_breach: Floats
    first_breach_ltm: Floats
    first_breach_ntm: Floats
    ltv_nominal_at_close: Floats
    ltv_adjusted_at_close: Floats
    ltv_liquidation_at_close: Floats
    worst_ltv_nominal: Floats
    worst_ltv_adjusted: Floats
    worst_ltv_liquidation: Floats
    underwater_period: Floats
    debt_capacity: Floats
    capacity_limit: Floats
