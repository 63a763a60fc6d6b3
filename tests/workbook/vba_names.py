"""Reads VBA modules the way `Option Explicit` does: every name that a procedure uses must be declared somewhere.

No compiler for VBA exists outside of Office. What Excel would refuse at Debug, Compile for an undeclared name or an unclosed
block is found here by reading: declarations, parameters, blocks, and every other word in the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

KEYWORDS = frozenset(
    [
        "and",
        "as",
        "boolean",
        "byref",
        "byval",
        "call",
        "case",
        "const",
        "currency",
        "date",
        "dim",
        "do",
        "double",
        "each",
        "else",
        "elseif",
        "empty",
        "end",
        "error",
        "exit",
        "explicit",
        "false",
        "for",
        "function",
        "get",
        "goto",
        "if",
        "in",
        "integer",
        "is",
        "let",
        "like",
        "long",
        "loop",
        "me",
        "mod",
        "new",
        "next",
        "not",
        "nothing",
        "null",
        "object",
        "on",
        "option",
        "optional",
        "or",
        "paramarray",
        "private",
        "property",
        "public",
        "redim",
        "resume",
        "select",
        "set",
        "static",
        "step",
        "string",
        "sub",
        "then",
        "to",
        "true",
        "until",
        "variant",
        "wend",
        "while",
        "with",
        "xor",
        "attribute",
        "rem",
        "debug",
        "mac",
    ]
)
KNOWN = frozenset(
    [
        "application",
        "thisworkbook",
        "cstr",
        "clng",
        "array",
        "ascw",
        "mid",
        "left",
        "right",
        "trim",
        "lcase",
        "ucase",
        "len",
        "instr",
        "replace",
        "split",
        "join",
        "ubound",
        "lbound",
        "isarray",
        "vartype",
        "msgbox",
        "inputbox",
        "err",
        "vbcrlf",
        "vblf",
        "vbcr",
        "vbstring",
        "vbexclamation",
        "vbinformation",
        "vbquestion",
        "vbcritical",
        "vbyes",
        "vbno",
        "vbcancel",
        "vbyesnocancel",
        "vbmsgboxresult",
        "xlcalculationmanual",
        "iribboncontrol",
        "iribbonui",
        "range",
        "hex",
        "typeof",
    ]
)
"""Of VBA, Office and Excel: what the modules use. A new name is added here once it is looked up."""
PROCEDURE = re.compile(
    r"^(?:(?:Public|Private|Friend)\s+)?(?:Static\s+)?(Sub|Function|Property\s+\w+)\s+(\w+)\s*(?:\((.*)\))?(?:\s+As\s+[\w.]+)?$",
    re.IGNORECASE,
)
DECLARATION = re.compile(
    r"^(?:Dim|Static|Private|Public|Const|Private\s+Const|Public\s+Const)\s+(.*)$", re.IGNORECASE
)
BLOCKS = (
    ("if", "end if"),
    ("for", "next"),
    ("do", "loop"),
    ("select case", "end select"),
    ("with", "end with"),
)


@dataclass(slots=True)
class Procedure:
    name: str
    kind: str
    parameters: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A module's procedures and the names declared outside of them."""

    explicit: bool
    module_names: set[str]
    procedures: list[Procedure]
    faults: list[str]


def statements(code: str) -> list[str]:
    """Logical lines without comments, texts emptied, continuations joined."""
    found = []
    for line in re.sub(r" _\r?\n\s*", " ", code).splitlines():
        emptied = re.sub(r'"(?:[^"]|"")*"', '""', line)
        bare = emptied.partition("'")[0].strip()
        if bare and not bare.lower().startswith(("attribute ", "rem ")):
            found.append(bare)
    return found


def read(code: str) -> Reading:
    reading = Reading(False, set(), [], [])
    inside: Procedure | None = None
    for line in statements(code):
        if line.startswith("#"):
            continue
        match = PROCEDURE.match(line)
        if inside is None:
            if line.lower() == "option explicit":
                reading.explicit = True
            elif match:
                inside = Procedure(match[2], match[1].split()[0].lower(), match[3] or "")
                reading.procedures.append(inside)
            elif declared := DECLARATION.match(line):
                reading.module_names |= names_declared(declared[1])
            else:
                reading.faults.append(f"outside of every procedure: {line}")
        elif line.lower() == f"end {inside.kind}":
            inside = None
        elif match:
            reading.faults.append(f"{inside.name} has no end")
            inside = Procedure(match[2], match[1].split()[0].lower(), match[3] or "")
            reading.procedures.append(inside)
        else:
            inside.lines.append(line)
    if inside is not None:
        reading.faults.append(f"{inside.name} has no end")
    return reading


def names_declared(text: str) -> set[str]:
    """Names of `a As String, b() As Long, Optional ByRef c = 1, D As Long = 3`, in lower case."""
    names = set()
    for part in re.sub(r"\([^)]*\)", "", text).split(","):
        words = part.split("=")[0].split()
        while words and words[0].lower() in ("optional", "byref", "byval", "paramarray", "const"):
            words.pop(0)
        if words:
            names.add(words[0].lower())
    return names


def faults(code: str, project: frozenset[str]) -> Iterator[str]:
    """What Excel's compiler would refuse in a module; `project` is the procedures of all modules, in lower case."""
    reading = read(code)
    if not reading.explicit:
        yield "no Option Explicit"
    yield from reading.faults
    own = {p.name.lower() for p in reading.procedures}
    if len(own) < len(reading.procedures):
        yield "two procedures of one name"
    for procedure in reading.procedures:
        declared = reading.module_names | names_declared(procedure.parameters) | own | project
        labels = {line[:-1].lower() for line in procedure.lines if re.fullmatch(r"\w+:", line)}
        for line in procedure.lines:
            if match := DECLARATION.match(line):
                declared |= names_declared(match[1])
        for line in procedure.lines:
            if re.fullmatch(r"\w+:", line):
                continue
            for name in used(DECLARATION.sub(_types_only, line)):
                if name not in declared | labels | KEYWORDS | KNOWN:
                    yield f"{procedure.name}: {name} is declared nowhere"
        yield from _open_blocks(procedure)
        for target in re.findall(r"GoTo (\w+)", "\n".join(procedure.lines)):
            if target != "0" and target.lower() not in labels:
                yield f"{procedure.name}: there is no label {target}"


def _types_only(match: re.Match[str]) -> str:
    return (
        " ".join(re.findall(r"As\s+([\w.]+)", match[1], re.IGNORECASE))
        + " "
        + " ".join(match[1].split("=")[1:])
    )


def used(line: str) -> list[str]:
    """Words that stand for something declared: no members after a dot, no named arguments, no numbers."""
    line = re.sub(r"\b\w+\s*:=", "", line)
    line = re.sub(r"&H[0-9A-F]+&?", "", line)
    return [
        match[1].lower()
        for match in re.finditer(r"(?<![\w.])([A-Za-z_]\w*)[$%&#!]?", line)
        if not match[1].isdigit()
    ]


def _open_blocks(procedure: Procedure) -> Iterator[str]:
    stack: list[str] = []
    for line in procedure.lines:
        low = line.lower()
        for opening, closing in BLOCKS:
            if low == closing or (closing in ("next", "loop") and low.split()[0] == closing):
                if not stack or stack.pop() != opening:
                    yield f"{procedure.name}: {line} closes nothing"
            elif (
                low.split()[0] == opening.split()[0]
                and low.startswith(opening)
                and (opening != "if" or low.endswith(" then"))
            ):
                stack.append(opening)
    yield from (f"{procedure.name}: {opening} is not closed" for opening in stack)
