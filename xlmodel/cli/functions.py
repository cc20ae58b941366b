"""The worksheet functions on the command line: list them, explain one, call one."""

import difflib
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xlmodel.cli.running import refuse
from xlmodel.cli.typed import typed
from xlmodel.errors import ExcelError, InputError
from xlmodel.functions import CATALOGUE, Record, call, named, why
from xlmodel.functions.answer import Answer, cells
from xlmodel.functions.cells import Argument, Cell
from xlmodel.functions.document import function_table
from xlmodel.functions.explaining import HEAD, UNDEFINED, explain
from xlmodel.functions.record import PREFIX, Parameter

Name = Annotated[str, typer.Argument(help="A function, with or without its prefix XLMODEL_.")]
Arguments = Annotated[
    list[str] | None,
    typer.Argument(help='As typed into a cell: 0.4, 40%, TRUE, text, {1,2;3,4}; "" leaves one out.'),
]


def listing(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of the README.")] = False,
) -> None:
    """List the worksheet functions by category."""
    if markdown:
        typer.echo(function_table())
        return
    console = Console()
    for category in sorted({record.category for record in CATALOGUE.values()}):
        table = Table(
            title=category, title_justify="left", title_style="bold", box=None, show_header=False, expand=True
        )
        for record in sorted(CATALOGUE.values(), key=lambda r: r.name):
            if record.category == category:
                table.add_row(Text(record.name.removeprefix(PREFIX), no_wrap=True), Text(record.summary))
        console.print(table)
        console.print()


def explanation(name: Name) -> None:
    """Show a function's arguments with their units, an example and the source."""
    record = _named(name)
    console = Console(highlight=False)
    for text in (record.signature, *(" ".join(paragraph.split()) for paragraph in record.text.split("\n\n"))):
        console.print(Text(text))
        console.print()
    if record.parameters:
        table = Table("argument", "unit", "default", "meaning", box=None, pad_edge=False, expand=True)
        for parameter in record.parameters:
            table.add_row(*map(Text, _row(parameter)))
        console.print(table)
        console.print()
    shown = "; ".join(" ".join(map(_shown, row)) for row in cells(record.example.gives))
    console.print(Text(f"Example: {record.example.formula(record.name)} shows {shown}"))
    console.print(Text(f"Source: {record.source}"))


def answer(name: Name, arguments: Arguments = None) -> None:
    """Call a function and print what its cells show.

    Several cells are a table, with tabs between them where the output is not a terminal. The reason of an error goes
    to the error stream; the exit code is 1 when no cell has a value.
    """
    record = _named(name)
    given = [_typed(text) for text in arguments or []]
    shown = call(record, given)
    wrong = [cell for row in shown for cell in row if isinstance(cell, ExcelError)]
    if len(wrong) == sum(map(len, shown)):
        refuse(f"{wrong[0]} {why(record.name, given)}")
    _print(shown)
    if wrong:
        typer.echo(why(record.name, given), err=True)


def parts(name: Name, arguments: Arguments = None) -> None:
    """Show what a function's number is made of: inputs as read, parts down to the answer, formula and source.

    Tabs stand between the columns where the output is not a terminal. The exit code is 1 when there is no answer.
    """
    record = _named(name)
    lines = explain(record.name, [_typed(text) for text in arguments or []])
    console = Console()
    if not console.is_terminal:
        for line in lines:
            typer.echo("\t".join(map(_shown, line)))
    else:
        console.print(_explained(lines))
    results = [value for what, value, *_ in lines if what.rpartition(": ")[2].startswith(("= ", "answer")) and value]
    if results and all(value == UNDEFINED for value in results):
        raise typer.Exit(1)


def _explained(lines: list[tuple[str, Cell, str, str]]) -> Table:
    table = Table(*HEAD[:1], box=None, pad_edge=False, expand=True)
    table.add_column(HEAD[1], justify="right", overflow="fold")
    table.add_column(HEAD[2])
    table.add_column(HEAD[3], ratio=1)
    for what, value, unit, how in lines[1:]:
        heading = value == "" and not unit
        figure = f"{value:,.10g}" if type(value) is float else _shown(value)
        style = "bold" if heading or "= " in what else ""
        table.add_row(Text(what, style=style), Text(figure, style=style), Text(unit), Text(how, style="dim"))
    return table


def _named(name: str) -> Record:
    try:
        return named(name)
    except InputError as error:
        wanted = name.strip().upper().removeprefix(PREFIX)
        near = difflib.get_close_matches(wanted, [known.removeprefix(PREFIX) for known in CATALOGUE], 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise typer.BadParameter(f'there is no function "{name}"{hint}', param_hint="NAME") from error


def _typed(text: str) -> Argument:
    try:
        return typed(text)
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint="ARGUMENTS") from error


def _row(parameter: Parameter) -> tuple[str, str, str, str]:
    arg = parameter.arg
    if parameter.variadic:
        default = "any number"
    elif parameter.required:
        default = "required"
    else:
        default = "" if parameter.default in (None, ()) else _shown(parameter.default)
    choices = f" One of {', '.join(arg.choices)}." if arg.choices else ""
    return parameter.label, arg.unit, default, arg.help + choices


def _print(shown: Answer) -> None:
    console = Console()
    if not console.is_terminal or len(shown) == len(shown[0]) == 1:
        for row in shown:
            typer.echo("\t".join(map(_shown, row)))
        return
    table = Table(box=None, show_header=False)
    for row in shown:
        table.add_row(*(Text(_shown(cell), justify=_side(cell), no_wrap=True) for cell in row))
    console.print(table)


def _side(cell: Cell) -> Any:
    return "left" if isinstance(cell, str) and not isinstance(cell, ExcelError) else "right"


def _shown(cell: Any) -> str:
    """A cell as Excel shows it, numbers to fifteen digits."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return f"{cell:.15g}" if isinstance(cell, float | int) else str(cell)
