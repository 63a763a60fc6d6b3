"""Basic source of the XR_ functions as LibreOffice's formulas see them: each hands its arguments to the bridge.

LibreOffice finds a function that it does not know among the Basic functions of its Standard library. A compile error
there silently blanks the whole library, so the source is kept plain, and results are what a test must look at.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable

MODULE_NAME = "XlRebal"

# Global, not Private: only then is the script object kept from one call to the next (seven times as fast).
_SHARED = """Global gXrBridge As Object

Function XrForward_(functionName As String, count As Integer, given)
    Dim answer, table(), line, y As Long, x As Long, passed
    On Error GoTo failed
    If IsNull(gXrBridge) Then
        gXrBridge = {bridge}
    End If
    If count = 0 Then
        passed = Array()
    Else
        passed = given
        ReDim Preserve passed(count - 1)
    End If
    answer = gXrBridge.invoke(Array(functionName, passed), Array(), Array())
    If UBound(answer) = 0 And UBound(answer(0)) = 0 Then
        XrForward_ = answer(0)(0)
        Exit Function
    End If
    ReDim table(UBound(answer), UBound(answer(0)))
    For y = 0 To UBound(answer)
        line = answer(y)
        For x = 0 To UBound(line)
            table(y, x) = line(x)
        Next x
    Next y
    XrForward_ = table
    Exit Function
failed:
    XrForward_ = functionName & " could not be called (Basic error " & Err & ", line " & Erl & "): " & Error$
End Function
"""


def of_script(url: str) -> str:
    """The bridge that is a Python script of the user's profile, as a Basic expression."""
    providers = 'createUnoService("com.sun.star.script.provider.MasterScriptProviderFactory")'
    return f'{providers}.createScriptProvider("user").getScript("{url}")'


def forwarders(functions: Iterable[Callable[..., object]], bridge: str) -> str:
    """The library's source: one Basic function per Python function, with every argument optional.

    `bridge` is a Basic expression of the object whose `invoke` answers. Python decides which arguments it needs, and
    says so in the cell.
    """
    parts = [_SHARED.replace("{bridge}", bridge)]
    for function in functions:
        name, count = function.__name__, len(inspect.signature(function).parameters)
        lines = [
            f"Function {name}({', '.join(f'Optional p{at}' for at in range(count))})",
            f"    Dim given({max(count - 1, 0)}), count As Integer",
        ]
        for at in range(count):
            lines += [
                f"    If Not IsMissing(p{at}) Then",
                f"        given({at}) = p{at}",
                f"        count = {at + 1}",
                "    End If",
            ]
        lines += [f'    {name} = XrForward_("{name}", count, given)', "End Function", ""]
        parts.append("\n".join(lines))
    return "\n".join(parts)
