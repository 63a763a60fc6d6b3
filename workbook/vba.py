"""The workbook's VBA modules and ribbon, put together from text: our sources, xlwings' own module, and wrappers.

`modules` is what ovba.vba_project stores; `add_ribbon` puts ribbon.xml into a finished workbook; `refresh_macros`
brings both up to date in a workbook in use. The wrappers of the XR_ functions are written by xlwings' own generator
from the Python functions, so the two can't drift apart.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import xlwings

from workbook.function_help import description, help_module, vba_text, worksheet_functions
from workbook.ovba import Module, ModuleKind, vba_project
from workbook.ovba_read import Project, read_project
from workbook.package import parts_of, replace_parts
from workbook.xlwings_windows import freshly_imported, xlwings_as_on_windows
from xl_rebal.errors import VbaInvalid, WorkbookUnwritable

SOURCES = Path(__file__).parent / "vba"
RIBBON_SOURCE = Path(__file__).parent / "ribbon.xml"
RIBBON_PART = "customUI/customUI14.xml"
RIBBON_RELATIONSHIP = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
RIBBON_ID = "rIdRibbon"
PACKAGE_RELATIONSHIPS = "_rels/.rels"
VBA_PART = "xl/vbaProject.bin"
SIGNATURE_PART = "xl/vbaProjectSignature.bin"

OWN_MODULES = ("Ribbon", "PythonCalls", "Navigation")
"""Standard modules that are written by hand, in `vba`."""


def modules(sheet_code_names: Sequence[str]) -> tuple[Module, ...]:
    """Every module of the project: documents first, with the code names that the sheets have in the workbook."""
    functions = udf_module_names()
    return (
        Module("ThisWorkbook", _text("ThisWorkbook.cls"), ModuleKind.WORKBOOK),
        *(Module(name, "", ModuleKind.SHEET) for name in sheet_code_names),
        *(Module(name, _text(f"{name}.bas")) for name in OWN_MODULES),
        help_module(functions),
        xlwings_module(),
        wrapper_module(functions),
    )


def ribbon_xml() -> bytes:
    """The customUI part, the same bytes whatever line ends the checkout has."""
    return RIBBON_SOURCE.read_bytes().replace(b"\r\n", b"\n")


def _text(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


# --- xlwings -------------------------------------------------------------------------------------------------


def xlwings_module() -> Module:
    """xlwings' own VBA module from the installed package, its BSD notice kept.

    Embedded, so that no add-in is needed. Its version is in the name of the DLL that it loads, so it must be that
    of the xlwings that will run: `xl-rebal doctor` compares the two.
    """
    path = Path(xlwings.__file__).with_name("xlwings.bas")
    try:
        code = path.read_text(encoding="cp1252")
    except OSError as error:
        raise VbaInvalid(
            f"{path} can't be read, so the workbook can't be built. Install xlwings again."
        ) from error
    if f"'Version: {xlwings.__version__}" not in code:
        raise VbaInvalid(
            f"{path} is not of xlwings {xlwings.__version__}, the version installed. Install it again."
        )
    return Module("xlwings", code)


# --- wrappers of the XR_ functions -----------------------------------------------------------------------------


def udf_module_names(package: str = "udfs") -> tuple[str, ...]:
    """The modules of `package` that define worksheet functions, by name, in order."""
    found = importlib.import_module(package)
    names = sorted(f"{package}.{info.name}" for info in pkgutil.iter_modules(found.__path__))
    with xlwings_as_on_windows():
        return tuple(name for name in names if worksheet_functions(freshly_imported(name)))


def wrapper_module(module_names: Iterable[str]) -> Module:
    """`xlwings_udfs`: one VBA function per worksheet function of the named modules, as xlwings' Import writes it.

    Added to what xlwings writes: each function's description for the function wizard, which xlwings sets through
    Excel and which is an attribute in the source.
    """
    out = io.StringIO()
    out.write(
        "' Written by the build from the Python functions. Changes made here are lost with the next one.\n"
    )
    out.write('#Const App = "Microsoft Excel"\n')
    owner: dict[str, str] = {}
    with xlwings_as_on_windows() as udfs:
        for module_name in module_names:
            functions = worksheet_functions(freshly_imported(module_name))
            for name in functions:
                if name.upper() in owner:
                    raise VbaInvalid(f"{name} is defined in {owner[name.upper()]} and in {module_name}.")
                owner[name.upper()] = module_name
            text = io.StringIO()
            udfs.generate_vba_wrapper(
                module_name, SimpleNamespace(**functions), text, SimpleNamespace(Name="rebalance.xlsm")
            )
            out.write(_described(text.getvalue(), functions))
    return Module("xlwings_udfs", out.getvalue())


def _described(wrappers: str, functions: dict[str, Callable[..., Any]]) -> str:
    """The wrappers with an `Attribute name.VB_Description` below each function's first line ([MS-VBAL] 4.2)."""

    def with_attribute(match: re.Match[str]) -> str:
        text = vba_text(description(functions[match["name"]]))
        return f"{match[0]}\nAttribute {match['name']}.VB_Description = {text}"

    return re.sub(r"^Function (?P<name>\w+)\((?:.* _\n)*.*\)$", with_attribute, wrappers, flags=re.MULTILINE)


