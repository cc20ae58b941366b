"""The credit memo: its sheets in the order of their tabs."""

from typing import Final

from xlmodel.workbook.templates.build import Template, TemplateSheet
from xlmodel.workbook.templates.credit_memo.assumptions import assumptions
from xlmodel.workbook.templates.credit_memo.backup import backup
from xlmodel.workbook.templates.credit_memo.memo import memo
from xlmodel.workbook.templates.examples import example
from xlmodel.workbook.templates.frame import checks, cover, sources

_TITLE: Final = "Credit memo"
_PURPOSE: Final = "One page for the committee: request, ratios, values, worst case, breach dates, recommendation"
_FIGURES: Final = (
    ("Lowest DSCR", "x", "out_min_dscr", "multiple"),
    ("LTV on market value", "%", "out_ltv_market", "percent"),
    ("Lowest DSCR, worst case", "x", "out_worst_dscr", "multiple"),
    ("First breach, worst case", "date", "out_worst_breach", "date"),
)

CREDIT_MEMO: Final = Template(
    "credit-memo",
    _TITLE,
    _PURPOSE,
    (
        TemplateSheet("Cover", "Checks, key figures and the map", cover(_TITLE, _PURPOSE, _FIGURES, "in_debt_amount")),
        TemplateSheet("Memo", "The page the committee reads", memo),
        TemplateSheet("Assumptions", "Every number and sentence typed in", assumptions),
        TemplateSheet("Backup", "Cash, debt, value and ratios by period", backup),
        TemplateSheet("Checks", "What must hold, in one overall cell", checks),
        TemplateSheet("Sources", "Where every input comes from", sources),
    ),
    example("credit-memo"),
)
