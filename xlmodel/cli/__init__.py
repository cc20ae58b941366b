"""The command line: `xlmodel COMMAND`.

A command is a function in a module of this package and one line below. It raises `ModelError` for what cannot be
answered; nothing ends in a traceback.
"""

from typing import Annotated

import typer

import xlmodel
from xlmodel.cli import addin, deals, desk, fill, functions, mapping, presets, retarget, templates
from xlmodel.cli.running import Commands

app = typer.Typer(
    cls=Commands,
    help="What hardware-backed loans are worth, and whether the cash pays them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(xlmodel.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    del version


app.add_typer(addin.app, name="addin")
templates.app.command("map")(mapping.find)
app.add_typer(templates.app, name="template")
app.command("report")(deals.report)
app.command("memo")(deals.memo)
app.command("compare")(deals.compare)
app.command("portfolio")(deals.portfolio)
app.command("schema")(deals.schema)
app.command("retarget")(retarget.retarget)
app.command("fill")(fill.fill)
app.command("check")(desk.check)
app.command("read")(desk.read)
app.command("presets")(presets.listing)
app.command("functions")(functions.listing)
app.command("help")(functions.explanation)
# What follows the name is cells and not options, so that a negative number is a number.
app.command("call", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})(
    functions.answer
)
app.command("explain", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})(
    functions.parts
)
