"""Rows of what a coverage counts and of its cures: what equity would have to put in, whether it may, what is left."""

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Covenant, Cure
from xlmodel.workbook.covenants.window import window
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.timeline.covenants import status
from xlmodel.workbook.wording import UNDEFINED


def _cures(analysis: Analysis, *kinds: str) -> list[int]:
    found = enumerate(analysis.deal.covenants)
    return [i for i, c in found if c.cured and c.cure is not None and c.cure.counts_as in kinds]


def counts(grid: Grid, analysis: Analysis, i: int, record: Covenant) -> None:
    """Write the cash and the service that a coverage counts, with what equity put in before it is tested."""
    key, year = f"cov{i}", record.metric == "dscr_ltm"
    before = "({period|closing}:{period|prev}>{period}-{periods_per_year})"
    cash = window(record, "cfads", "{cfads}")
    for j in _cures(analysis, "cfads"):
        if year:
            cash += f"+SUMPRODUCT({before}*{{cov{j}.cure|closing}}:{{cov{j}.cure|prev}})"
        if j < i:
            cash += f"+{{cov{j}.cure}}"
    if record.counts_cash:
        first = "MAX({period}-{periods_per_year}+1,1)" if year else "{period}"
        cash += f"+INDEX({{wf.opening|first}}:{{wf.opening}},{first})"
    grid.row(f"{key}.have", "Cash counted, cures before it included", "USD m", f"={cash}", "money")
    service = window(record, "service", "{service}")
    if not record.includes_balloon:
        # Each period's service without its balloon, at least 0.
        service = f"({service}-{window(record, 'wf.lumps', '{wf.lumps}')})"
    prepaid = _cures(analysis, "prepayment")
    if prepaid and year:
        inside = "({period|first}:{period}>{period}-{periods_per_year})"
        service = f"SUMPRODUCT({inside}*{{service|first}}:{{service}}/{{cov.basis|first}}:{{cov.basis}})*{{cov.basis}}"
    if record.cure is not None and record.cured and record.cure.counts_as == "debt_service" and year:
        service += f"-SUMPRODUCT({before}*{{{key}.cure|closing}}:{{{key}.cure|prev}})"
    kept = "".join(f"*{{cov{j}.kept}}" for j in prepaid if j < i)
    grid.row(f"{key}.due", "Service counted, cures before it included", "USD m", f"=({service}){kept}", "money")


def cured(grid: Grid, analysis: Analysis, i: int, record: Covenant) -> None:
    """Write the cures of one covenant.

    Parameters
    ----------
    grid, analysis
        The sheet and the deal.
    i, record
        The covenant.
    """
    terms = record.cure
    assert terms is not None  # noqa: S101  asked for by the caller
    key, path, year = f"cov{i}", f"covenants[{i}].cure", record.metric == "dscr_ltm"
    have, due, level = f"{{{key}.have}}", f"{{{key}.due}}", f"{{{key}.default}}"
    full = "{period}>={periods_per_year}," if year else ""
    gap, possible = _gap(analysis, terms, i)
    short = f"AND({{covenant{i}.on}}=1,{full}{due}>0,{level}*{due}-{have}>{{tie}}*{level}*{due}{possible})"
    grid.row(f"{key}.need", "Equity that would cure it", "USD m", f"=IF({short},{gap},0)", "money")
    grid.row(f"{key}.allowed", "A cure is allowed", "1 or 0", f"=IF(AND({_allowed(terms, key, path)}),1,0)", "count")
    grid.row(f"{key}.cure", "Equity cure", "USD m", f"=IF({{{key}.allowed}}=1,{{{key}.need}},0)", "money",
             weight="key", total=True, closing=True, closing_formula="=0")  # fmt: skip
    begun = "" if terms.limits_from is None else f",{{date}}>={{{path}.limits_from}}"
    grid.row(f"{key}.counted", "Counts towards the limits", "1 or 0", f"=IF(AND({{{key}.cure}}>0{begun}),1,0)",
             "count", total=True, closing=True, closing_formula="=0")  # fmt: skip
    if terms.max_consecutive is not None:
        grid.row(f"{key}.streak", "Cures in a row", "cures", f"=IF({{{key}.counted}}=1,{{{key}.streak|prev}}+1,0)",
                 "count", closing=True, closing_formula="=0")  # fmt: skip
    if terms.counts_as == "prepayment":
        grid.row(f"{key}.kept", "Service left by this prepayment", "fraction",
                 f"=IF({{{key}.cure}}>0,{have}/({level}*{due}),1)", "factor")  # fmt: skip


