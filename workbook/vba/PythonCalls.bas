Attribute VB_Name = "PythonCalls"
' What the workbook asks of Python, and what it says when Python can't be asked.
Option Explicit

Private Const TITLE As String = "Rebalance"

' Runs udfs.ribbon.<action>(texts...) in the Python session that also answers the XR_ functions.
' In Windows these are the calls of xlwings' RunPython (with USE UDF SERVER) under our own error handler:
' RunPython itself would show Python's traceback.
Public Sub RunAction(action As String, ParamArray texts() As Variant)
    Dim command As String, given As Variant
    given = texts
    command = PythonCommand(action, given)
    #If Mac Then
        RunPython command
    #Else
        If AskPython(command) Then RefreshRibbon
    #End If
End Sub

' Has Python run a command; whether it could. Where it couldn't, a message says what to do.
Public Function AskPython(command As String) As Boolean
    #If Not Mac Then
        Dim trouble As String
        On Error GoTo Failed
        Application.StatusBar = TITLE & ": starting Python ..."
        XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", ThisWorkbook
        XLPy.Exec command
        Application.StatusBar = False
        AskPython = True
        Exit Function
Failed:
        trouble = PlainWords(Err.Number, Err.Description)
        Application.StatusBar = False
        MsgBox trouble, vbExclamation, TITLE
    #End If
End Function

' Whether Python and xl-rebal can be reached. Never shows or raises an error.
Public Function PythonAnswers() As Boolean
    #If Not Mac Then
        On Error GoTo Silent
        XLPy.Exec "import udfs.functions"
        PythonAnswers = True
Silent:
    #End If
End Function

' Has the cell XRBook hand Python the tables again, so that every result follows. Never shows or raises an error.
Public Sub HandTablesOver(evenIfManual As Boolean)
    On Error Resume Next
    ThisWorkbook.Names("XRBook").RefersToRange.Dirty
    If evenIfManual Or Application.Calculation <> xlCalculationManual Then Application.Calculate
End Sub

' The Python source of a call. Texts go as lists of character codes: nothing that stands in them can end a string early, in
' Python, in a shell or in AppleScript.
Private Function PythonCommand(action As String, texts As Variant) As String
    Dim i As Long, codes As String
    For i = LBound(texts) To UBound(texts)
        If codes <> "" Then codes = codes & ","
        codes = codes & CharacterCodes(CStr(texts(i)))
    Next i
    PythonCommand = "import udfs.ribbon; udfs.ribbon." & action & "("
    If codes <> "" Then PythonCommand = PythonCommand & "*udfs.ribbon.texts(" & codes & ")"
    PythonCommand = PythonCommand & ")"
End Function

' `[72,105]` for Hi: UTF-16 units from 0 to 65535.
Private Function CharacterCodes(text As String) As String
    Dim i As Long, code As Long
    For i = 1 To Len(text)
        code = AscW(Mid$(text, i, 1))
        If code < 0 Then code = code + 65536
        If i > 1 Then CharacterCodes = CharacterCodes & ","
        CharacterCodes = CharacterCodes & CStr(code)
    Next i
    CharacterCodes = "[" & CharacterCodes & "]"
End Function

' What went wrong before Python could speak for itself, and what to do about it.
Private Function PlainWords(number As Long, description As String) As String
    If number = 53 Or InStr(description, "Could not load") > 0 Then
        PlainWords = "Python was not found where the sheet xlwings.conf says (Interpreter_Win)."
    ElseIf InStr(description, "No module named") > 0 Then
        PlainWords = "Python was found, but xl-rebal is not installed in it."
    Else
        PlainWords = "Python could not be asked."
    End If
    PlainWords = PlainWords & vbCrLf & vbCrLf & _
        "Open a terminal and run:  xl-rebal doctor" & vbCrLf & _
        "It checks this installation and says what to fix. Your data is unchanged." & vbCrLf & vbCrLf & _
        "Detail: " & LastLine(description)
End Function

' The last line of a text that is not empty: of Python's error report, the one that names the error.
Private Function LastLine(text As String) As String
    Dim lines() As String, i As Long
    lines = Split(Replace(text, vbCr, ""), vbLf)
    For i = UBound(lines) To LBound(lines) Step -1
        If Trim$(lines(i)) <> "" Then
            LastLine = Left$(Trim$(lines(i)), 200)
            Exit Function
        End If
    Next i
End Function
