"""Dated facts with their sources: one CSV file a subject, one fact a row, every row with source, date and flag.

The flag says how far a row can be trusted: V was read in the document named, S in a weak source (a blog, a shop), D was
derived by arithmetic from such rows. What was only recalled is not here. A price index whose publisher reserves its
series is quoted at single points or quarter ends.

>>> sorted(table("rental_regimes")[0])[:3]
['date', 'flag', 'from_date']
"""

import csv
import functools
from pathlib import Path

from xlmodel.errors import InputError
from xlmodel.resources import data

Row = dict[str, str]


def tables() -> tuple[str, ...]:
    """Names of the tables.

    >>> "gpu_specs" in tables()
    True
    """
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.csv")))


@functools.cache
def table(name: str) -> tuple[Row, ...]:
    """Return the rows of a table, every value as the text of its file; what is not known is empty.

    Parameters
    ----------
    name
        One of `tables`.

    Raises
    ------
    InputError
        No such table.

    Examples
    --------
    >>> [row["company"] for row in table("depreciation_lives") if row["years"] == "5.5"]
    ['Meta']
    """
    if name not in tables():
        raise InputError(f"table must be one of {', '.join(tables())}, got {name!r}", "name")
    with data(f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))
