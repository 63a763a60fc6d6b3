Attribute VB_Name = "Ribbon"
' The buttons of the Rebalance tab (ribbon.xml). Each asks Python for one action of udfs/ribbon.py.
Option Explicit

Private Const TITLE As String = "Rebalance"

Public Sub RibbonCheckData(control As IRibbonControl)
    RunAction "check_data"
End Sub

Public Sub RibbonBriefThisClient(control As IRibbonControl)
    RunAction "briefs_this_client"
End Sub

Public Sub RibbonBriefsFlagged(control As IRibbonControl)
    RunAction "briefs_flagged"
End Sub

Public Sub RibbonBriefsAll(control As IRibbonControl)
    RunAction "briefs_all"
End Sub

Public Sub RibbonOpenClientFolder(control As IRibbonControl)
    RunAction "open_client_folder"
End Sub

Public Sub RibbonAbout(control As IRibbonControl)
    RunAction "about"
End Sub

' Runs udfs.ribbon.<action>() in the Python session that also answers the XR_ functions.
' These are the calls of xlwings' RunPython (with USE UDF SERVER) under our own error handler:
' RunPython itself would show Python's traceback.
Private Sub RunAction(action As String)
    #If Mac Then
        MsgBox "These buttons need Excel for Windows. On a Mac use the xl-rebal command in a terminal.", _
            vbInformation, TITLE
    #Else
        Dim trouble As String
        If ThisWorkbook.Path = "" Then
            MsgBox "Save the workbook in a folder first. Briefs are filed beside it.", vbInformation, TITLE
            Exit Sub
        End If
        On Error GoTo Failed
        Application.StatusBar = TITLE & ": starting Python ..."
        XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", ThisWorkbook
        XLPy.Exec "import udfs.ribbon; udfs.ribbon." & action & "()"
        Application.StatusBar = False
        Exit Sub
Failed:
        trouble = PlainWords(Err.Number, Err.Description)
        Application.StatusBar = False
        MsgBox trouble, vbExclamation, TITLE
    #End If
End Sub

' Whether Python and xl-rebal can be reached. Never shows or raises an error.
Public Function PythonAnswers() As Boolean
    #If Not Mac Then
        On Error GoTo Silent
        XLPy.Exec "import udfs.functions"
        PythonAnswers = True
Silent:
    #End If
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
