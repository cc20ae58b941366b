"""The periods a coverage counts: its own, the year back or the year ahead."""

from xlmodel.deal.inputs import Covenant


def window(record: Covenant, key: str, own: str) -> str:
    """Return the formula, without its sign =, of a flow over the periods that a coverage counts.

    Parameters
    ----------
    record
        The covenant.
    key
        The row of the flow.
    own
        The same row in the period's own column.
    """
    year = "{periods_per_year}"
    if record.metric == "dscr_ltm":
        # Only as far as the period itself: what falls due later hangs on what is paid now.
        return f"SUMPRODUCT(({{period|first}}:{{period}}>{{period}}-{year})*({{{key}|first}}:{{{key}}}))"
    inside = {
        "dscr_ntm": f"({{period|all}}>{{period}})*({{period|all}}<={{period}}+{year})",
    }.get(record.metric)
    return own if inside is None else f"SUMPRODUCT({inside}*{{{key}|all}})"
