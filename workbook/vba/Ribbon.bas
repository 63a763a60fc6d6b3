Attribute VB_Name = "Ribbon"
' The buttons of the Rebalance tab (ribbon.xml). Each asks what it must know and then Python for one action of
' udfs/ribbon.py.
Option Explicit

Private Const QUESTION As String = "Rebalance"
Private Const FILE_PICKER As Long = 3 ' msoFileDialogFilePicker
Private Const NEEDS_FILE As String = "file"
Private Const NEEDS_CLIENT As String = "client"

' The tab, as long as the project was not reset since it was loaded.
Private theTab As IRibbonUI

' --- Data ---------------------------------------------------------------------------------------------------

Public Sub RibbonImport(control As IRibbonControl)
    Dim files As String
    files = PickedFiles("Choose the export files", True)
    If files <> "" Then RunAction "import_files", files
End Sub

Public Sub RibbonCheckData(control As IRibbonControl)
    RunAction "check_data"
End Sub

' --- Plan ---------------------------------------------------------------------------------------------------

' In Excel for Windows the functions themselves calculate; Python only has to be given the tables again. Where they can't
' run, Python calculates the saved file and opens it again.
Public Sub RibbonRecalculate(control As IRibbonControl)
    #If Mac Then
        RunAction "recalculate"
    #Else
        If AskPython("import udfs.functions") Then HandTablesOver True
    #End If
End Sub

Public Sub RibbonWhatIf(control As IRibbonControl)
    RunAction "what_if"
End Sub

Public Sub RibbonFrontier(control As IRibbonControl)
    RunAction "frontier"
End Sub

' --- Briefs -------------------------------------------------------------------------------------------------

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

Public Sub RibbonOpenDraft(control As IRibbonControl)
    RunAction "open_draft"
End Sub

' --- Decide -------------------------------------------------------------------------------------------------

Public Sub RibbonRecordDecision(control As IRibbonControl)
    Dim client As String, answer As String, decision As String, person As String, reason As String
    Dim signed As String, attach As VbMsgBoxResult
    client = ChosenClient()
    Do
        answer = InputBox("What was decided on the latest brief of " & client & "?" & vbCrLf & vbCrLf & _
            "1  Approve" & vbCrLf & "2  Modify" & vbCrLf & "3  Decline" & vbCrLf & "4  Defer", QUESTION, answer)
        If Trim$(answer) = "" Then Exit Sub
        decision = DecisionWord(answer)
    Loop While decision = ""
    person = Trim$(InputBox("Who decided it?", QUESTION, Application.UserName))
    If person = "" Then Exit Sub
    reason = Trim$(InputBox("Why, or what is to be changed? One sentence; needed for Modify.", QUESTION))
    attach = MsgBox("File the signed brief with the decision? The next window asks for it.", _
        vbYesNoCancel + vbQuestion, QUESTION)
    If attach = vbCancel Then Exit Sub
    If attach = vbYes Then
        signed = PickedFiles("Choose the signed brief", False)
        If signed = "" Then Exit Sub
    End If
    RunAction "record_decision", decision, person, reason, signed
End Sub

' The decision that a number or a word stands for, '' for none.
Private Function DecisionWord(answer As String) As String
    Select Case LCase$(Trim$(answer))
        Case "1", "a", "approve", "approved": DecisionWord = "approve"
        Case "2", "m", "modify", "modified": DecisionWord = "modify"
        Case "3", "decline", "declined": DecisionWord = "decline"
        Case "4", "defer", "deferred": DecisionWord = "defer"
        Case Else: DecisionWord = ""
    End Select
End Function

' --- Compliance ---------------------------------------------------------------------------------------------

Public Sub RibbonSample(control As IRibbonControl)
    Dim period As String, seed As String, count As String
    period = Trim$(InputBox("Sample the briefs of which quarter?", QUESTION, NamedText("XRQuarter")))
    If period = "" Then Exit Sub
    seed = Trim$(InputBox("Leave 'new' for a new sample. To draw an earlier one again, enter its seed.", QUESTION, "new"))
    If seed = "" Then Exit Sub
    count = Trim$(InputBox("How many clients? Those with a high risk come on top of them.", QUESTION, "5"))
    If count = "" Then Exit Sub
    RunAction "draw_sample", period, seed, count
End Sub

Public Sub RibbonVerify(control As IRibbonControl)
    RunAction "verify_records"
End Sub

' --- Help ---------------------------------------------------------------------------------------------------

Public Sub RibbonHelp(control As IRibbonControl)
    RunAction "show_help"
End Sub

Public Sub RibbonAbout(control As IRibbonControl)
    RunAction "about"
End Sub

' --- Which buttons can be clicked ----------------------------------------------------------------------------

Public Sub RibbonLoaded(ribbon As IRibbonUI)
    Set theTab = ribbon
End Sub

' A button's tag names what it needs: a saved workbook, a chosen client.
Public Sub RibbonEnabled(control As IRibbonControl, ByRef returnedVal As Variant)
    returnedVal = CanRun(control.Tag)
End Sub

' Has Excel ask again which buttons can be clicked. Never shows or raises an error.
Public Sub RefreshRibbon()
    On Error Resume Next
    If Not theTab Is Nothing Then theTab.Invalidate
End Sub

Private Function CanRun(needs As String) As Boolean
    CanRun = True
    If InStr(needs, NEEDS_FILE) > 0 Then CanRun = IsSaved()
    If CanRun And InStr(needs, NEEDS_CLIENT) > 0 Then CanRun = (ChosenClient() <> "")
End Function

Private Function IsSaved() As Boolean
    IsSaved = (ThisWorkbook.Path <> "")
End Function

Private Function ChosenClient() As String
    ChosenClient = NamedText("XRClient")
End Function

' The text of a named cell, '' where there is no such name or an error in it.
Private Function NamedText(cellName As String) As String
    On Error GoTo Nowhere
    NamedText = Trim$(CStr(ThisWorkbook.Names(cellName).RefersToRange.Value))
Nowhere:
End Function

' --- Asking -------------------------------------------------------------------------------------------------

' Full paths of the files that the user picks, one a line; '' when none.
Private Function PickedFiles(prompt As String, several As Boolean) As String
    Dim picked As Variant, item As Variant
    #If Mac Then
        picked = Application.GetOpenFilename(Title:=prompt, MultiSelect:=several)
        If IsArray(picked) Then
            For Each item In picked
                PickedFiles = WithLine(PickedFiles, CStr(item))
            Next item
        ElseIf VarType(picked) = vbString Then
            PickedFiles = CStr(picked)
        End If
    #Else
        Dim dialog As Object
        Set dialog = Application.FileDialog(FILE_PICKER)
        dialog.Title = prompt
        dialog.AllowMultiSelect = several
        dialog.Filters.Clear
        If several Then dialog.Filters.Add "Exports", "*.csv;*.txt;*.xlsx;*.json"
        dialog.Filters.Add "All files", "*.*"
        If dialog.Show = -1 Then
            For Each item In dialog.SelectedItems
                PickedFiles = WithLine(PickedFiles, CStr(item))
            Next item
        End If
    #End If
End Function

Private Function WithLine(lines As String, line As String) As String
    WithLine = line
    If lines <> "" Then WithLine = lines & vbLf & line
End Function
