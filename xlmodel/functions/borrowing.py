"""Liquidation: what may be drawn today, and what brings a loan back."""

from typing import Annotated, Any

import numpy as np

from xlmodel.collateral import borrowing_base, margin
from xlmodel.collateral.concentration import ConcentrationBasis
from xlmodel.functions.answer import Table
from xlmodel.functions.lending_value import Balance
from xlmodel.functions.liquidation import CATEGORY, Headings, Number
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.maths.domain import Floats

_POOLS = tuple(map(str, ConcentrationBasis))
_POOL = ("base", "line", "availability", "deficiency")
_ASSET = ("excess", "eligible", "advance")
_CURES = ("cash", "collateral", "sale", "proceeds", "balance_after", "value_after", "shortfall", "ltv")


def _base_tape(*arguments: Any) -> Tape | None:
    """From what there is to what may be drawn; the sums are over the assets of a pool."""
    *of_base, return_, basis, _ = arguments
    found = borrowing_base.borrowing_base(*[*of_base, basis])
    gross, ineligible, drawn = (np.asarray(of_base[i], dtype=np.float64) for i in (0, 1, 5))
    shape = np.broadcast_shapes(np.shape(found.eligible), gross.shape)
    gross, ineligible, excess, eligible, advance = (
        np.broadcast_to(x, shape) for x in (gross, ineligible, found.excess, found.eligible, found.advance)
    )
    to_eligible = (
        Step("+", "gross", gross, "USD"),
        Step("−", "ineligible", ineligible, "USD"),
        Step("−", "above the concentration limit", excess, "USD", basis),
    )
    not_advanced = Step("−", "not advanced", eligible - advance, "USD", "1 − advance_rate, of what is eligible")
    if return_ in _ASSET:
        if return_ == "excess":
            return None
        return Tape(to_eligible if return_ == "eligible" else (*to_eligible, not_advanced), return_, "USD")

    def pool(amount: Any) -> Floats:
        return np.asarray(np.broadcast_to(amount, np.shape(found.reserves)))[..., None]

    pooled = tuple(
        Step(s.sign, s.name, pool(s.value.sum(axis=-1)), s.unit, s.how) for s in (*to_eligible, not_advanced)
    )
    unpaid = found.base - (advance.sum(axis=-1) - found.reserves)
    to_base = (
        *pooled,
        Step("−", "reserves", pool(found.reserves), "USD"),
        Step("+", "reserves beyond the advance", pool(unpaid), "USD", "the base is never below 0"),
    )
    to_line = (*to_base, Step("−", "beyond the commitment", pool(found.base - found.line), "USD"))
    to_rest = (*to_line, Step("−", "loans and letters of credit", pool(drawn), "USD"))
    to_deficiency = (
        *to_rest,
        Step("−", "available", pool(np.maximum(found.availability, 0.0)), "USD", "a deficiency is what is missing"),
        Step("×", "turned round", -1.0),
    )
    steps = {"base": to_base, "line": to_line, "deficiency": to_deficiency}.get(return_, to_rest)
    total = "availability" if return_ == "all" else return_
    return Tape(steps, total, "USD", total if return_ == "all" else None)


@worksheet(
    CATEGORY,
    Example(
        (
            (20e6, 3e6, 1e6, 1e6, 10e6),
            0,
            (0.8, 0.85, 0.85, 0.85, 0.5),
            0.5e6,
            30e6,
            25e6,
            ("", "A", "B", "C", ""),
            0.25,
        ),
        -1737500.0,
    ),
    "Terms of the OCC handbook on asset-based lending; by hand 16 + 0.85 · (1.25 + 1 + 1) + 5 − 0.5 = 23.2625 million "
    "against 25 drawn, A being limited to a quarter of 5.",
    _base_tape,
)
def XLMODEL_BORROWING_BASE(
    gross: Annotated[
        Floats, Arg(Kind.SERIES, "USD", "Value of each asset on the basis its advance rate is meant for.")
    ],
    ineligible: Annotated[Floats, Arg(Kind.SERIES, "USD", "Part of each asset that fails a rule.")],
    advance_rate: Annotated[Floats, Arg(Kind.SERIES, "fraction", "Share of the liquidation value that is lent.")],
    reserves: Annotated[
        Number, Arg(Kind.LOAN, "USD", "Rent, dilution, priority claims and blocks, their sum for the pool.")
    ] = 0.0,
    commitment: Annotated[Floats | None, Arg(Kind.LOAN, "USD", "Size of the facility; no limit if omitted.")] = None,
    loans_and_lcs: Annotated[Number, Arg(Kind.LOAN, "USD", "Loans and letters of credit outstanding.")] = 0.0,
    obligor: Annotated[
        list[str] | None, Arg(Kind.LABELS, "", "Who owes each asset; blank where nobody in particular does.")
    ] = None,
    concentration_limit: Annotated[
        Floats | None, Arg(Kind.LOAN, "fraction", "Largest share of one obligor in the pool.")
    ] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "One figure of the pool, one of every asset, or all of the pool with their headings.",
            ("availability", "base", "line", "deficiency", "excess", "eligible", "advance", "all"),
        ),
    ] = "availability",
    concentration_basis: Annotated[
        str,
        Arg(Kind.CHOICE, "", "The pool of which an obligor's share is limited.", _POOLS),
    ] = "gross eligible before exclusion",
    headings: Headings = True,
) -> Any:
    """Borrowing base of a pool of assets and what may still be drawn under it.

    min(commitment, max(0, Σ advance_rate · (gross − ineligible − excess) − reserves)) − loans_and_lcs. Negative is a
    deficiency, which must be repaid. A row or a column is the assets of one pool; a table is pools down, assets across.
    """
    found = borrowing_base.borrowing_base(
        gross, ineligible, advance_rate, reserves, commitment, loans_and_lcs, obligor, concentration_limit,
        concentration_basis,
    )  # fmt: skip
    if return_ in _ASSET:
        return getattr(found, return_)
    if return_ in _POOL:
        return np.broadcast_to(getattr(found, return_), np.shape(found.reserves))[..., None]
    pool = {name: np.asarray(getattr(found, name)).sum(axis=-1) for name in _ASSET}
    return Table.of({**pool, "reserves": found.reserves, **{name: getattr(found, name) for name in _POOL}}, headings)


