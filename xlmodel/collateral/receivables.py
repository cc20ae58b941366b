"""Which receivables count: every dollar is eligible or in exactly one ineligible bucket, the first that takes it.

An invoice that fails a rule of its own (unbilled, past due, too old, foreign) is out as a whole. Then its customer is
looked at: one who is late with too much of its account is out altogether, one who is owed money itself (a prepayment, a
deposit, a payable) will set it off, and one who is too much of the pool is cut to its share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.concentration import concentration_excess, sum_by_group
from xlmodel.collateral.eligibility import Rule, eligibility
from xlmodel.errors import NO_SALES, InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, series

UNBILLED: Final = "unbilled"
PAST_DUE: Final = "past due"
TOO_OLD: Final = "invoice too old"
FOREIGN: Final = "foreign"
CROSS_AGED: Final = "cross-aged"
CONTRA: Final = "contra"
CONCENTRATION: Final = "concentration"


@dataclass(frozen=True, slots=True)
class Receivables:
    """A book of invoices taken apart, invoices on the last axis.

    Attributes
    ----------
    eligible
        What counts of each invoice, money.
    ineligible
        What each bucket takes of each invoice, money, in the order of the rules. With the eligible part they add up to
        the invoice.
    first
        Place of the first bucket that takes anything of an invoice or whose rule it fails; −1 where none does.
    unused_contra
        What customers are owed beyond the invoices that were left to set it off against, money, in the order in
        which the customers first appear.
    """

    eligible: Floats
    ineligible: dict[str, Floats]
    first: npt.NDArray[np.intp]
    unused_contra: dict[Any, Floats]

    @property
    def excluded_by(self) -> npt.NDArray[np.object_]:
        """Name of the first bucket of each invoice, None where all of it is eligible."""
        return np.array([*self.ineligible, None], dtype=np.object_)[self.first]

    @property
    def totals(self) -> dict[str, Floats]:
        """What each bucket takes of the book, money."""
        return {name: np.asarray(part.sum(axis=-1)) for name, part in self.ineligible.items()}


def receivable_rules(
    past_due_days: float | None = None,
    invoice_age_days: float | None = None,
    countries: Sequence[str] | None = None,
    billed: bool = True,
) -> list[Rule]:
    """Return the usual rules for a single invoice, in the usual order; what is left out is not tested.

    Parameters
    ----------
    past_due_days
        Most days after the due date; tests the column `days_past_due`.
    invoice_age_days
        Most days after the invoice date; tests `invoice_age_days`.
    countries
        Where a customer may sit; tests `country`.
    billed
        Whether an invoice must have been sent; tests `billed`.

    Examples
    --------
    >>> [rule.name for rule in receivable_rules(60, 90, ["US"])]
    ['unbilled', 'past due', 'invoice too old', 'foreign']
    """
    found = [Rule(UNBILLED, "billed", "is_true")] if billed else []
    if past_due_days is not None:
        found.append(Rule(PAST_DUE, "days_past_due", "at_most", past_due_days))
    if invoice_age_days is not None:
        found.append(Rule(TOO_OLD, "invoice_age_days", "at_most", invoice_age_days))
    if countries is not None:
        found.append(Rule(FOREIGN, "country", "one_of", list(countries)))
    return found


def eligible_receivables(
    amount: npt.ArrayLike,
    customers: Sequence[Any],
    invoices: Mapping[str, Sequence[Any] | npt.NDArray[Any]],
    rules: Sequence[Rule],
    cross_age: float | None = None,
    contra: Mapping[Any, npt.ArrayLike] | None = None,
    concentration_limit: npt.ArrayLike | None = None,
    concentration_basis: str = "gross eligible before exclusion",
) -> Receivables:
    """Take a book of invoices apart into what counts and what each rule keeps out.

    Parameters
    ----------
    amount
        Open amount of each invoice, money, at least 0, invoices on the last axis. A credit is no invoice: it belongs
        to `contra`.
    customers
        Who owes each invoice; a blank (None or empty text) stands for a customer of its own.
    invoices
        Columns the rules test, one entry an invoice.
    rules
        Conditions on a single invoice, as `receivable_rules` gives them, in the order in which a failure is named.
    cross_age
        Largest share of its billed account that a customer may have out for the rules "past due" and "invoice too
        old", 0 to 1; above it, all of the customer is out. Not tested when left out.
    contra
        What each customer is owed, money, at least 0: taken from what is left of its invoices, in proportion.
    concentration_limit
        Largest share of one customer in what is left, 0 to 1. No limit when left out.
    concentration_basis
        The pool the share is of, as in `xlmodel.collateral.concentration`.

    Returns
    -------
    Receivables
        An invoice whose entry is missing fails the rule: what is not known to pass is not lent against.

    Raises
    ------
    InputError
        Customers or columns that do not match the invoices, money owed to somebody who has no invoice, two rules of
        one name.

    Notes
    -----
    Ineligibles as in the OCC's *Asset-Based Lending* handbook; limits are the lender's policy and have no default.

    Examples
    --------
    B is late with 60 of 100, so its other 40 is out too; A has prepaid 30:

    >>> book = eligible_receivables(
    ...     [100, 50, 60, 40], ["A", "A", "B", "B"],
    ...     {"billed": [True, False, True, True], "days_past_due": [10, 0, 95, 5]},
    ...     receivable_rules(past_due_days=90), cross_age=0.5, contra={"A": 30})
    >>> book.eligible.tolist(), book.excluded_by.tolist()
    ([70.0, 0.0, 0.0, 0.0], ['contra', 'unbilled', 'past due', 'cross-aged'])
    """
    open_, names = series("amount", amount, 0), [rule.name for rule in rules]
    count = open_.shape[-1]
    if len(set(names)) < len(names) or {CROSS_AGED, CONTRA, CONCENTRATION} & set(names):
        raise InputError("rules must have names of their own: each names a bucket", "rules")
    if len(customers) != count:
        raise InputError(f"customers must name {count} invoices, got {len(customers)}", "customers")
    failures = np.zeros((0, count), dtype=np.bool_)
    if rules:
        failures = eligibility(invoices, rules).failures
    if failures.shape[-1] != count:
        raise InputError(f"the columns of invoices must have {count} entries, got {failures.shape[-1]}", "invoices")
    accounts, place = _accounts(customers)
    out = [np.broadcast_to(failed, open_.shape) for failed in failures]
    buckets, left = {}, open_
    for name, failed in zip(names, out, strict=True):
        buckets[name] = np.where(failed, left, 0.0)
        left = left - buckets[name]
    if cross_age is not None:
        late = _late_accounts(open_, dict(zip(names, failures, strict=True)), place, len(accounts), cross_age)
        out.append(late[..., place])
        buckets[CROSS_AGED] = np.where(out[-1], left, 0.0)
        left = left - buckets[CROSS_AGED]
    unused: dict[Any, Floats] = {}
    if contra is not None:
        owed = _owed(accounts, contra)
        account = sum_by_group(left, place, len(accounts))
        taken = np.minimum(owed, account)
        share = np.where(account > 0, taken / np.where(account > 0, account, 1.0), 0.0)
        buckets[CONTRA] = np.minimum(left * share[..., place], left)
        out.append(buckets[CONTRA] > 0)
        left = left - buckets[CONTRA]
        unused = {who: (owed - taken)[..., i] for i, who in enumerate(accounts) if who in contra}
    if concentration_limit is not None:
        limit = real("concentration_limit", concentration_limit, 0, 1)
        labels = [f"account {i}" for i in place.tolist()]
        excess = concentration_excess(left, limit, labels, concentration_basis).excess
        buckets[CONCENTRATION] = np.minimum(excess, left)
        out.append(buckets[CONCENTRATION] > 0)
        left = left - buckets[CONCENTRATION]
    shape = broadcast(eligible=left, **buckets)
    taken_by = np.stack([np.broadcast_to(each, shape) for each in out]) if out else np.zeros((1, *shape), np.bool_)
    first = np.where(taken_by.any(axis=0), taken_by.argmax(axis=0), -1)
    parts = {name: np.broadcast_to(part, shape).copy() for name, part in buckets.items()}
    return Receivables(np.broadcast_to(left, shape).copy(), parts, first, unused)


def dilution_reserve(
    eligible: npt.ArrayLike, credited: npt.ArrayLike, sales: npt.ArrayLike, covered: npt.ArrayLike
) -> Floats:
    """Reserve for what customers will not pay in cash: credits, returns, service-level penalties.

    ``R = max(0, credited / sales − covered) · eligible``

    Parameters
    ----------
    eligible
        Receivables that count, money, at least 0.
    credited, sales
        Non-cash reductions and gross sales over the same look-back, money, at least 0.
    covered
        Dilution that the advance rate already provides for, 0 to 1: the lender's policy, often 5 %.

    Returns
    -------
    Array
        Undefined (`NO_SALES`) where nothing was sold. Never more than the receivables.

    Raises
    ------
    RangeError
        A negative amount, a share outside 0 to 1, more credited than sold.

    Notes
    -----
    OCC, *Asset-Based Lending*: dilution above what the advance rate covers lowers what is lent, point for point.

    Examples
    --------
    >>> float(dilution_reserve(1000, 16, 200, 0.05))
    30.0
    """
    pool, lost = real("eligible", eligible, 0), real("credited", credited, 0)
    sold, free = real("sales", sales, 0), real("covered", covered, 0, 1)
    broadcast(eligible=pool, credited=lost, sales=sold, covered=free)
    if np.any((lost > sold) & (sold > 0)):
        raise RangeError("credited must be at most sales: more cannot be credited than was sold", "credited")
    dilution = np.where(sold > 0, lost / np.where(sold > 0, sold, 1.0), NO_SALES.nan)
    return np.where(sold > 0, np.maximum(dilution - free, 0.0) * pool, NO_SALES.nan)


def _accounts(customers: Sequence[Any]) -> tuple[list[Any], npt.NDArray[np.intp]]:
    """Return the customers in order of appearance and the place of each invoice's customer among them."""
    found: dict[Any, int] = {}
    place = []
    for i, who in enumerate(customers):
        blank = who is None or who != who or who == ""
        place.append(found.setdefault(("an invoice without a customer", i) if blank else who, len(found)))
    return list(found), np.array(place, dtype=np.intp)


def _late_accounts(
    amounts: Floats, failures: Mapping[str, npt.NDArray[np.bool_]], place: npt.NDArray[np.intp], count: int, most: float
) -> npt.NDArray[np.bool_]:
    share = float(real("cross_age", most, 0, 1))
    never = np.zeros(place.size, dtype=np.bool_)
    billed = ~failures.get(UNBILLED, never)
    late = billed & (failures.get(PAST_DUE, never) | failures.get(TOO_OLD, never))
    account, behind = (sum_by_group(np.where(kind, amounts, 0.0), place, count) for kind in (billed, late))
    return np.asarray(behind > share * account * (1 + 1e-12))


def _owed(accounts: Sequence[Any], contra: Mapping[Any, npt.ArrayLike]) -> Floats:
    strangers = [who for who in contra if who not in accounts]
    if strangers:
        raise InputError(f"contra names {strangers[0]!r}, who owes no invoice", "contra")
    columns = {who: real("contra", owed, 0) for who, owed in contra.items()}
    shape = np.broadcast_shapes(*(column.shape for column in columns.values()))
    return np.stack([np.broadcast_to(columns.get(who, np.zeros(())), shape) for who in accounts], axis=-1)
