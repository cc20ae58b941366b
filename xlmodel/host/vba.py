"""The VBA of the Excel add-in, written from the catalogue: stubs that Excel calls, and what the stubs share.

A stub hands over values and nothing else: `Range.Value2` of each argument, no workbook and no caller, so that a call
does not go back to Excel and no workbook can name code to run. What comes back is shown as it is, except that a text
which is exactly an error marker becomes that error.

`modules` is what the add-in is built from; each text is a whole VBA module in ASCII.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, Record
from xlmodel.functions.record import Parameter
from xlmodel.host.com import help_text

SERVED: Final = "xlmodel.host.com"
ARGUMENTS: Final = 60
"""The most arguments a VBA function takes."""

# MS-VBAL 3.3.5.2: what no variable can be called.
RESERVED: Final = frozenset(
    """
    abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec cdecl
    cint circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare defbool
    defbyte defcur defdate defdbl defdec defint deflng deflnglng deflngptr defobj defsng defstr defvar dim do doevents
    double each else elseif empty end endif enum eqv erase event exit false fix for friend function get global gosub
    goto if imp implements in input inputb int integer is lbound len lenb let like linput lock long longlong longptr
    loop lset me mod new next not nothing null on open option optional or paramarray preserve print private pset public
    put raiseevent redim rem resume return rset scale seek select set sgn shared single spc static step stop string sub
    tab then to true type typeof ubound unlock until variant wend while with withevents write xor
    """.split()  # noqa: SIM905  a hundred words read better as text
)

# What a stub itself names; an argument of that name would hide it.
_USED: Final = frozenset({"application", "err", "failed", "k", "packed", "shown", "valueof", "xlpy"})

_ERROR_CONSTANTS: Final = {
    ExcelError.NULL: "xlErrNull",
    ExcelError.DIV0: "xlErrDiv0",
    ExcelError.VALUE: "xlErrValue",
    ExcelError.REF: "xlErrRef",
    ExcelError.NAME: "xlErrName",
    ExcelError.NUM: "xlErrNum",
    ExcelError.NA: "xlErrNA",
}
_WIDTH: Final = 250  # sixty arguments then stay far below the 24 continued lines of a statement
_ASCII: Final = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "·": "*", "×": "x", "’": "'", "…": "...", "Π": "product of "}
)

_SHARED: Final = """Attribute VB_Name = "xlmodel_shared"
' Written from the catalogue of xlmodel; changes are lost with the next build.
Option Explicit
Option Private Module

Private failure As String

' The values of an argument: those of a range; anything else as it is, an omitted one as omitted.
Public Function ValueOf(Optional ByVal given As Variant) As Variant
    If IsObject(given) Then
        If Not TypeOf given Is Range Then Err.Raise 13
        If given.Areas.Count > 1 Then Err.Raise 5, , "a range of several areas is not one argument"
        ValueOf = given.Value2
    Else
        ValueOf = given
    End If
End Function

' The answer with real errors where it says errors in text.
Public Function Shown(ByVal answer As Variant) As Variant
    Dim i As Long, j As Long
    If Not IsArray(answer) Then
        Shown = CellOf(answer)
        Exit Function
    End If
    If IsTable(answer) Then
        For i = LBound(answer, 1) To UBound(answer, 1)
            For j = LBound(answer, 2) To UBound(answer, 2)
                If VarType(answer(i, j)) = vbString Then answer(i, j) = CellOf(answer(i, j))
            Next j
        Next i
    Else
        For i = LBound(answer) To UBound(answer)
            If VarType(answer(i)) = vbString Then answer(i) = CellOf(answer(i))
        Next i
    End If
    Shown = answer
End Function

' A call that never reached xlmodel shows an error, not its text; the add-in can say the text.
Public Function Failed(ByVal reason As String) As Variant
    failure = reason
    Failed = CVErr(xlErrValue)
End Function

Public Function LastFailure() As String
    LastFailure = failure
End Function

Private Function IsTable(ByRef answer As Variant) As Boolean
    Dim last As Long
    On Error GoTo flat
    last = UBound(answer, 2)
    IsTable = True
flat:
End Function

' Exact matches only: text that merely begins with # stays text.
Private Function CellOf(ByVal cell As Variant) As Variant
    CellOf = cell
    If VarType(cell) <> vbString Then Exit Function
    Select Case cell
@CASES@
    End Select
