"""Liquidation: what is lent on collateral, and since when it is too much."""

import datetime as dt
from typing import Annotated, Any

import numpy as np

from xlmodel.collateral import ltv
from xlmodel.errors import InputError
from xlmodel.functions.answer import Table
from xlmodel.functions.cells import serial
from xlmodel.functions.liquidation import CATEGORY, Headings, Number
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.loan import mismatch
from xlmodel.maths.domain import Floats

Balance = Annotated[Floats, Arg(Kind.NUMBER, "USD", "Debt outstanding.")]
_RATIOS = ("nominal", "adjusted", "liquidation", "illusion")


def _ltv_tape(balance: Any, value: Any, prior_claims: Any, cash_collateral: Any) -> Tape:
    owed = (
        Step("+", "balance", balance, "USD"),
        Step("−", "cash collateral", np.minimum(cash_collateral, balance), "USD", "at most the balance"),
    )
    left = Step("÷", "value after prior claims", value - prior_claims, "USD", "value − prior_claims")
    # Nothing is 0 % of anything, also of nothing.
    return Tape((*owed, left) if balance > cash_collateral else owed, "loan to value", "fraction")


@worksheet(
    CATEGORY,
    Example((20, 35), 20 / 35),
    "Debt over collateral, both on the basis passed; by hand 20 / 35.",
    _ltv_tape,
)
def XLMODEL_LTV(
    balance: Balance,
    value: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Collateral on the basis meant: cost, market or liquidation.")],
    prior_claims: Annotated[
        Number, Arg(Kind.NUMBER, "USD", "Claims paid out of the collateral before this loan.")
    ] = 0.0,
    cash_collateral: Annotated[Number, Arg(Kind.NUMBER, "USD", "Cash pledged for this loan.")] = 0.0,
) -> Floats:
    """Loan to value, on whatever basis the value has.

    max(0, balance − cash_collateral) / (value − prior_claims). 0 where nothing is owed, #DIV/0! where something is
    owed and no value is left: the loan is uncollateralised.
    """
    return ltv.loan_to_value(balance, value, prior_claims, cash_collateral)


def _path_tape(
    balance: Any, cost: Any, market_value: Any, liquidation_value: Any, item: str, headings: bool
) -> Tape | None:
    del headings
    wanted = "liquidation" if item == "all" else item
    if wanted == "illusion":
        ratios = ltv.three_ltv(balance, cost, market_value, liquidation_value)
        steps = (
            Step("+", "liquidation", ratios.liquidation, "fraction", "balance / liquidation_value"),
            Step("−", "nominal", ratios.nominal, "fraction", "balance / cost"),
        )
        return Tape(steps, wanted, "fraction")
    value = {"nominal": cost, "adjusted": market_value, "liquidation": liquidation_value}[wanted]
    name = {"nominal": "cost", "adjusted": "market value", "liquidation": "liquidation value"}[wanted]
    owed, over = Step("+", "balance", balance, "USD"), Step("÷", name, value, "USD")
    return Tape(
        (owed, over) if balance else (owed,), f"{wanted} loan to value", "fraction", wanted if item == "all" else None
    )


@worksheet(
    CATEGORY,
    Example((20, 35, 18, 11, "liquidation"), 20 / 11),
    "The same debt over cost, market value and liquidation value; by hand 20 / 35, 20 / 18 and 20 / 11.",
    _path_tape,
)
def XLMODEL_LTV_PATH(
    balance: Balance,
    cost: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Price of the asset when new.")],
    market_value: Annotated[Floats, Arg(Kind.NUMBER, "USD", "What the collateral is worth on the date.")],
    liquidation_value: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Net proceeds of a sale on the date.")],
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "One line of the answer, or all of them with their headings.", ("all", *_RATIOS))
    ] = "all",
    headings: Headings = True,
) -> Any:
    """Three loan-to-value ratios of every date or loan: nominal, depreciation-adjusted and liquidation.

    balance / cost, balance / market_value, balance / liquidation_value; the illusion is the last less the first, in
    points of LTV. A row of dates spills them below each other, a column of loans or dates beside each other.
    """
    found = ltv.three_ltv(balance, cost, market_value, liquidation_value)
    if item == "all":
        return Table.of({name: getattr(found, name) for name in _RATIOS}, headings)
    return getattr(found, item)


@worksheet(
    CATEGORY,
    Example(((80, 60, 30), (100, 50, 25)), 2.0),
    "More is owed than the collateral is worth, strictly; by inspection 60 on 50 is the first.",
)
def XLMODEL_UNDERWATER_DATE(
    balance: Annotated[Floats, Arg(Kind.SERIES, "USD", "Owed on each date.")],
    value: Annotated[Floats, Arg(Kind.SERIES, "USD", "Collateral on the same dates, on the basis meant.")],
    dates: Annotated[list[dt.date] | None, Arg(Kind.DATES, "date", "The date of each balance.")] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "The date or the number of its period, or the loan to value at its worst.",
            ("date", "period", "worst_ltv"),
        ),
    ] = "date",
) -> Any:
    """First date on which more is owed than the collateral is worth.

    The first k with balance > value. Without dates, "date" returns the number of the period, counted from the first
    balance given. A loan that never is underwater returns the text "none". One answer a loan.
    """
    found = mismatch.underwater(balance, value)
    if return_ == "worst_ltv":
        return np.asarray(found.worst)[..., None]
    shown: Any = found.first + 1.0
    if dates is not None:
        if len(dates) != found.ratio.shape[-1]:
            raise InputError(
                f"dates must give one date for each of the {found.ratio.shape[-1]} balances, got {len(dates)}", "dates"
            )
        if return_ == "date":
            shown = np.array([serial(day) for day in dates])[found.first]
    return np.where(found.first >= 0, np.asarray(shown).astype(object), "none")[..., None]


def _critical_tape(haircut: Any) -> Tape:
    steps = (Step("+", "value", 1.0, "fraction"), Step("−", "haircut", haircut, "fraction"))
    return Tape(steps, "critical loan to value", "fraction")


@worksheet(
    CATEGORY,
    Example((0.39,), 0.61),
    "Caccioli, Bouchaud and Farmer (2012) for market impact alone; by hand 1 − 0.39.",
    _critical_tape,
)
def XLMODEL_CRITICAL_LTV(
    haircut: Annotated[Floats, Arg(Kind.NUMBER, "fraction", "Share of the value that a sale loses.")],
) -> Floats:
    """Loan to value above which a sale does not repay the lender.

    1 − haircut, on the basis on which the haircut is measured.
    """
    return ltv.critical_ltv(haircut)


@worksheet(
    CATEGORY,
    Example(((0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.9), 0.9), 0.5),
    "The lower quantile of the haircuts; by inspection nine outcomes of ten lose at most 50 %.",
)
def XLMODEL_MAX_ADVANCE(
    haircuts: Annotated[Floats, Arg(Kind.SERIES, "fraction", "Haircuts of equally likely outcomes.")],
    confidence: Annotated[
        float, Arg(Kind.NUMBER, "fraction", "Share of outcomes in which the advance is repaid, or the loss contained.")
    ] = 0.95,
) -> Floats:
    """Highest advance rate that a sale repays with the chosen confidence.

    1 − the quantile of the haircuts at the confidence. A table is loans down and outcomes across; one answer a loan.
    """
    return np.asarray(ltv.maximum_advance(haircuts, confidence))[..., None]
