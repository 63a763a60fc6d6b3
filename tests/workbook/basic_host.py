"""Runs Basic functions of a workbook's own modules in LibreOffice, which reads VBA with a reader of its own.

A script for LibreOffice's Python (it imports uno), started by test_vba_runs.py:
    basic_host.py WORKBOOK PROFILE < calls.json > answers.json
The calls are Basic expressions. xlwings' module and the wrappers are taken out, as they need Windows; in their place
XLPy fails as it does where the DLL is missing. What asks the user is answered: InputBox and MsgBox by the module Calls.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue

OWN = ("Ribbon", "PythonCalls", "Navigation", "FunctionHelp")
STUB = """Option VBASupport 1
Public Asked As String, Given As String, Ran As String
Function XLPy()
    Err.Raise 53
End Function
Function NumberTo(prompt, Optional buttons, Optional title)
    NumberTo = CLng(AnswerTo(prompt))
End Function
Function AnswerTo(prompt, Optional second, Optional third)
    Dim rest
    Asked = Asked & Split(prompt, Chr(13))(0) & "|"
    rest = Split(Given, "|")
    AnswerTo = rest(0)
    If UBound(rest) > 0 Then Given = Mid(Given, Len(rest(0)) + 2)
End Function
Function Told(action, texts)
    Dim i
    Ran = action
    For i = LBound(texts) To UBound(texts)
        Ran = Ran & "|" & texts(i)
    Next i
End Function
Function Played(procedure, answers)
    Asked = "": Ran = "": Given = answers
    If procedure = "decision" Then RibbonRecordDecision Nothing
    If procedure = "sample" Then RibbonSample Nothing
    Played = Asked & " -> " & Ran
End Function
Function Enabled(needs)
    Dim answer
    answer = CanRun(needs)
    Enabled = answer
End Function
Function Jumped(sheet, place)
    Dim there, choice
    Set choice = ThisWorkbook.Names("XRClient").RefersToRange
    choice.Value = "nobody"
    ThisWorkbook.Worksheets("wsDashboard").Activate
    there = ShowClientOf(ThisWorkbook.Worksheets(sheet).Range(place))
    Jumped = there & " " & choice.Value & " " & ThisWorkbook.ActiveSheet.Name
End Function
Function Silently()
    RefreshRibbon
    DescribeFunctions
    HandTablesOver False
    Silently = "nothing raised"
End Function
"""


def main(workbook: str, profile: str, calls: list) -> dict:
    pipe = f"vba{abs(hash(profile))}"
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation={Path(profile).as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        desktop = connected(pipe)
        options = []
        for name, value in (("Hidden", True), ("MacroExecutionMode", 4)):
            option = PropertyValue()
            option.Name, option.Value = name, value
            options.append(option)
        document = desktop.loadComponentFromURL(Path(workbook).as_uri(), "_blank", 0, tuple(options))
        libraries = document.BasicLibraries
        libraries.loadLibrary("VBAProject")
        library = libraries.getByName("VBAProject")
        modules = {name: library.getByName(name) for name in library.ElementNames}
        for name, code in modules.items():
            if name in OWN:
                library.replaceByName(name, adapted(name, code))
            else:
                library.removeByName(name)
        tests = "".join(
            f"Function Call{n}()\nCall{n} = {call}\nEnd Function\n" for n, call in enumerate(calls)
        )
        library.insertByName("Calls", STUB + tests)
        provider = document.getScriptProvider()
        place = "vnd.sun.star.script:VBAProject.Calls.Call{}?language=Basic&location=document"
        answers = [provider.getScript(place.format(n)).invoke((), (), ())[0] for n in range(len(calls))]
        document.close(True)
        desktop.terminate()
        office.wait(30)
        return {"modules": modules, "answers": answers}
    finally:
        office.kill()


def adapted(name: str, code: str) -> str:
    """A module as this Basic can run it: Office's types are objects, and who is asked is the module Calls."""
    code = code.replace("Private Function", "Public Function").replace("As VbMsgBoxResult", "As Variant")
    code = code.replace("As IRibbonControl", "As Object").replace("As IRibbonUI", "As Object")
    if name == "Ribbon":
        code = code.replace("Application.UserName", '"me"')  # of Excel
        code = code.replace("InputBox(", "AnswerTo(").replace("MsgBox(", "NumberTo(")
        code = code.replace("PickedFiles(", "AnswerTo(").replace(
            "Function AnswerTo(prompt As", "Function PickedFiles(prompt As"
        )
        code = code.replace(
            'RunAction "record_decision", decision, person, reason, signed',
            'Told "record_decision", Array(decision, person, reason, signed)',
        )
        code = code.replace(
            'RunAction "draw_sample", period, seed, count', 'Told "draw_sample", Array(period, seed, count)'
        )
    return code


def connected(pipe: str):
    """The desktop of the LibreOffice just started, as soon as it answers."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(300):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:  # not there yet: uno has one exception for all reasons
            time.sleep(0.1)
        else:
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
    raise TimeoutError("LibreOffice did not start")


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2], json.load(sys.stdin)), sys.stdout)