def _call_tape(
    balance: Any, value: Any, target_ltv: Any, discount: Any, call_ltv: Any, return_: str, headings: bool
) -> Tape | None:
    del headings
    found = margin.margin_call(balance, value, target_ltv, discount, call_ltv)
    if not found.called or return_ not in ("cash", "collateral", "sale", "all"):
        return None
    cash = (Step("+", "balance", balance, "USD"), Step("−", "target loan", target_ltv * value, "USD", "target · value"))
    if return_ == "collateral":
        needed = (Step("+", "balance", balance, "USD"), Step("÷", "target loan to value", target_ltv, "fraction"))
        return Tape((*needed, Step("−", "value", value, "USD")), "collateral to add", "USD")
    if return_ == "sale":
        gain = Step("÷", "debt repaid beyond what the target loses", 1 - discount - target_ltv, "fraction")
        return Tape((*cash, gain), "collateral to sell", "USD")
    return Tape(cash, "cash to repay", "USD", "cash" if return_ == "all" else None)


@worksheet(
    CATEGORY,
    Example((60, 75, 0.65, 0.1, None, "sale"), 45.0),
    "By hand (60 − 0.65 · 75) / (1 − 0.1 − 0.65): a sale needs 60 % of the pool where cash needs 11.25.",
    _call_tape,
)
def XLMODEL_MARGIN_CALL(
    balance: Balance,
    value: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Collateral at the mark.")],
    target_ltv: Annotated[Floats, Arg(Kind.NUMBER, "fraction", "Loan to value to be restored.")],
    discount: Annotated[Number, Arg(Kind.NUMBER, "fraction", "Share of the mark that a sale loses.")] = 0.0,
    call_ltv: Annotated[
        Floats | None, Arg(Kind.NUMBER, "fraction", "Loan to value above which a call is made; the target if omitted.")
    ] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "One way to cure the call, what is left after the sale, whether there is a call, or all numbers.",
            (*_CURES, "called", "all"),
        ),
    ] = "cash",
    headings: Headings = True,
) -> Any:
    """Cure of a margin call in cash, in further collateral or by a sale.

    cash = balance − target · value; collateral = balance / target − value; sale = cash / (1 − discount − target). 0
    where nothing is called, #NUM! where no partial sale cures it: then everything is sold, and shortfall says what
    stays owed.
    """
    found = margin.margin_call(balance, value, target_ltv, discount, call_ltv)
    if return_ == "all":
        return Table.of({name: getattr(found, name) for name in _CURES}, headings)
    return getattr(found, return_)


def _price_tape(balance: Any, units: Any, ltv: Any) -> Tape | None:
    if not balance:
        return None
    steps = (
        Step("+", "balance", balance, "USD"),
        Step("÷", "units", units, "units"),
        Step("÷", "loan to value", ltv, "fraction"),
    )
    return Tape(steps, "price", "USD a unit")


@worksheet(
    CATEGORY,
    Example((50e6, 1000, 0.8), 62500.0),
    "The price at which balance over units at the price is the level; by hand 50,000 a unit / 0.8.",
    _price_tape,
)
def XLMODEL_CALL_PRICE(
    balance: Balance,
    units: Annotated[Floats, Arg(Kind.NUMBER, "units", "Units pledged, such as bitcoin.")],
    ltv: Annotated[Floats, Arg(Kind.NUMBER, "fraction", "Loan to value of the call, or of liquidation.")],
) -> Floats:
    """Price of a unit of collateral at which a margin call, or liquidation, comes.

    balance / (units · ltv). 0 where nothing is owed, #DIV/0! where something is owed on nothing.
    """
    return margin.call_price(balance, units, ltv)
