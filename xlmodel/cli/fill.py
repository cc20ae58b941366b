"""The command that fills an analyst's own workbook: one copy for each loan of a tape, or one for a deal."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from xlmodel.cli.running import refuse

if TYPE_CHECKING:
    from xlmodel.desk.batch import Made
    from xlmodel.ooxml.filling import Recalculate

_SHOWN = 20


def fill(
    file: Annotated[Path, typer.Argument(help="The workbook to fill, .xlsx or .xlsm.", metavar="FILE")],
    data: Annotated[Path, typer.Option(help="A tape (.csv, .parquet, .xlsx) or a deal (.toml, .json).")],
    mapping: Annotated[Path, typer.Option("--mapping", "-m", help="Where what goes: see xlmodel template map.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the workbooks.", metavar="DIR")],
    name: Annotated[str, typer.Option(help="The column that names the workbooks.", metavar="COLUMN")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace workbooks that somebody changed.")] = False,
    processes: Annotated[int | None, typer.Option(min=1, help="How many work at once.")] = None,
) -> None:
    """Fill one copy of a workbook for each loan, and touch nothing else in it.

    A bad row is reported and does not stop the rest. A run that was broken off is finished by the same command.
    """
    from xlmodel.deal import load as load_deal
    from xlmodel.desk import batch, loans, tables
    from xlmodel.desk.mapping import load

    placed = load(mapping)
    if data.suffix.lower() in (".toml", ".json"):
        lent = [loans.of_deal(load_deal(data), placed)]
    else:
        lent = list(loans.of_tape(tables.load(data), placed, name))
    with _progress() as progress:
        task = progress.add_task("Filling", total=len(lent))
        made = batch.fill_each(
            file, lent, placed, out, force=force, recalculate=_engine(), processes=processes,
            seen=lambda _: progress.advance(task),
        )  # fmt: skip
    refused = [problem for one in made for problem in one.problems]
    for problem in refused:
        typer.echo(f"{problem}" if len(lent) > 1 else problem.expected, err=True)
    _say(made, out)
    left = sum(field.name not in lent[0].values for field in placed.fields)
    if left:
        typer.echo(f"{left} fields of the mapping are not in {data.name}: their cells are as in {file.name}.", err=True)
    if refused:
        bad = sum(one.state == "refused" for one in made)
        refuse(f"{bad} of {len(made)} loans were refused." if len(made) > 1 else "The workbook was not filled.")


def _say(made: "Sequence[Made]", out: Path) -> None:
    count = {state: sum(one.state == state for one in made) for state in ("made", "kept")}
    done = [one for one in made if one.state == "made"]
    text = f"{out}: {count['made']} workbooks filled"
    typer.echo(text + (f", {count['kept']} were up to date." if count["kept"] else "."))
    if any(one.recomputed or one.dropped for one in done):
        typer.echo(
            f"Formulas: {sum(one.recomputed for one in done)} show a value calculated anew, "
            f"{sum(one.dropped for one in done)} show none until Excel calculates, which it does on opening."
        )
    for note in sorted({note for one in done for note in one.notes})[:_SHOWN]:
        typer.echo(note, err=True)


def _engine() -> "Recalculate | None":
    """The engine that calculates the formulas anew, where it is installed."""
    try:
        from xlmodel.host.formualizer import calculated
    except ModuleNotFoundError:
        return None
    return cast("Recalculate", calculated)  # an engine shows dates as serial numbers


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
