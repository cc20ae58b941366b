"""What `--example` types into a template: the numbers of a real deal, one TOML file a template."""

import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any


def example(name: str) -> Callable[[], Mapping[str, Any]]:
    """Return what reads the example of a template: a value, or a list by period, for each name of an input."""

    def read() -> Mapping[str, Any]:
        text = (files("xlmodel.workbook.templates") / "filled" / f"{name}.toml").read_text(encoding="utf-8")
        return tomllib.loads(text)

    return read
