"""A tape of loans: columns in, every loan's coverage and collateral out, in one call."""

from xlmodel.deal.tape.analysis import TapeAnalysis, analyse_tape
from xlmodel.deal.tape.columns import COLUMNS, Problem
from xlmodel.deal.tape.loans import Tape
from xlmodel.deal.tape.results import Figures, Paths

__all__ = ["COLUMNS", "Figures", "Paths", "Problem", "Tape", "TapeAnalysis", "analyse_tape"]