End Function
"""


def modules() -> dict[str, str]:
    """Return the VBA modules of the add-in by name, lines ending as VBA ends them.

    >>> sorted(modules())
    ['xlmodel_help', 'xlmodel_shared', 'xlmodel_stubs']
    """
    texts = {"xlmodel_shared": shared(), "xlmodel_stubs": stubs(), "xlmodel_help": describe()}
    return {name: text.replace("\n", "\r\n") for name, text in texts.items()}


def stubs(records: Iterable[Record] = CATALOGUE.values()) -> str:
    """Return the module whose functions a sheet calls, one for each record."""
    head = _head("xlmodel_stubs") + "Option Explicit\n"
    return "\n".join([head, *map(stub, records)])


def stub(record: Record) -> str:
    """Return the VBA function of one record.

    >>> print(stub(CATALOGUE["XLMODEL_VERSION"]))
    Public Function XLMODEL_VERSION() As Variant
        On Error GoTo stopped
        If Not Application.CommandBars("Standard").Controls(1).Enabled Then Exit Function
        XLMODEL_VERSION = Shown(XLPy.CallUDF("xlmodel.host.com", "XLMODEL_VERSION", Array()))
        Exit Function
    stopped:
        XLMODEL_VERSION = Failed(Err.Description)
    End Function
    <BLANKLINE>
    """
    if len(record.parameters) > ARGUMENTS:
        raise ValueError(f"{record.name} has {len(record.parameters)} arguments, VBA takes {ARGUMENTS}")
    fixed = [p for p in record.parameters if not p.variadic]
    more = next((vba_name(p) for p in record.parameters if p.variadic), None)
    declared = ", ".join(_declared(p, beside=more is not None) for p in record.parameters)
    values = f"Array({', '.join(f'ValueOf({vba_name(p)})' for p in fixed)})"
    lines = []
    if more is not None:
        values = "packed"
        lines = _packed(fixed, more)
    return "\n".join(
        [
            *_wrapped(f"Public Function {record.name}({declared}) As Variant"),
            *(["    Dim packed() As Variant, k As Long"] if more is not None else []),
            "    On Error GoTo stopped",
            # The wizard disables this button while it is open: no call for every key typed there.
            '    If Not Application.CommandBars("Standard").Controls(1).Enabled Then Exit Function',
            *lines,
            *_wrapped(f'    {record.name} = Shown(XLPy.CallUDF("{SERVED}", "{record.name}", {values}))'),
            "    Exit Function",
            "stopped:",
            f"    {record.name} = Failed(Err.Description)",
            "End Function",
            "",
        ]
    )


def shared() -> str:
    """Return the module the stubs share: values in, errors out."""
    cases = "\n".join(f'        Case "{e}": CellOf = CVErr({constant})' for e, constant in _ERROR_CONSTANTS.items())
    return _SHARED.replace("@CASES@", cases)


def describe(records: Iterable[Record] = CATALOGUE.values()) -> str:
    """Return the module that tells the function wizard what each function and argument means."""
    all_ = list(records)
    calls = "\n".join(f"    Describe_{record.name}" for record in all_)
    head = f"{_head('xlmodel_help')}Option Explicit\nOption Private Module\n"
    return "\n".join([head, f"Public Sub Describe()\n{calls}\nEnd Sub\n", *map(_described, all_)])


def vba_name(parameter: Parameter) -> str:
    """Return an argument's name in VBA: its label, with an underscore where VBA has the word for itself.

    >>> [vba_name(p) for p in CATALOGUE["XLMODEL_WHY"].parameters]
    ['name', 'arguments']
    """
    return f"{parameter.label}_" if parameter.label.lower() in RESERVED | _USED else parameter.label


def ascii_text(text: str) -> str:
    """Return a text in ASCII, as a VBA module holds no more than its code page.

    >>> ascii_text("1 − ½ · “Hölder”…")
    '1 - 1/2 * "Holder"...'
    """
    plain = text.translate(_ASCII).translate(str.maketrans("“”„⁄", '"""/'))
    plain = unicodedata.normalize("NFKD", plain).replace("⁄", "/")
    return "".join(c for c in plain if not unicodedata.combining(c)).encode("ascii", "replace").decode()


def _head(name: str) -> str:
    return (
        f'Attribute VB_Name = "{name}"\n'
        "' Written from the catalogue of xlmodel; changes are lost with the next build.\n"
    )


def _declared(parameter: Parameter, beside: bool) -> str:
    if parameter.variadic:
        return f"ParamArray {vba_name(parameter)}() As Variant"
    # Required arguments are optional to VBA, so that xlmodel refuses them by name; beside a ParamArray none may be.
    return f"{'ByVal' if beside else 'Optional ByVal'} {vba_name(parameter)} As Variant"


def _packed(fixed: list[Parameter], more: str) -> list[str]:
    """The statements that put the fixed arguments and those of a ParamArray into one array."""
    count = len(fixed)
    return [
        f"    ReDim packed(0 To {count} + UBound({more}) - LBound({more}))",
        *(f"    packed({i}) = ValueOf({vba_name(p)})" for i, p in enumerate(fixed)),
        f"    For k = LBound({more}) To UBound({more})",
        f"        packed({count} + k - LBound({more})) = ValueOf({more}(k))",
        "    Next k",
    ]


def _described(record: Record) -> str:
    pieces = [
        # Named with the add-in's file, as xlwings does: a bare name would be looked up in the active workbook.
        f'    Application.MacroOptions Macro:="\'" & ThisWorkbook.Name & "\'!{record.name}"',
        f"Description:={_quoted(record.summary)}",
        f"Category:={_quoted(f'xlmodel {record.category}')}",
    ]
    texts = [_quoted(p.arg.help) for p in record.parameters]
    statements = []
    if texts:
        # An array filled line by line, since a statement takes at most 24 continued lines.
        statements = [
            f"    Dim texts({len(texts) - 1}) As String",
            *(f"    texts({i}) = {t}" for i, t in enumerate(texts)),
        ]
        pieces.append("ArgumentDescriptions:=texts")
    return "\n".join(
        [f"Private Sub Describe_{record.name}()", *statements, ", _\n        ".join(pieces), "End Sub", ""]
    )


def _quoted(text: str) -> str:
    return '"' + help_text(ascii_text(text)).replace('"', '""') + '"'


def _wrapped(statement: str) -> list[str]:
    """A statement broken after commas into lines that VBA reads as one; it must hold no comma inside a text."""
    indent = statement[: len(statement) - len(statement.lstrip())]
    lines: list[str] = []
    line = ""
    for piece in statement.split(", "):
        longer = f"{line}, {piece}" if line else piece
        if len(longer) > _WIDTH:
            lines.append(f"{line}, _")
            longer = f"{indent}    {piece}"
        line = longer
    return [*lines, line]
