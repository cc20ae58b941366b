"""The Sources sheet: where every number comes from, and which ones rest on an assumption."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.quantity import ASSUMPTION
from xlmodel.workbook.inputs import sourced
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.wording import inside, label, lines_of

NUMBER, SOURCE, USED, COUNT = range(4)
_WIDTHS: Final = (6.0, 74.0, 78.0, 10.0)
_LINE_HEIGHT: Final = 12.0


def sources(page: Page, analysis: Analysis) -> None:
    """Write every source once, with the inputs that rest on it; assumptions stand apart."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = COUNT
    used: dict[str, list[str]] = {}
    for path, number in sourced(analysis.deal):
        used.setdefault(number.source[0].upper() + number.source[1:], []).append(path)
    assumed = {source: paths for source, paths in used.items() if source.lower().startswith(ASSUMPTION)}
    found = {source: paths for source, paths in used.items() if source not in assumed}
    total = sum(len(paths) for paths in used.values())
    resting = sum(len(paths) for paths in assumed.values())
    page.text(0, NUMBER, "Sources", "title")
    page.text(1, NUMBER, f"{total} numbers: {total - resting} from a source, {resting} assumed.", "note")
    row = 3
    for title, group in (("Published or derived", found), ("Assumed", assumed)):
        if not group:
            continue
        for column, head in enumerate(("No.", title, "Which numbers", "How many")):
            page.text(row, column, head, "head right" if column == COUNT else "head")
        row += 1
        for i, (source, paths) in enumerate(group.items(), 1):
            names = "; ".join(_named(path) for path in paths)
            page.text(row, NUMBER, str(i), "index")
            page.text(row, SOURCE, source, "source")
            page.number(row, COUNT, len(paths), "counted plain")
            page.text(row, USED, names, "source")
            lines = max(lines_of(source, _WIDTHS[SOURCE] * 1.25), lines_of(names, _WIDTHS[USED] * 1.25))
            page.heights[row] = _LINE_HEIGHT * lines
            row += 1
        row += 1
    page.freeze = (3, 0)


def _named(path: str) -> str:
    """What the reader calls an input, and of which part where there are several."""
    part = path.split(".")[0]
    return label(path) if part == path else f"{label(part)}: {inside(label(path))}"
