"""One deal, analysed: its numbers, and what reads them."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

from xlmodel.deal.inputs import Deal
from xlmodel.deal.rates import Rates, rates
from xlmodel.deal.results import Results, analyse_stack
from xlmodel.deal.stack import loan
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.verdict import verdict


@dataclass(frozen=True)
class Analysis(Results):
    """The numbers of one deal, each array without a leading axis, and what they mean."""

    @cached_property
    def rates(self) -> Rates | None:
        """What a shift of the base rate does; None where no tranche floats."""
        return rates(self)

    @cached_property
    def verdict(self) -> list[str]:
        """What it all means, in sentences, worst first."""
        return verdict(self)


def analyse(deal: Deal, market: Market = BASE) -> Analysis:
    """Return the numbers of a deal.

    Parameters
    ----------
    deal
        The description, as `xlmodel.deal.load` reads it from a file.
    market
        What the market does to it, one path; nothing unless given.

    Raises
    ------
    ModelError
        Inputs that are each possible but have no answer together, such as a payment below the interest.

    Examples
    --------
    >>> from xlmodel.deal import read
    >>> def n(value, unit):
    ...     return {"value": value, "unit": unit, "source": "assumption"}
    >>> deal = read({
    ...     "name": "A", "borrower": "B", "purpose": "C", "as_of": "2025-12-31",
    ...     "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 2},
    ...     "assets": [{"name": "GPUs", "units": n(100, "units"), "cost": n(5, "USD m"),
    ...                 "useful_life": n(5, "years"), "annual_decay": n(40, "% a year")}],
    ...     "cash": {"name": "Cash", "amount": n(2.4, "USD m a year")},
    ...     "debt": [{"name": "Loan", "amount": n(4, "USD m"), "rate": n(10, "% a year"), "amortisation": "straight"}],
    ... })
    >>> found = analyse(deal)
    >>> found.dscr.round(4).tolist(), found.ltv_adjusted.round(4).tolist()
    ([1.0, 1.0909], [0.6667, 0.0])
    """
    return one_of(analyse_stack(deal, 1, market=market), deal)


def one_of(results: Results, deal: Deal, row: int = 0) -> Analysis:
    """Return one loan of a stack as the analysis of its own description."""
    found = loan(results, row)
    numbers = {field.name: getattr(found, field.name) for field in fields(Results)}
    numbers["deal"] = deal
    numbers["covenants"] = tuple(replace(t, record=c) for t, c in zip(found.covenants, deal.covenants, strict=True))
    numbers["measures"] = tuple((m, value) for m, (_, value) in zip(deal.measures, found.measures, strict=True))
    return Analysis(**numbers)
