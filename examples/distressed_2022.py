"""What xlmodel would have said of the miners seized in 2022, beside what became of them.

`python examples/distressed_2022.py` prints one row a case. The inputs were fixed from their sources before the script
was first run, and none has been changed since to bring a result nearer:

- rigs, hashrate and what became of them: `distressed_collateral_cases.csv`, each row with its source;
- price of a terahash: the tier "under 38 J/TH" of `asic_price_points.csv`, four published points, between two of them
  along a constant rate, after the last as it was. The points on both sides of a day are used, so this is hindsight;
- decay: the constant rate between the first and the last of these points, the 71.1 % a year of `iris_2022.toml`;
- time to sell, wear, selling cost, counsel and discount: those of `seizure_10000_h100.toml`, assumptions written down
  earlier and for other hardware. Nothing of the kind is published for a seizure of rigs.

The index is a price of used rigs on offer while everybody sold. It is taken as a forced-sale value, and so the engine
refuses to charge depth or removal on it again; a block of 26,000 rigs on top of that market is not priced.
"""

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from xlmodel.collateral.haircut import Basis, haircut
from xlmodel.data import table
from xlmodel.deal import load
from xlmodel.deal.quantity import amount

TIER = "under 38 J/TH"
SEIZURE = Path(__file__).with_name("seizure_10000_h100.toml")
POINTS = sorted(
    (dt.date.fromisoformat(row["date"]), float(row["usd_per_th"]))
    for row in table("asic_price_points")
    if row["tier"] == TIER
)


def price(day: dt.date) -> float:
    """USD a terahash on a day."""
    days, quotes = zip(*POINTS, strict=True)
    return float(np.exp(np.interp(day.toordinal(), [d.toordinal() for d in days], np.log(quotes))))


def decay() -> float:
    """Share of the price lost in a year, from the first point to the last."""
    (first, high), (last, low) = POINTS[0], POINTS[-1]
    return 1 - float((low / high) ** (365 / (last - first).days))


@dataclass(frozen=True)
class Case:
    """One seizure, USD m: at the index, after the sale, and what became of it."""

    name: str
    day: dt.date
    owed: float
    at_index: float
    sale: float
    realised: float
    realised_is: str

    def miss(self, ours: float) -> float:
        """How far a number of ours lies above what was realised, as a share of it."""
        return ours / self.realised - 1


def cases() -> list[Case]:
    """The cases whose hashrate and outcome are published."""
    terms = load(SEIZURE).sale
    assert terms is not None
    found = []
    for row in table("distressed_collateral_cases"):
        if not (row["hashrate_eh"] and row["realised_usd_m"]):
            continue
        day, terahashes = dt.date.fromisoformat(row["date"]), float(row["hashrate_eh"]) * 1e6
        sold = haircut(
            terahashes, price(day), amount(terms.months_to_sale), decay(), condition=amount(terms.condition),
            selling_pct=amount(terms.selling), fixed_cost=amount(terms.fixed_cost),
            discount_eff=amount(terms.discount), basis=Basis.FLV,
        )  # fmt: skip
        found.append(
            Case(
                row["case"], day, float(row["debt_usd_m"]), float(sold.reference_value) / 1e6,
                float(sold.present_value) / 1e6, float(row["realised_usd_m"]), row["realised_is"],
            )
        )  # fmt: skip
    return found


def main() -> None:
    """Print the table."""
    shown = Table("2022, USD m", title="Miners seized, and what we would have said", title_justify="left")
    for head in ("Owed", "At the index", "Miss", "Our sale", "Miss", "Realised"):
        shown.add_column(head, justify="right")
    shown.add_column("which is")
    for case in cases():
        shown.add_row(
            f"{case.name}, {case.day}", f"{case.owed:,.1f}",
            f"{case.at_index:,.1f}", f"{case.miss(case.at_index):+.0%}",
            f"{case.sale:,.1f}", f"{case.miss(case.sale):+.0%}", f"{case.realised:,.1f}", case.realised_is,
        )  # fmt: skip
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(shown)
    console.print(
        "No cash sale of these rigs was found: what was realised is a debt given up, an estimate, a price of like rigs."
    )


if __name__ == "__main__":
    main()
