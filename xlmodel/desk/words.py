"""The words of the trade: what analysts call a field in labels, headers and names, and how they write its unit."""

import re
from functools import cache
from typing import Final

from xlmodel.desk import fields
from xlmodel.desk.fields import Known

_SAID: Final[dict[str, str]] = {
    "principal": "principal; loan amount; debt amount; facility amount; facility size; commitment; loan; loan size",
    "annual_rate": "interest rate; rate; coupon; all in rate; fixed rate; debt rate; nominal rate; loan rate",
    "margin": "margin; spread; credit spread; applicable margin; debt margin",
    "floor": "floor; index floor; rate floor; sofr floor; debt floor",
    "index": "index; base rate; reference rate; sofr; benchmark rate; debt index",
    "balloon": "balloon; balloon payment; residual debt; final payment; debt balloon",
    "type": "amortisation; amortization; repayment; repayment type; amortisation type; debt type; profile",
    "periods": "term; tenor; number of payments; number of periods; payments; loan term; debt periods; term periods",
    "frequency": "payments a year; payments per year; periods a year; payment frequency; frequency",
    "grace_periods": "grace period; grace periods; interest only; interest only periods; io periods; debt grace",
    "pik": "pik; pik share; capitalised interest",
    "units": "units; number of units; gpus; number of gpus; gpu count; quantity; machines; miners; asset units",
    "cost": "cost; purchase price; capex; total cost; acquisition cost; hardware cost; asset cost; equipment cost",
    "annual_decay_eff": "annual decay; decay; loss of market value; depreciation rate; value decay; "
    "annual loss of value; asset decay; decay rate",
    "salvage": "salvage; salvage value; residual value; scrap value; asset salvage",
    "day_one_loss": "day one loss; loss on first use; initial loss; asset day one",
    "rent": "rent; rental rate; price per gpu hour; hourly rate; list rent; rent per gpu hour; spot rent",
    "annual_deflation": "deflation; rent deflation; rent decline; annual rent decline; price decline; fall a year",
    "usage": "usage; utilisation; utilization; occupancy; uptime",
    "cash_cost": "cash cost; opex per gpu hour; operating cost per hour; cash opex; cost per gpu hour",
    "share": "contracted share; share contracted; share of the fleet; contract share",
    "price": "contract price; contracted rate; take or pay price; contract rate",
    "term_periods": "contract term periods; contract periods",
    "take_or_pay": "take or pay; take or pay share; contract take",
    "downtime_periods": "downtime; downtime periods; re letting periods",
    "covenant": "dscr covenant; covenant; minimum dscr covenant; default dscr; covenant dscr; dscr default level",
    "target_dscr": "target dscr; sizing dscr; dscr target; target; dscr the debt is sized to",
    "max_ltv": "max ltv; maximum ltv; ltv limit; ltv covenant; largest ltv on market value",
    "advance_rate": "advance rate; advance; max advance rate",
    "units_per_month_depth": "market depth; depth; units per month; absorption; sale depth",
    "months_to_sale": "months to sale; time to sale; months to sell; sale months; liquidation period",
    "condition": "condition; condition discount; sale condition; wear",
    "integration": "integration; integration discount; sale integration",
    "selling_pct": "selling cost; selling costs; sale selling; broker fee; selling expenses",
    "cost_per_unit": "removal cost; cost per unit removal; removal and transport; sale unit cost",
    "fixed_cost": "fixed cost of sale; legal cost; sale fixed; legal and other fixed cost",
    "discount_eff": "discount rate; sale discount; liquidation discount rate",
    "cfads": "cfads; cash flow available for debt service; cash available for debt service",
    "name": "deal; deal name; transaction; transaction name; project",
    "borrower": "borrower; obligor; debtor; borrower name",
    "purpose": "purpose; use of proceeds; purpose of the loan",
    "as_of": "as of; as of date; valuation date; date of analysis",
    "timeline.closing": "closing; closing date; close; financial close; drawdown date; start date",
    "timeline.maturity": "maturity; maturity date; final maturity",
    "timeline.first_payment": "first payment; first payment date",
    "assets[0].name": "hardware; asset; asset name; model; gpu model; equipment",
    "assets[0].useful_life": "useful life; useful life in the books; asset life; depreciable life; book life",
    "assets[0].power": "power; power draw; power per unit; asset power",
    "assets[0].market_value": "market value; fair market value; fmv; appraised value",
    "debt[0].name": "tranche; tranche name; debt name; facility",
    "debt[0].day_count": "day count; day count convention",
    "contracts[0].name": "customer; offtaker; tenant; contract name",
    "contracts[0].term": "contract term; contract length; offtake term",
    "contracts[0].amount": "contract amount; contract value; contracted revenue; amount over the term",
    "contracts[0].prepayment.amount": "prepayment; prepaid; customer prepayment",
    "contracts[0].prepayment.credit_from_month": "prepaid from; credited from month",
    "contracts[0].prepayment.credit_to_month": "prepaid to; credited until month",
    "opex.project_margin": "project margin; ebitda margin; operating margin",
    "opex.power_price": "power price; price of power; electricity price; power cost",
    "opex.pue": "pue; power usage effectiveness",
    "opex.fixed": "fixed opex; fixed cost site staff insurance; fixed operating cost",
    "tax.rate": "tax rate; income tax rate; corporate tax rate",
    "tax.tax_life": "tax life; tax depreciation straight line; tax depreciation life; life for tax",
    "covenants[0].lockup": "lock up dscr; lockup dscr; dscr lock up; distribution lock up; lockup",
    "sale.annual_decay": "loss of value meanwhile; sale decay",
    "claim": "claim; exposure at default; ead",
}

