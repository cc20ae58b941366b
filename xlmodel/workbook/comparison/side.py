"""One of the deals compared: its letter, its numbers and its sheets."""

from dataclasses import dataclass

from xlmodel.deal import Analysis
from xlmodel.workbook.sheet import Page


@dataclass(frozen=True, slots=True)
class Side:
    """One of the deals compared.

    Attributes
    ----------
    letter
        By which its sheets are told apart.
    analysis
        Its numbers.
    pages
        Its calculating sheets.
    """

    letter: str
    analysis: Analysis
    pages: list[Page]

    @property
    def prefix(self) -> str:
        """What stands before the keys of this deal in the layout that all share."""
        return f"{self.letter}~"

    def of(self, template: str) -> str:
        """Return a formula written for a report as one of the comparison."""
        return template.replace("{", "{" + self.prefix)
