"""How a formula spells a call of ours: four ways to write the same function, and nothing else in the formula.

A workbook stores the name of an add-in function as the add-in's host wants it:

========= ============================ =================================================================
host      `XLMODEL_DSCR` is stored as  where
========= ============================ =================================================================
com       `[1]!XLMODEL_DSCR`           Excel on Windows with xlmodel.xlam, 1 being the link to that file
office    `_xldudf_XLMODEL_DSCR`       Excel with an Office.js add-in
libreoffice  `XLMODEL.DSCR`            LibreOffice Calc with xlmodel.oxt
plain     `XLMODEL_DSCR`               an .xlsm that carries its own stubs, formualizer, what a person types
========= ============================ =================================================================
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from xlmodel.errors import InputError
from xlmodel.functions.record import PREFIX

ADDIN: Final = "xlmodel.xlam"
"""The file of the Windows add-in, as links to it name it."""


class Host(StrEnum):
    """Where a workbook is going to be opened."""

    COM = "com"
    OFFICE = "office"
    LIBREOFFICE = "libreoffice"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of ours inside a formula: the place of what spells it, and the function's own name."""

    start: int
    end: int
    name: str


_OFFICE: Final = "_XLDUDF_"
_SERVICE: Final = PREFIX.rstrip("_") + "."
_OURS: Final = re.compile(rf"(?:{_OFFICE})?{PREFIX}(?P<plain>[A-Z0-9_]+)|{re.escape(_SERVICE)}(?P<method>[A-Z0-9_]+)")
# UNO's rule for a method: no underscore at either end and no two in a row.
_METHOD: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_TOKEN: Final = re.compile(
    r"""
      "[^"]*+(?:""[^"]*+)*+"                                    # a text
    | (?P<where>(?:'[^']*+(?:''[^']*+)*+'|\[\d+\][\w.]*+|[\w.:]++)!)?(?P<name>[\w.]++)(?=\()
    | '[^']*+(?:''[^']*+)*+'                                    # a sheet in quotes
    | \[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*+\])*+\]               # columns of a table, links to other files
    | [\w.]++
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT: Final = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_NUMBERED: Final = re.compile(r"\[(\d+)\][^\[\]()*+/&,;]*!")
_LINK: Final = re.compile(r"\[(\d+)\]!")
_FILE: Final = re.compile(rf"'?(?:[^']*[\\/])?\[?{re.escape(ADDIN)}\]?'?!", re.IGNORECASE)


def calls(formula: str, links: Collection[int] = ()) -> Iterator[Call]:
    """Yield the calls of ours in a formula, however they are spelled; text and names of columns are no calls.

    Parameters
    ----------
    formula
        The formula as a workbook stores it.
    links
        The numbers of the workbook's links that lead to the Windows add-in. A function of another link, or of a
        sheet, is not ours whatever its name.

    Examples
    --------
    >>> formula = 'IF(A1="XLMODEL_LTV(1)",XLMODEL_WAL(A1:A9),[1]!XLMODEL_LTV(xlmodel.wal(B1),2))'
    >>> [formula[c.start : c.end] for c in calls(formula, links={1})]
    ['XLMODEL_WAL', '[1]!XLMODEL_LTV', 'xlmodel.wal']
    """
    for token in _TOKEN.finditer(formula):
        if (name := token["name"]) is None or (ours := _OURS.fullmatch(name.upper())) is None:
            continue
        if where := token["where"]:
            link = _LINK.fullmatch(where)
            # Excel may write [0] for the workbook itself, where a function is one of its own macros.
            if ours["plain"] is None or not (int(link[1]) in {0, *links} if link else _FILE.fullmatch(where)):
                continue
        yield Call(token.start(), token.end(), PREFIX + (ours["plain"] or ours["method"]))


def links_in(formula: str) -> set[int]:
    """Return the numbers of the links that a formula follows.

    >>> sorted(links_in("[2]!F(1)+'[3]A b'!C1+SUM([4]S!A1:A2)+Table1[6]") | links_in('A1&"[5]!G"'))
    [2, 3, 4]
    """
    return {int(number) for number in _NUMBERED.findall(_TEXT.sub('""', formula))}


def speller(host: Host, link: int = 0) -> Callable[[str], str]:
    """Return how `host` spells a function of ours.

    Parameters
    ----------
    host
        Where the workbook is going to be opened.
    link
        The number of the link to the Windows add-in, for that host.

    Raises
    ------
    InputError
        Asked for LibreOffice, whose add-in cannot have a method of that name.

    Examples
    --------
    >>> [speller(host, 1)("XLMODEL_DSCR_LTM") for host in Host]
    ['[1]!XLMODEL_DSCR_LTM', '_xldudf_XLMODEL_DSCR_LTM', 'XLMODEL.DSCR_LTM', 'XLMODEL_DSCR_LTM']
    """
    match host:
        case Host.COM:
            return f"[{link}]!{{}}".format
        case Host.OFFICE:
            return f"{_OFFICE.lower()}{{}}".format
        case Host.LIBREOFFICE:
            return _service_name
        case Host.PLAIN:
            return str


def _service_name(name: str) -> str:
    method = name.removeprefix(PREFIX)
    if not _METHOD.fullmatch(method):
        raise InputError(f"{name} cannot be a function of LibreOffice's add-in: capitals, digits, single underscores")
    return _SERVICE + method
