"""A written workbook looked at part by part, for what no validator looks at."""

import re
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Final

from lxml import etree

from xlmodel.ooxml.addresses import letters

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
_ADDRESS: Final = re.compile(r"(?<![A-Za-z0-9_$])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![A-Za-z0-9_(])")


class Opened:
    """The parts of one workbook.

    Attributes
    ----------
    parts
        Every part of the package, by its name.
    """

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            self.parts = {name: package.read(name) for name in package.namelist()}

    @cached_property
    def sheets(self) -> dict[str, etree._Element]:
        """Every worksheet by the name on its tab."""
        relations = {r.get("Id"): r.get("Target") for r in self._xml("xl/_rels/workbook.xml.rels")}
        named = self._xml("xl/workbook.xml").iter(f"{_MAIN}sheet")
        key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
        return {sheet.get("name"): self._xml("xl/" + relations[sheet.get(key)]) for sheet in named}

    @cached_property
    def formulas(self) -> dict[tuple[str, str], str]:
        """Every formula by sheet and address."""
        return {
            (name, cell.get("r")): found.text
            for name, sheet in self.sheets.items()
            for cell in sheet.iter(f"{_MAIN}c")
            if (found := cell.find(f"{_MAIN}f")) is not None
        }

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Cells whose stored value is an error."""
        return [(n, c.get("r")) for n, s in self.sheets.items() for c in s.iter(f"{_MAIN}c") if c.get("t") == "e"]

    @property
    def without_value(self) -> list[tuple[str, str]]:
        """Formula cells that store no value."""
        return [
            (name, cell.get("r"))
            for name, sheet in self.sheets.items()
            for cell in sheet.iter(f"{_MAIN}c")
            if cell.find(f"{_MAIN}f") is not None and cell.find(f"{_MAIN}v") is None
        ]

    @property
    def styles_out_of_range(self) -> list[tuple[str, str]]:
        """Cells that point to a style there is not, which makes Excel repair the file."""
        count = len(self._xml("xl/styles.xml").find(f"{_MAIN}cellXfs"))
        return [
            (name, cell.get("r"))
            for name, sheet in self.sheets.items()
            for cell in sheet.iter(f"{_MAIN}c")
            if int(cell.get("s", "0")) >= count
        ]

    @property
    def charts(self) -> dict[str, str]:
        """The text read out in the place of every chart, by the name of its sheet and its title."""
        found = {}
        for name in self.sheets:
            number = list(self.sheets).index(name) + 1
            relations = self.parts.get(f"xl/worksheets/_rels/sheet{number}.xml.rels")
            if relations is None:
                continue
            for relation in etree.fromstring(relations).iter(f"{_RELATIONS}Relationship"):
                if relation.get("Type").endswith("/drawing"):
                    part = "xl/" + relation.get("Target").removeprefix("../")
                    for box in self._xml(part).iter(f"{_DRAWING}cNvPr"):
                        found[f"{name}: {box.get('name')}"] = box.get("descr") or ""
        return found

    @property
    def charted(self) -> list[str]:
        """Every range a chart draws."""
        return [
            f.text
            for name in self.parts
            if name.startswith("xl/charts/chart")
            for f in self._xml(name).iter(f"{_CHART}f")
        ]

    @property
    def merged(self) -> list[str]:
        """Sheets with merged cells."""
        return [name for name, sheet in self.sheets.items() if sheet.find(f"{_MAIN}mergeCells") is not None]

    def _xml(self, name: str) -> etree._Element:
        return etree.fromstring(self.parts[name])


def relative(formula: str, column: int, row: int) -> str:
    """Return a formula with its relative references counted from its own cell, as in R1C1.

    >>> relative('=IF(B2>0,$C$1,"A1")', 2, 3) == relative('=IF(C2>0,$C$1,"A1")', 3, 3)
    True
    >>> [relative("=Debt!B2", 2, 3) == relative(other, 3, 3) for other in ("=Debt!C2", "=Debt!B2")]
    [True, False]
    """

    def counted(found: re.Match[str]) -> str:
        fixed_column, letter, fixed_row, number = found.groups()
        place = next(i for i in range(16384) if letters(i) == letter)
        across = letter if fixed_column else f"[{place - column}]"
        down = number if fixed_row else f"[{int(number) - row}]"
        return f"R{down}C{across}"

    texts = _QUOTED.findall(formula)
    rest = "\x00".join(_ADDRESS.sub(counted, piece) for piece in _QUOTED.split(formula))
    for text in texts:
        rest = rest.replace("\x00", text, 1)
    return rest


def balanced(formula: str) -> bool:
    """Whether every bracket of a formula closes and every quote ends."""
    bare = _QUOTED.sub("", formula)
    depth = 0
    for letter in bare:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0 and '"' not in bare
