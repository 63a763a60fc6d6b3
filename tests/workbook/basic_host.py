"""Runs Basic functions of a workbook's Ribbon module in LibreOffice, which reads VBA with a reader of its own.

A script for LibreOffice's Python (it imports uno), started by test_vba_runs.py:
    basic_host.py WORKBOOK PROFILE < calls.json > answers.json
The calls are Basic expressions. xlwings' module and the wrappers are taken out, as they need Windows; in their place
XLPy fails as it does where the DLL is missing.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue

STUB = """Option VBASupport 1
Function XLPy()
    Err.Raise 53
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
        for name in modules:
            if name != "Ribbon":
                library.removeByName(name)
        ribbon = modules["Ribbon"].replace("Private Function", "Public Function")
        library.replaceByName("Ribbon", ribbon.replace("As IRibbonControl", "As Object"))
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
