"""The dated facts on the command line."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xlmodel.data import table, tables


def listing(
    name: Annotated[str | None, typer.Argument(help="A table of facts; all tables are listed without it.")] = None,
) -> None:
    """List the dated facts that are shipped, each row with its source and flag."""
    console = Console()
    if name is None:
        shown = Table("table", "rows", "columns", box=None, pad_edge=False)
        for each in tables():
            rows = table(each)
            shown.add_row(Text(each), str(len(rows)), Text(", ".join(rows[0])))
        console.print(shown)
        return
    rows = table(name)
    shown = Table(*rows[0], box=None, pad_edge=False, expand=True)
    for row in rows:
        shown.add_row(*map(Text, row.values()))
    console.print(shown)
