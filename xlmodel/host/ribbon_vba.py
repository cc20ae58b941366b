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
    ("explain", "Explain cell", "FormulaEvaluate", "What the selected answer is made of, part by part."),
    ("why", "Why", "ErrorChecking", "Why the selected cell shows an error."),
    ("rebind", "Re-bind", "Refresh", "Enter the formulas of this workbook anew, so that they find the add-in."),
    ("fill", "Fill", "TableInsert", "Fill copies of this workbook from a tape or a deal, one for each loan."),
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

' What fits into one message box.
Private Const PAGE As Long = 900

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
    Say lines
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_why(control As Object)
    Dim answer As Variant
    On Error GoTo stopped
    answer = AnswerAbout("WHY")
    If Not IsEmpty(answer) Then Say FirstOf(answer)
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

' Only on request: it changes cells, and starts a calculation. Protected sheets are left alone and named.
Public Sub xlmodel_rebind(control As Object)
    Dim sheet As Worksheet, skipped As String
    On Error GoTo stopped
    If ActiveWorkbook Is Nothing Then Exit Sub
    For Each sheet In ActiveWorkbook.Worksheets
        If sheet.ProtectContents Then
            skipped = skipped & vbLf & sheet.Name
        Else
            sheet.Cells.Replace What:="XLMODEL_", Replacement:="XLMODEL_", LookAt:=xlPart, MatchCase:=False
        End If
    Next sheet
    If skipped <> "" Then skipped = vbLf & vbLf & "Protected and left alone:" & skipped
    Say "The formulas of " & ActiveWorkbook.Name & " were entered anew." & skipped
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_fill(control As Object)
    Dim data As Variant, mapping As Variant
    On Error GoTo stopped
    If ActiveWorkbook Is Nothing Then Exit Sub
    If ActiveWorkbook.Path = "" Or Not ActiveWorkbook.Saved Then
        MsgBox "Save this workbook first: its file is what is filled.", vbExclamation, "xlmodel"
        Exit Sub
    End If
    data = Application.GetOpenFilename("Tape or deal,*.csv;*.xlsx;*.parquet;*.toml;*.json", , "Fill from")
    If VarType(data) = vbBoolean Then Exit Sub
    mapping = Application.GetOpenFilename("Mapping,*.toml", , "Where what goes (xlmodel template map writes it)")
    If VarType(mapping) = vbBoolean Then Exit Sub
    With Application.FileDialog(4)
        .Title = "Folder for the filled copies"
        If .Show = 0 Then Exit Sub
        Say Served("Fill", ActiveWorkbook.FullName, data, mapping, .SelectedItems(1))
    End With
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_report(control As Object)
    Dim deal As Variant, target As String
    On Error GoTo stopped
    deal = Application.GetOpenFilename("Deal,*.toml;*.json", , "Report on")
    If VarType(deal) = vbBoolean Then Exit Sub
    target = Chosen("report.xlsx", "Workbook,*.xlsx", "Save the report as")
    If target <> "" Then Say Served("Report", deal, target)
    Exit Sub
stopped:
    MsgBox Err.Description, vbExclamation, "xlmodel"
End Sub

Public Sub xlmodel_doctor(control As Object)
    On Error GoTo stopped
    Say Served("Doctor")
    Exit Sub
stopped:
    MsgBox "Python did not answer: " & Err.Description, vbExclamation, "xlmodel"
End Sub

' Excel's wizard shows what it is told here; where it refuses, functions still work and only lack their help.
Public Sub xlmodel_describe()
    On Error Resume Next
    Describe
End Sub

' A file to be written, or nothing. Excel's dialog does not ask about a file that exists.
Private Function Chosen(ByVal proposed As String, ByVal kind As String, ByVal title As String) As String
    Dim target As Variant
    target = Application.GetSaveAsFilename(proposed, kind, , title)
    If VarType(target) = vbBoolean Then Exit Function
    If Dir$(target) <> "" Then
        If MsgBox(target & " exists. Replace it?", vbYesNo + vbExclamation, "xlmodel") <> vbYes Then Exit Function
    End If
    Chosen = target
End Function

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
        If IsError(AnswerAbout) Then Err.Raise 5, , "Python did not answer: " & LastFailure()
    End If
End Function

' Asks Python for what a button does; the answer is a sentence.
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
    If IsArray(answer) Then
        FirstOf = answer(LBound(answer, 1), LBound(answer, 2))
    Else
        FirstOf = CStr(answer)
    End If
End Function

' Shows a text, in several boxes where it is longer than one shows, broken between lines.
Private Sub Say(ByVal text As String)
    Dim cut As Long
    Do While Len(text) > PAGE
        cut = InStrRev(Left$(text, PAGE), vbLf)
        If cut = 0 Then cut = PAGE
        MsgBox Left$(text, cut), vbInformation, "xlmodel"
        text = Mid$(text, cut + 1)
    Loop
    MsgBox text, vbInformation, "xlmodel"
End Sub
""".replace("@SERVED@", SERVED)

# Excel describes no function while it shows no workbook, so the first one that is shown is waited for.
_OPENED: Final = """Private WithEvents Host As Application

Private Sub Workbook_Open()
    If ActiveWorkbook Is Nothing Then
        Set Host = Application
    Else
        DescribeSoon
    End If
End Sub

Private Sub Host_WorkbookActivate(ByVal Wb As Workbook)
    Set Host = Nothing
    DescribeSoon
End Sub

Private Sub DescribeSoon()
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!xlmodel_describe"
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
