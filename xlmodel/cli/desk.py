"""Commands on filled workbooks: checked against the engine, and read back into a deal or a tape."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xlmodel.cli.running import refuse
from xlmodel.errors import InputError, ModelError

_Mapping = Annotated[Path, typer.Option("--mapping", "-m", help="Where it holds what: see xlmodel template map.")]
_COLOURS = {"missing": "yellow", "wrong": "red", "formula": "yellow", "disagrees": "red", "agrees": "green"}


def check(
    file: Annotated[Path, typer.Argument(help="A filled workbook.", metavar="FILE")],
    mapping: _Mapping,
    tolerance: Annotated[float, typer.Option(help="What two numbers may lie apart, as a share.", min=0)] = 1e-6,
) -> None:
    """Say what is missing in a workbook, what is wrong, and where it disagrees with the engine, with both numbers."""
    from xlmodel.desk.checking import check as checked
    from xlmodel.desk.mapping import load

    findings = checked(file, load(mapping), tolerance)
    table = Table("", "cell", "what about it", "workbook", "engine", box=box.SIMPLE_HEAD, pad_edge=False)
    for one in findings:
        numbers = ["" if n is None else f"{n:.10g}" for n in (one.shown, one.expected)]
        # With both numbers in columns of their own the sentence would only say them again.
        said = one.name if all(numbers) and ";" not in one.sentence else one.sentence
        table.add_row(Text(one.kind, _COLOURS[one.kind]), Text(one.cell), Text(said), *numbers)
    if findings:
        Console().print(table)
    bad = sum(one.kind != "agrees" for one in findings)
    good = len(findings) - bad
    typer.echo(f"{file}: {bad} to look at, {good} results agree with the engine.")
    if bad:
        raise typer.Exit(1)


def read(
    files: Annotated[list[Path], typer.Argument(help="Filled workbooks; several make one tape.", metavar="FILE...")],
    mapping: _Mapping,
    out: Annotated[Path, typer.Option("--out", "-o", help="A deal (.toml) or a tape (.csv).")],
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it exists.")] = False,
) -> None:
    """Turn a filled workbook back into a deal description, or several into a tape."""
    from xlmodel.desk import placing, tables, toml
    from xlmodel.desk.mapping import load
    from xlmodel.ooxml.saving import put, refuse_existing

    ending = out.suffix.lower()
    if ending not in (".toml", ".csv"):
        raise InputError(f"out must end in .toml for a deal or .csv for a tape, got {out.name}", "out")
    if ending == ".toml" and len(files) > 1:
        raise InputError(f"a deal is read from one workbook, got {len(files)}: a tape takes several (.csv)", "out")
    refuse_existing(out, ending, force=force)
    placed = load(mapping)
    rows, bad = [], 0
    for file in files:
        try:
            values, wrong = placing.taken(file, placed)
            if ending == ".toml" and not wrong:
                described = placing.as_deal(values, placed, file.name)
                placing.as_read(values, placed, file.name)
                put(toml.written(described).encode(), out)
            elif not wrong:
                rows.append(placing.as_rows(values, placed))
        except ModelError as error:
            wrong = list(getattr(error, "problems", [error.sentence]))
        for sentence in wrong:
            typer.echo(f"{file.name}: {sentence}", err=True)
        bad += bool(wrong)
    if rows:
        put(tables.as_csv(tables.joined(rows)), out)
        formulas = sum(isinstance(c, str) and c.startswith(tables.DANGEROUS) for row in rows for c in row.cells[0])
        if formulas:
            typer.echo(
                f"{formulas} texts begin like a formula; Excel would calculate them on opening the CSV.", err=True
            )
    if len(files) > bad:
        typer.echo(f"{out}: read from {len(files) - bad} of {len(files)} workbooks.")
    if bad:
        refuse(f"{bad} of {len(files)} workbooks could not be read.")
