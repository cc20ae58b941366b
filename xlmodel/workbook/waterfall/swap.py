"""Rows of the swap: what the borrower owes on it, which is paid with the interest of the first rank."""

from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats
from xlmodel.workbook.waterfall.rows import Paying, clean, cleaned


def swap(paying: Paying) -> None:
    """Write the rows."""
    lines, rank = paying.found.paid, paying.ranks[0]
    paying.grid.section("Paid on the swap")
    paying.money("swap_due", "Due, overdue included", "=MAX(-{rates.settlement},0)+{wf.swap_late|prev}",
                 lines.hedge_due, total=False)  # fmt: skip
    due = f"{{wf.r{rank}.interest_due}}"
    paying.money("swap_paid", "Paid, by what is due",
                 f"=IF({due}>0,{{wf.swap_due}}*{{wf.r{rank}.interest}}/{due},0)", lines.hedge_paid)  # fmt: skip
    left = "({wf.swap_due}-{wf.swap_paid})"
    paying.account("swap_late", "Overdue", f"={cleaned(left, '{wf.swap_due}')}", swap_overdue(lines), "=0", 0.0,
                   "calc")  # fmt: skip


def swap_overdue(lines: Waterfall) -> Floats:
    """What stays overdue on the swap."""
    return clean(lines.hedge_due - lines.hedge_paid, lines.hedge_due)
