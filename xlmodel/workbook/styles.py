"""How a cell looks: one name for each kind of number, so that a unit is shown the same way on every sheet.

Inputs are blue on pale yellow and unlocked, links to another sheet green, other formulas black. Negatives stand in
parentheses, zero is a dash where zero means nothing, and text in a number's place (n/a) keeps to the right.
"""

from typing import Any, Final

NUMBERS: Final = {
    "money": '#,##0.00_);(#,##0.00);"-"_);@_)',
    "price": '#,##0.0000_);(#,##0.0000);"-"_);@_)',
    "count": '#,##0_);(#,##0);"-"_);@_)',
    "quantity": '#,##0.00_);(#,##0.00);"-"_);@_)',
    "amount": '#,##0.00" USD m"_);(#,##0.00" USD m");"-"_);@_)',
    "multiple": '0.00"x"_);(0.00"x");0.00"x"_);@_)',
    "multiple long": '0.000"x"_);(0.000"x");0.000"x"_);@_)',
    "years": '0.0000_);(0.0000);"-"_);@_)',
    "percent": '0.0%_);(0.0%);"-"_);@_)',
    "rate": '0.00%_);(0.00%);"-"_);@_)',
    "factor": '0.000000_);(0.000000);"-"_);@_)',
    "difference": '0.0E+00_);(0.0E+00);"-"_);@_)',
    "date": "dd mmm yyyy",
    "period": "dd mmm yy",
    "plain": "0",
    "rate long": '0.0000%_);(0.0000%);"-"_);@_)',
    "left": "General",
    "centred": "General",
    "noted": "General",
    "word": "General",
}
"""The number format of each kind."""

_BASE: Final[dict[str, Any]] = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "counted": {"valign": "top", "font_size": 9, "font_color": "#595959"},
    "input": {
        "font_color": "#0000FF",
        "bg_color": "#FFF2CC",
        "border": 1,
        "border_color": "#BFBFBF",
        "locked": False,
        "valign": "top",
    },
    "link": {"font_color": "#008000"},
    "calc": {"font_color": "#000000"},
    "strong": {"font_color": "#000000", "bold": True, "top": 1},
    "key": {"font_color": "#000000", "bold": True},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864"},
    "pasted": {"font_color": "#595959", "italic": True},
    "constant": {"font_color": "#000000", "bg_color": "#F2F2F2", "valign": "top"},
}
_TEXTS: Final[dict[str, dict[str, Any]]] = {
    "text": {},
    "bold": {"bold": True},
    "top": {"valign": "top"},
    "unit top": {"font_color": "#595959", "valign": "top", "align": "left", "indent": 1},
    "term": {"align": "left", "valign": "top"},
    "field": {"font_color": "#7F7F7F", "font_size": 9, "valign": "top"},
    "index": {"valign": "top", "font_size": 9, "font_color": "#595959"},
    "assumed": {"text_wrap": True, "valign": "top", "font_size": 9, "italic": True, "font_color": "#595959"},
    "strong label": {"bold": True, "top": 1, "text_wrap": True},
    "strong unit": {"font_color": "#595959", "top": 1, "indent": 1},
    "key label": {"bold": True, "text_wrap": True},
    "key unit": {"font_color": "#595959", "indent": 1},
    "head unit": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "indent": 1},
    "pass": {"font_color": "#006100", "bg_color": "#C6EFCE"},
    "fail": {"font_color": "#9C0006", "bg_color": "#FFC7CE", "bold": True},
    "warn": {"font_color": "#7F6000", "bg_color": "#FFEB9C"},
    "jump": {"font_color": "#0563C1", "underline": 1},
    "note": {"italic": True, "font_color": "#595959"},
    "unit": {"font_color": "#595959", "indent": 1},
    "label": {"text_wrap": True},
    "wrap": {"text_wrap": True, "valign": "top"},
    "wrap bold": {"text_wrap": True, "valign": "top", "bold": True},
    "wrap note": {"text_wrap": True, "valign": "top", "italic": True, "font_color": "#595959"},
    "source": {"text_wrap": True, "valign": "top", "font_size": 9},
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3864"},
    "subtitle": {"font_size": 11, "font_color": "#595959"},
    "section": {"bold": True, "bg_color": "#D9E1F2", "font_color": "#1F3864"},
    "section right": {"bold": True, "bg_color": "#D9E1F2", "font_color": "#1F3864", "align": "right"},
    "section unit": {"bold": True, "bg_color": "#D9E1F2", "font_color": "#1F3864", "indent": 1},
    "input text": {
        "font_color": "#0000FF",
        "bg_color": "#FFF2CC",
        "border": 1,
        "border_color": "#BFBFBF",
        "locked": False,
        "valign": "top",
        "align": "left",
        "text_wrap": True,
    },
    "input note": {
        "text_wrap": True,
        "valign": "top",
        "font_size": 9,
        "italic": True,
        "font_color": "#595959",
        "locked": False,
    },
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "text_wrap": True},
    "head right": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "align": "right", "text_wrap": True},
    "head centred": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#1F3864",
        "align": "center",
        "text_wrap": True,
    },
    "head noted": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "indent": 1, "text_wrap": True},
    "verdict": {"text_wrap": True, "bold": True, "font_size": 11, "valign": "top"},
}


_ZERO_COUNTS: Final = frozenset({"input", "constant"})
"""Looks in which a zero was typed and is shown as a number."""


class Styles:
    """The formats of one workbook, made when first asked for.

    A style is a text look ("title", "wrap") or a look and a kind of number: "calc money", "input rate".
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def __getitem__(self, style: str) -> Any:
        if style not in self._made:
            self._made[style] = self._book.add_format(properties(style))
        return self._made[style]


def properties(style: str) -> dict[str, Any]:
    """Return what XlsxWriter is told of a style.

    Parameters
    ----------
    style
        The name of a text look, or a look followed by a kind of number.

    Raises
    ------
    KeyError
        A style nobody declared.

    Examples
    --------
    >>> properties("input rate")["num_format"], properties("input rate")["font_color"]
    ('0.00%_);(0.00%);0.00%_);@_)', '#0000FF')
    """
    if style in _TEXTS:
        return _BASE | _TEXTS[style]
    look, _, kind = style.partition(" ")
    align = {"left": "left", "centred": "center", "noted": "left"}.get(kind, "right")
    # Words beside a number on the right of its cell would run into it.
    indent = {"indent": 1} if kind == "noted" else {}
    shape = NUMBERS[kind]
    if look in _ZERO_COUNTS:
        positive, *_ = shape.split(";")
        shape = shape.replace('"-"_)', positive)
    return _BASE | {"align": align, "num_format": shape} | indent | _LOOKS[look]
