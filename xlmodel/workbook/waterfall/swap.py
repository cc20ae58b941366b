"""Rows of the swap: what the borrower owes on it, which is paid with the interest of the first rank."""

from xlmodel.workbook.waterfall.rows import Paying, cleaned


def swap(paying: Paying) -> None:
    """Write the rows."""
    rank = paying.ranks[0]
    paying.grid.section("Swap payments")
    paying.money("swap_due", "Due, past due included", "=MAX(-{rates.settlement},0)+{wf.swap_late|prev}", total=False)
    due = f"{{wf.r{rank}.interest_due}}"
    paying.money("swap_paid", "Paid, by what is due", f"=IF({due}>0,{{wf.swap_due}}*{{wf.r{rank}.interest}}/{due},0)")
    left = "({wf.swap_due}-{wf.swap_paid})"
    paying.account("swap_late", "Past due", f"={cleaned(left, '{wf.swap_due}')}", "=0", "calc")
