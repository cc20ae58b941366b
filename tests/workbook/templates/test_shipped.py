"""Shipped files opened without the add-in: nothing makes a program calculate them."""

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from tests.engines import converted, needs_libreoffice, new_profile, shown
from xlmodel.errors import ExcelError
from xlmodel.ooxml.addresses import letters

pytestmark = needs_libreoffice

FILES = sorted((Path(__file__).parents[3] / "templates").glob("*.xlsx"))
_NEVER = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>1</value></prop>
 </item>
</oor:items>
"""


@pytest.fixture(scope="module")
def home() -> Path:
    """A LibreOffice without the extension, told never to recalculate."""
    found = new_profile()
    (found / "user" / "registrymodifications.xcu").write_text(_NEVER, encoding="utf-8")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_excel_is_not_told_to_calculate(file: Path) -> None:
    """Neither in words nor by the name of an older Excel, whose numbers the present one would not trust."""
    with zipfile.ZipFile(file) as parts:
        (told,) = re.findall(r"<calcPr[^>]*>", parts.read("xl/workbook.xml").decode())
    assert "fullCalcOnLoad" not in told
    assert int(re.findall(r'calcId="(\d+)"', told)[0]) >= 191029  # Excel 2019 and later


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_libreoffice_shows_what_is_stored_but_for_blocks(file: Path, home: Path, tmp_path: Path) -> None:
    """It calculates formulas over several cells whatever it is told, and has no name for ours; all else stays."""
    want, got = shown(file), shown(converted(file, home, tmp_path))
    blocks = _blocks(file)
    assert 0 < len(blocks) < len(want)
    apart = {at: (v, got.get(at)) for at, v in want.items() if at not in blocks and _differ(v, got.get(at))}
    assert apart == {}
    assert not any(isinstance(v, ExcelError) for at, v in got.items() if at not in blocks)


def _blocks(file: Path) -> set[tuple[str, str]]:
    """The cells of formulas over several cells."""
    return {
        (sheet.title, f"{letters(column - 1)}{line}")
        for sheet in openpyxl.load_workbook(file)
        for row in sheet.iter_rows()
        for start in row
        if isinstance(start.value, ArrayFormula)
        for left, top, right, bottom in [range_boundaries(start.value.ref)]
        for line in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def _differ(want: Any, got: Any) -> bool:
    if isinstance(want, float) and isinstance(got, float):
        return abs(want - got) > 1e-12 * abs(want)
    return (want or "") != (got or "")
