"""Liquidation: what falling prices take, alone and with everybody selling, and what regulation takes off."""

from typing import Annotated, Any

import numpy as np

from xlmodel.collateral import basel, crypto, firesale
from xlmodel.errors import InputError
from xlmodel.functions.answer import Table
from xlmodel.functions.liquidation import CATEGORY, Headings, Number
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.maths.domain import Floats

Exposure = Annotated[Floats, Arg(Kind.NUMBER, "USD", "What is lent.")]
Collateral = Annotated[Floats, Arg(Kind.NUMBER, "USD", "Collateral at the mark.")]
CollateralHaircut = Annotated[Floats, Arg(Kind.NUMBER, "fraction", "Taken off the collateral.")]
ExposureHaircut = Annotated[Number, Arg(Kind.NUMBER, "fraction", "Added to what is lent.")]
CurrencyHaircut = Annotated[Number, Arg(Kind.NUMBER, "fraction", "For collateral in another currency.")]


def _fire_tape(
    unit_value: Any, shock: Any, depth: Any, units: Any, balance: Any, trigger: Any, target: Any, return_: str, _: bool
) -> Tape | None:
    if return_ != "price":
        return None
    end = firesale.fire_sale(unit_value, shock, depth, units, balance, trigger, target)
    sold = end.sold.sum(axis=-1)
    steps = (
        Step("+", "price before", np.asarray(unit_value)[..., None], "USD a unit"),
        Step("×", "kept by the shock", np.asarray(1 - shock)[..., None], "fraction"),
        Step("×", "kept by the sales", np.exp(-sold / depth)[..., None], "fraction", "e^(−units sold / depth)"),
    )
    return Tape(steps, "price after all sales", "USD a unit")


@worksheet(
    CATEGORY,
    Example((1, 0.08, 2000, (100, 100, 100), (85, 78, 60), 0.9), 0.875131070540657),
    "The best price consistent with who sells at it (Tarski's greatest fixed point); by hand only the first sells, "
    "0.92 · e^(−100 / 2000).",
    _fire_tape,
)
def XLMODEL_FIRE_SALE(
    unit_value: Annotated[Floats, Arg(Kind.LOAN, "USD a unit", "Price of one unit before the shock.")],
    shock: Annotated[Floats, Arg(Kind.LOAN, "fraction", "Share of the price lost before anyone sells.")],
    depth: Annotated[Floats, Arg(Kind.LOAN, "units", "Units that take the price down by 1/e.")],
    units: Annotated[Floats, Arg(Kind.SERIES, "units", "Units pledged to each lender.")],
    balance: Annotated[Floats, Arg(Kind.SERIES, "USD", "What each lender is owed.")],
    trigger_ltv: Annotated[Floats, Arg(Kind.SERIES, "fraction", "Loan to value above which a lender sells.")],
    target_ltv: Annotated[
        Floats | None, Arg(Kind.SERIES, "fraction", "Loan to value a seller restores; it sells everything if omitted.")
    ] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "The price, the units each lender sells, its uncovered debt, the rounds, or a table of the lenders.",
            ("price", "sold", "loss", "rounds", "all"),
        ),
    ] = "price",
    headings: Headings = True,
) -> Any:
    """Price at which a cascade of lenders' forced sales comes to rest.

    unit_value · (1 − shock) · e^(−units sold / depth); a lender sells when balance / (price · units) exceeds its
    trigger, which moves everyone's mark. A row or a column is the lenders of one market.
    """
    end = firesale.fire_sale(unit_value, shock, depth, units, balance, trigger_ltv, target_ltv)
    if return_ == "all":
        if end.sold.ndim > 1:
            raise InputError('return "all" shows the lenders of one market', "return")
        lenders = np.arange(end.sold.shape[-1]) + 1.0
        return Table.of({"lender": lenders, "price": end.price, "sold": end.sold, "loss": end.loss}, headings)
    if return_ in ("sold", "loss"):
        return getattr(end, return_)
    return np.asarray(getattr(end, return_), dtype=np.float64)[..., None]


def _crypto_tape(*arguments: Any) -> Tape:
    *of_haircut, return_ = arguments
    lost = crypto.crypto_haircut(*of_haircut)
    price = Step("+", "price move", lost.price, "fraction", "the quantile of the price on the day of the sale")
    slip = Step("+", "slippage", lost.total - lost.price, "fraction", "of what is left")
    return Tape((price,) if return_ == "price" else (price, slip), "haircut", "fraction of the mark")


