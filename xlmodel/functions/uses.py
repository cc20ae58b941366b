"""Before the first payment: who pays for the hardware while it arrives."""

from typing import Annotated, Any

import numpy as np

from xlmodel.errors import InputError
from xlmodel.functions.debt import AnnualRate, Frequency, period_rate
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.waterfall import CATEGORY, shown_lines
from xlmodel.loan.sources_and_uses import ORDERS, sources_and_uses
from xlmodel.maths.domain import Floats

_LINES = (
    "costs", "interest", "upfront_fee", "commitment_fee", "cancellation_fee", "draws", "equity", "prepaid", "balance",
    "undrawn",
)  # fmt: skip
Share = Annotated[Floats | float, Arg(Kind.LOAN, "fraction", "Share of the commitment, due at closing.")]


@worksheet(
    CATEGORY,
    Example(((50, 30, 20), 60, 0.02, 1, 0.8, "pro_rata", 0, 0.01, 0.005, 0, None, 0, "draws", 1), 40.48),
    "Draws under a commitment, by hand: 80 % of the delivery of 50 and of the fee of 0.01 · 60 at closing.",
)
def XLMODEL_SOURCES_AND_USES(
    costs: Annotated[
        Floats, Arg(Kind.SERIES, "USD a period", "Paid for hardware at closing and at the end of each period after it.")
    ],
    commitment: Annotated[Floats, Arg(Kind.LOAN, "USD", "The facility.")],
    annual_rate: AnnualRate,
    frequency: Frequency = 12,
    gearing: Annotated[
        Floats | float, Arg(Kind.LOAN, "fraction", "Most that is drawn of any use, the advance rate of a delivery.")
    ] = 1.0,
    order: Annotated[
        str, Arg(Kind.CHOICE, "", "Debt and equity side by side, the equity first, or the debt first.", ORDERS)
    ] = "pro_rata",
    equity_commitment: Annotated[
        Floats | float, Arg(Kind.LOAN, "USD", "Equity that is spent before any debt, for equity_first.")
    ] = 0.0,
    upfront_fee: Share = 0.0,
    commitment_fee: Annotated[
        Floats | float, Arg(Kind.LOAN, "fraction a year", "On what is undrawn at the start of a period.")
    ] = 0.0,
    prepayments: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD", "Received from the customer and spent before debt and equity.")
    ] = 0.0,
    available: Annotated[
        int | None, Arg(Kind.WHOLE, "period", "Last period in which it may be drawn; 0 is closing.")
    ] = None,
    cancellation_fee: Annotated[
        Floats | float, Arg(Kind.LOAN, "fraction", "Share of what ends undrawn with the availability period.")
    ] = 0.0,
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "One line, or all of them with their headings.", ("all", *_LINES))
    ] = "all",
    period: Annotated[
        int | None, Arg(Kind.WHOLE, "period", "Return only this place of the costs; 1 is closing.")
    ] = None,
) -> Any:
    """Who pays for hardware while it arrives: draws, equity, the customer, with interest and fees on the way.

    Draws, equity and prepayments are the costs, interest and fees at every moment. Equity pays what the commitment
    does not reach; a prepayment that a moment does not need waits for the next.
    """
    rate = period_rate(annual_rate, frequency)
    after = np.atleast_1d(costs).shape[-1] - 1
    if rate.ndim and rate.shape[-1] not in (1, after):
        raise InputError(
            f"annual_rate must be one number or one for each of the {after} periods after closing, "
            f"got {rate.shape[-1]}", "annual_rate",
        )  # fmt: skip
    found = sources_and_uses(
        costs, commitment, rate, gearing, order, equity_commitment, upfront_fee,
        np.asarray(commitment_fee) / frequency, available=available, cancellation_fee=cancellation_fee,
        prepayments=prepayments,
    )  # fmt: skip
    return shown_lines({name: getattr(found, name) for name in _LINES}, item, period)
