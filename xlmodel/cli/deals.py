"""Commands on deals: the report as a workbook, and the schema of a deal file."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from xlmodel.cli.running import refuse
from xlmodel.errors import InfeasibleError, InputError, RangeError


def report(
    deal: Annotated[Path, typer.Argument(help="The deal, a TOML or JSON file.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print a PDF beside it, by LibreOffice.")] = False,
    values: Annotated[bool, typer.Option("--values", help="Write values and no formulas.")] = False,
) -> None:
    """Write the report on a deal as a workbook of native formulas, and say what it comes to."""
    # Imported here, so that a function called from the command line does not wait for the workbook's libraries.
    from xlmodel.deal import analyse, load
    from xlmodel.workbook.figures import figures
    from xlmodel.workbook.report import destinations, write

    try:
        with Console(stderr=True).status("Reading the deal") as progress:
            destinations(out, force=force, pdf=pdf)
            described = load(deal)
            progress.update("Analysing")
            analysis = analyse(described)
            progress.update("Writing the workbook and printing it" if pdf else "Writing the workbook")
            write(analysis, out, force=force, pdf=pdf, values=values)
    except (InputError, RangeError, InfeasibleError) as error:
        refuse(error.sentence, code=2)
    console = Console()
    table = Table(title=described.name, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Key figure")
    table.add_column("Value", justify="right")
    table.add_column("Date")
    for figure in figures(analysis):
        table.add_row(figure.name, *figure.spoken)
    console.print(table)
    for number, sentence in enumerate(analysis.verdict, 1):
        console.print(f"{number}. {sentence}", highlight=False, markup=False)
    for path in (out, out.with_suffix(".pdf"))[: 1 + pdf]:
        console.print(f"Wrote {path}", highlight=False, markup=False, soft_wrap=True)


def memo(
    deal: Annotated[Path, typer.Argument(help="The deal, a TOML or JSON file.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .pdf or .xlsx to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write a deal on one page, as a PDF by LibreOffice or as a workbook with the sheets behind it."""
    from xlmodel.workbook.memo import memo as write

    try:
        with Console(stderr=True).status("Reading, analysing and writing"):
            write(deal, out, force=force)
    except (InputError, RangeError, InfeasibleError) as error:
        refuse(error.sentence, code=2)
    Console().print(f"Wrote {out}", highlight=False, markup=False, soft_wrap=True)


def compare(
    files: Annotated[list[Path], typer.Argument(help="One to four deals, TOML or JSON files.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook to write.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print a PDF beside it, by LibreOffice.")] = False,
    values: Annotated[bool, typer.Option("--values", help="Write values and no formulas.")] = False,
) -> None:
    """Write deals side by side as one workbook, and what other terms on the same hardware would have come to."""
    from xlmodel.deal import load
    from xlmodel.deal.analysis import analyse
    from xlmodel.deal.structures import structures
    from xlmodel.workbook.comparison import comparison

    try:
        with Console(stderr=True).status("Reading, analysing and writing"):
            deals = [load(file) for file in files]
            comparison(deals, out, force=force, pdf=pdf, values=values)
            found = [structures(analyse(deal)) for deal in deals]
    except (InputError, RangeError, InfeasibleError) as error:
        refuse(error.sentence, code=2)
    console = Console()
    table = Table(title="What held", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Deal")
    for structure in found[0]:
        table.add_column(structure.name)
    for deal, each in zip(deals, found, strict=True):
        table.add_row(deal.name, *("held" if bool(one.outcome.held) else "failed" for one in each))
    console.print(table)
    for path in (out, out.with_suffix(".pdf"))[: 1 + pdf]:
        console.print(f"Wrote {path}", highlight=False, markup=False, soft_wrap=True)


def portfolio(
    tape: Annotated[Path, typer.Argument(help="The tape: .csv, .xlsx or .parquet, a loan a row.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook to write.", show_default=False)],
    sheets: Annotated[int, typer.Option("--sheets", help="Loans with a sheet of their own, at most 50.")] = 50,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print a PDF beside it, by LibreOffice.")] = False,
    values: Annotated[bool, typer.Option("--values", help="Write values and no formulas.")] = False,
) -> None:
    """Write a tape of loans as a portfolio: totals, distributions, the worst loans, and a sheet a loan."""
    from xlmodel.workbook.portfolio import portfolio as write
    from xlmodel.workbook.portfolio.book import read

    try:
        with Console(stderr=True).status("Reading, analysing and writing"):
            found = read(tape, sheets).found
            write(tape, out, force=force, pdf=pdf, sheets=sheets, values=values)
    except (InputError, RangeError, InfeasibleError) as error:
        refuse(error.sentence, code=2)
    console = Console()
    for problem in found.problems:
        console.print(str(problem), highlight=False, markup=False)
    for path in (out, out.with_suffix(".pdf"))[: 1 + pdf]:
        console.print(f"Wrote {path}", highlight=False, markup=False, soft_wrap=True)
    if found.problems:
        raise typer.Exit(1)


def schema() -> None:
    """Print the JSON Schema of a deal file."""
    from xlmodel.deal import schema as described

    typer.echo(json.dumps(described(), indent=2, ensure_ascii=False))
