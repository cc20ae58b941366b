"""What follows from it: the forecast, every test, and the cures."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.grid import FIRST
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import several
from xlmodel.workbook.templates.monitoring.shape import METRICS, NUMBERS, ROWS, follow
from xlmodel.workbook.wording import UNDEFINED

_UNUSED: Final = "not used"


def forecast(page: Page, given: Mapping[str, Value]) -> None:
    """Write coverage after the last report, in a base case and a downside."""
    grid = follow(
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


def tests(page: Page, given: Mapping[str, Value]) -> None:
    """Write every covenant in every quarter: number, level, status, headroom, first breach."""
    grid = follow(page, "Tests", "Status, headroom in the measure and in money, base case; first breach in both cases.")
    for i in NUMBERS:
        name = several("in_covenant_name", i)
        grid.section(f"Covenant {i}")
        grid.scalar(f"test{i}.name", "Name", "", f'=IF({{{name}}}="","{_UNUSED}",{{{name}}})', "left")
        metric = f"MATCH({{{several('in_covenant_metric', i)}}},{{metrics|all}},0)"
        grid.scalar(
            f"test{i}.side",
            "Breaks when the ratio is",
            "",
            f'=IFERROR(IF(ISNUMBER(SEARCH("LTV",{{{several("in_covenant_metric", i)}}})),"above","below"),"below")',
            "left",
        )
        for case, label in (("base", "Tested"), ("down", "Tested, downside")):
            picked = ",".join(f"{{{key}}}" if key.startswith("ltv") else f"{{{case}.{key}}}" for key in ROWS)
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


def cures(page: Page, given: Mapping[str, Value]) -> None:
    """Write the cures paid, whether they lie within the limits, and coverage with them."""
    grid = follow(
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
    grid.native(
        "cure.allowed",
        "Within the limits",
        "",
        f'=IF(({{cure}}>0)*({broken}+AND({{in_cure_cap}}<>"",{{cure}}>{{in_cure_cap}}))>0,"beyond","ok")',
        "word",
    )
    grid.section("DSCR with the cures counted as cash")
    grid.native("cured.cfads", "CFADS with cures", "USD m",
            f'=IF(ISNUMBER({{base.cfads}}),{{base.cfads}}+N({{cure}}),"{UNDEFINED}")', "money")  # fmt: skip
    grid.spill("cured.ltm", "DSCR, last 12 months, with cures", "x",
               "XLMODEL_DSCR_LTM({cured.cfads|all},{service|all},4)", "multiple")  # fmt: skip
    grid.finish()
    page.layout.checks.append(("Every cure lies within its limits", '=COUNTIF({cure.allowed|all},"beyond")=0'))
