"""Writes vbaProject.bin ([MS-OVBA]) from source text, with no Office and the same bytes every time.

Modules are stored as compressed source only: no compiled code (PerformanceCache) is written and the version
in _VBA_PROJECT says so, and Excel compiles the source when it opens the file. Text is Windows-1252 (cp1252).
Protected or signed projects, forms and ActiveX controls are not written.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from workbook.compound import compound_file
from xl_rebal.errors import VbaInvalid

CODEPAGE = 1252
ENCODING = "cp1252"
LCID = 0x0409  # 2.3.4.2.1.3: always US English
CHUNK = 4096  # 2.4.1.1.3: bytes of a DecompressedChunk
LONGEST_NAME = 31  # 2.3.4.2.3.2.1 and the VBA language: an identifier of a module
PROJECT_ID = "{6B1D8E0A-52C4-4B0F-9D0E-3B6B7A1F5C21}"  # of ours; any GUID will do
HOST_EXTENDER = "{3832D640-CF90-11CF-8E43-00A0C911005A}"  # 2.3.1.18: the VBA editor


class ModuleKind(Enum):
    """What a module is, in the words of the editor."""

    STANDARD = "standard module"
    CLASS = "class module"
    WORKBOOK = "ThisWorkbook"
    SHEET = "sheet"

    @property
    def is_document(self) -> bool:
        """Whether it is the code behind a part of the workbook, which exists once and always."""
        return self in (ModuleKind.WORKBOOK, ModuleKind.SHEET)


VB_BASE = {
    ModuleKind.WORKBOOK: "0{00020819-0000-0000-C000-000000000046}",
    ModuleKind.SHEET: "0{00020820-0000-0000-C000-000000000046}",
    ModuleKind.CLASS: "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}",
}
"""The class that a module extends (attribute VB_Base): Excel's Workbook, Excel's Worksheet, VBA's own."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its name and the code a person sees in the editor (attributes are added by `source`).

    `whole` says that `code` is all of the stored text already, attributes included, and stays as it is.
    """

    name: str
    code: str
    kind: ModuleKind = ModuleKind.STANDARD
    whole: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", self.name) or len(self.name) > LONGEST_NAME:
            raise VbaInvalid(
                f"{self.name!r} can't name a VBA module: it takes letters, digits and '_', starts with a letter "
                f"and has at most {LONGEST_NAME} characters."
            )

    @property
    def source(self) -> str:
        """The whole text as stored: attributes, code, CRLF line ends, one line end at the end."""
        if self.whole:
            return self.code
        code = re.sub(r"\r\n|\r|\n", "\r\n", self.code).strip("\r\n")
        named = f'Attribute VB_Name = "{self.name}"'
        if self.kind is ModuleKind.STANDARD:
            if not code.startswith("Attribute VB_Name"):
                code = f"{named}\r\n{code}"
            elif not code.startswith(named):
                raise VbaInvalid(f"VBA module {self.name}: its text starts with another Attribute VB_Name.")
        else:
            code = "\r\n".join((named, *_class_attributes(self.kind), code))
        return f"{code}\r\n"

    @property
    def stored(self) -> bytes:
        """`source` in the project's code page."""
        try:
            return self.source.encode(ENCODING)
        except UnicodeEncodeError as error:
            line = self.source.count("\n", 0, error.start) + 1
            raise VbaInvalid(
                f"VBA module {self.name}, line {line}: {self.source[error.start]!r} "
                f"(U+{ord(self.source[error.start]):04X}) is not in Windows-1252, which VBA source is stored in. "
                "Use another character."
            ) from error


@dataclass(frozen=True, slots=True)
class Reference:
    """A type library that the project uses, by its registered LIBID (2.1.1.8)."""

    name: str
    libid: str


