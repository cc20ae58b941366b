"""The certificate itself, the rollforward that ties it to the last one, and the tests of the agreement."""

from collections.abc import Mapping
from typing import Any, Final

from xlmodel.workbook import charts
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.templates.borrowing_base.assets import BUCKETS, REASONS
from xlmodel.workbook.templates.form import Entry, Form

_WIDTHS: Final = (40.0, 14.0, 14.0, 14.0, 14.0, 14.0)
_CLASSES: Final = (
    ("equipment", "Equipment, at NOLV", "eq", "nolv"), ("receivables", "Receivables", "ar", "amount"),
    ("crypto", "Crypto, at market", "cr", "value"),
)  # fmt: skip
_NAMES: Final = {"eq": "Equipment", "cr": "Crypto"}
_KNOWN: Final = 'OR({in_date}="",{in_commitment}="",{in_loans}="")'
_CHART: Final = (760, 250)


def certificate(page: Page, given: Mapping[str, Value]) -> None:
    """Write the page that is signed."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = len(_WIDTHS) - 1
    page.print.portrait = True
    page.text(0, 0, "Borrowing base certificate", "title")
    page.text(1, 0, "All amounts in USD k. Calculated from the sheets behind it.", "note")
    for row, (label, key, kind) in enumerate(
        (("Borrower", "in_borrower", "left"), ("Lender or agent", "in_lender", "left"), ("As of", "in_date", "date")), 3
    ):
        page.text(row, 0, label)
        page.formula(row, 1, f'=IF({{{key}}}="","n/a",{{{key}}})', f"link {kind}")
    row = _classes(page, 7)
    row = _line(page, row + 1)
    row = _reasons(page, row + 1)
    steps(page, row + 1)
    told = (
        "Columns from the collateral as it stands, over what is eligible, advanced and left after reserves, to the "
        "line and what is drawn of it."
    )
    page.charts.append(Chart(row + 9, 0, _bars, told, *_CHART))
    row = page.charts[-1].last_row + 2
    page.text(row, 0, "The undersigned officer certifies to the lender that this certificate and the schedules behind "
              "it are true and")  # fmt: skip
    page.text(row + 1, 0, "complete as of its date, that they follow the definitions of the agreement, and that no "
              "default is known beyond those stated.")  # fmt: skip
    for i, words in enumerate(("Signature", "Name and title", "Date")):
        page.text(row + 3 + 2 * i, 0, f"{words}:")
        page.band(row + 3 + 2 * i, 1, 3, "input text")


def _classes(page: Page, row: int) -> int:
    """Write collateral by class: gross, ineligible, eligible, rate, advance."""
    for column, head in enumerate(("Collateral", "Gross", "Ineligible", "Eligible", "Advance rate", "Advance")):
        page.text(row, column, head, "head" if column == 0 else "head right")
    first = row + 1
    for key, label, prefix, gross in _CLASSES:
        row += 1
        page.text(row, 0, label)
        page.formula(row, 1, f"={{{prefix}.{gross}.total}}", "calc count", f"class.{key}.gross")
        page.formula(row, 2, f"={{class.{key}.gross}}-{{class.{key}.eligible}}", "calc count", f"class.{key}.out")
        page.formula(row, 3, f"={{{prefix}.eligible.total}}", "calc count", f"class.{key}.eligible")
        page.formula(
            row,
            4,
            f"=IF({{class.{key}.eligible}}>0,{{class.{key}.advance}}/{{class.{key}.eligible}},0)",
            "calc percent",
            f"class.{key}.rate",
        )
        page.formula(row, 5, f"={{{prefix}.advance.total}}", "calc count", f"class.{key}.advance")
    for column, part in enumerate(("gross", "out", "eligible", "rate", "advance"), 1):
        page.name_block(f"class.{part}", first, row, column)
    row += 1
    page.text(row, 0, "Collateral together", "strong label")
    page.text(row, 4, "", "strong label")
    for column, part in ((1, "gross"), (2, "out"), (3, "eligible"), (5, "advance")):
        page.formula(row, column, f"=SUM({{class.{part}|all}})", "strong count", f"out_{part}")
        page.define(f"out_{part}", f"out_{part}")
    return row + 1


def _line(page: Page, row: int) -> int:
    """Write the base, the line, and what may be drawn, by our function over the classes."""
    asked = "XLMODEL_BORROWING_BASE({class.gross|all},{class.out|all},{class.rate|all},{out_reserves},"
    asked += '{in_commitment},{in_loans}+N({in_letters}),,,"'
    first = row
    for key, label, formula, weight in (
        ("less", "Less: reserves", "{out_reserves}", "calc"),
        ("base", "Borrowing base", f'{asked}base")', "strong"),
        ("commitment", "Commitment", "{in_commitment}", "calc"),
        ("line", "Line: the lesser of the two", f'{asked}line")', "strong"),
        ("loans", "Less: loans outstanding", "{in_loans}", "calc"),
        ("letters", "Less: letters of credit", "N({in_letters})", "calc"),
        ("availability", "Availability", f'{asked}availability")', "strong"),
        ("deficiency", "Deficiency, to be repaid at once", f'{asked}deficiency")', "key"),
    ):
        page.text(row, 0, label, "label" if weight == "calc" else f"{weight} label")
        if weight == "strong":
            page.band(row, 1, 4, "strong label")
        page.formula(row, 5, f'=IF({_KNOWN},"n/a",{formula})', f"{weight} count", f"out_{key}")
        page.define(f"out_{key}", f"out_{key}")
        row += 1
    says = (
        '=IF(ISNUMBER({out_deficiency}),IF({out_deficiency}>0,"Too much is drawn: the deficiency falls due.",'
        '"Loans may be drawn up to the availability."),"Type date, commitment and loans on Terms.")'
    )
    page.formula(row, 0, says, "key left")
    page.layout.checks += [
        ("The base is the advances less the reserves, and never below 0",
         "=ABS({out_base}*1-MAX({out_advance}-{out_reserves},0))<{bbc.cent}"),
        ("Availability is the line less what is outstanding",
         "=ABS({out_availability}*1-({out_line}-{in_loans}-N({in_letters})))<{bbc.cent}"),
        ("Eligible and ineligible are the whole collateral",
         "=ABS({out_gross}-{out_eligible}-{out_out})+0*{out_base}<{bbc.cent}"),
        ("What does not count adds up by its reasons",
         "=ABS({why.total}-{out_out})+0*{out_base}<{bbc.cent}"),
    ]  # fmt: skip
    page.name_block("bbc.line", first, row - 1, 5)
    return row + 1


def _reasons(page: Page, row: int) -> int:
    """Write what does not count, by the rule that keeps it out."""
    page.text(row, 0, "What does not count, by its reason", "head")
    page.band(row, 1, 4, "head")
    page.text(row, 5, "USD k", "head right")
    lines = [
        (f"{_NAMES[prefix]}: {reason}",
         f'SUMPRODUCT(({{{prefix}.reason|all}}="{reason}")*{{{prefix}.out|all}})')
        for prefix, reasons in REASONS for reason in reasons
    ]  # fmt: skip
    lines[4:4] = [(f"Receivables: {head[0].lower()}{head[1:]}", f"{{ar.{key}.total}}") for key, head in BUCKETS]
    first = row + 1
    for label, formula in lines:
        row += 1
        page.text(row, 0, label)
        page.formula(row, 5, f"={formula}", "calc count")
    page.name_block("why", first, row, 5)
    page.text(row + 1, 0, "Ineligible together", "strong label")
    page.band(row + 1, 1, 4, "strong label")
    page.formula(row + 1, 5, "=SUM({why|all})", "strong count", "why.total")
    return row + 2


def _bars(book: Any, layout: Layout) -> Any:
    """Draw what is left of the collateral, step by step."""
    chart = book.add_chart({"type": "column"})
    chart.add_series({
        "categories": "=" + layout.reference("steps.label", "all"),
        "values": "=" + layout.reference("steps", "all"),
        "fill": {"color": charts.NAVY},
        "gap": 50,
        "data_labels": {"value": True, "num_format": "#,##0", "font": charts.FONT},
    })  # fmt: skip
    chart.set_title(charts.titled("From collateral to what is drawn, USD k"))
    chart.set_x_axis({"num_font": charts.FONT, "label_position": "low"})
    chart.set_y_axis({"num_format": "#,##0", "num_font": charts.FONT, "major_gridlines": charts.GRID, "min": 0})
    chart.set_legend({"none": True})
    return chart


def rollforward(page: Page, given: Mapping[str, Value]) -> None:
    """Write how collateral and loan moved since the last certificate, and whether that leads to this one."""
    form = Form(
        page, "Rollforward", "From the last certificate to this one, USD k. What moves up is positive.", given, 4
    )
    heads = ("Equipment", "Receivables", "Crypto", "Loans")
    form.section("Since the last certificate", heads, "Source")
    moves = (
        ("roll_open", "At the last certificate"), ("roll_in", "Purchased, invoiced, deposited, drawn"),
        ("roll_out", "Sold, collected, withdrawn, repaid; negative"),
        ("roll_other", "Reappraised, repriced, written off"),
    )  # fmt: skip
    for key, label in moves:
        form.entry(Entry(key, label, "USD k", "count", low=-1e15), 4)
    row = form.row
    page.text(row, 0, "This certificate, by the movements", "strong label")
    page.text(row + 1, 0, "This certificate, by its schedules")
    page.text(row + 2, 0, "Not explained", "key label")
    fetched = ("{class.equipment.gross}", "{class.receivables.gross}", "{class.crypto.gross}", "N({in_loans})")
    for i, (name, formula) in enumerate(zip(("equipment", "receivables", "crypto", "loans"), fetched, strict=True)):
        cells = [f"N({{in_{key}{'' if i == 0 else f'_{i + 1}'}}})" for key, _ in moves]
        page.formula(row, 1 + i, "=" + "+".join(cells), "strong count", f"roll.{name}")
        page.formula(row + 1, 1 + i, f"={formula}", "calc count", f"roll.{name}.now")
        page.formula(row + 2, 1 + i, f"={{roll.{name}.now}}-{{roll.{name}}}", "key count", f"roll.{name}.open")
        began = f"{{in_roll_open{'' if i == 0 else f'_{i + 1}'}}}"
        page.layout.checks.append(
            (f"The rollforward of {name} leads to this certificate",
             f'=IF({began}="",1/0,ABS({{roll.{name}.open}})<{{bbc.cent}})')
        )  # fmt: skip
    form.row = row + 3
    form.section("Collections", (), "What it says")
    form.figure("turnover", "Collected of the receivables open before", "%",
                '=IF(N({in_roll_open_2})>0,-N({in_roll_out_2})/{in_roll_open_2},"n/a")', "percent",
                note="A share that falls from one certificate to the next is how slow payment shows first")  # fmt: skip


def compliance(page: Page, given: Mapping[str, Value]) -> None:
    """Write fixed-charge cover, who holds the cash, liquidity, and whether each is kept."""
    form = Form(page, "Compliance", "Last twelve months, USD k. Cover is tested only while cash dominion is on.", given)
    form.section("Reported")
    for entry in (
        Entry("ebitda", "EBITDA", "USD k", "count", low=-1e15),
        Entry("capex", "Unfinanced capital expenditure", "USD k", "count"),
        Entry("taxes", "Cash taxes; a refund is negative", "USD k", "count", low=-1e15),
        Entry("interest", "Cash interest", "USD k", "count"),
        Entry("principal", "Scheduled principal", "USD k", "count"),
        Entry("distributions", "Distributions", "USD k", "count"),
        Entry("cash", "Unrestricted cash", "USD k", "count"),
        Entry("overdue", "Payables beyond their terms", "USD k", "count"),
        Entry("default", "An event of default is continuing", "", "word", choices=("yes", "no")),
    ):
        form.entry(entry)
    known = "ISNUMBER({out_availability})"
    charges = "(N({in_interest})+N({in_principal})+N({in_distributions}))"
    form.section("Tests", (), "What it says")
    form.figure("cover", "Fixed-charge cover", "x",
                f'=IF(OR({{in_ebitda}}="",{charges}=0),"n/a",({{in_ebitda}}-N({{in_capex}})-N({{in_taxes}}))/{charges})',
                "multiple", weight="key",
                note="EBITDA less unfinanced capital expenditure and taxes, over all fixed charges")  # fmt: skip
    form.figure("excess", "Excess availability", "USD k", f'=IF({known},{{out_availability}}-N({{in_overdue}}),"n/a")',
                "count", note="Availability less payables beyond their terms")  # fmt: skip
    form.figure(
        "level",
        "Cash dominion below",
        "USD k",
        f'=IF({known},MAX(N({{in_trigger_amount}}),N({{in_trigger_share}})*{{out_line}}),"n/a")',
        "count",
    )
    form.figure("dominion", "Cash dominion", "",
                f'=IF({known},IF(OR({{in_default}}="yes",{{out_excess}}<{{out_level}}*(1-{{bbc.tie}})),"on","off"),"n/a")',
                "word", weight="key", note="On, collections go to the lender and cover is tested")  # fmt: skip
    form.figure("covered", "Fixed-charge cover is", "",
                '=IF({out_dominion}="n/a","n/a",IF({out_dominion}="off","not tested",IF(ISNUMBER({out_cover}),'
                'IF({out_cover}>=N({in_minimum_cover})*(1-{bbc.tie}),"kept","broken"),"kept: nothing is charged")))',
                "word", weight="key")  # fmt: skip
    form.figure("liquidity", "Liquidity", "USD k", f'=IF({known},MAX({{out_excess}},0)+N({{in_cash}}),"n/a")', "count",
                note="Excess availability, where positive, and unrestricted cash")  # fmt: skip
    form.figure("liquid", "Minimum liquidity is", "",
                f'=IF(OR(NOT({known}),{{in_minimum_liquidity}}=""),"n/a",'
                'IF({out_liquidity}>={in_minimum_liquidity},"kept","broken"))', "word", weight="key")  # fmt: skip
    for row in range(form.row - 4, form.row):
        for word, look in (("kept", "pass"), ("off", "pass"), ("on", "warn"), ("broken", "fail")):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
            page.rules.append((row, 1, row, 1, rule))


def steps(page: Page, row: int) -> None:
    """Write what the chart of the certificate draws: what is left, step by step."""
    page.text(row, 0, "Step by step", "head")
    page.text(row, 1, "USD k", "head right")
    row += 1
    first = row
    for label, formula in (
        ("Collateral", "{out_gross}"), ("Eligible", "{out_eligible}"), ("Advance", "{out_advance}"),
        ("Base", "N({out_base})"), ("Line", "N({out_line})"), ("Drawn", "N({out_loans})+N({out_letters})"),
    ):  # fmt: skip
        page.text(row, 0, label)
        page.formula(row, 1, f"={formula}", "calc count")
        row += 1
    page.name_block("steps.label", first, row - 1, 0)
    page.name_block("steps", first, row - 1, 1)
