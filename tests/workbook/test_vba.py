"""The VBA project and ribbon as they are shipped: read back by olevba, and every name they use resolves."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter
import xlwings
from lxml import etree
from oletools.olevba import VBA_Parser

from tests.workbook import vba_names
from workbook.ovba import Module, ModuleKind, vba_project
from workbook.ovba_read import read_project
from workbook.vba import (
    RIBBON_PART,
    add_ribbon,
    embedded_xlwings_version,
    modules,
    refresh_macros,
    ribbon_xml,
    udf_module_names,
    wrapper_module,
    xlwings_module,
)
from workbook.xlwings_windows import freshly_imported, xlwings_as_on_windows
from xl_rebal.errors import VbaInvalid, WorkbookUnwritable

CUSTOM_UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
SHEETS = ("Dashboard", "Client", "Checks")


@pytest.fixture(scope="module")
def project() -> tuple[Module, ...]:
    return modules(SHEETS)


def source(project: tuple[Module, ...], name: str) -> str:
    return next(module.source for module in project if module.name == name)


def procedures(code: str) -> dict[str, str]:
    """Name of each procedure -> its lines from the declaration to its end, continuations joined."""
    joined = code.replace(" _\r\n", " ")
    pattern = r"^(?:Public |Private )?(?:Sub|Function) (\w+)\(.*?^End (?:Sub|Function)"
    return {match[1]: match[0] for match in re.finditer(pattern, joined, re.MULTILINE | re.DOTALL)}


# --- the project ---------------------------------------------------------------------------------------------


def test_project_holds_the_workbook_its_sheets_and_the_standard_modules(
    project: tuple[Module, ...],
) -> None:
    assert [(module.name, module.kind) for module in project] == [
        ("ThisWorkbook", ModuleKind.WORKBOOK),
        *((name, ModuleKind.SHEET) for name in SHEETS),
        ("Ribbon", ModuleKind.STANDARD),
        ("PythonCalls", ModuleKind.STANDARD),
        ("Navigation", ModuleKind.STANDARD),
        ("FunctionHelp", ModuleKind.STANDARD),
        ("xlwings", ModuleKind.STANDARD),
        ("xlwings_udfs", ModuleKind.STANDARD),
    ]


def test_olevba_reads_every_module_of_the_workbook_exactly(
    project: tuple[Module, ...], tmp_path: Path
) -> None:
    binary = tmp_path / "vbaProject.bin"
    binary.write_bytes(vba_project(project))
    book = tmp_path / "book.xlsm"
    writer = xlsxwriter.Workbook(book)
    for name in SHEETS:
        writer.add_worksheet(name).set_vba_name(name)
    writer.add_vba_project(binary)
    writer.set_vba_name("ThisWorkbook")
    writer.close()
    parser = VBA_Parser(str(book))
    read = {stream.split("/")[-1]: code for _, stream, _, code in parser.extract_all_macros()}
    parser.close()
    assert read == {module.name: module.source for module in project}


def test_the_project_is_the_same_bytes_in_another_process(project: tuple[Module, ...]) -> None:
    """Another process has another hash seed, so nothing may depend on the order of a set."""
    code = (
        "import hashlib; from workbook.ovba import vba_project; from workbook.vba import modules; "
        f"print(hashlib.sha256(vba_project(modules({SHEETS!r}))).hexdigest())"
    )
    root = Path(__file__).parents[2]
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert other.stdout.strip() == hashlib.sha256(vba_project(project)).hexdigest()


def test_xlwings_module_is_the_installed_one_with_its_notice() -> None:
    text = xlwings_module().source
    assert f'Public Const XLWINGS_VERSION As String = "{xlwings.__version__}"' in text
    assert f'"xlwings64-{xlwings.__version__}.dll"' in text
    assert "Redistributions in binary form must reproduce the above copyright notice" in text


def test_xlwings_license_is_shipped_with_the_sources() -> None:
    text = (Path(importlib.import_module("workbook").__path__[0]) / "vba" / "xlwings-LICENSE.txt").read_text()
    assert "BSD 3-clause license" in text
    assert "Zoomer Analytics" in text


OWN = ("ThisWorkbook", "Ribbon", "PythonCalls", "Navigation", "FunctionHelp")
XLWINGS_ENTRIES = frozenset(("xlpy", "runpython"))


def all_procedures(project: tuple[Module, ...]) -> frozenset[str]:
    ours = {p.name.lower() for name in OWN for p in vba_names.read(source(project, name)).procedures}
    return frozenset(ours) | XLWINGS_ENTRIES


@pytest.mark.parametrize("name", OWN)
def test_a_module_declares_every_name_and_closes_every_block(project: tuple[Module, ...], name: str) -> None:
    code = source(project, name).replace("\r\n", "\n")
    assert list(vba_names.faults(code, all_procedures(project))) == []


def test_xlwings_has_what_the_modules_call(project: tuple[Module, ...]) -> None:
    code = source(project, "xlwings")
    assert "Function XLPy()" in code
    assert "Public Function RunPython(PythonCommand As String)" in code


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("theTab2.Invalidate", "RefreshRibbon: thetab2 is declared nowhere"),
        ("If True Then", "RefreshRibbon: if is not closed"),
        ("Next i", "RefreshRibbon: Next i closes nothing"),
        ("On Error GoTo Nowhere", "RefreshRibbon: there is no label Nowhere"),
        ("RunActoin command", "RefreshRibbon: runactoin is declared nowhere"),
    ],
)
def test_a_fault_in_a_module_is_found(project: tuple[Module, ...], line: str, fault: str) -> None:
    code = source(project, "Ribbon").replace("\r\n", "\n")
    assert "Public Sub RefreshRibbon()\n" in code
    broken = code.replace("Public Sub RefreshRibbon()\n", f"Public Sub RefreshRibbon()\n    {line}\n")
    assert fault in list(vba_names.faults(broken, all_procedures(project)))


def test_a_module_without_option_explicit_is_found() -> None:
    assert list(vba_names.faults("Sub A()\nEnd Sub", frozenset())) == ["no Option Explicit"]
    assert list(vba_names.faults("Option Explicit\nSub A()\n", frozenset())) == ["A has no end"]


def test_blocks_of_the_compiler_open_and_close_in_pairs(project: tuple[Module, ...]) -> None:
    for name in (*OWN, "xlwings_udfs"):
        lines = [line.strip() for line in source(project, name).replace(" _\r\n", " ").splitlines()]
        assert sum(line.startswith("#If ") for line in lines) == lines.count("#End If"), name
        for kind in ("Sub", "Function"):
            opened = sum(bool(re.match(rf"(Public |Private )?{kind} \w+\(", line)) for line in lines)
            assert opened == lines.count(f"End {kind}"), (name, kind)


def test_opening_the_workbook_fails_nowhere_when_python_is_missing(project: tuple[Module, ...]) -> None:
    """An error in Workbook_Open would greet a reader without Python with a debugger."""
    body = procedures(source(project, "ThisWorkbook"))["Workbook_Open"].splitlines()
    statements = [line.strip() for line in body if line.strip() and not line.strip().startswith("'")]
    assert statements[1] == "On Error Resume Next"
    guard, end = statements.index("If PythonAnswers() Then"), statements.index("End If")
    assert guard < statements.index("HandTablesOver False") < end, (
        "without Python the saved figures are left alone"
    )
    assert statements[end + 1] == "Application.StatusBar = False"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("ThisWorkbook", "Workbook_Open"),
        ("PythonCalls", "HandTablesOver"),
        ("Ribbon", "RefreshRibbon"),
        ("FunctionHelp", "DescribeFunctions"),
        ("FunctionHelp", "Describe"),
    ],
)
def test_what_runs_without_being_asked_raises_nothing(
    project: tuple[Module, ...], module: str, name: str
) -> None:
    lines = [line.strip() for line in procedures(source(project, module))[name].splitlines()[1:]]
    first = next(line for line in lines if line and not line.startswith(("'", "Dim ")))
    assert first == "On Error Resume Next"


def test_events_of_the_workbook_have_the_signatures_that_excel_calls(project: tuple[Module, ...]) -> None:
    code = source(project, "ThisWorkbook")
    events = {"Workbook_Open": "", "Workbook_AfterSave": "ByVal Success As Boolean"}
    events["Workbook_SheetChange"] = "ByVal Sh As Object, ByVal Target As Range"
    events["Workbook_SheetBeforeDoubleClick"] = "ByVal Sh As Object, ByVal Target As Range, Cancel As Boolean"
    assert {p.name: p.parameters for p in vba_names.read(code).procedures} == events


# --- ribbon --------------------------------------------------------------------------------------------------


def buttons() -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(ribbon_xml()).iter(f"{CUSTOM_UI}button"))


def test_ribbon_parses_strictly_and_has_its_groups_in_order() -> None:
    root = etree.fromstring(ribbon_xml(), etree.XMLParser(recover=False, resolve_entities=False))
    assert root.tag == f"{CUSTOM_UI}customUI"
    groups = {g.get("label"): [b.get("label") for b in g] for g in root.iter(f"{CUSTOM_UI}group")}
    assert groups == {
        "Data": ["Import", "Check Data"],
        "Plan": ["Recalculate", "What-If", "Drift and Tax"],
        "Briefs": ["This Client", "Flagged", "All Clients", "Open Client Folder", "Open Draft in Outlook"],
        "Decide": ["Record Decision"],
        "Compliance": ["Sample", "Verify Records"],
        "Help": ["Help", "About"],
    }


def test_ribbon_keeps_to_the_schema_of_buttons() -> None:
    """[MS-CUSTOMUI2]: attributes of a button in a group; texts up to 1,024 characters; unique ids; keytips of 1-3."""
    needed = {"id", "label", "size", "imageMso", "keytip", "onAction", "screentip", "supertip"}
    ids = [element.get("id") for element in ElementTree.fromstring(ribbon_xml()).iter() if element.get("id")]
    keytips = [button.get("keytip", "") for button in buttons()]
    images = [button.get("imageMso") for button in buttons()]
    assert len(set(ids)) == len(ids)
    assert len(set(images)) == len(images)
    assert len(set(keytips)) == len(keytips)
    assert all(re.fullmatch(r"\S{1,3}", tip) for tip in keytips)
    for button in buttons():
        assert set(button.attrib) - {"getEnabled", "tag"} == needed
        assert ("getEnabled" in button.attrib) == ("tag" in button.attrib)
        assert button.get("size") in ("large", "normal")
        assert all(len(text) <= 1024 for text in button.attrib.values())
        assert len(button.attrib["screentip"]) <= 60


def test_every_callback_of_the_ribbon_is_a_public_sub_with_the_signature_that_excel_calls(
    project: tuple[Module, ...],
) -> None:
    code = source(project, "Ribbon")
    for button in buttons():
        assert f"Public Sub {button.get('onAction')}(control As IRibbonControl)\r\n" in code
        if button.get("getEnabled"):
            signature = "(control As IRibbonControl, ByRef returnedVal As Variant)\r\n"
            assert f"Public Sub {button.get('getEnabled')}{signature}" in code
    loaded = ElementTree.fromstring(ribbon_xml()).get("onLoad")
    assert f"Public Sub {loaded}(ribbon As IRibbonUI)\r\n" in code


def test_what_a_button_needs_is_what_the_macro_knows(project: tuple[Module, ...]) -> None:
    known = dict(re.findall(r'Private Const (NEEDS_\w+) As String = "(\w+)"', source(project, "Ribbon")))
    needs = {button.get("id"): set((button.get("tag") or "").split()) for button in buttons()}
    assert set().union(*needs.values()) == set(known.values()) == {"file", "client"}
    assert needs["btnRecordDecision"] == needs["btnOpenClientFolder"] == {"file", "client"}
    assert needs["btnCheckData"] == needs["btnHelp"] == set(), "they need neither"


def test_every_action_that_vba_runs_is_a_function_that_takes_as_many_texts(
    project: tuple[Module, ...],
) -> None:
    actions = re.findall(r'RunAction "(\w+)"((?:, \w+)*)', source(project, "Ribbon"))
    ribbon = importlib.import_module("udfs.ribbon")
    assert len(actions) == len(buttons())
    for action, given in actions:
        assert len(inspect.signature(getattr(ribbon, action)).parameters) == given.count(","), action
    public = {n for n, f in vars(ribbon).items() if inspect.isfunction(f) and f.__module__ == "udfs.ribbon"}
    assert {name for name in public if not name.startswith("_")} == {name for name, _ in actions} | {"texts"}


# --- help of the XR_ functions ---------------------------------------------------------------------------------


def test_excel_is_told_of_every_function_and_argument(project: tuple[Module, ...]) -> None:
    """Excel refuses more than 255 characters, and descriptions for more arguments than a function has."""
    code = source(project, "FunctionHelp").replace("\r\n", "\n").replace(" _\n", " ")
    told = {}
    for name, rest in re.findall(r'^    Describe "(XR_\w+)", "xl_rebal", (.*)$', code, re.M):
        function, *arguments = re.findall(r'"((?:[^"]|"")*)"', rest)
        told[name] = arguments
        assert all(20 < len(text) <= 255 for text in (function, *arguments))
    functions = {}
    for module_name in udf_module_names():
        module = importlib.import_module(module_name)
        functions |= {n: f for n, f in vars(module).items() if n.startswith("XR_")}
    assert set(told) == set(functions)
    for name, function in functions.items():
        parameters = inspect.signature(function).parameters.values()
        assert len(told[name]) == len(parameters), name
        for parameter, text in zip(parameters, told[name], strict=True):
            optional = parameter.default is not inspect.Parameter.empty
            assert text.startswith("Optional: ") == optional, (name, parameter.name)


# --- wrappers of the XR_ functions -----------------------------------------------------------------------------

ONE = '''
import xlwings as xw


@xw.func(volatile=True)
@xw.arg("amount", doc="Dollars.")
def XR_TWICE(amount, times=2):
    """An amount "twice",
    on two lines.

    More that Excel's wizard has no room for.
    """
    return amount * times


@xw.func
def XR_LONG(a):
    """{long}"""


def not_a_worksheet_function():
    """Has no decorator."""
'''.replace("{long}", "word " * 80)
TWO = """
import xlwings as xw


