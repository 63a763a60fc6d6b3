"""Reads vbaProject.bin ([MS-OVBA]), so that the macros of a workbook in use can be brought up to date.

A user's own modules, sheet code and references are kept as they are. What would be lost is refused, not dropped:
forms, other code pages, protected projects.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from workbook.compound import Tree, read_compound
from workbook.ovba import CHUNK, CODEPAGE, ENCODING, VB_BASE, Module, ModuleKind, copy_token_limits
from xl_rebal.errors import VbaInvalid


@dataclass(frozen=True, slots=True)
class Project:
    """A VBA project: its name, its references as stored (2.3.4.2.2), and its modules, whole, in order."""

    name: str
    references: bytes
    modules: tuple[Module, ...]


def read_project(data: bytes) -> Project:
    """The project in vbaProject.bin. Raises VbaInvalid for what `ovba.vba_project` could not write again."""
    try:
        root = read_compound(data)
        forms = [name for name, content in root.items() if name != "VBA" and not isinstance(content, bytes)]
        vba = root["VBA"]
        if isinstance(vba, bytes):
            raise ValueError("VBA is no storage")
        records = list(_records(decompress(_stream(vba, "dir"))))
        ids = [record_id for record_id, *_ in records]
        code_page = struct.unpack("<H", records[ids.index(0x0003)][1])[0]
        name = records[ids.index(0x0004)][1].decode(ENCODING)
        references = records[ids.index(0x003C) + 1 : ids.index(0x000F)]  # from CONSTANTS to MODULES
        is_protected = _is_protected(_stream(root, "PROJECT").decode(ENCODING))
    except (ValueError, KeyError, struct.error) as error:
        raise VbaInvalid("The workbook's macros can't be read: the file is damaged or not VBA.") from error
    if forms:
        raise VbaInvalid(f"The workbook's macros have forms ({', '.join(forms)}), which would be lost.")
    if is_protected:
        raise VbaInvalid("The workbook's macros are protected by a password, which would be lost.")
    if code_page != CODEPAGE:
        raise VbaInvalid(
            f"The workbook's macros are stored in code page {code_page}, not Windows-{CODEPAGE}."
        )
    modules = tuple(_modules(records[ids.index(0x000F) :], vba))
    return Project(name, b"".join(raw for _, _, raw in references), modules)


def _is_protected(project: str) -> bool:
    """Whether the PROJECT stream has a protection state (2.3.1.15 CMG) or a password (2.3.1.16 DPB)."""
    values = dict(line.split("=", 1) for line in project.splitlines() if "=" in line)
    protection, password = (decrypted(values[key].strip('"')) for key in ("CMG", "DPB"))
    return any(protection) or password != b"\0"


def decrypted(text: str) -> bytes:
    """2.4.3.3: what `ovba.encrypted` was given: behind the ignored bytes and the length."""
    seed, version, key, *rest = bytes.fromhex(text)
    before, last, last_but_one = seed ^ key, key, version
    plain = []
    for byte in rest:
        before = byte ^ ((last_but_one + before) & 0xFF)
        last_but_one, last = last, byte
        plain.append(before)
    return bytes(plain[(seed & 6) // 2 + 4 :])


def _stream(storage: Tree, name: str) -> bytes:
    content = storage[name]
    if not isinstance(content, bytes):
        raise ValueError(f"{name} is a storage")
    return content


def _records(stream: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Id, content and raw bytes of each record of the dir stream (2.3.4.2)."""
    at = 0
    while at < len(stream):
        record_id, size = struct.unpack_from("<HI", stream, at)
        end = at + 6 + (6 if record_id == 0x0009 else size)  # VERSION: its size leaves out the minor version
        yield record_id, stream[at + 6 : end], stream[at:end]
        at = end


def _modules(records: list[tuple[int, bytes, bytes]], vba: Tree) -> Iterator[Module]:
    """2.3.4.2.3: each module's name, the stream it is in, where in it the source starts, and its kind."""
    name = stream_name = ""
    offset, is_standard = 0, True
    for record_id, content, _ in records:
        if record_id == 0x0047:  # MODULENAMEUNICODE
            name = content.decode("utf-16-le")
        elif record_id == 0x0032:  # MODULESTREAMNAME, in UTF-16
            stream_name = content.decode("utf-16-le")
        elif record_id == 0x0031:  # MODULEOFFSET
            offset = struct.unpack("<I", content)[0]
        elif record_id in (0x0021, 0x0022):  # MODULETYPE
            is_standard = record_id == 0x0021
        elif record_id == 0x002B:  # terminator
            try:
                code = decompress(_stream(vba, stream_name)[offset:]).decode(ENCODING)
            except (ValueError, KeyError, struct.error) as error:
                raise VbaInvalid(f"The VBA module {name} of the workbook can't be read.") from error
            yield Module(name, code, ModuleKind.STANDARD if is_standard else _kind(code), whole=True)


def _kind(code: str) -> ModuleKind:
    """Which class a class module extends, by its attribute VB_Base."""
    for kind, base in VB_BASE.items():
        if f'Attribute VB_Base = "{base}"' in code:
            return kind
    return ModuleKind.CLASS


def decompress(container: bytes) -> bytes:
    """2.4.1.3.1: the bytes that `ovba.compress` was given."""
    if container[:1] != b"\x01":
        raise ValueError("This is not compressed VBA.")
    out = bytearray()
    at = 1
    while at < len(container):
        header = struct.unpack_from("<H", container, at)[0]
        end = min(at + (header & 0x0FFF) + 3, len(container))
        if header >> 12 & 0b111 != 0b011:
            raise ValueError("A chunk of compressed VBA has no signature.")
        is_compressed = header >> 15
        out += _tokens(container[at + 2 : end]) if is_compressed else container[at + 2 : at + 2 + CHUNK]
        at = end if is_compressed else at + 2 + CHUNK
    return bytes(out)


def _tokens(data: bytes) -> bytes:
    """2.4.1.3.2: one chunk from its token sequences."""
    out = bytearray()
    at = 0
    while at < len(data):
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if flags >> bit & 1:
                token = struct.unpack_from("<H", data, at)[0]
                offset_bits, _ = copy_token_limits(len(out))
                length = (token & (0xFFFF >> offset_bits)) + 3
                source = len(out) - (token >> (16 - offset_bits)) - 1
                if source < 0:
                    raise ValueError("A copy token of compressed VBA points before its chunk.")
                for position in range(source, source + length):
                    out.append(out[position])
                at += 2
            else:
                out.append(data[at])
                at += 1
    return bytes(out)