REFERENCES = (
    Reference(
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    Reference(  # IRibbonControl
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
        r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
"""What Excel gives a new project. VBA and Excel themselves are the host's and are not listed."""


def vba_project(
    modules: Sequence[Module], name: str = "VBAProject", references: bytes | None = None
) -> bytes:
    """The bytes of vbaProject.bin ([MS-OVBA] 2.2) holding `modules` in the order given.

    `references` are the records of another project's references, where those are to be kept.
    """
    names = [module.name.lower() for module in modules]
    if len(set(names)) < len(names):
        twice = next(module.name for module in modules if names.count(module.name.lower()) > 1)
        raise VbaInvalid(
            f"Two VBA modules are named {twice}; names differ by more than upper and lower case."
        )
    return compound_file(
        {
            "VBA": {
                "_VBA_PROJECT": vba_project_stream(),
                "dir": compress(dir_stream(modules, name, references)),
                **{module.name: compress(module.stored) for module in modules},
            },
            "PROJECT": project_stream(modules, name),
            "PROJECTwm": projectwm_stream(modules),
        }
    )


def _class_attributes(kind: ModuleKind) -> tuple[str, ...]:
    """[MS-VBAL] 4.2: the attributes that open a class module; a document exists once and is visible to all."""
    document = kind.is_document
    return (
        f'Attribute VB_Base = "{VB_BASE[kind]}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        f"Attribute VB_PredeclaredId = {document}",
        f"Attribute VB_Exposed = {document}",
        "Attribute VB_TemplateDerived = False",
        f"Attribute VB_Customizable = {document}",
    )


# --- streams -------------------------------------------------------------------------------------------------


def vba_project_stream() -> bytes:
    """2.3.4.1 _VBA_PROJECT: Reserved1, Version 0xFFFF (no compiled code to trust), Reserved2, Reserved3."""
    return struct.pack("<HHBH", 0x61CC, 0xFFFF, 0x00, 0x0000)


def dir_stream(modules: Sequence[Module], name: str, references: bytes | None = None) -> bytes:
    """2.3.4.2 dir (before compression): project information, references, modules, terminator."""
    return b"".join(
        (
            *_project_information(name),
            reference_records(REFERENCES) if references is None else references,
            _record(0x000F, struct.pack("<H", len(modules))),  # PROJECTMODULES
            _record(0x0013, b"\xff\xff"),  # PROJECTCOOKIE
            *(record for module in modules for record in _module(module)),
            _record(0x0010, b""),  # terminator
        )
    )


def _project_information(name: str) -> Iterable[bytes]:
    """2.3.4.2.1 PROJECTINFORMATION."""
    return (
        _record(0x0001, struct.pack("<I", 3)),  # SYSKIND: 64-bit Windows
        _record(0x0002, struct.pack("<I", LCID)),
        _record(0x0014, struct.pack("<I", LCID)),  # LCIDINVOKE
        _record(0x0003, struct.pack("<H", CODEPAGE)),
        _record(0x0004, name.encode(ENCODING)),
        _record(0x0005, b"") + _record(0x0040, b""),  # DOCSTRING
        _record(0x0006, b"") + _record(0x003D, b""),  # HELPFILEPATH
        _record(0x0007, struct.pack("<I", 0)),  # HELPCONTEXT
        _record(0x0008, struct.pack("<I", 0)),  # LIBFLAGS
        struct.pack("<HIIH", 0x0009, 4, 1, 0),  # VERSION 1.0: its size field leaves out the minor version
        _record(0x000C, b"") + _record(0x003C, b""),  # CONSTANTS
    )


def reference_records(references: Iterable[Reference]) -> bytes:
    """2.3.4.2.2 PROJECTREFERENCES: a REFERENCENAME and a REFERENCEREGISTERED for each."""
    out = b""
    for reference in references:
        libid = reference.libid.encode(ENCODING)
        out += _text_records(0x0016, 0x003E, reference.name)
        out += _record(0x000D, struct.pack(f"<I{len(libid)}sIH", len(libid), libid, 0, 0))
    return out


def _module(module: Module) -> Iterable[bytes]:
    """2.3.4.2.3.2 MODULE."""
    return (
        _text_records(0x0019, 0x0047, module.name),  # MODULENAME
        _text_records(0x001A, 0x0032, module.name),  # MODULESTREAMNAME
        _text_records(0x001C, 0x0048, ""),  # MODULEDOCSTRING
        _record(0x0031, struct.pack("<I", 0)),  # MODULEOFFSET: the source starts the stream
        _record(0x001E, struct.pack("<I", 0)),  # MODULEHELPCONTEXT
        _record(0x002C, b"\xff\xff"),  # MODULECOOKIE
        _record(0x0021 if module.kind is ModuleKind.STANDARD else 0x0022, b""),  # MODULETYPE
        _record(0x002B, b""),  # terminator
    )


def _record(record_id: int, content: bytes) -> bytes:
    """Most records of the dir stream: Id (2 bytes), Size (4 bytes), content."""
    return struct.pack("<HI", record_id, len(content)) + content


def _text_records(record_id: int, unicode_id: int, text: str) -> bytes:
    """A text in the project's code page, then the same as UTF-16."""
    return _record(record_id, text.encode(ENCODING)) + _record(unicode_id, text.encode("utf-16-le"))


def project_stream(modules: Sequence[Module], name: str) -> bytes:
    """2.3.1 PROJECT: the properties as text, the host, and the editor's windows (all closed)."""
    lines = [f'ID="{PROJECT_ID}"']
    lines += [_project_module(module) for module in modules]
    lines += [
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',  # 2.3.1.13
        f'CMG="{encrypted(bytes(4), seed=0x8D)}"',  # 2.3.1.15: protection: none
        f'DPB="{encrypted(bytes(1), seed=0x8F)}"',  # 2.3.1.16: password: none
        f'GC="{encrypted(bytes([0xFF]), seed=0x91)}"',  # 2.3.1.17: the project is visible
        "",
        "[Host Extender Info]",
        f"&H00000001={HOST_EXTENDER};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return ("\r\n".join(lines) + "\r\n").encode(ENCODING)


def _project_module(module: Module) -> str:
    """2.3.1.2 ProjectModule: the line of a document (with its type library version), class or standard module."""
    if module.kind.is_document:
        return f"Document={module.name}/&H00000000"
    return f"{'Class' if module.kind is ModuleKind.CLASS else 'Module'}={module.name}"


def projectwm_stream(modules: Sequence[Module]) -> bytes:
    """2.3.3 PROJECTwm: each module's name in the code page and in UTF-16, null-terminated."""
    names = (m.name.encode(ENCODING) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(names) + b"\0\0"


def encrypted(data: bytes, seed: int, project_id: str = PROJECT_ID) -> str:
    """2.4.3.2 Data Encryption, as hexadecimal text: obfuscation tied to the project's id, not a secret.

    The bytes that 2.4.3.2 lets be anything are 0 and the seed is given, so the result is reproducible.
    """
    project_key = sum(project_id.encode(ENCODING)) & 0xFF
    out = [seed, seed ^ 2, seed ^ project_key]  # Seed, VersionEnc, ProjKeyEnc
    plain_before = project_key
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        out.append(byte ^ ((out[-2] + plain_before) & 0xFF))
        plain_before = byte
    return bytes(out).hex().upper()


# --- compression ---------------------------------------------------------------------------------------------


def compress(data: bytes) -> bytes:
    """2.4.1.3.6: a CompressedContainer: signature byte 0x01, then one chunk per 4096 bytes of `data`."""
    return b"\x01" + b"".join(_chunk(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK))


def _chunk(data: bytes) -> bytes:
    """2.4.1.3.7 and 2.4.1.1.5: a CompressedChunk with its header, or a RawChunk where compression gains nothing.

    A raw chunk is always 4096 bytes. A shorter last chunk that does not compress would have to be padded
    (2.4.1.3.10) and read back longer than it was; source text never gets there, and other data is refused.
    """
    tokens = _token_sequences(data)
    flag = 1
    if len(tokens) > CHUNK:
        if len(data) < CHUNK:
            raise VbaInvalid(
                f"The last {len(data)} bytes can't be compressed, so they are no VBA source text."
            )
        tokens, flag = data, 0
    size = len(tokens) + 2
    return struct.pack("<H", (size - 3) | 0b011 << 12 | flag << 15) + tokens


def _token_sequences(data: bytes) -> bytes:
    """2.4.1.3.8: flag byte, then up to eight tokens: a literal byte, or a copy of earlier bytes of the chunk."""
    out = bytearray()
    seen: dict[bytes, list[int]] = {}  # three bytes -> where they occurred, oldest first
    at = 0
    while at < len(data):
        flags_at = len(out)
        out.append(0)
        for bit in range(8):
            if at >= len(data):
                break
            offset, length = _longest_match(data, at, seen)
            if length:
                out += _copy_token(at, offset, length)
                out[flags_at] |= 1 << bit
            else:
                out.append(data[at])
                length = 1
            for position in range(at, at + length):
                seen.setdefault(data[position : position + 3], []).append(position)
            at += length
    return bytes(out)


def _longest_match(data: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """2.4.1.3.19.4 Matching: (offset back, length) of the longest earlier match, the nearest of equals, or 0, 0."""
    if at + 3 > len(data):
        return 0, 0
    longest = min(copy_token_limits(at)[1], len(data) - at)
    best_offset = best_length = 0
    for candidate in reversed(seen.get(data[at : at + 3], ())):
        length = 3
        while length < longest and data[candidate + length] == data[at + length]:
            length += 1
        if length > best_length:
            best_offset, best_length = at - candidate, length
            if length == longest:
                break
    return best_offset, best_length


def copy_token_limits(at: int) -> tuple[int, int]:
    """2.4.1.3.19.1 CopyToken Help: bits of the offset, and the longest match, at `at` bytes into the chunk."""
    offset_bits = max((at - 1).bit_length(), 4)
    return offset_bits, (0xFFFF >> offset_bits) + 3


def _copy_token(at: int, offset: int, length: int) -> bytes:
    """2.4.1.3.19.3 Pack CopyToken: offset - 1 in the high bits, length - 3 in the low bits."""
    offset_bits, _ = copy_token_limits(at)
    return struct.pack("<H", (offset - 1) << (16 - offset_bits) | (length - 3))
