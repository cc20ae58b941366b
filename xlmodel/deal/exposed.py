"""What a deal hangs on beyond its base case, in sentences: contracts alone, a customer that fails, the index."""

import numpy as np

from xlmodel.deal.offtake import offtake
from xlmodel.deal.rates import rates
from xlmodel.deal.results import Results
from xlmodel.deal.wording import day, money

_ROUNDING = 1e-9
_CENT = 0.005


def exposed(analysis: Results) -> list[str]:
    """Return the findings, worst first; none of a deal without contracts and floating debt."""
    return [*_contracts(analysis), *_shifted(analysis)]


def _contracts(analysis: Results) -> list[str]:
    """When contracts alone stop paying, and what a customer that fails leaves unpaid."""
    if not analysis.deal.contracts:
        return []
    found = offtake(analysis)
    due, kept = analysis.debt_service, found.contracted - found.costs
    alone = (due > 0) & (kept < due * (1 - _ROUNDING))
    whole = (due > 0) & (analysis.cfads < due * (1 - _ROUNDING))
    said = []
    # Where all cash is short too, that has been said, and worse.
    if (alone & ~whole).any():
        first = int(np.argmax(alone & ~whole))
        part = f"{kept[first] / due[first]:.2f}x" if kept[first] > 0 else "nothing"
        said.append(
            f"Contracts alone pay {part} of the debt service in the period ending "
            f"{day(analysis.dates[first])}; what is missing then is rent that nobody has signed for."
        )
    for contract, customer in zip(analysis.deal.contracts, found.customers, strict=True):
        if customer is not None and float(customer.expected.sum()) > _CENT:
            worst = int(np.argmax(customer.short * (customer.expected > 0)))
            said.append(
                f"If the customer of {contract.name} fails, up to {money(float(customer.short[worst]))} stay unpaid by "
                f"termination payment and hardware, on {day(analysis.dates[worst])}; by its odds that costs "
                f"{money(float(customer.expected.sum()))}."
            )
    return said


def _shifted(analysis: Results) -> list[str]:
    """Whether a higher index brings the coverage below 1."""
    shifted = rates(analysis)
    if shifted is None:
        return []
    base = shifted.dscr_hedged[shifted.shifts.index(0.0)]
    if np.isnan(base).all() or float(np.nanmin(base)) < 1 - _ROUNDING:
        return []
    for shift, ratio in zip(shifted.shifts, shifted.dscr_hedged, strict=True):
        lowest = float(np.nanmin(ratio))
        if shift > 0 and lowest < 1 - _ROUNDING:
            swap = ", swap included" if shifted.swap is not None else ""
            return [
                f"An index {shift * 1e4:.0f} basis points higher brings the lowest {analysis.coverage_name} to "
                f"{lowest:.2f}x{swap}."
            ]
    return []
