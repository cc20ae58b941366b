"""What a desk looks at: the dashboard, and the list of actions."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook import charts
from xlmodel.workbook.layout import Place
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.templates.charts import columns
from xlmodel.workbook.templates.form import several
from xlmodel.workbook.templates.monitoring.shape import COVENANTS, LIGHT, NUMBERS
from xlmodel.workbook.wording import UNDEFINED

_ACTIONS: Final = 20


def actions(page: Page, given: Mapping[str, Value]) -> None:
    """Write room for waivers and deadlines, and which are overdue."""
    page.text(0, 0, "Actions", "title")
    page.text(1, 0, "Waivers, deadlines and who has them. Overdue counts from the date of the report.", "note")
    columns = (("Date", 14, "input date"), ("Covenant", 22, "input left"), ("Action or waiver", 60, "input left"),
               ("Deadline", 14, "input date"), ("Owner", 20, "input left"),
               ("Done (yes)", 11, "input left"))  # fmt: skip
    for column, (head, width, _) in enumerate(columns):
        page.widths.append((column, column, width))
        page.text(3, column, head, "head")
    page.widths.append((6, 6, 12))
    page.text(3, 6, "Status", "head right")
    page.print.last_column = 6
    page.freeze = (4, 0)
    last = 3 + _ACTIONS
    for row in range(4, last + 1):
        for column, (_, _, style) in enumerate(columns):
            page.text(row, column, "", style)
        deadline, done = f"$D{row + 1}", f"$F{row + 1}"
        late = f'IF({deadline}<{{in_report_date}},"overdue","open")'
        page.formula(row, 6, f'=IF({deadline}="","",IF({done}="yes","done",{late}))',
                     "calc centred")  # fmt: skip
    page.name_block("actions.status", 4, last, 6)
    page.layout.register("actions", Place("Actions", 4, 0, last, last_column=5))
    page.define("in_actions", "actions")
    for word, style in (("overdue", "fail"), ("open", "warn"), ("done", "pass")):
        page.rules.append((4, 6, last, 6, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}))


def dashboard(page: Page, given: Mapping[str, Value]) -> None:
    """Write where each covenant stands and when it will break."""
    page.text(0, 0, "Dashboard", "title")
    page.formula(1, 0, '="Latest reported quarter: "&'
                 'IF({dash.at}=0,"none",TEXT(INDEX({date|all},{dash.at}),"dd mmm yyyy"))',
                 "calc left")  # fmt: skip
    heads = (("Covenant", 34), ("Tested", 12), ("Level", 12), ("Headroom", 12), ("Headroom, USD m", 17), ("Status", 12),
             ("First breach, base", 19), ("First breach, downside", 22))  # fmt: skip
    for column, (head, width) in enumerate(heads):
        page.widths.append((column, column, width))
        page.text(4, column, head, "head" if column == 0 else "head right")
    page.print.last_column = len(heads) - 1
    page.text(2, 0, "Quarters reported")
    page.formula(2, 1, "=SUM({reported|all})", "calc count", "dash.at")
    page.text(3, 0, "Cures used, and actions overdue")
    page.formula(3, 1, "=IF({dash.at}=0,0,INDEX({cure.used|all},{dash.at}))", "calc count")
    page.formula(3, 2, '=COUNTIF({actions.status|all},"overdue")', "calc count")
    for i in NUMBERS:
        row = 4 + i
        page.formula(row, 0, f"={{test{i}.name|closing}}", "calc left")
        for column, (key, style) in enumerate(
            (("base", "quantity"), ("level", "quantity"), ("headroom", "percent"), ("money", "money"),
             ("status", "centred")), 1
        ):  # fmt: skip
            page.formula(row, column, f'=IF(OR({{dash.at}}=0,{{{several("in_covenant_metric", i)}}}=""),"{UNDEFINED}",'
                         f"INDEX({{test{i}.{key}|all}},MAX({{dash.at}},1)))", f"calc {style}")  # fmt: skip
        for column, case in ((6, "base"), (7, "down")):
            page.formula(row, column, f"={{test{i}.breach_{case}|closing}}", "calc date", f"out_breach_{case}_{i}")
            page.define(f"out_breach_{case}_{i}", f"out_breach_{case}_{i}")
    for word, style in (("ok", "pass"), ("lockup", "warn"), ("default", "fail")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
        page.rules.append((5, 5, 4 + COVENANTS, 5, rule))
    bars = [("test1.base", "Base", charts.NAVY), ("test1.down", "Downside", LIGHT)]
    page.charts.append(
        Chart(7 + COVENANTS, 0, columns("Covenant 1: tested number and level", "0.00", bars, "test1.level"),
              "The number that covenant 1 tests in base case and downside, against its default level", 1000, 300)
    )  # fmt: skip
