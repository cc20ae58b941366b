"""What stands between a lender and its collateral, item by item, and what is reserved where an item is missing.

A reserve is money held back from the borrowing base. Its rule is the lender's policy and is typed: an amount, months of
rent, or a share of the value at stake. What is missing twice on the same hardware is not held back twice beyond its
value.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import real, whole


class Requirement(StrEnum):
    """What a lender against hardware wants to see."""

    FILING = "lien filing"
    SITE_WAIVER = "landlord or colocation waiver"
    CONTROL = "account control agreement"
    TRANSFER = "software and export transfer"
    TIE_OUT = "serial tie-out"
    NO_PRIOR_LIEN = "release of prior liens"
    APPRAISAL = "current appraisal"
    EXAM = "current field exam"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist.

    Attributes
    ----------
    requirement
        What is wanted: one of `Requirement`.
    of
        The site, account or hardware it is about; items about the same thing share its value.
    met
        Whether it is in place. None, not known, counts as missing.
    amount
        Rule: money held back where it is missing, such as the debt behind a prior lien.
    months
        Rule: months of `monthly_rent` held back, what a landlord may claim before it lets the hardware go.
    share
        Rule: share of `value` held back, 0 to 1; 1 is the same as not lending against it.
    monthly_rent
        Rent and power of the site, money a month.
    value
        Value at stake in the borrowing base, money. Where it is given, no more than it is held back.
    """

    requirement: str
    of: str
    met: bool | None
    amount: float | None = None
    months: float | None = None
    share: float | None = None
    monthly_rent: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Reserve:
    """What is held back for one missing item, money, and why."""

    requirement: str
    of: str
    amount: float
    sentence: str


def lien_reserves(items: Iterable[Item]) -> tuple[Reserve, ...]:
    """What the missing items of a checklist take from the borrowing base, one line each.

    ``R = amount``, ``months · monthly rent`` or ``share · value``, at most the value not yet held back

    Parameters
    ----------
    items
        The checklist. What is met needs no rule; what is missing needs exactly one.

    Returns
    -------
    tuple of Reserve
        In the order of the checklist, also where an item adds nothing because all of the value is held back already.
        The sum goes into `xlmodel.collateral.borrowing_base`.

    Raises
    ------
    InputError
        An unknown requirement, a missing item without a rule or with two, months without a rent, a share without a
        value, two values of the same thing.
    RangeError
        A negative amount, a share outside 0 to 1.

    Notes
    -----
    OCC, *Asset-Based Lending*: rent reserves of about three months where a landlord has not waived; other rules are
    agreed case by case.

    Examples
    --------
    >>> held = lien_reserves([
    ...     Item("lien filing", "H100 cluster", True),
    ...     Item("landlord or colocation waiver", "Dallas", False, months=3, monthly_rent=250_000, value=20e6),
    ...     Item("serial tie-out", "H100 cluster", False, share=0.02, value=60e6)])
    >>> for line in held:
    ...     print(line.sentence)
    landlord or colocation waiver of Dallas is missing: 750,000 held back, 3 months of rent at 250,000
    serial tie-out of H100 cluster is missing: 1,200,000 held back, 2% of 60,000,000
    >>> sum(line.amount for line in held)
    1950000.0
    """
    checklist = list(items)
    values = _values(checklist)
    held: dict[str, float] = {}
    found = []
    for item in checklist:
        _require_known(item)
        if item.met:
            continue
        wanted, words = _by_rule(item)
        left = max(values[item.of] - held.get(item.of, 0.0), 0.0) if item.of in values else wanted
        taken = min(wanted, left)
        held[item.of] = held.get(item.of, 0.0) + taken
        if taken < wanted:
            words += f", of which only {taken:,.0f} is left of the value of {values[item.of]:,.0f}"
        known = "missing" if item.met is False else "not known to be in place"
        found.append(
            Reserve(
                item.requirement, item.of, taken,
                f"{item.requirement} of {item.of} is {known}: {taken:,.0f} held back, {words}",
            )
        )  # fmt: skip
    return tuple(found)