@worksheet(
    CATEGORY,
    Example((0.65, 10, 0.99, 0.02), 0.24139895674013379),
    "Quantile of a lognormal price, 1 − exp((μ − σ²/2)τ − zσ√τ), and slippage on what is left; numpy's closed form "
    "gives 0.2259 before slippage.",
    _crypto_tape,
)
def XLMODEL_CRYPTO_HAIRCUT(
    annual_volatility: Annotated[Floats, Arg(Kind.NUMBER, "fraction a year", "Price volatility.")],
    days: Annotated[Floats, Arg(Kind.NUMBER, "days", "Cure period and liquidation time together.")],
    confidence: Annotated[
        Number, Arg(Kind.NUMBER, "fraction", "Share of outcomes in which the loss is contained.")
    ] = 0.99,
    slippage: Annotated[Number, Arg(Kind.NUMBER, "fraction", "Lost in the sale itself.")] = 0.0,
    drift_cc: Annotated[
        Number, Arg(Kind.NUMBER, "continuous, a year", "Growth of the expected price; a lender takes 0.")
    ] = 0.0,
    log_drift_cc: Annotated[
        Floats | None, Arg(Kind.NUMBER, "continuous, a year", "Drift of the logarithm, in place of drift_cc.")
    ] = None,
    degrees_of_freedom: Annotated[
        Floats | None, Arg(Kind.NUMBER, "degrees", "Of a Student-t move, above 2; normal if omitted.")
    ] = None,
    days_per_year: Annotated[Number, Arg(Kind.NUMBER, "days", "365 for a market that never closes.")] = 365.0,
    return_: Annotated[
        str, Arg(Kind.CHOICE, "", "With the slippage, or the price move alone.", ("total", "price"))
    ] = "total",
) -> Floats:
    """Haircut of a crypto collateral at a confidence, over the days until it is sold.

    1 − exp((drift − volatility² / 2) · years − quantile · volatility · √years), then slippage on what is left.
    """
    lost = crypto.crypto_haircut(
        annual_volatility, days, confidence, slippage, drift_cc, log_drift_cc, degrees_of_freedom, days_per_year
    )
    return lost.total if return_ == "total" else lost.price


def _supervisory(haircut: Any, known: Any, holding: Any, revaluation: Any, decay: Any, months: Any) -> tuple[Any, ...]:
    """The haircut for the holding period, then for the marks, then with decay."""
    held = basel.haircut_for_holding(haircut, known, holding)
    marked = basel.haircut_for_revaluation(held, holding, revaluation)
    return held, marked, basel.haircut_with_decay(marked, decay, np.asarray(months) / 12)


def _basel_tape(haircut: Any, known: Any, holding: Any, revaluation: Any, decay: Any, months: Any) -> Tape:
    held, marked, lost = _supervisory(haircut, known, holding, revaluation, decay, months)
    steps = (
        Step("+", "haircut", haircut, "fraction", "of the known holding period, marked daily"),
        Step("+", "for the holding period", held - haircut, "fraction", "√(holding_days / known_days)"),
        Step(
            "+", "for fewer marks", marked - held, "fraction", "√((revaluation_days + holding_days − 1) / holding_days)"
        ),
        Step("+", "for decay", lost - marked, "fraction", "of what is left, over months_to_sale"),
    )
    return Tape(steps, "haircut", "fraction")


@worksheet(
    CATEGORY,
    Example((0.08, 10, 20), 0.1131370849898476),
    "CRR Art. 224 and 226 and Basel Framework CRE22; the regulation's table gives 11.314 % for 8 % at 20 days.",
    _basel_tape,
)
def XLMODEL_BASEL_HAIRCUT(
    haircut: Annotated[Floats, Arg(Kind.NUMBER, "fraction", "Share of the value that a sale loses.")],
    known_days: Annotated[Number, Arg(Kind.NUMBER, "days", "Business days the haircut was set for.")] = 10.0,
    holding_days: Annotated[
        Number, Arg(Kind.NUMBER, "days", "Least business days held: 5 repos, 10 capital markets, 20 loans.")
    ] = 10.0,
    revaluation_days: Annotated[Number, Arg(Kind.NUMBER, "days", "Business days between marks.")] = 1.0,
    annual_decay_eff: Annotated[Number, Arg(Kind.NUMBER, "fraction a year", "Share of value lost in a year.")] = 0.0,
    months_to_sale: Annotated[Number, Arg(Kind.NUMBER, "months", "From default until the cash is in.")] = 0.0,
) -> Floats:
    """Supervisory haircut for another holding period and less frequent marks, and with the decay it leaves out.

    haircut · √(holding_days / known_days) · √((revaluation_days + holding_days − 1) / holding_days), then decay of what
    is left. The roots describe diffusion only. Neither GPUs nor bitcoin are eligible financial collateral.
    """
    return np.asarray(
        _supervisory(haircut, known_days, holding_days, revaluation_days, annual_decay_eff, months_to_sale)[-1]
    )


