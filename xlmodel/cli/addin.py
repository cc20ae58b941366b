"""`xlmodel addin`: the add-in of Excel on Windows, and that of LibreOffice Calc."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from xlmodel.cli.running import Commands
from xlmodel.host import doctor as examination
from xlmodel.host import installation, libreoffice, profile, xlam
from xlmodel.ooxml.saving import refuse_existing

app = typer.Typer(
    cls=Commands, help="Build, install, remove or examine the add-in.", no_args_is_help=True, add_completion=False
)

InCalc = Annotated[bool, typer.Option("--libreoffice", help="The add-in of LibreOffice Calc instead.")]


@app.command("build")
def build(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where it goes.")] = None,
    in_calc: InCalc = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write the add-in to a file, on any machine."""
    if in_calc:
        target = Path("xlmodel.oxt") if out is None else out
        refuse_existing(target, ".oxt", force=force)
        typer.echo(libreoffice.build(target))
    else:
        typer.echo(xlam.build(Path(xlam.FILE) if out is None else out, force=force))


@app.command("install")
def install(in_calc: InCalc = False) -> None:
    """Install the add-in for this user."""
    if in_calc:
        with tempfile.TemporaryDirectory() as folder:
            libreoffice.install(libreoffice.build(Path(folder) / "xlmodel.oxt"))
        typer.echo("The add-in is in LibreOffice Calc; type =XLMODEL.VERSION() into a cell.")
        return
    for sentence in installation.install(profile.here()):
        typer.echo(sentence)


@app.command("uninstall")
def uninstall(in_calc: InCalc = False) -> None:
    """Remove the add-in, and put back what was there before."""
    if in_calc:
        libreoffice.uninstall()
        typer.echo("The add-in is out of LibreOffice Calc.")
        return
    for sentence in installation.uninstall(profile.here()):
        typer.echo(sentence)


@app.command("doctor")
def doctor(in_calc: InCalc = False) -> None:
    """Look for what keeps the add-in from working; exit code 1 if there is something."""
    found = examination.calc_findings() if in_calc else examination.findings(profile.here())
    for finding in found:
        typer.echo(("ok       " if finding.well else "problem  ") + finding.sentence)
    if not all(finding.well for finding in found):
        raise typer.Exit(1)
