"""What the parts of a deal have in common: nothing unknown, dates, whole numbers, text."""

import datetime as dt
import re
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict, StringConstraints

_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEARS: Final = (1990, 2199)


def _day(value: Any) -> Any:
    """Take a date or its ISO text; a number would be read as seconds since 1970."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"must be a date of the calendar, got {value!r}") from None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        shown = value.isoformat() if isinstance(value, dt.datetime) else repr(value)
        raise ValueError(f"must be a date such as 2026-05-29, got {shown}")
    if not _YEARS[0] <= value.year <= _YEARS[1]:
        raise ValueError(f"must lie in the years {_YEARS[0]} to {_YEARS[1]}, got {value}")
    return value


def _counted(value: Any) -> Any:
    """Refuse what merely equals a whole number, such as true or 4.0."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"must be a whole number, got {value!r}")
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]
Whole = Annotated[int, Strict()]
Frequency = Annotated[Literal[1, 2, 4, 12], BeforeValidator(_counted)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Part(BaseModel):
    """A table of a deal file; a key that is not one of its fields is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
