"""Deals and mappings as TOML, for people to edit; Python reads the format and does not write it."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlmodel.errors import InputError

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def written(data: Mapping[str, Any]) -> str:
    """Return a mapping of tables, lists, numbers, texts and dates as TOML; None is left out.

    >>> print(written({"name": "A", "debt": [{"amount": {"value": 28, "unit": "USD m"}}], "cash": {"ratio": "x"}}))
    name = "A"
    <BLANKLINE>
    [[debt]]
    amount = { value = 28, unit = "USD m" }
    <BLANKLINE>
    [cash]
    ratio = "x"
    <BLANKLINE>
    """
    return "\n".join(_table(data, "")).lstrip("\n") + "\n"


def value(given: Any) -> str:
    """Return one value; a table becomes an inline one."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int | float):
        return repr(given)
    if isinstance(given, str):
        return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(given, dt.date):
        return given.isoformat()
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{key(k)} = {value(v)}" for k, v in given.items() if v is not None) + " }"
    if isinstance(given, Sequence):
        return "[" + ", ".join(value(item) for item in given) + "]"
    raise InputError(f"a {type(given).__name__} cannot be written as TOML")


def key(name: str) -> str:
    """Return a key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else value(name)


def _table(data: Mapping[str, Any], path: str) -> list[str]:
    lines, deeper = [], []
    for name, held in data.items():
        here = f"{path}.{key(name)}" if path else key(name)
        if held is None:
            continue
        if isinstance(held, Mapping) and "value" not in held:
            deeper += ["", f"[{here}]", *_table(held, here)]
        elif isinstance(held, list) and held and all(isinstance(i, Mapping) and "value" not in i for i in held):
            for item in held:
                deeper += ["", f"[[{here}]]", *_table(item, here)]
        else:
            lines.append(f"{key(name)} = {value(held)}")
    return lines + deeper
