Attribute VB_Name = "Navigation"
' From a row of the Dashboard's list to that client on the Client sheet.
Option Explicit

' Chooses the client in whose row of the list a cell stands and shows the Client sheet; whether it did. Elsewhere, on links
' and where there is no client nothing happens. Never shows or raises an error.
Public Function ShowClientOf(target As Range) As Boolean
    Dim above As Range, choice As Range, client As Variant
    On Error GoTo Elsewhere
    Set above = ThisWorkbook.Names("XRShow").RefersToRange
    If target.Worksheet.Name <> above.Worksheet.Name Then Exit Function
    If target.Row <= above.Row + 1 Then Exit Function ' the list's headers are below the choices
    If InStr(target.Formula, "HYPERLINK") > 0 Then Exit Function
    If VarType(target.Worksheet.Cells(target.Row, 2).Value) <> vbString Then Exit Function ' a message stands alone
    client = target.Worksheet.Cells(target.Row, 1).Value
    If VarType(client) <> vbString Then Exit Function ' an error
    If Trim$(client) = "" Then Exit Function
    Set choice = ThisWorkbook.Names("XRClient").RefersToRange
    choice.Value = client
    choice.Worksheet.Activate
    ShowClientOf = True
Elsewhere:
End Function
