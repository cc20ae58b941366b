"""The VBA that starts Python for a workbook without an add-in, and hands the stubs their `XLPy`.

It is our own, so that what a workbook carries is short enough to be read before it is trusted. The interpreter comes
from the user's own settings file and must be a full path: no workbook, no folder of one and no folder that Excel
happens to work in can name what is started, and Python is told not to look for modules there. No program but that
interpreter is started, and nothing runs before a formula is calculated.

Two modules, so that what can be tested without Windows is apart from what cannot: `settings` is text in, text out;
`bridge` reads the file and calls the library that xlwings puts beside the interpreter.
"""

from typing import Final

from xlwings import __version__ as XLWINGS  # noqa: N812  the library is the one of this release and of no other

_SETTINGS: Final = '''Attribute VB_Name = "xlmodel_settings"
' Written by xlmodel; changes are lost with the next build.
Option Explicit
Option Private Module

' The value of a setting in a settings file, which has one "KEY","VALUE" a line; empty where there is none.
Public Function SettingIn(ByVal settings As String, ByVal key As String) As String
    Dim lines As Variant, entry As String, cut As Long, i As Long
    lines = Split(Replace(settings, vbCr, vbLf), vbLf)
    For i = LBound(lines) To UBound(lines)
        entry = Trim$(lines(i))
        cut = InStr(entry, """,""")
        If cut > 2 And Left$(entry, 1) = """" And Right$(entry, 1) = """" And Len(entry) > cut + 3 Then
            If LCase$(Mid$(entry, 2, cut - 2)) = LCase$(key) Then
                SettingIn = Mid$(entry, cut + 3, Len(entry) - cut - 3)
                Exit Function
            End If
        End If
    Next i
End Function

' What serves formulas. -P keeps Python from importing out of the folder it is started in.
Public Function CommandOf(ByVal python As String) As String
    If python = "" Then Err.Raise 53, , "xlmodel is not set up for this user; do so with xlmodel addin install"
    If Not python Like "[A-Za-z]:\\*" Or InStr(python, """") > 0 Then
        Err.Raise 53, , "INTERPRETER_WIN in the settings of xlmodel must be the full path of python.exe"
    End If
    CommandOf = """" & python & """ -P -B -c ""import xlwings; xlwings.serve('$(CLSID)')"""
End Function

' The folder of a file, or of a folder.
Public Function FolderOf(ByVal path As String) As String
    FolderOf = Left$(path, InStrRev(path, "\\") - 1)
End Function
'''

_BRIDGE: Final = """Attribute VB_Name = "xlmodel_bridge"
' Written by xlmodel; changes are lost with the next build.
Option Explicit
Option Private Module

#If Mac Then
Public Function XLPy() As Object
    Err.Raise 5, , "xlmodel does not calculate in Excel for the Mac"
End Function
#Else
#If Win64 Then
Private Const LIBRARY As String = "@64@"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "@64@" ( _
    ByRef answer As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#Else
Private Const LIBRARY As String = "@32@"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "@32@" ( _
    ByRef answer As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#End If
Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryW" (ByVal path As LongPtr) As LongPtr

Private started As String

' The Python that answers, started by the first formula.
Public Function XLPy() As Object
    Dim answer As Variant
    If started = "" Then started = Prepared()
    If XLPyDLLActivateAuto(answer, started, 1) <> 0 Then Err.Raise 1000, , answer
    Set XLPy = answer
End Function

' Loads the library by its full path: from beside the interpreter, or from the folder above.
Private Function Prepared() As String
    Dim python As String, folder As String
    python = SettingIn(UserSettings(), "INTERPRETER_WIN")
    Prepared = CommandOf(python)
    folder = FolderOf(python)
    If LoadLibrary(StrPtr(folder & "\\" & LIBRARY)) <> 0 Then Exit Function
    If LoadLibrary(StrPtr(FolderOf(folder) & "\\" & LIBRARY)) <> 0 Then Exit Function
    Err.Raise 53, , LIBRARY & " is missing beside " & python & ": install xlwings @VERSION@ there"
End Function

' The text of the user's own settings file.
Private Function UserSettings() As String
    Dim path As String, entry As String, number As Integer
    path = Environ$("USERPROFILE") & "\\.xlmodel\\xlmodel.conf"
    If Dir$(path) = "" Then Exit Function
    number = FreeFile
    Open path For Input As #number
    Do While Not EOF(number)
        Line Input #number, entry
        UserSettings = UserSettings & entry & vbLf
    Loop
    Close #number
End Function
#End If
"""


def modules() -> dict[str, str]:
    """Return the VBA modules by name, lines ending as VBA ends them.

    >>> sorted(modules())
    ['xlmodel_bridge', 'xlmodel_settings']
    """
    bridge = _BRIDGE.replace("@VERSION@", XLWINGS)
    for bits in ("64", "32"):
        bridge = bridge.replace(f"@{bits}@", f"xlwings{bits}-{XLWINGS}.dll")
    return {
        "xlmodel_bridge": bridge.replace("\n", "\r\n"),
        "xlmodel_settings": _SETTINGS.replace("\n", "\r\n"),
    }
