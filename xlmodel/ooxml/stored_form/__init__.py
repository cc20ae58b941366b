"""How formulas of ours are stored in a file, and how a file is made to fit another host."""

from xlmodel.ooxml.stored_form.retargeting import Retargeted, respell, retarget
from xlmodel.ooxml.stored_form.spelling import Host

__all__ = ["Host", "Retargeted", "respell", "retarget"]