def _exposure_tape(exposure: Any, collateral: Any, haircut: Any, exposure_haircut: Any, currency: Any) -> Tape:
    left = basel.exposure_after_mitigation(exposure, collateral, haircut, exposure_haircut, currency)
    grossed = exposure * (1 + exposure_haircut)
    steps = (
        Step("+", "exposure", exposure, "USD"),
        Step("×", "one plus its haircut", 1 + exposure_haircut, "fraction"),
        Step("−", "collateral that counts", grossed - left, "USD", "after its haircuts, at most the exposure"),
    )
    return Tape(steps, "exposure after collateral", "USD")


@worksheet(
    CATEGORY,
    Example((100, 80, 0.2, 0, 0.08), 42.4),
    "Comprehensive approach, Basel Framework CRE22 and CRR Art. 223; by hand 100 − 80 · (1 − 0.2 − 0.08).",
    _exposure_tape,
)
def XLMODEL_EXPOSURE_AFTER_COLLATERAL(
    exposure: Exposure,
    collateral: Collateral,
    collateral_haircut: CollateralHaircut,
    exposure_haircut: ExposureHaircut = 0.0,
    currency_haircut: CurrencyHaircut = 0.0,
) -> Floats:
    """Exposure that is left after financial collateral, under the comprehensive approach.

    max(0, exposure · (1 + exposure_haircut) − collateral · (1 − collateral_haircut − currency_haircut)). Hardware and
    bitcoin do not count here.
    """
    return basel.exposure_after_mitigation(exposure, collateral, collateral_haircut, exposure_haircut, currency_haircut)


def _lgd_tape(
    exposure: Any, collateral: Any, haircut: Any, unsecured: Any, secured: Any, exposure_haircut: Any, currency: Any
) -> Tape:
    def covered(lgd: Any, other: Any) -> Floats:
        return basel.secured_lgd(exposure, collateral, haircut, lgd, other, exposure_haircut, currency)

    steps = (
        Step("+", "unsecured part", covered(unsecured, 0.0), "fraction", "unsecured_lgd, by the share not covered"),
        Step("+", "secured part", covered(0.0, secured), "fraction", "collateral_lgd, by the share covered"),
    )
    return Tape(steps, "loss given default", "fraction")


@worksheet(
    CATEGORY,
    Example((100, 60, 0.4), 0.346),
    "Foundation approach, CRR Art. 161 and 230; by hand 36 of 100 are secured, 0.64 · 0.40 + 0.36 · 0.25.",
    _lgd_tape,
)
def XLMODEL_SECURED_LGD(
    exposure: Exposure,
    collateral: Collateral,
    collateral_haircut: CollateralHaircut,
    unsecured_lgd: Annotated[Number, Arg(Kind.NUMBER, "fraction", "Loss given default of the unsecured part.")] = 0.4,
    collateral_lgd: Annotated[Number, Arg(Kind.NUMBER, "fraction", "Loss given default of the secured part.")] = 0.25,
    exposure_haircut: ExposureHaircut = 0.0,
    currency_haircut: CurrencyHaircut = 0.0,
) -> Floats:
    """Loss given default of a partly secured exposure, under the foundation approach.

    The unsecured and the collateral LGD, weighted by what the collateral covers after its haircuts. #DIV/0! where
    nothing is lent. Other physical collateral needs liquid markets and public prices to count.
    """
    return basel.secured_lgd(
        exposure, collateral, collateral_haircut, unsecured_lgd, collateral_lgd, exposure_haircut, currency_haircut
    )
