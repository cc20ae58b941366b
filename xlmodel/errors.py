"""What can go wrong, said once: errors as sentences, and reasons why a number is undefined.

Two different things end in an Excel error value.

* An *error* stops a call. What was given cannot be used, or no answer exists. It is raised, its text is a
  sentence for the person at the sheet, it names the argument, and it knows its Excel error value.
* An *undefined* number is a place in an otherwise good result: the first three quarters of a last-twelve-months
  ratio, a coverage ratio in a period without debt service. It is stored in the array as a *tagged* not-a-number:
  an IEEE 754 quiet NaN whose payload says why. Arithmetic carries it along, `numpy` skips it like any other NaN,
  and at the edge it turns into the right Excel error with its sentence. Zero, 99, infinity and blank are never
  used for "undefined".

>>> import numpy as np
>>> ratio = np.where([True, False], 1.2, NO_DEBT_SERVICE.nan)
>>> [reason(x) and reason(x).error.value for x in ratio]
[None, '#DIV/0!']
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class ExcelError(StrEnum):
    """The error values a cell can show."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"


class ModelError(ValueError):
    """A call that cannot be answered; its text is a sentence that names the argument.

    Parameters
    ----------
    sentence
        What is wrong, what was given and what was expected, for the person at the sheet.
    argument
        The name of the argument at fault, or None when it is the combination.

    Attributes
    ----------
    elements
        Where the argument is at fault in just this way, an array of booleans of its shape; None when not known.
    """

    error: ExcelError = ExcelError.VALUE
    elements: Any = None

    def __init__(self, sentence: str, argument: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.argument = argument


class InputError(ModelError):
    """An argument of the wrong kind or shape: text for a number, a missing value, lengths that differ."""

    error = ExcelError.VALUE


class RangeError(ModelError):
    """A number outside the range in which the measure has a meaning."""

    error = ExcelError.NUM


class InfeasibleError(ModelError):
    """Usable inputs to which no answer exists; the sentence says what there is instead."""

    error = ExcelError.NUM


@dataclass(frozen=True, slots=True)
class Undefined:
    """Why a number does not exist, as a NaN that remembers its reason.

    Attributes
    ----------
    code
        The payload, from 1; the number belongs to the reason for ever, as files and tests may hold it.
    error
        The Excel error value a cell shows.
    sentence
        The reason for the person at the sheet.
    """

    code: int
    error: ExcelError
    sentence: str

    @property
    def nan(self) -> float:
        """The tagged not-a-number."""
        value: float = struct.unpack("<d", struct.pack("<Q", _QUIET_NAN | self.code))[0]
        return value


class CellError(ModelError):
    """An argument that is itself undefined, an error cell or an undefined result, which this result repeats."""

    def __init__(self, undefined: "Undefined", argument: str) -> None:
        name = argument.rstrip(",")
        super().__init__(f"{name} is {undefined.error}: {undefined.sentence}.", name)
        self.undefined = undefined
        self.error = undefined.error


_QUIET_NAN: Final = 0x7FF8_0000_0000_0000
_PAYLOAD: Final = 0xFFFF
_REASONS: dict[int, Undefined] = {}


def _undefined(code: int, error: ExcelError, sentence: str) -> Undefined:
    if code in _REASONS or not 0 < code <= _PAYLOAD:
        raise RuntimeError(f"the reason {code} is taken or out of range")
    _REASONS[code] = Undefined(code, error, sentence)
    return _REASONS[code]


def reason(value: float) -> Undefined | None:
    """Return why `value` is undefined, or None when it is a number.

    A NaN without a known payload (one that arithmetic made anew) is `UNEXPLAINED`.

    >>> reason(1.0) is None, reason(NO_BALANCE.nan) is NO_BALANCE, reason(float("nan")) is UNEXPLAINED
    (True, True, True)
    """
    if value == value:
        return None
    bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    return _REASONS.get(bits & _PAYLOAD, UNEXPLAINED)


def reasons() -> tuple[Undefined, ...]:
    """Every reason, in the order of its code."""
    return tuple(_REASONS[code] for code in sorted(_REASONS))


# General: 1 to 99.
UNEXPLAINED = _undefined(1, ExcelError.NUM, "the number is not defined for these inputs")
NOT_THIS_PERIOD = _undefined(2, ExcelError.NA, "nothing is defined for this period")

TEXT_FOR_NUMBER = _undefined(3, ExcelError.VALUE, "the cell holds text where a number is expected")
_CELL_ERRORS = {
    error: _undefined(10 + i, error, "the cell it comes from shows that error") for i, error in enumerate(ExcelError)
}


def cell_error(error: ExcelError) -> Undefined:
    """The reason "the cell it comes from shows that error", one for each Excel error.

    >>> cell_error(ExcelError.NA).error.value
    '#N/A'
    """
    return _CELL_ERRORS[error]


# Asset: 100 to 199.
NEVER_HALVES = _undefined(100, ExcelError.NUM, "what does not fall never halves")
ONE_SIGN = _undefined(101, ExcelError.NUM, "a return needs at least one payment out and one payment in")
NO_RETURN = _undefined(102, ExcelError.NUM, "no rate makes the present value zero")
NOTHING_TO_AVERAGE = _undefined(103, ExcelError.DIV0, "the amounts that carry the weights sum to zero or less")
NO_RENT_DECLINE = _undefined(104, ExcelError.NUM, "rent does not fall to the cash cost: give a horizon to end the life")
OUTLIVES_PERIODS = _undefined(105, ExcelError.NA, "running stays worth while in every period given")
NO_MARKET_VALUE = _undefined(106, ExcelError.DIV0, "the market value is zero, so nothing can be divided by it")

# Loan: 200 to 299.
NO_DEBT_SERVICE = _undefined(200, ExcelError.DIV0, "no debt service falls due, so there is nothing to cover")
SHORT_HISTORY = _undefined(201, ExcelError.NA, "fewer periods have passed than the look-back needs")
NOTHING_AHEAD = _undefined(202, ExcelError.NA, "no period is left to look forward to")
NO_BALANCE = _undefined(203, ExcelError.DIV0, "nothing is owed, so there is no balance to cover")
NOTHING_TO_LOSE = _undefined(204, ExcelError.NUM, "the ratio is not positive, so there is nothing left to lose")
NOT_SCULPTABLE = _undefined(
    205, ExcelError.NUM, "the cash cannot carry the interest of every period, so no sculpted loan exists"
)
NO_INTEREST = _undefined(206, ExcelError.DIV0, "no interest accrues, so there is nothing to cover")
ALWAYS_BELOW = _undefined(207, ExcelError.NUM, "coverage stays below the target over the whole search range")
ALWAYS_ABOVE = _undefined(208, ExcelError.NUM, "coverage stays above the target over the whole search range")
NO_LIMIT = _undefined(209, ExcelError.NA, "no such limit was given")
NO_REVENUE = _undefined(210, ExcelError.DIV0, "there is no revenue to multiply, while something must be paid")
NOT_CALLABLE = _undefined(211, ExcelError.NA, "the loan may not be repaid early in this period")
NOTHING_CONTRACTED = _undefined(212, ExcelError.DIV0, "nothing was contracted, so there is no share of it to earn")
NOTHING_RENTED = _undefined(213, ExcelError.DIV0, "nothing is left to rent out, while something must be paid")

CASH_LIMITS = _undefined(298, ExcelError.NA, "only the cash limits the debt, so no date of the collateral binds")
NOT_TESTED = _undefined(299, ExcelError.NA, "the ratio is not defined in this period, so the covenant is not tested")

# Collateral: 300 to 399.
NO_COLLATERAL_VALUE = _undefined(
    300, ExcelError.DIV0, "the collateral has no value while debt is owed: the loan is uncollateralised"
)
NOTHING_TO_SELL = _undefined(301, ExcelError.DIV0, "the block is worth nothing, so there is no share of it to lose")
NO_BEST_HORIZON = _undefined(
    302, ExcelError.NUM, "waiting costs nothing, so the best sale takes for ever: give a limit"
)
NO_HALF_LIFE = _undefined(303, ExcelError.NUM, "a seller without urgency sells evenly, so the holding has no half-life")
FULL_LIQUIDATION = _undefined(304, ExcelError.NUM, "no partial sale restores the target: all collateral must be sold")
NO_SALES = _undefined(305, ExcelError.DIV0, "nothing was sold, so credits are a share of nothing")
LAW_LEFT_OUT = _undefined(390, ExcelError.NA, "this law of depth was not asked for, or lacks the volatility it needs")

# Deal: 500 to 599.
ROW_REFUSED = _undefined(500, ExcelError.VALUE, "the row of this loan cannot be used: its problem is named beside it")
AFTER_MATURITY = _undefined(501, ExcelError.NA, "the loan has matured before this period")
NO_SALE = _undefined(502, ExcelError.NA, "no depth of the market was given, so no sale can be valued")
NO_BREACH = _undefined(503, ExcelError.NA, "the covenant is kept in every period that is tested")
NEVER_UNDERWATER = _undefined(504, ExcelError.NA, "the collateral is worth at least what is owed on every date")
