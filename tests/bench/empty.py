"""A function that does nothing, behind the same door as one of ours: what a host's own way to Python costs."""

import inspect
from typing import Any, Final

from xlwings import arg, func, ret

from xlmodel.functions import CATALOGUE, Record

OURS: Final[Record] = CATALOGUE["XLMODEL_COLLATERAL_VALUE"]
GIVEN: Final = (35_000.0, 2.0, 0.5)
GIVES: Final = 8_750.0  # 35,000 x 0.5 x 0.5


def _served() -> Any:
    """As `xlmodel.host.com` serves a function, without the function."""

    def answer(*arguments: Any) -> list[list[float]]:
        return [[GIVES]]

    answer.__name__ = OURS.name
    answer.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(p.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None) for p in OURS.parameters]
    )
    marked = ret("raw")(answer)
    for parameter in OURS.parameters:
        marked = arg(parameter.name, "raw")(marked)
    return func(marked)


globals()[OURS.name] = _served()
