"""The monitoring template: its sheets in the order of their tabs."""

from typing import Final

from xlmodel.workbook.templates.build import Template, TemplateSheet
from xlmodel.workbook.templates.examples import example
from xlmodel.workbook.templates.frame import checks, cover, sources
from xlmodel.workbook.templates.monitoring.reported import actuals, collateral, definitions
from xlmodel.workbook.templates.monitoring.tested import cures, forecast, tests
from xlmodel.workbook.templates.monitoring.watched import actions, dashboard

_TITLE: Final = "Covenant monitoring"
_PURPOSE: Final = (
    "Every covenant of a hardware loan: definition, reported figures, test, headroom, forecast breach, cures"
)
_FIGURES: Final = tuple(
    (f"First breach of covenant {i}, {words}", "date", f"out_breach_{case}_{i}", "date")
    for i in (1, 2, 3)
    for case, words in (("base", "base"), ("down", "downside"))
)

COVENANT_MONITORING: Final = Template(
    "covenant-monitoring",
    _TITLE,
    _PURPOSE,
    (
        TemplateSheet(
            "Cover", "Checks, key figures and the map of the sheets", cover(_TITLE, _PURPOSE, _FIGURES, "in_first_end")
        ),
        TemplateSheet("Dashboard", "Where each covenant stands, and when it breaks", dashboard),
        TemplateSheet("Definitions", "The clauses, levels and dates; forecast and cure terms", definitions),
        TemplateSheet("Actuals", "What the borrower reported, quarter by quarter", actuals),
        TemplateSheet("Tests", "Every covenant in every quarter: status and headroom", tests),
        TemplateSheet("Forecast", "Coverage after the last report, base and downside", forecast),
        TemplateSheet("Cures", "Equity cures used, remaining, in the window", cures),
        TemplateSheet("Collateral", "Appraisals against the lender's curve, LTV trend", collateral),
        TemplateSheet("Actions", "Waivers, deadlines, owners", actions),
        TemplateSheet("Checks", "What must hold, in one overall cell", checks),
        TemplateSheet("Sources", "Where every input comes from", sources),
    ),
    example("covenant-monitoring"),
)