_RESULTS: Final[dict[str, tuple[str, str]]] = {
    "min_dscr": ("x", "minimum dscr; min dscr; lowest dscr; dscr min; dscr minimum"),
    "llcr_at_close": ("x", "llcr; llcr at close; llcr at closing; loan life coverage ratio; loan life cover ratio"),
    "ltv_nominal_at_close": (
        "fraction",
        "ltv; ltv at close; ltv at closing; loan to value; ltv on cost; loan to cost; ltc",
    ),
    "ltv_adjusted_at_close": ("fraction", "adjusted ltv; ltv on market value; market ltv; depreciation adjusted ltv"),
    "ltv_liquidation_at_close": ("fraction", "liquidation ltv; ltv on liquidation value; ltv on nolv"),
    "worst_ltv_adjusted": ("fraction", "worst ltv; maximum ltv over life; peak ltv"),
    "debt_capacity": ("USD", "debt capacity; maximum debt; max debt; sized debt; supportable debt"),
    "dscr": ("x", "dscr; debt service coverage ratio; debt service cover ratio"),
    "debt_service": ("USD", "debt service; total debt service"),
    "closing": ("USD", "closing balance; balance outstanding; closing debt; loan balance; debt outstanding"),
    "interest": ("USD", "interest; interest paid; interest expense"),
    "market_value": ("USD", "market value of collateral; collateral value"),
}
PATHS: Final = ("dscr", "debt_service", "closing", "interest", "market_value")
"""Results with one number a period."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_BRACKETS: Final = re.compile(r"[(\[].*?[)\]]")
_NOISE: Final = frozenset(
    {"in", "inp", "input", "inputs", "out", "the", "of", "assumption", "assumptions", "total", "rng"}
)
_UNITS: Final = (
    (re.compile(r"(?:usd|us\$|\$)\s*(?:bn|b|billion)\b"), "USD bn"),
    (re.compile(r"(?:usd|us\$|\$)\s*(?:m|mm|mn|million|millions)\b"), "USD m"),
    (re.compile(r"(?:usd|us\$|\$)\s*(?:k|000s?|thousands?)|\$?'000s?"), "USD k"),
    (re.compile(r"\bbps?\b|basis points"), "bp"),
    (re.compile(r"%|per ?cent|\bpct\b"), "%"),
    (re.compile(r"\b(?:years?|yrs?)\b"), "years"),
    (re.compile(r"\b(?:months?|mths?)\b"), "months"),
)


def spoken(text: str) -> str:
    """Return a label, header or name as plain words: no case, no brackets, no words that say nothing.

    >>> spoken("Interest rate (% p.a.):"), spoken("in_LoanAmount"), spoken("GPUs")
    ('interest rate', 'loan amount', 'gpus')
    """
    bare = _CAMEL.sub(" ", _BRACKETS.sub(" ", text)).casefold().replace("_", " ")
    words = re.findall(r"[^\W_]+", bare)
    kept = [word for word in words if word not in _NOISE]
    return " ".join(kept or words)


@cache
def meanings() -> dict[str, Known]:
    """Return the fields by each of the words they go by."""
    found: dict[str, Known] = {}
    for field in fields.known():
        said = _SAID.get(field.column) or _SAID.get(field.key) or ""
        for phrase in (*said.split(";"), field.column):
            if phrase.strip():
                found.setdefault(spoken(phrase), field)
    # A path in words is a name people give to cells: debt_rate, asset_cost, sale_months_to_sale.
    for field in fields.known():
        if field.key and not field.key.endswith("[]"):
            found.setdefault(spoken(field.help), field)
            found.setdefault(spoken(re.sub(r"\[\d*\]|\.", " ", field.key)), field)
            found.setdefault(spoken(re.sub(r"s?\[\d*\]|\.", " ", field.key)), field)
    return found


@cache
def results() -> dict[str, str]:
    """Return the names of results by each of the words they go by."""
    return {spoken(phrase): name for name, (_, said) in _RESULTS.items() for phrase in (*said.split(";"), name)}


def unit_of_result(name: str) -> str:
    """Return the base unit of a result, empty for one nobody looks for."""
    return _RESULTS[name][0] if name in _RESULTS else ""


def unit_said(texts: tuple[str, ...], base: str) -> str | None:
    """Return the unit that a label or a neighbour states, if it is one of those beside `base`.

    >>> unit_said(("Loan amount (USD m)",), "USD"), unit_said(("Margin", "bps"), "fraction a year")
    ('USD m', 'bp a year')
    """
    allowed = fields.units_beside(base)
    for text in texts:
        if text in allowed:
            return text
    for text in texts:
        for pattern, unit in _UNITS:
            if pattern.search(text.casefold()):
                for spelled in (unit, f"{unit} a year", f"{unit} a unit"):
                    if spelled in allowed:
                        return spelled
    return None