# --- the workbook file -----------------------------------------------------------------------------------------


def add_ribbon(path: Path) -> None:
    """Puts the ribbon into a workbook: one part and one relationship; every other part stays byte for byte.

    A workbook that has the ribbon already gets the present one.
    """
    parts = parts_of(path)
    relationships = parts.get(PACKAGE_RELATIONSHIPS)
    if relationships is None or b'Extension="xml"' not in parts.get("[Content_Types].xml", b""):
        raise WorkbookUnwritable(
            f"{path.name}: the ribbon can't be added, as parts of a workbook are missing."
        )
    replace_parts(path, {PACKAGE_RELATIONSHIPS: _with_ribbon(relationships), RIBBON_PART: ribbon_xml()})


def refresh_macros(path: Path) -> bool:
    """Brings ribbon and macros of a workbook in use up to date; whether anything had to change.

    Needed after every upgrade of xlwings, whose version is in the name of the DLL that its macros load. Modules,
    sheet code and references that the user added stay; so does ThisWorkbook once it has procedures of the user's.
    """
    parts = parts_of(path)
    if SIGNATURE_PART in parts:
        raise WorkbookUnwritable(
            f"{path.name}: its macros are signed, and new ones would not be. Remove the signature in the VBA editor "
            "(Tools, Digital Signature), update, and sign again."
        )
    updated = _updated_project(path, parts)
    if updated is None:
        return False
    replace_parts(path, {VBA_PART: updated})
    add_ribbon(path)
    return True


def macros_are_current(path: Path) -> bool:
    """Whether a workbook has the ribbon and the macros of this installation."""
    return _updated_project(path, parts_of(path)) is None


def _updated_project(path: Path, parts: Mapping[str, bytes]) -> bytes | None:
    """The VBA project with this installation's modules; None where the workbook has it, and the ribbon, already."""
    project = _project(path, parts)
    fresh = {module.name.lower(): module for module in modules(())}
    current = {module.name.lower(): module for module in project.modules}
    if _users_own(current["thisworkbook"], fresh["thisworkbook"]):
        del fresh["thisworkbook"]
    kept = [fresh.pop(name, module) for name, module in current.items()]
    updated = vba_project([*kept, *fresh.values()], project.name, project.references)
    if read_project(updated) == project and parts.get(RIBBON_PART) == ribbon_xml():
        return None
    return updated


def embedded_xlwings_version(path: Path) -> str:
    """The version of xlwings whose macros a workbook has: it must be that of the xlwings that Excel will load."""
    project = _project(path, parts_of(path))
    code = next((module.source for module in project.modules if module.name.lower() == "xlwings"), "")
    found = re.search(r'XLWINGS_VERSION As String = "(.+?)"', code)
    if found is None:
        raise WorkbookUnwritable(f"{path.name} has no macros of xlwings: it was not made by xl_rebal.")
    return found[1]


def _project(path: Path, parts: Mapping[str, bytes]) -> Project:
    if VBA_PART not in parts:
        raise WorkbookUnwritable(f"{path.name} has no macros. A workbook with macros ends in .xlsm.")
    try:
        return read_project(parts[VBA_PART])
    except VbaInvalid as error:
        raise WorkbookUnwritable(f"{path.name}: {error}") from error


def _users_own(current: Module, fresh: Module) -> bool:
    """Whether the user wrote a procedure of the workbook's module: one that ours has not, or an event of other content.

    Workbook_Open is always ours: earlier versions of it differ.
    """
    ours = _procedures(fresh)
    return any(
        name not in ours or (name != "workbook_open" and body != ours[name])
        for name, body in _procedures(current).items()
    )


def _procedures(module: Module) -> dict[str, str]:
    """The procedures of a module: lower-case name -> its lines without indents and comments."""
    head = r"^\s*(?:(?:Public|Private|Friend|Static)\s+)*(Sub|Function|Property)\s+(?:[GLS]et\s+)?(\w+)"
    pattern = re.compile(rf"{head}(.*?)^\s*End\s+\1\b", re.MULTILINE | re.IGNORECASE | re.DOTALL)
    return {
        match[2].lower(): "\n".join(
            line.strip() for line in match[3].splitlines() if line.strip() and line.strip()[0] != "'"
        )
        for match in pattern.finditer(module.source)
    }


def _with_ribbon(relationships: bytes) -> bytes:
    """`_rels/.rels` with the ribbon's relationship (once) at its end."""
    if RIBBON_RELATIONSHIP.encode() in relationships:
        return relationships
    ours = f'<Relationship Id="{RIBBON_ID}" Type="{RIBBON_RELATIONSHIP}" Target="{RIBBON_PART}"/>'
    start, end, rest = relationships.rpartition(b"</Relationships>")
    if not end:
        raise WorkbookUnwritable(f"{PACKAGE_RELATIONSHIPS} has no end, so the ribbon can't be added.")
    return start + ours.encode() + end + rest
