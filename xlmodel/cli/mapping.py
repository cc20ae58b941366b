"""The command that finds where an analyst's own workbook holds what."""

from pathlib import Path
from typing import Annotated

import typer


def find(
    file: Annotated[Path, typer.Argument(help="The workbook, .xlsx or .xlsm.", metavar="FILE")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The mapping to write; printed if left out.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a mapping that exists.")] = False,
) -> None:
    """Find the cells that hold the fields of a loan, by name, header and label, and write them down for editing."""
    from xlmodel.desk.fields import known
    from xlmodel.desk.finding import find as found_in
    from xlmodel.ooxml.saving import put, refuse_existing

    found = found_in(file)
    text = found.mapping.text(file.name, found.others)
    if out is None:
        typer.echo(text, nl=False)
        return
    refuse_existing(out, ".toml", force=force)
    put(text.encode(), out)
    fields, results = found.mapping.fields, found.mapping.results
    unsure = sum(field.confidence < 0.75 for field in fields)
    typer.echo(f"{out}: {len(fields)} fields and {len(results)} results found in {file.name}; {unsure} are unsure.")
    placed = {field.column for field in fields}
    needed = [field.column for field in known() if field.column and field.required]
    if missing := [column for column in needed if column not in placed]:
        typer.echo(f"Not found, and needed for an analysis: {', '.join(missing)}.")
