"""The command that makes a workbook fit another host, or travel without one."""

from pathlib import Path
from typing import Annotated, Final

import typer

from xlmodel.ooxml import stored_form
from xlmodel.ooxml.stored_form import Host

_SHOWN: Final = {
    Host.COM: "Excel on Windows with xlmodel.xlam",
    Host.OFFICE: "Excel with the Office.js add-in",
    Host.LIBREOFFICE: "LibreOffice Calc",
    Host.PLAIN: "a workbook that carries its functions",
}


def retarget(
    file: Annotated[Path, typer.Argument(help="An .xlsx, .xlsm, .xltx or .xltm workbook.", metavar="FILE")],
    host: Annotated[Host, typer.Option(help="Where it is going to be opened.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where the result goes; FILE itself if left out.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it exists.")] = False,
) -> None:
    """Spell a workbook's XLMODEL_ formulas as another host stores them, and touch nothing else.

    With --host plain and an OUT that ends in .xlsm, a workbook without macros becomes one that carries its functions.
    """
    if out is not None and host is Host.PLAIN and (file.suffix.lower(), out.suffix.lower()) == (".xlsx", ".xlsm"):
        from xlmodel.host.standalone import standalone  # loads what only this needs

        done = standalone(file, out, force=force)
    else:
        done = stored_form.retarget(file, host, out, force=force)
    typer.echo(f"{out or file}: {done.changed} of {done.calls} calls spelled anew for {_SHOWN[host]}.")
    for note in done.notes:
        typer.echo(note, err=True)