@xw.func
def xr_twice(a):
    return a
"""


@pytest.fixture
def sample_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    package = tmp_path / "sample_udfs"
    package.mkdir()
    sources = {"__init__": "", "plain": "from sample_udfs.one import XR_TWICE", "one": ONE, "two": TWO}
    for name, text in sources.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "sample_udfs"
    for name in [name for name in sys.modules if name.split(".")[0] == "sample_udfs"]:
        del sys.modules[name]


def test_modules_with_worksheet_functions_of_their_own_are_found(sample_package: str) -> None:
    assert udf_module_names(sample_package) == ("sample_udfs.one", "sample_udfs.two")


def test_a_wrapper_calls_its_python_function_and_carries_its_description(sample_package: str) -> None:
    code = wrapper_module([f"{sample_package}.one"]).source
    assert code.startswith('Attribute VB_Name = "xlwings_udfs"\r\n')
    assert '#Const App = "Microsoft Excel"' in code
    assert set(procedures(code)) == {"XR_TWICE", "XR_LONG"}
    lines = code.splitlines()
    at = lines.index("Function XR_TWICE(amount, Optional times)")
    assert lines[at + 1] == 'Attribute XR_TWICE.VB_Description = "An amount ""twice"", on two lines."'
    assert "Application.Volatile" in procedures(code)["XR_TWICE"]
    assert 'XLPy.CallUDF("sample_udfs.one", "XR_TWICE", Array(amount, times), ThisWorkbook' in code
    description = next(line for line in lines if line.startswith("Attribute XR_LONG.VB_Description"))
    text = description.split('"')[1]
    assert len(text) <= 255
    assert text.endswith("word...")


def test_two_functions_that_vba_can_not_tell_apart_are_refused(sample_package: str) -> None:
    with pytest.raises(VbaInvalid, match=r"xr_twice is defined in sample_udfs\.one and in sample_udfs\.two"):
        wrapper_module(udf_module_names(sample_package))


def test_every_worksheet_function_of_the_package_has_a_wrapper_that_resolves(
    project: tuple[Module, ...],
) -> None:
    code = source(project, "xlwings_udfs")
    called = re.findall(
        r'^    +(\w+) = XLPy\.CallUDF\("([\w.]+)", "(\w+)", Array\(([\w, ]*)\), This', code, re.M
    )
    functions = {}
    for name in udf_module_names():
        module = importlib.import_module(name)
        functions |= {(name, n): f for n, f in vars(module).items() if n.startswith("XR_")}
    assert {(module, name) for _, module, name, _ in called} == set(functions)
    assert "XR_DATA" in {name for _, _, name, _ in called}
    for wrapper, module, name, arguments in called:
        assert wrapper == name
        assert arguments.split(", ") == list(inspect.signature(functions[module, name]).parameters)


VBA_KEYWORDS = """
    and any as boolean byref byte byval call case close const currency date declare dim do double each else elseif
    empty end enum eqv erase error event exit false for friend function get gosub goto if imp implements in input
    integer is let like lock long loop lset me mod new next not nothing null object on open option optional or
    paramarray preserve print private property public put raiseevent redim rem resume return rset seek select set
    shared single static step stop string sub then to true type until variant wend while with write xor
