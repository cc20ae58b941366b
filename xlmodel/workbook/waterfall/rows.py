"""What every part of the sheet writes with: rows of money in USD m, and the small differences that are rounding."""

from dataclasses import dataclass

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Covenant, Financing
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.timeline.debt import hedged


@dataclass(frozen=True, slots=True)
class Asked:
    """What the deal asks of its waterfall; its financing may be none."""

    analysis: Analysis
    terms: Financing

    @property
    def ranks(self) -> list[int]:
        """The ranks of the tranches, the first to be paid in front."""
        return sorted({debt.rank for debt in self.analysis.deal.debt})

    @property
    def hedged(self) -> bool:
        """Whether a swap is paid with the interest of the first rank."""
        return hedged(self.analysis)

    @property
    def fees(self) -> bool:
        """Whether there are fees: of the agent, or on what is undrawn."""
        return self.terms.agency_fee is not None or any(d.commitment_fee is not None for d in self.analysis.deal.debt)

    @property
    def sweeps(self) -> bool:
        """Whether excess cash may prepay debt, by the financing or by a covenant."""
        named = {word for c in self.analysis.deal.covenants for word in (*c.on_lockup, *c.on_default)}
        return self.terms.sweeps or bool(named & {"sweep", "cash_dominion"})

    def cures(self, *kinds: str) -> list[int]:
        """Positions of the covenants that equity may cure, by what their cures count as."""
        found = enumerate(self.analysis.deal.covenants)
        return [i for i, c in found if c.cured and c.cure is not None and c.cure.counts_as in (kinds or _ALL)]

    def acting(self, word: str) -> list[tuple[int, int, Covenant]]:
        """The covenants with a consequence: position, 1 where the lock-up level has it and 2 where only the default."""
        found = []
        for i, covenant in enumerate(self.analysis.deal.covenants):
            if covenant.metric == "dscr_ntm":
                continue
            if word in covenant.on_lockup and covenant.lockup is not None:
                found.append((i, 1, covenant))
            elif word in covenant.on_default:
                found.append((i, 2, covenant))
        return found

    def holds(self, word: str, part: str = "") -> str:
        """The formula of whether a consequence holds in a period, or in the one before; empty where none has it."""
        tests = [f"{{cov{i}.held{grade}{part}}}=1" for i, grade, _ in self.acting(word)]
        return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})" if tests else ""

    def tranches(self, rank: int) -> list[int]:
        """Positions of the tranches of a rank."""
        return [i for i, debt in enumerate(self.analysis.deal.debt) if debt.rank == rank]

    def sum_of(self, part: str, rank: int | None = None) -> str:
        """The formula of the sum of a line over the tranches, of one rank or of all, without its sign =."""
        chosen = range(len(self.analysis.tranches)) if rank is None else self.tranches(rank)
        return "+".join(f"{{wf{i}.{part}}}" for i in chosen)


@dataclass(frozen=True, slots=True)
class Paying(Asked):
    """The same with the grid that its rows are written on."""

    grid: Grid

    def money(self, key: str, label: str, formula: str, *, weight: str = "calc", total: bool = True) -> None:
        """Write a row of flows."""
        self.grid.row(f"wf.{key}", label, "USD m", formula, "money", weight=weight, total=total)

    def account(self, key: str, label: str, formula: str, at_closing: str, weight: str = "strong") -> None:
        """Write what stands at the end of each period, and at closing."""
        self.grid.row(
            f"wf.{key}", label, "USD m", formula, "money", weight=weight, closing=True, closing_formula=at_closing
        )


_ALL = ("cfads", "debt_service", "prepayment")


def cleaned(formula: str, beside: str) -> str:
    """The formula, without its sign =, that takes what is rounding beside another number for the 0 it is."""
    return f"IF(ABS({formula})<={{tie}}*ABS({beside}),0,{formula})"
