"""Covenant monitoring over time: what is promised, what was reported, what is tested, and when it will break."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook import charts
from xlmodel.workbook.grid import FIRST, LABEL
from xlmodel.workbook.layout import Place
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.templates.build import Template, TemplateSheet
from xlmodel.workbook.templates.charts import columns
from xlmodel.workbook.templates.examples import example
from xlmodel.workbook.templates.form import Entry, Form, several
from xlmodel.workbook.templates.frame import checks, cover, sources
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.wording import UNDEFINED

PERIODS: Final = 24
COVENANTS: Final = 6
METRICS: Final = (
    "DSCR",
    "DSCR last 12 months",
    "DSCR next 12 months",
    "Interest cover",
    "LTV market value",
    "LTV liquidation",
    "Liquidity",
)
"""What may be tested, in the order of the rows a test chooses from."""
_ROWS: Final = ("dscr", "dscr_ltm", "dscr_ntm", "icr", "ltv_market", "ltv_liquidation", "liquidity")
_NUMBERS: Final = range(1, COVENANTS + 1)
_UNUSED: Final = "not used"
_CHART_ROWS: Final = 16
_ACTIONS: Final = 20
_LIGHT: Final = "#BDD7EE"

_TITLE: Final = "Covenant monitoring"
_PURPOSE: Final = (
    "Every covenant of a hardware loan: definition, reported figures, test, headroom, forecast breach, cures"
)

_PROMISED: Final = (
    Entry("covenant_name", "Name", "", "word"),
    Entry("covenant_clause", "Clause, as the agreement words it", "", "word"),
    Entry("covenant_metric", "What is tested", "", "word", choices=METRICS),
    Entry("covenant_default", "Default level", "x, share or USD m", "quantity"),
    Entry("covenant_lockup", "Lock-up level; blank is none", "x, share or USD m", "quantity"),
    Entry("covenant_first", "First test", "date", "date"),
    Entry("covenant_step_date", "Level changes on; blank is never", "date", "date"),
    Entry("covenant_step", "Default level from then on", "x, share or USD m", "quantity"),
)


_FIGURES: Final = tuple(
    (f"First breach of covenant {i}, {words}", "date", f"out_breach_{case}_{i}", "date")
    for i in (1, 2, 3)
    for case, words in (("base", "base"), ("down", "downside"))
)


def _definitions(page: Page, given: Mapping[str, Value]) -> None:
    form = Form(page, "Definitions", "One column a covenant. Blank columns are not tested.", given, COVENANTS)
    form.section("Loan")
    form.entry(Entry("borrower", "Borrower", "", "word"))
    form.entry(Entry("report_date", "Date of this report", "date", "date"))
    form.entry(Entry("first_end", "End of the first quarter monitored", "date", "date"))
    form.entry(Entry("cost", "Cost of the hardware", "USD m", "money"))
    form.entry(Entry("age", "Its age at the start of that quarter", "years", "quantity", high=30))
    form.entry(Entry("decay", "Loss of value the lender assumes", "% a year", "rate", low=-0.9, high=0.99))
    form.section("Covenants", [f"No. {i}" for i in _NUMBERS], "Source")
    for entry in _PROMISED:
        form.entry(entry, COVENANTS)
    _metrics(page, form)
    form.section("Forecast, from the last reported quarter on")
    form.entry(Entry("growth", "Change of CFADS a quarter, base", "%", "rate", low=-1, high=1))
    form.entry(Entry("growth_down", "Change of CFADS a quarter, downside", "%", "rate", low=-1, high=1))
    form.entry(Entry("shock_down", "Loss of CFADS at once, downside", "%", "rate", high=1))
    form.section("Equity cures the agreement allows")
    form.entry(Entry("cure_count", "Over the life of the loan", "cures", "count", high=100))
    form.entry(Entry("cure_row", "In a row", "cures", "count", high=100))
    form.entry(Entry("cure_window", "In any four quarters", "cures", "count", high=4))
    form.entry(Entry("cure_cap", "Largest amount of one cure", "USD m", "money"))


def _metrics(page: Page, form: Form) -> None:
    """Write the words that name what is tested, in the column that prints last, for the tests to look up."""
    form.section("What may be tested")
    first = form.row
    for words in METRICS:
        form.text(words, "text")
    page.name_block("metrics", first, form.row - 1, LABEL)


def _actuals(page: Page, given: Mapping[str, Value]) -> None:
    words = "Blank quarters are not reported yet. The loan is typed as scheduled beyond them."
    dates = '=IF({in_first_end}="","",EOMONTH({in_first_end},3*({period}-1)))'
    grid = Periods(page, PERIODS, "Actuals", words, "Quarter", dates)
    grid.section("Reported by the borrower")
    for key, label, unit, kind in (
        ("revenue", "Revenue", "USD m", "money"),
        ("cost_paid", "Operating cost", "USD m", "money"),
        ("cash_held", "Unrestricted cash", "USD m", "money"),
        ("units", "Units in service", "units", "count"),
        ("rent", "Rent achieved", "USD a unit-hour", "price"),
    ):
        grid.typed(key, label, unit, given, kind)
    grid.section("The loan, as reported and then as scheduled")
    for key, label in (("interest", "Interest"), ("principal", "Principal"), ("owed", "Owed after the payment")):
        grid.typed(key, label, "USD m", given, "money")
    grid.section("Appraisals, in the quarters that have one")
    grid.typed("appraised", "Fair market value", "USD m", given, "money")
    grid.typed("appraised_sale", "Orderly liquidation value, net of cost", "USD m", given, "money")
    grid.section("What the figures give")
    grid.native("reported", "Reported", "1 or 0", "=IF(ISNUMBER({revenue}),1,0)", "count")
    grid.native("cfads", "CFADS", "USD m", _if("{reported}=1", "{revenue}-{cost_paid}"), "money")
    grid.native("service", "Debt service", "USD m", "={interest}+{principal}", "money", weight="strong")
    for key, label, window in (
        ("ltm", "Debt service, last 12 months", "({period|all}<={period})*({period|all}>{period}-4)"),
        ("ntm", "Debt service, next 12 months", "({period|all}>{period})*({period|all}<={period}+4)"),
    ):
        grid.native(f"service.{key}", label, "USD m", f"=SUMPRODUCT({window}*{{service|all}})", "money")
    grid.native("rolls", "Balance before, less principal, less balance", "USD m",
            "=IF(AND(ISNUMBER({owed|prev}),ISNUMBER({owed})),ROUND({owed|prev}-{principal}-{owed},6),0)",
            "money")  # fmt: skip
    grid.finish()
    page.layout.checks += [
        (
            "No gap between the quarters that are reported",
            "=SUM({reported|all})=SUMPRODUCT(MAX({reported|all}*{period|all}))",
        ),
        ("The balance falls by the principal of each quarter", "=SUMPRODUCT(({rolls|all}>0.01)+({rolls|all}<-0.01))=0"),
    ]


def _collateral(page: Page, given: Mapping[str, Value]) -> None:
    grid = _follow(page, "Collateral", "Between appraisals the value tested moves along the lender's curve.")
    top = grid.next_row
    grid.next_row += _CHART_ROWS
    grid.section("Value")
    grid.spill("curve", "Value on the lender's curve", "USD m",
               "XLMODEL_COLLATERAL_VALUE({in_cost},{in_age}+{period|all}/4,{in_decay})",
               "money", needs=("in_cost", "in_decay"))  # fmt: skip
    grid.native("market", "Value tested: the last appraisal, moved along the curve", "USD m",
            '=IF(ISNUMBER({appraised}),{appraised},IF(AND(ISNUMBER({market|prev}),ISNUMBER({curve|prev})),'
            '{market|prev}*{curve}/{curve|prev},{curve}))', "money")  # fmt: skip
    grid.native("sale", "Liquidation value tested, moved likewise", "USD m",
            '=IF(ISNUMBER({appraised_sale}),{appraised_sale},IF(ISNUMBER({sale|prev}),'
            f'{{sale|prev}}*{{curve}}/{{curve|prev}},"{UNDEFINED}"))', "money")  # fmt: skip
    grid.native("premium", "Appraisal over the lender's curve", "%",
            _if("ISNUMBER({appraised})", "{appraised}/{curve}-1"), "percent")  # fmt: skip
    grid.section("Loan to value")
    grid.native("known", "Owed, where it is typed", "USD m", _if("ISNUMBER({owed})", "{owed}"), "money")
    for key, label, value in (
        ("ltv_market", "LTV, market value", "market"), ("ltv_liquidation", "LTV, liquidation value", "sale")
    ):  # fmt: skip
        call = f"XLMODEL_LTV({{known|all}},{{{value}|all}})"
        grid.spill(key, label, "%", call, "percent")
    bars = [("ltv_market", "LTV, market value", charts.NAVY), ("ltv_liquidation", "LTV, liquidation value", _LIGHT)]
    page.charts.append(Chart(top, LABEL, columns("Loan to value", "0%", bars), "Loan to value by quarter", 960, 250))
    grid.finish()


def _forecast(page: Page, given: Mapping[str, Value]) -> None:
    grid = _follow(
        page,
        "Forecast",
        "Reported figures, then the plan, or the last CFADS moved on; the debt is the same in both cases.",
    )
    for case, label in (("base", "Base"), ("down", "Downside")):
        grid.section(label)
        flow = f"{{{case}.cfads|all}}"
        if case == "base":
            grid.typed("planned", "CFADS as planned; blank: moved on by the change a quarter", "USD m", given, "money")
            moved = f'IF(ISNUMBER({{base.cfads|prev}}),{{base.cfads|prev}}*(1+{{in_growth}}),"{UNDEFINED}")'
            formula = f"=IF({{reported}}=1,{{cfads}},IF(ISNUMBER({{planned}}),{{planned}},{moved}))"
        else:
            grid.native("lost", "Share of the base case that is lost", "%",
                    "=IF({reported}=1,0,1-(1-N({lost|prev}))*(1+{in_growth_down})"
                    "*IF(N({reported|prev})=1,1-{in_shock_down},1))", "percent")  # fmt: skip
            formula = f'=IF(ISNUMBER({{base.cfads}}),{{base.cfads}}-{{lost}}*ABS({{base.cfads}}),"{UNDEFINED}")'
        grid.native(f"{case}.cfads", "CFADS", "USD m", formula, "money")
        for key, name, call in (
            ("dscr", "DSCR", f"XLMODEL_DSCR({flow},{{service|all}})"),
            ("dscr_ltm", "DSCR, last 12 months", f"XLMODEL_DSCR_LTM({flow},{{service|all}},4)"),
            ("dscr_ntm", "DSCR, next 12 months", f"XLMODEL_DSCR_NTM({flow},{{service|all}},4)"),
            ("icr", "Interest cover", f"XLMODEL_ICR({flow},{{interest|all}})"),
        ):
            grid.spill(f"{case}.{key}", name, "x", call, "multiple")
        held = "{cash_held}" + ("*(1-{in_shock_down})" if case == "down" else "")
        last = f'IF(ISNUMBER({{{case}.liquidity|prev}}),{{{case}.liquidity|prev}},"{UNDEFINED}")'
        grid.native(f"{case}.liquidity", "Unrestricted cash, the last reported kept", "USD m",
                f"=IF(ISNUMBER({{cash_held}}),{held},{last})", "money")  # fmt: skip
    grid.finish()


def _tests(page: Page, given: Mapping[str, Value]) -> None:
    grid = _follow(
        page, "Tests", "Status, headroom in the measure and in money, base case; first breach in both cases."
    )
    for i in _NUMBERS:
        name = several("in_covenant_name", i)
        grid.section(f"Covenant {i}")
        grid.scalar(f"test{i}.name", "Name", "", f'=IF({{{name}}}="","{_UNUSED}",{{{name}}})', "", "left")
        metric = f"MATCH({{{several('in_covenant_metric', i)}}},{{metrics|all}},0)"
        grid.scalar(
            f"test{i}.side",
            "Breaks when the ratio is",
            "",
            f'=IFERROR(IF(ISNUMBER(SEARCH("LTV",{{{several("in_covenant_metric", i)}}})),"above","below"),"below")',
            "",
            "left",
        )
        for case, label in (("base", "Tested"), ("down", "Tested, downside")):
            picked = ",".join(f"{{{key}}}" if key.startswith("ltv") else f"{{{case}.{key}}}" for key in _ROWS)
            untested = (
                f'OR({{{several("in_covenant_metric", i)}}}="",{{date}}<N({{{several("in_covenant_first", i)}}}))'
            )
            grid.native(f"test{i}.{case}", label, "x, share, USD m",
                    f'=IF({untested},"{UNDEFINED}",CHOOSE({metric},{picked}))', "quantity")  # fmt: skip
        step, after = several("in_covenant_step_date", i), several("in_covenant_step", i)
        level = several("in_covenant_default", i)
        grid.native(f"test{i}.level", "Default level", "x, share, USD m",
                f"=IF(AND(ISNUMBER({{{step}}}),{{date}}>={{{step}}}),{{{after}}},{{{level}}})", "quantity")  # fmt: skip
        lockup = several("in_covenant_lockup", i)
        grid.native(f"test{i}.lockup", "Lock-up level", "x, share, USD m",
                f'=IF({{{lockup}}}="",{{test{i}.level}},IF({{test{i}.side|closing}}="above",'
                f"MIN({{{lockup}}},{{test{i}.level}}),MAX({{{lockup}}},{{test{i}.level}})))", "quantity")  # fmt: skip
        side = f"{{test{i}.side|closing}}"
        for case, key in (("base", "status"), ("down", "status_down")):
            tested = f"{{test{i}.{case}|all}}"
            grid.spill(
                f"test{i}.{key}", "Status" if case == "base" else "Status, downside", "",
                f"XLMODEL_COVENANT_STATUS({tested},{{test{i}.lockup|all}},{{test{i}.level|all}},{side})", "word",
            )  # fmt: skip
            for word, style in (("ok", "pass"), ("lockup", "warn"), ("default", "fail")):
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
                page.rules.append((grid.next_row - 1, FIRST, grid.next_row - 1, grid.columns.last, rule))
        grid.spill(f"test{i}.headroom", "Headroom to default, of the tested number", "%",
                   f"XLMODEL_DSCR_HEADROOM({{test{i}.base|all}},{{test{i}.level|all}},{side})", "percent")  # fmt: skip
        grid.native(f"test{i}.money", "Headroom in money", "USD m", _money(i), "money")
        for case, words in (("base", "First breach, base"), ("down", "First breach, downside")):
            first = several("in_covenant_first", i)
            call = (f"XLMODEL_FIRST_BREACH({{test{i}.{case}|all}},{{test{i}.level|all}},{{date|all}},"
                    f"IF({{{first}}}=\"\",{{date|first}},{{{first}}}),{side})")  # fmt: skip
            grid.one(f"test{i}.breach_{case}", words, "date", call, "period", needs=several("in_covenant_metric", i))
    grid.finish()


def _money(i: int) -> str:
    """What may be lost before the covenant breaks: cash of the period or year, value, or cash held."""
    tested, level = f"{{test{i}.base}}", f"{{test{i}.level}}"
    over = {
        "DSCR": f"({tested}-{level})*{{service}}",
        "DSCR last 12 months": f"({tested}-{level})*{{service.ltm}}",
        "DSCR next 12 months": f"({tested}-{level})*{{service.ntm}}",
        "Interest cover": f"({tested}-{level})*{{interest}}",
        "LTV market value": f"{{market}}-{{owed}}/{level}",
        "LTV liquidation": f"{{sale}}-{{owed}}/{level}",
        "Liquidity": f"{tested}-{level}",
    }
    metric = f"MATCH({{{several('in_covenant_metric', i)}}},{{metrics|all}},0)"
    picked = ",".join(over[words] for words in METRICS)
    return f'=IF(ISNUMBER({tested}),IFERROR(CHOOSE({metric},{picked}),"{UNDEFINED}"),"{UNDEFINED}")'


def _cures(page: Page, given: Mapping[str, Value]) -> None:
    grid = _follow(
        page,
        "Cures",
        "Type what equity paid in, in the quarter whose test it cures; it counts as CFADS of that quarter.",
    )
    grid.section("Cures")
    grid.typed("cure", "Cure paid", "USD m", given, "money")
    grid.native("cure.used", "Used so far", "cures", "=N({cure.used|prev})+({cure}>0)", "count")
    grid.native("cure.left", "Remaining over the life", "cures",
            f'=IF({{in_cure_count}}="","{UNDEFINED}",{{in_cure_count}}-{{cure.used}})', "count")  # fmt: skip
    grid.native("cure.row", "In a row", "cures", "=IF({cure}>0,N({cure.row|prev})+1,0)", "count")
    grid.native("cure.window", "In the last four quarters", "cures",
            "=SUMPRODUCT(({cure|all}>0)*({period|all}<={period})*({period|all}>{period}-4))", "count")  # fmt: skip
    limits = [("in_cure_count", "cure.used"), ("in_cure_row", "cure.row"), ("in_cure_window", "cure.window")]
    broken = "+".join(f'AND({{{limit}}}<>"",{{{used}}}>{{{limit}}})' for limit, used in limits)
    grid.native("cure.allowed", "Within the limits", "",
            f'=IF({broken}+AND({{in_cure_cap}}<>"",{{cure}}>{{in_cure_cap}})>0,"beyond","ok")', "word")  # fmt: skip
    grid.section("DSCR with the cures counted as cash")
    grid.native("cured.cfads", "CFADS with cures", "USD m",
            f'=IF(ISNUMBER({{base.cfads}}),{{base.cfads}}+N({{cure}}),"{UNDEFINED}")', "money")  # fmt: skip
    grid.spill("cured.ltm", "DSCR, last 12 months, with cures", "x",
               "XLMODEL_DSCR_LTM({cured.cfads|all},{service|all},4)", "multiple")  # fmt: skip
    grid.finish()
    page.layout.checks.append(("Every cure lies within its limits", '=COUNTIF({cure.allowed|all},"beyond")=0'))


def _actions(page: Page, given: Mapping[str, Value]) -> None:
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
                     "", "calc centred")  # fmt: skip
    page.name_block("actions.status", 4, last, 6)
    page.layout.register("actions", Place("Actions", 4, 0, last, last_column=5))
    page.define("in_actions", "actions")
    for word, style in (("overdue", "fail"), ("open", "warn"), ("done", "pass")):
        page.rules.append((4, 6, last, 6, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}))


def _dashboard(page: Page, given: Mapping[str, Value]) -> None:
    page.text(0, 0, "Dashboard", "title")
    page.formula(1, 0, '="Latest reported quarter: "&'
                 'IF({dash.at}=0,"none",TEXT(INDEX({date|all},{dash.at}),"dd mmm yyyy"))',
                 "", "calc left")  # fmt: skip
    heads = (("Covenant", 34), ("Tested", 12), ("Level", 12), ("Headroom", 12), ("Headroom, USD m", 17), ("Status", 12),
             ("First breach, base", 19), ("First breach, downside", 22))  # fmt: skip
    for column, (head, width) in enumerate(heads):
        page.widths.append((column, column, width))
        page.text(4, column, head, "head" if column == 0 else "head right")
    page.print.last_column = len(heads) - 1
    page.text(2, 0, "Quarters reported")
    page.formula(2, 1, "=SUM({reported|all})", 0.0, "calc count", "dash.at")
    page.text(3, 0, "Cures used, and actions overdue")
    page.formula(3, 1, "=IF({dash.at}=0,0,INDEX({cure.used|all},{dash.at}))", 0.0, "calc count")
    page.formula(3, 2, '=COUNTIF({actions.status|all},"overdue")', 0.0, "calc count")
    for i in _NUMBERS:
        row = 4 + i
        page.formula(row, 0, f"={{test{i}.name|closing}}", "", "calc left")
        for column, (key, style) in enumerate(
            (("base", "quantity"), ("level", "quantity"), ("headroom", "percent"), ("money", "money"),
             ("status", "centred")), 1
        ):  # fmt: skip
            page.formula(row, column, f'=IF(OR({{dash.at}}=0,{{{several("in_covenant_metric", i)}}}=""),"{UNDEFINED}",'
                         f"INDEX({{test{i}.{key}|all}},MAX({{dash.at}},1)))", 0.0, f"calc {style}")  # fmt: skip
        for column, case in ((6, "base"), (7, "down")):
            page.formula(row, column, f"={{test{i}.breach_{case}|closing}}", "", "calc date", f"out_breach_{case}_{i}")
            page.define(f"out_breach_{case}_{i}", f"out_breach_{case}_{i}")
    for word, style in (("ok", "pass"), ("lockup", "warn"), ("default", "fail")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
        page.rules.append((5, 5, 4 + COVENANTS, 5, rule))
    bars = [("test1.base", "Base", charts.NAVY), ("test1.down", "Downside", _LIGHT)]
    page.charts.append(
        Chart(7 + COVENANTS, 0, columns("Covenant 1: tested number and level", "0.00", bars, "test1.level"),
              "The number that covenant 1 tests in base case and downside, against its default level", 1000, 300)
    )  # fmt: skip


def _follow(page: Page, title: str, subtitle: str) -> Periods:
    """Return a grid under the quarters of the Actuals."""
    return Periods(page, PERIODS, title, subtitle, "Quarter")


def _if(condition: str, then: str) -> str:
    return f'=IF({condition},{then},"{UNDEFINED}")'


COVENANT_MONITORING: Final = Template(
    "covenant-monitoring",
    _TITLE,
    _PURPOSE,
    (
        TemplateSheet(
            "Cover", "Checks, key figures and the map of the sheets", cover(_TITLE, _PURPOSE, _FIGURES, "in_first_end")
        ),
        TemplateSheet("Dashboard", "Where each covenant stands, and when it breaks", _dashboard),
        TemplateSheet("Definitions", "The clauses, levels and dates; forecast and cure terms", _definitions),
        TemplateSheet("Actuals", "What the borrower reported, quarter by quarter", _actuals),
        TemplateSheet("Tests", "Every covenant in every quarter: status and headroom", _tests),
        TemplateSheet("Forecast", "Coverage after the last report, base and downside", _forecast),
        TemplateSheet("Cures", "Equity cures used, remaining, in the window", _cures),
        TemplateSheet("Collateral", "Appraisals against the lender's curve, LTV trend", _collateral),
        TemplateSheet("Actions", "Waivers, deadlines, owners", _actions),
        TemplateSheet("Checks", "What must hold, in one overall cell", checks),
        TemplateSheet("Sources", "Where every input comes from", sources),
    ),
    example("covenant-monitoring"),
)