"""


def test_names_of_functions_and_arguments_are_ones_that_vba_and_excel_take(
    project: tuple[Module, ...],
) -> None:
    code = source(project, "xlwings_udfs").replace(" _\r\n", " ")
    for name, signature in re.findall(r"^Function (\w+)\((.*)\)", code, re.M):
        assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*", name, re.I), f"{name} reads as a cell"
        for argument in signature.split(", "):
            word = argument.removeprefix("Optional ").lower()
            assert word not in VBA_KEYWORDS.split(), f"{name}: {word}"
            assert re.fullmatch(r"[a-z]\w*", word), f"{name}: {word}"


def test_no_line_is_longer_than_vba_takes(project: tuple[Module, ...]) -> None:
    for module in project:
        assert max(map(len, module.source.splitlines())) <= 1023, module.name


def test_xlwings_is_as_before_once_the_wrappers_are_written() -> None:
    before = {name: vars(xlwings).get(name) for name in ("func", "arg", "ret", "sub", "udfs")}
    with xlwings_as_on_windows() as udfs:
        assert xlwings.func is udfs.xlfunc
        assert hasattr(freshly_imported("udfs.functions").XR_DATA, "__xlfunc__")
    assert {name: vars(xlwings).get(name) for name in before} == before
    if sys.platform != "win32":
        assert "pythoncom" not in sys.modules
        assert "xlwings.udfs" not in sys.modules


# --- putting the ribbon into a workbook ------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsm"
    writer = xlsxwriter.Workbook(path)
    writer.add_worksheet("Dashboard").write("A1", "kept")
    writer.close()
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_ribbon_adds_one_part_and_one_relationship_and_changes_nothing_else(book: Path) -> None:
    before = parts(book)
    add_ribbon(book)
    after = parts(book)
    assert list(after) == [*before, RIBBON_PART]
    assert {name for name in before if before[name] != after[name]} == {"_rels/.rels"}
    assert after[RIBBON_PART] == ribbon_xml()
    relationships = ElementTree.fromstring(after["_rels/.rels"])
    ids = [r.get("Id") for r in relationships]
    assert len(set(ids)) == len(ids) == len(ElementTree.fromstring(before["_rels/.rels"])) + 1
    assert (relationships[-1].get("Type"), relationships[-1].get("Target")) == (
        "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
        RIBBON_PART,
    )


def test_ribbon_added_twice_is_there_once_and_the_bytes_are_the_same(book: Path) -> None:
    add_ribbon(book)
    once = book.read_bytes()
    add_ribbon(book)
    assert book.read_bytes() == once


def test_what_is_no_workbook_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "notes.xlsm"
    path.write_bytes(b"not a workbook")
    with pytest.raises(WorkbookUnwritable, match=r"notes\.xlsm .* no workbook"):
        add_ribbon(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "a zip, but no workbook")
    with pytest.raises(WorkbookUnwritable, match="parts of a workbook are missing"):
        add_ribbon(path)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.xlsm"]


# --- macros of a workbook in use -------------------------------------------------------------------------------


def with_macros(path: Path, project: tuple[Module, ...]) -> Path:
    """A workbook file with these modules, its sheets named by them."""
    binary = path.with_suffix(".bin")
    binary.write_bytes(vba_project(project))
    writer = xlsxwriter.Workbook(path)
    for module in project:
        if module.kind is ModuleKind.SHEET:
            writer.add_worksheet(module.name).set_vba_name(module.name)
    writer.set_vba_name("ThisWorkbook")
    writer.add_vba_project(binary)
    writer.close()
    binary.unlink()
    return path


def aged(project: tuple[Module, ...]) -> tuple[Module, ...]:
    """The project as an earlier xlwings would have made it."""
    return tuple(
        Module(m.name, m.code.replace(xlwings.__version__, "0.1.2"), m.kind) if m.name == "xlwings" else m
        for m in project
    )


def test_macros_of_an_earlier_xlwings_are_brought_up_to_date(
    project: tuple[Module, ...], tmp_path: Path
) -> None:
    path = with_macros(tmp_path / "book.xlsm", aged(project))
    before = parts(path)
    assert embedded_xlwings_version(path) == "0.1.2"
    assert refresh_macros(path) is True
    assert embedded_xlwings_version(path) == xlwings.__version__
    after = parts(path)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"xl/vbaProject.bin", "_rels/.rels", RIBBON_PART}
    assert {m.name: m.source for m in read_project(after["xl/vbaProject.bin"]).modules} == {
        m.name: m.source for m in project
    }


def test_macros_that_are_up_to_date_leave_the_file_alone(project: tuple[Module, ...], tmp_path: Path) -> None:
    path = with_macros(tmp_path / "book.xlsm", project)
    add_ribbon(path)
    before = path.read_bytes()
    assert refresh_macros(path) is False
    assert path.read_bytes() == before


def test_what_the_user_added_to_the_macros_is_kept(project: tuple[Module, ...], tmp_path: Path) -> None:
    own = (
        Module(
            "ThisWorkbook",
            "Private Sub Workbook_BeforeClose(Cancel As Boolean)\nEnd Sub",
            ModuleKind.WORKBOOK,
        ),
        Module("Dashboard", "Private Sub Worksheet_Activate()\n' mine\nEnd Sub", ModuleKind.SHEET),
        Module("MyMacros", "Sub Mine()\nEnd Sub"),
        Module("MyClass", "Public Amount As Currency", ModuleKind.CLASS),
    )
    named = {module.name for module in own}
    path = with_macros(tmp_path / "book.xlsm", (*own, *(m for m in aged(project) if m.name not in named)))
    assert refresh_macros(path) is True
    read = {m.name: m.source for m in read_project(parts(path)["xl/vbaProject.bin"]).modules}
    assert {name: read[name] for name in named} == {m.name: m.source for m in own}
    assert embedded_xlwings_version(path) == xlwings.__version__


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        ("Private Sub Workbook_AfterSave(ByVal Success As Boolean)\n    RefreshRibbon\nEnd Sub", False),
        ('Private Sub Workbook_AfterSave(ByVal Success As Boolean)\n    MsgBox "Mine"\nEnd Sub', True),
        ("Private Sub Workbook_SheetChange(ByVal Sh As Object, ByVal Target As Range)\nEnd Sub", True),
        (
            "Private Sub Workbook_SheetBeforeDoubleClick(ByVal Sh As Object, ByVal Target As Range, Cancel As Boolean)\n"
            "    Cancel = True\nEnd Sub",
            True,
        ),
        ("Private Sub Workbook_Open()\n    ' as an earlier version had it\nEnd Sub", False),
        ("Property Get Mine() As Long\nEnd Property", True),
    ],
)
def test_an_event_that_the_user_wrote_is_kept_though_we_have_one_of_that_name(
    project: tuple[Module, ...], tmp_path: Path, event: str, kept: bool
) -> None:
    own = Module("ThisWorkbook", event, ModuleKind.WORKBOOK)
    path = with_macros(tmp_path / "book.xlsm", (own, *(m for m in project if m.name != "ThisWorkbook")))
    refresh_macros(path)
    read = {m.name: m.source for m in read_project(parts(path)["xl/vbaProject.bin"]).modules}
    assert (read["ThisWorkbook"] == own.source) == kept
    assert kept or read["ThisWorkbook"] == source(project, "ThisWorkbook")


def test_signed_macros_are_refused_with_what_to_do(project: tuple[Module, ...], tmp_path: Path) -> None:
    path = with_macros(tmp_path / "book.xlsm", aged(project))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/vbaProjectSignature.bin", b"signature")
    before = path.read_bytes()
    with pytest.raises(WorkbookUnwritable, match=r"book\.xlsm: its macros are signed.* sign again"):
        refresh_macros(path)
    assert path.read_bytes() == before


def test_a_workbook_without_macros_is_told_apart(book: Path) -> None:
    with pytest.raises(WorkbookUnwritable, match=r"has no macros\. A workbook with macros ends in \.xlsm"):
        refresh_macros(book)


def test_a_workbook_that_can_not_be_replaced_stays_whole(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file that Excel has open can't be replaced."""

    def locked(*_: object) -> None:
        raise PermissionError(13, "in use")

    before = book.read_bytes()
    monkeypatch.setattr("os.replace", locked)
    with pytest.raises(WorkbookUnwritable, match="close it in Excel"):
        add_ribbon(book)
    assert book.read_bytes() == before
    assert [path.name for path in book.parent.iterdir()] == [book.name]
