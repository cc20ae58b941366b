"""The ribbon of the Excel add-in: its buttons, and the VBA behind them.

What a button needs of a workbook is text that a person sees there: the formula of the selected cell, the path of the
open file. It is passed on as an argument and never run. Text in, text out stands in a module of its own, so that it can
be tested without Excel.
"""

from typing import Final
from xml.sax.saxutils import quoteattr

SERVED: Final = "xlmodel.host.ribbon"

BUTTONS: Final = (
    ("insert", "Insert function", "FunctionWizard", "Choose a function of xlmodel and fill in its arguments."),
    (
        "explain",
        "Explain cell",
        "FormulaEvaluate",
        "What the selected answer is made of: inputs, parts, formula, source.",
    ),
    ("why", "Why", "ErrorChecking", "Why the selected cell shows an error."),
    ("rebind", "Re-bind", "Refresh", "Enter the formulas of this workbook anew, so that they find the add-in."),
    ("fill", "Fill", "TableInsert", "Fill this workbook from a tape or a deal, one copy a loan."),
    ("report", "Report", "FileSave", "Write the workbook report on a deal."),
    ("doctor", "Doctor", "Info", "Look for what keeps the add-in from working."),
)
"""Name, label, picture and help of every button."""

_TEXTS: Final = '''Attribute VB_Name = "xlmodel_formulas"
' Written by xlmodel; changes are lost with the next build.
Option Explicit
Option Private Module

' The name of our function that a formula calls and does nothing else; empty where it does more, or something else.
Public Function FunctionIn(ByVal formula As String) As String
    Dim opens As Long, name As String
    If InStr(formula, "XLMODEL_") = 0 Or Right$(formula, 1) <> ")" Then Exit Function
    opens = InStr(formula, "(")
    name = Mid$(formula, 2, opens - 2)
    If InStr(name, "!") > 0 Then name = Mid$(name, InStrRev(name, "!") + 1)
    If Left$(name, 1) = "@" Then name = Mid$(name, 2)
    If Left$(name, 8) <> "XLMODEL_" Then Exit Function
    If ClosesAtEnd(formula, opens) Then FunctionIn = name
End Function

' What asks about a formula: the same arguments, handed to EXPLAIN or WHY.
Public Function Asked(ByVal about As String, ByVal formula As String) As String
    Dim name As String, opens As Long, arguments As String
    name = FunctionIn(formula)
    If name = "" Then Exit Function
    opens = InStr(formula, "(")
    arguments = Mid$(formula, opens + 1, Len(formula) - opens - 1)
    Asked = "XLMODEL_" & about & "(""" & name & """"
    If Trim$(arguments) <> "" Then Asked = Asked & "," & arguments
    Asked = Asked & ")"
End Function

' Whether the bracket that opens here is closed by the last letter and not before.
Private Function ClosesAtEnd(ByVal formula As String, ByVal opens As Long) As Boolean
    Dim i As Long, depth As Long, letter As String, quote As String
    For i = opens To Len(formula)
        letter = Mid$(formula, i, 1)
        If quote <> "" Then
            If letter = quote Then quote = ""
        ElseIf letter = """" Or letter = "'" Then
            quote = letter
        ElseIf letter = "(" Or letter = "{" Then
            depth = depth + 1
        ElseIf letter = ")" Or letter = "}" Then
            depth = depth - 1
            If depth = 0 Then
                ClosesAtEnd = (i = Len(formula))
                Exit Function
            End If
        End If
    Next i
End Function
'''

