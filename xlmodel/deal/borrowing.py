"""The borrowing base certificate of a deal: which assets count, which rule keeps one out, what may be drawn."""

from dataclasses import dataclass
from typing import Any, Final

from xlmodel.collateral.borrowing_base import BorrowingBase, borrowing_base
from xlmodel.collateral.eligibility import Rule, eligibility
from xlmodel.deal.inputs import Deal, Pledged
from xlmodel.deal.quantity import amount, given
from xlmodel.errors import InputError

NO_LIEN: Final = "no first lien"
PAST_DUE: Final = "past due"
FOREIGN: Final = "country not accepted"
NO_WAIVER: Final = "no waiver of the site"
STALE: Final = "appraisal too old"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A borrowing base as of the deal's date.

    Attributes
    ----------
    excluded_by
        Of each asset the first rule it fails, None where it counts.
    base
        What is eligible, advanced and available, as the engine gives it.
    """

    excluded_by: tuple[str | None, ...]
    base: BorrowingBase


def certificate(deal: Deal, drawn: float) -> Certificate:
    """Return the borrowing base of a deal of which so much is drawn, USD.

    Raises
    ------
    InputError
        A deal without a borrowing base.
    """
    terms = deal.borrowing_base
    if terms is None:
        raise InputError("borrowing_base is missing: the deal describes none", "borrowing_base")
    excluded = tuple(_excluded(deal, asset) for asset in deal.pledged)
    value = [asset.value.value for asset in deal.pledged]
    limit = given(terms.concentration_limit)
    base = borrowing_base(
        value,
        [v if out else amount(a.ineligible) for v, out, a in zip(value, excluded, deal.pledged, strict=True)],
        [asset.advance_rate.value for asset in deal.pledged],
        sum(reserve.amount.value for reserve in deal.reserves),
        given(terms.commitment),
        drawn + amount(terms.letters_of_credit),
        None if limit is None else [asset.obligor for asset in deal.pledged],
        limit,
    )
    return Certificate(excluded, base)


def rules(deal: Deal, asset: Pledged) -> list[Rule]:
    """Return the rules that an asset has to pass, in the order in which a failure is named."""
    terms, found = deal.borrowing_base, []
    assert terms is not None  # noqa: S101  the certificate has terms
    if terms.first_lien:
        found.append(Rule(NO_LIEN, "first_lien", "is_true"))
    if asset.kind == "receivable":
        if terms.most_days_past_due is not None:
            found.append(Rule(PAST_DUE, "days_past_due", "at_most", terms.most_days_past_due.value))
        if terms.countries:
            found.append(Rule(FOREIGN, "country", "one_of", list(terms.countries)))
    if asset.kind == "hardware":
        if terms.waiver:
            found.append(Rule(NO_WAIVER, "waiver", "is_true"))
        if terms.appraisal_days is not None:
            found.append(Rule(STALE, "appraisal_days", "at_most", terms.appraisal_days.value))
    return found


def _excluded(deal: Deal, asset: Pledged) -> str | None:
    facts: dict[str, Any] = {
        "first_lien": asset.first_lien,
        "days_past_due": given(asset.days_past_due),
        "country": asset.country,
        "waiver": asset.waiver,
        "appraisal_days": None if asset.appraised is None else float((deal.as_of - asset.appraised).days),
    }
    return eligibility({name: [fact] for name, fact in facts.items()}, rules(deal, asset)).excluded_by[0]
