"""How formulas of ours are stored in a file, and how a file is made to fit another host."""

from xlmodel.workbook.stored_form.retargeting import Retargeted, respell, retarget
from xlmodel.workbook.stored_form.spelling import Host

__all__ = ["Host", "Retargeted", "respell", "retarget"]