_RIBBON: Final = """Attribute VB_Name = "xlmodel_ribbon"
' Written by xlmodel; changes are lost with the next build.
Option Explicit
Option Private Module

Public Sub xlmodel_insert(control As Object)
    On Error GoTo stopped
    Application.Dialogs(xlDialogFunctionWizard).Show
    Exit Sub
stopped:
    MsgBox "Select a cell that may be changed first.", vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_explain(control As Object)
    Dim answer As Variant, i As Long, lines As String
    On Error GoTo stopped
    answer = AnswerAbout("EXPLAIN")
    If IsEmpty(answer) Then Exit Sub
    For i = LBound(answer, 1) To UBound(answer, 1)
        lines = lines & answer(i, 1) & vbTab & answer(i, 2) & " " & answer(i, 3) & vbTab & answer(i, 4) & vbLf
    Next i
    MsgBox lines, vbInformation, "xlmodel: " & FunctionIn(ActiveCell.Formula)
    Exit Sub
stopped:
    MsgBox Err.Description & vbLf & LastFailure(), vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_why(control As Object)
    Dim answer As Variant
    On Error GoTo stopped
    answer = AnswerAbout("WHY")
    If IsEmpty(answer) Then Exit Sub
    MsgBox FirstOf(answer), vbInformation, "xlmodel: " & FunctionIn(ActiveCell.Formula)
    Exit Sub
stopped:
    MsgBox Err.Description & vbLf & LastFailure(), vbExclamation, "xlmodel"
End Sub

' Only on request: it changes cells, and starts a calculation. Protected sheets are left alone and named.
Public Sub xlmodel_rebind(control As Object)
    Dim sheet As Worksheet, skipped As String
    If ActiveWorkbook Is Nothing Then Exit Sub
    For Each sheet In ActiveWorkbook.Worksheets
        If sheet.ProtectContents Then
            skipped = skipped & vbLf & sheet.Name
        Else
            sheet.Cells.Replace What:="XLMODEL_", Replacement:="XLMODEL_", LookAt:=xlPart, MatchCase:=False
        End If
    Next sheet
    If skipped <> "" Then skipped = vbLf & vbLf & "Protected and left alone:" & skipped
    MsgBox "The formulas of " & ActiveWorkbook.Name & " were entered anew." & skipped, vbInformation, "xlmodel"
End Sub

Public Sub xlmodel_fill(control As Object)
    Dim data As Variant, folder As String
    On Error GoTo stopped
    If ActiveWorkbook Is Nothing Then Exit Sub
    If ActiveWorkbook.Path = "" Or Not ActiveWorkbook.Saved Then
        MsgBox "Save this workbook first: its file is what is filled.", vbExclamation, "xlmodel"
        Exit Sub
    End If
    data = Application.GetOpenFilename("Tape or deal,*.csv;*.xlsx;*.parquet;*.toml;*.json", , "Fill from")
    If VarType(data) = vbBoolean Then Exit Sub
    With Application.FileDialog(4)
        .Title = "Folder for the filled workbooks"
        If .Show = 0 Then Exit Sub
        folder = .SelectedItems(1)
    End With
    MsgBox Served("Fill", ActiveWorkbook.FullName, data, folder), vbInformation, "xlmodel"
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_report(control As Object)
    Dim deal As Variant, target As Variant
    On Error GoTo stopped
    deal = Application.GetOpenFilename("Deal,*.toml;*.json", , "Report on")
    If VarType(deal) = vbBoolean Then Exit Sub
    target = Application.GetSaveAsFilename("report.xlsx", "Workbook,*.xlsx", , "Save the report as")
    If VarType(target) = vbBoolean Then Exit Sub
    MsgBox Served("Report", deal, target), vbInformation, "xlmodel"
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_doctor(control As Object)
    On Error GoTo stopped
    MsgBox Served("Doctor"), vbInformation, "xlmodel"
    Exit Sub
stopped:
    MsgBox "Python did not answer: " & Err.Description, vbExclamation, "xlmodel"
End Sub

' What xlmodel says about the formula of the selected cell, or nothing where it is none of ours.
Private Function AnswerAbout(ByVal about As String) As Variant
    Dim question As String
    If ActiveCell Is Nothing Then Exit Function
    question = Asked(about, ActiveCell.Formula)
    If question = "" Then
        MsgBox "Select a cell whose formula is one call of a function XLMODEL_.", vbExclamation, "xlmodel"
    ElseIf Len(question) > 255 Then
        MsgBox "The formula is too long to ask about from here; type this into a cell:" & vbLf & "=" & question, _
            vbExclamation, "xlmodel"
    Else
        AnswerAbout = ActiveCell.Worksheet.Evaluate(question)
    End If
End Function

Private Function Served(ByVal command As String, ParamArray given() As Variant) As String
    Dim arguments() As Variant, i As Long
    If UBound(given) < LBound(given) Then
        Served = FirstOf(XLPy.CallUDF("@SERVED@", command, Array()))
    Else
        ReDim arguments(0 To UBound(given))
        For i = 0 To UBound(given)
            arguments(i) = given(i)
        Next i
        Served = FirstOf(XLPy.CallUDF("@SERVED@", command, arguments))
    End If
End Function

Private Function FirstOf(ByVal answer As Variant) As String
    On Error GoTo plain
    FirstOf = answer(LBound(answer, 1), LBound(answer, 2))
    Exit Function
plain:
    FirstOf = CStr(answer)
End Function
""".replace("@SERVED@", SERVED)

_OPENED: Final = """Private Sub Workbook_Open()
    ' Excel's wizard shows what it is told here; where it refuses, functions still work and only lack their help.
    On Error Resume Next
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!xlmodel_help.Describe"
End Sub
"""

_NAMESPACE: Final = "http://schemas.microsoft.com/office/2009/07/customui"


def modules() -> dict[str, str]:
    """Return the VBA modules behind the ribbon by name, lines ending as VBA ends them.

    >>> sorted(modules())
    ['xlmodel_formulas', 'xlmodel_ribbon']
    """
    texts = {"xlmodel_formulas": _TEXTS, "xlmodel_ribbon": _RIBBON}
    return {name: text.replace("\n", "\r\n") for name, text in texts.items()}


def opened() -> str:
    """Return what the add-in does when Excel opens it: it has its functions described, and nothing else."""
    return _OPENED.replace("\n", "\r\n")


def interface() -> str:
    """Return the ribbon as Office reads it.

    >>> interface().count("<button")
    7
    """
    buttons = "".join(
        f'<button id="xlmodel_{name}" label={quoteattr(label)} imageMso="{picture}" size="large" '
        f'supertip={quoteattr(tip)} onAction="xlmodel_{name}"/>'
        for name, label, picture, tip in BUTTONS
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<customUI xmlns="{_NAMESPACE}"><ribbon><tabs>'
        f'<tab id="xlmodel_tab" label="xlmodel"><group id="xlmodel_group" label="Hardware loans">{buttons}</group>'
        "</tab></tabs></ribbon></customUI>"
    )
