"""Which assets count, and which rule keeps an asset out.

A rule is data: a column, a comparison and a limit. An asset is eligible when it passes every rule; the first rule it
fails is named, as the certificate needs one reason a line, and every failure is kept beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError

Flags = npt.NDArray[np.bool_]


class Comparison(StrEnum):
    """How a rule compares a column with its limit."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"


_ORDERED = {
    Comparison.AT_MOST: np.less_equal,
    Comparison.AT_LEAST: np.greater_equal,
    Comparison.LESS_THAN: np.less,
    Comparison.MORE_THAN: np.greater,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition an asset must meet.

    Attributes
    ----------
    name
        What the certificate says of an asset that fails, such as "more than 90 days past due".
    column
        The column of the assets that is tested.
    test
        How it is compared: one of `Comparison`.
    limit
        A number for an ordering, the words for "one_of" and "none_of", nothing for "is_true" and "is_false".
    """

    name: str
    column: str
    test: str
    limit: Any = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The verdict on each asset.

    Attributes
    ----------
    eligible
        Whether it passes every rule.
    excluded_by
        Name of the first rule it fails, None for an eligible asset.
    failures
        Every failure: rules down, assets across.
    """

    eligible: Flags
    excluded_by: tuple[str | None, ...]
    failures: Flags


def eligibility(assets: Mapping[str, Sequence[Any] | npt.NDArray[Any]], rules: Sequence[Rule]) -> Eligibility:
    """Apply the rules, in their order, to every asset.

    Parameters
    ----------
    assets
        Columns by name, one entry an asset, all of one length.
    rules
        The conditions, in the order in which a failure is named. No rules: everything is eligible.

    Returns
    -------
    Eligibility
        A missing entry (None or NaN) fails every rule on its column: what is not known to pass is not lent against.

    Raises
    ------
    InputError
        No columns, columns of different lengths, a rule on a column that is not there, an unknown test, text where a
        number is compared.

    Examples
    --------
    >>> rules = [Rule("past due", "days_past_due", "at_most", 90), Rule("foreign", "country", "one_of", ["US", "CA"])]
    >>> found = eligibility({"days_past_due": [10, 120, 30, None], "country": ["US", "US", "DE", "US"]}, rules)
    >>> found.excluded_by
    (None, 'past due', 'foreign', 'past due')
    """
    if not assets:
        raise InputError("assets is empty: at least one column is expected", "assets")
    lengths = {name: len(column) for name, column in assets.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {n}" for name, n in lengths.items())
        raise InputError(f"the columns of assets differ in length: {listed}", "assets")
    count = next(iter(lengths.values()))
    failures = np.zeros((len(rules), count), dtype=np.bool_)
    for i, rule in enumerate(rules):
        if rule.column not in assets:
            raise InputError(f"the rule {rule.name!r} tests {rule.column!r}, which assets does not have", "rules")
        failures[i] = ~_passes(rule, assets[rule.column])
    eligible = np.asarray(~failures.any(axis=0))
    first = failures.argmax(axis=0) if rules else np.zeros(count, dtype=np.intp)
    names = tuple(None if ok else rules[int(i)].name for ok, i in zip(eligible.tolist(), first, strict=True))
    return Eligibility(eligible, names, failures)


def _passes(rule: Rule, column: Sequence[Any] | npt.NDArray[Any]) -> Flags:
    try:
        test = Comparison(rule.test)
    except ValueError:
        allowed = ", ".join(Comparison)
        raise InputError(f"the test of {rule.name!r} must be one of {allowed}, got {rule.test!r}", "rules") from None
    entries = list(column)
    known = np.array([entry is not None and entry == entry for entry in entries], dtype=np.bool_)
    if test in _ORDERED:
        numbers = _numbers(rule, [entry if ok else 0.0 for entry, ok in zip(entries, known.tolist(), strict=True)])
        with np.errstate(invalid="ignore"):
            met = _ORDERED[test](numbers, float(_numbers(rule, [rule.limit])[0]))
    elif test in (Comparison.ONE_OF, Comparison.NONE_OF):
        if rule.limit is None or isinstance(rule.limit, str):
            raise InputError(f"the limit of {rule.name!r} must be a list of words, got {rule.limit!r}", "rules")
        listed = np.array([entry in rule.limit for entry in entries], dtype=np.bool_)
        met = listed if test is Comparison.ONE_OF else ~listed
    else:
        wanted = test is Comparison.IS_TRUE
        met = np.array([ok and bool(entry) is wanted for entry, ok in zip(entries, known.tolist(), strict=True)])
    return np.asarray(met, dtype=np.bool_) & known


def _numbers(rule: Rule, values: list[Any]) -> npt.NDArray[np.float64]:
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"the rule {rule.name!r} compares numbers, and {rule.column!r} or its limit is not", "rules"
        ) from None
