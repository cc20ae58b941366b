"""What documents say of the catalogue, rendered from its records so that no text is written twice."""

from collections.abc import Iterable

from xlmodel.functions.record import CATALOGUE


def function_table() -> str:
    """Every function by category as a Markdown table: its signature and its one sentence."""
    rows = [
        (record.category, f"`{record.signature.removeprefix('XLMODEL_')}`", record.summary)
        for record in sorted(CATALOGUE.values(), key=lambda r: (r.category, r.name))
    ]
    return markdown(("category", "function, without its XLMODEL_", "what it returns"), rows)


def names_table() -> str:
    """Every argument name as a Markdown table: one name, one unit, one meaning."""
    used: dict[str, tuple[str, str]] = {}
    for record in CATALOGUE.values():
        for parameter in record.parameters:
            used.setdefault(parameter.label, (parameter.arg.unit or "–", parameter.arg.help))
    rows = [(f"`{name}`", unit, help_) for name, (unit, help_) in sorted(used.items())]
    return markdown(("name", "unit", "meaning"), rows)


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; pipes inside cells are escaped.

    >>> print(markdown(("a", "b"), [("1", "2")]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([c.replace("|", "\\|") for c in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