def settled(grid: Grid, analysis: Analysis, i: int, record: Covenant) -> None:
    """Write the ratio and the status after all that equity puts in on the date, for whichever covenant."""
    key = f"cov{i}"
    later = [f"{{cov{j}.cure}}" for j in _cures(analysis, "cfads") if j >= i]
    have = "+".join([f"{{{key}.have}}", *later])
    due = f"{{{key}.due}}"
    if record.cured and record.cure is not None and record.cure.counts_as == "debt_service":
        due = f"({due}-{{{key}.cure}})"
    due += "".join(f"*{{cov{j}.kept}}" for j in _cures(analysis, "prepayment") if j >= i)
    grid.row(f"{key}.after", "Tested ratio after cures", "x",
             f'=IF(ISNUMBER({{{key}.ratio}}),IF({due}>0,({have})/({due}),"{UNDEFINED}"),"{UNDEFINED}")', "multiple",
             weight="key")  # fmt: skip
    grid.row(f"{key}.left", "Status after cures", "", f"={status(record, f'covenant{i}', f'{{{key}.after}}')}", "word",
             weight="key")  # fmt: skip
    grid.status_colours()


def held(grid: Grid, i: int, record: Covenant, status_key: str) -> None:
    """Write while what a broken level does holds on: from its test date until so many tests in a row are passed."""
    for grade, words, bad in (
        (1, record.on_lockup if record.lockup is not None else (), '"default",{s}="lock-up"'),
        (2, record.on_default, '"default"'),
    ):
        acting = [word for word in words if word != "none"]
        if record.metric == "dscr_ntm" or not acting:
            continue
        s = f"{{{status_key}}}"
        broken = f"OR({s}={bad.replace('{s}', s)})" if grade == 1 else f'{s}="default"'
        since, after = (
            f"cov{i}.since{grade}",
            f"{{covenants[{i}].releases_after}}" if record.releases_after > 1 else "1",
        )
        what = "lock-up level" if grade == 1 else "default level"
        grid.row(since, f"Tests passed since the {what} was last broken", "tests",
                 f'=IF({s}="{UNDEFINED}",{{{since}|prev}},IF({broken},0,{{{since}|prev}}+1))', "count", closing=True,
                 closing_formula=f"={after}")  # fmt: skip
        label = ", ".join(word.replace("_", " ") for word in acting)
        grid.row(f"cov{i}.held{grade}", f"Holds below the {what}: {label}", "1 or 0",
                 f"=IF({{{since}}}<{after},1,0)", "count", closing=True, closing_formula="=0")  # fmt: skip


def _gap(analysis: Analysis, terms: Cure, i: int) -> tuple[str, str]:
    """Return the equity that closes the gap, and what else makes that possible."""
    have, due, level = f"{{cov{i}.have}}", f"{{cov{i}.due}}", f"{{cov{i}.default}}"
    if terms.counts_as == "cfads":
        return f"{level}*{due}-{have}", ""
    if terms.counts_as == "debt_service":
        return f"{due}-{have}/{level}", f",{have}>0,{due}-{have}/{level}<={{service}}"
    earlier = "".join(f"-{{cov{j}.cure}}" for j in _cures(analysis, "prepayment") if j < i)
    owed = f"({{wf.curable}}{earlier})"
    return f"{owed}*(1-{have}/({level}*{due}))", f",{have}>0,{owed}>0"


def _allowed(terms: Cure, key: str, path: str) -> str:
    """Return the conditions under which a cure may be made, separated by commas."""
    before = f"{{{key}.#|closing}}:{{{key}.#|prev}}"
    used = before.replace("#", "counted")
    limits = []
    if terms.max_cures is not None:
        limits.append(f"SUM({used})<{{{path}.max_cures}}")
    if terms.max_consecutive is not None:
        limits.append(f"{{{key}.streak|prev}}<{{{path}.max_consecutive}}")
    if terms.max_in_window is not None:
        inside = f"({{period|closing}}:{{period|prev}}>{{period}}-{{{path}.window}})"
        limits.append(f"SUMPRODUCT({inside}*{used})<{{{path}.max_in_window}}")
    if terms.limits_from is not None and limits:
        limits = [f"OR({{date}}<{{{path}.limits_from}},AND({','.join(limits)}))"]
    if terms.cap is not None:
        limits.append(f"{{{key}.need}}<={{{path}.cap}}")
    if terms.total_cap is not None:
        limits.append(f"SUM({before.replace('#', 'cure')})+{{{key}.need}}<={{{path}.total_cap}}")
    return ",".join([f"{{{key}.need}}>0", *limits])