def current(last: dt.date | None, as_of: dt.date, most_days: int) -> bool | None:
    """Whether an appraisal or a field exam is recent enough to count; None where there has been none.

    Parameters
    ----------
    last
        Its date, not after `as_of`.
    as_of
        The date of the certificate.
    most_days
        Days it stays good, at least 0: the last of them still counts.

    Examples
    --------
    A stale appraisal whose rule is a share of 1 makes the hardware ineligible:

    >>> met = current(dt.date(2026, 3, 1), dt.date(2026, 11, 30), 180)
    >>> stale = Item(Requirement.APPRAISAL, "racks", met, share=1, value=8e6)
    >>> met, lien_reserves([stale])[0].amount
    (False, 8000000.0)
    """
    days = whole("most_days", most_days)
    if last is None:
        return None
    if last > as_of:
        raise RangeError(f"last must be at most {as_of}, the date of the certificate, got {last}", "last")
    return (as_of - last).days <= days


@dataclass(frozen=True, slots=True)
class TieOut:
    """Pledged serial numbers against those found at the sites.

    Attributes
    ----------
    missing
        Pledged and not found, in the order of the schedule.
    strangers
        Found and not pledged.
    twice
        Listed more than once in the schedule: the same unit pledged twice.
    share_missing
        Missing and repeated entries as a share of the schedule, what a share rule of a reserve takes.
    """

    missing: tuple[str, ...]
    strangers: tuple[str, ...]
    twice: tuple[str, ...]
    share_missing: float


def tie_out(pledged: Sequence[str], found: Sequence[str]) -> TieOut:
    """Compare the serial numbers of a collateral schedule with those a field exam found.

    Parameters
    ----------
    pledged
        The schedule, at least one entry.
    found
        What was seen; seeing a unit twice is harmless.

    Notes
    -----
    Spaces around a number and its case do not count.

    Examples
    --------
    >>> seen = tie_out(["A1", "A2", "A3", "A2"], ["a1", "A2", "B9"])
    >>> seen.missing, seen.strangers, seen.twice, seen.share_missing
    (('A3',), ('B9',), ('A2',), 0.5)
    """
    schedule, seen = ([number.strip().upper() for number in numbers] for numbers in (pledged, found))
    if not schedule:
        raise InputError("pledged is empty: at least one serial number is expected", "pledged")
    listed, there = dict.fromkeys(schedule), dict.fromkeys(seen)
    missing = tuple(number for number in listed if number not in there)
    twice = tuple(number for number, times in Counter(schedule).items() if times > 1)
    tied = len(listed) - len(missing)
    return TieOut(missing, tuple(number for number in there if number not in listed), twice, 1 - tied / len(schedule))


def _values(items: Sequence[Item]) -> dict[str, float]:
    values: dict[str, float] = {}
    for item in items:
        if item.value is None:
            continue
        value = float(real("value", item.value, 0))
        if values.setdefault(item.of, value) != value:
            raise InputError(f"{item.of} has two values, {values[item.of]:,.0f} and {value:,.0f}", "value")
    return values


def _require_known(item: Item) -> None:
    if item.requirement not in list(Requirement):
        allowed = ", ".join(Requirement)
        raise InputError(f"requirement must be one of {allowed}, got {item.requirement!r}", "requirement")


def _by_rule(item: Item) -> tuple[float, str]:
    """Return what the item's one rule holds back, and the rule in words."""
    where = f"{item.requirement} of {item.of}"
    rules = [name for name in ("amount", "months", "share") if getattr(item, name) is not None]
    if len(rules) != 1:
        said = " and ".join(rules) or "none"
        raise InputError(f"{where} is missing and needs one rule, amount, months or share, got {said}", "items")
    if item.amount is not None:
        return float(real("amount", item.amount, 0)), "a fixed amount"
    if item.months is not None:
        if item.monthly_rent is None:
            raise InputError(f"monthly_rent of {where} is missing: its rule is months of rent", "monthly_rent")
        months, rent = float(real("months", item.months, 0)), float(real("monthly_rent", item.monthly_rent, 0))
        return months * rent, f"{months:g} months of rent at {rent:,.0f}"
    if item.value is None:
        raise InputError(f"value of {where} is missing: its rule is a share of value", "value")
    share = float(real("share", item.share if item.share is not None else 0.0, 0, 1))
    return share * float(item.value), f"{100 * share:g}% of {item.value:,.0f}"
