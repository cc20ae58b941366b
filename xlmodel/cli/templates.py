"""`xlmodel template`: the workbooks an analyst types into, spelled for the program they are opened with."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from xlmodel import resources
from xlmodel.cli.running import Commands
from xlmodel.ooxml.package import Package
from xlmodel.ooxml.saving import put, refuse_existing
from xlmodel.ooxml.stored_form import Host, respell
from xlmodel.workbook.templates import TEMPLATES, Template, build

SHIPPED: Final = dt.date(2026, 11, 23)
"""The date the shipped workbooks bear."""

app = typer.Typer(
    cls=Commands,
    help="Templates to type into, and what a template of your own holds.",
    no_args_is_help=True,
    add_completion=False,
)


def _writer(template: Template) -> Callable[..., None]:
    def write(
        out: Annotated[Path | None, typer.Option("--out", "-o", help="The workbook to write.")] = None,
        host: Annotated[Host, typer.Option("--host", help="Where it is going to be opened.")] = Host.COM,
        example: Annotated[bool, typer.Option("--example", help="Filled with a real deal.")] = False,
        force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    ) -> None:
        target = Path(f"{template.name}.xlsx") if out is None else out
        refuse_existing(target, ".xlsx", force=force)
        package = Package.open(resources.template(shipped(template, example=example)))
        respell(package, host)
        package.save(target, force=force)
        typer.echo(target)

    return write


for _template in TEMPLATES.values():
    app.command(_template.name, help=f"{_template.title}. {_template.purpose}.")(_writer(_template))


@app.command("build", hidden=True)
def build_all(folder: Annotated[Path, typer.Argument(help="The folder templates are shipped in.")]) -> None:
    """Calculate and write every template, blank and filled; needs xlmodel[engine]."""
    from xlmodel.host.formualizer import calculated

    for template in TEMPLATES.values():
        for example in (False, True):
            given = template.example() if example else None
            path = folder / shipped(template, example=example)
            put(build(template, calculated, SHIPPED, given), path)
            typer.echo(path)


def shipped(template: Template, *, example: bool) -> str:
    """Return the name of the file a template is shipped as."""
    return f"{template.name}{'-example' if example else ''}.xlsx"
