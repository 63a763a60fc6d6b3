"""vbaProject.bin is read back by two readers that are not ours: oletools ([MS-OVBA]) and olefile ([MS-CFB])."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

import olefile
import pytest
import xlwings
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser, decompress_stream

from workbook.compound import Tree, compound_file, read_compound
from workbook.ovba import (
    PROJECT_ID,
    Module,
    ModuleKind,
    compress,
    dir_stream,
    encrypted,
    project_stream,
    projectwm_stream,
    vba_project,
)
from workbook.ovba_read import decompress, read_project
from xl_rebal.errors import VbaInvalid

DOCUMENTS = (
    Module("ThisWorkbook", "Private Sub Workbook_Open()\nEnd Sub", ModuleKind.WORKBOOK),
    Module("Sheet1", "", ModuleKind.SHEET),
)


def read_back(project: bytes) -> dict[str, str]:
    """Name of each module -> its whole source, by olevba."""
    parser = VBA_Parser("vbaProject.bin", data=project)
    try:
        return {stream.split("/")[-1]: code for _, stream, _, code in parser.extract_all_macros()}
    finally:
        parser.close()


def decompressed(data: bytes) -> bytes:
    return bytes(decompress_stream(bytearray(compress(data))))


def text_of(size: int) -> str:
    """A comment that makes the stored module exactly `size` bytes: words in no order, so matches vary in length."""
    chance = random.Random(size)
    words = (
        "lot",
        "basis",
        "wash sale",
        "(61 days)",
        "carryforward",
        "$3,000",
        "is",
        "of",
        "Roth IRA",
        "2026-11-30",
    )
    text = "'"
    while len(text) < size:
        text += chance.choice(words) + " "
    attribute, line_end = 'Attribute VB_Name = "Body"\r\n', "\r\n"
    return text[: size - len(attribute) - len(line_end)]


# --- modules -------------------------------------------------------------------------------------------------


def test_every_module_reads_back_exactly() -> None:
    modules = (
        *DOCUMENTS,
        Module("Ribbon", "Option Explicit\n' It's a test: é — “quoted”"),
        Module("Empty", ""),
    )
    assert read_back(vba_project(modules)) == {module.name: module.source for module in modules}


def test_source_has_windows_line_ends_and_one_at_the_end() -> None:
    assert Module("A", "one\ntwo\r\nthree\r\n\n").source == (
        'Attribute VB_Name = "A"\r\none\r\ntwo\r\nthree\r\n'
    )


def test_a_module_that_names_itself_is_not_named_twice() -> None:
    assert Module("A", 'Attribute VB_Name = "A"\nx').source.count("Attribute VB_Name") == 1
    with pytest.raises(VbaInvalid, match="another Attribute VB_Name"):
        _ = Module("A", 'Attribute VB_Name = "B"\nx').source


def test_document_modules_carry_excels_class_and_are_predeclared() -> None:
    workbook, sheet = (module.source for module in DOCUMENTS)
    assert 'Attribute VB_Base = "0{00020819-0000-0000-C000-000000000046}"' in workbook  # Excel.Workbook
    assert 'Attribute VB_Base = "0{00020820-0000-0000-C000-000000000046}"' in sheet  # Excel.Worksheet
    assert "Attribute VB_PredeclaredId = True" in workbook
    assert "Attribute VB_PredeclaredId = True" in sheet


@pytest.mark.parametrize("size", [63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 8191, 8192, 8193, 12_289])
def test_a_module_of_any_size_reads_back_exactly(size: int) -> None:
    module = Module("Body", text_of(size))
    assert len(module.stored) == size
    assert read_back(vba_project((*DOCUMENTS, module)))["Body"] == module.source


def test_a_module_of_300_kb_and_sixty_others_read_back_exactly() -> None:
    big = Module("Big", "\n".join(f"' line {n}: {n * n}" for n in range(16_000)))
    small = [Module(f"M{n}", f"' {n}\n" * n) for n in range(60)]
    modules = (*DOCUMENTS, big, *small)
    assert len(big.stored) > 300_000
    assert read_back(vba_project(modules)) == {module.name: module.source for module in modules}


def test_the_same_modules_give_the_same_bytes() -> None:
    assert vba_project(DOCUMENTS) == vba_project(tuple(DOCUMENTS))
    assert vba_project(DOCUMENTS) != vba_project(tuple(reversed(DOCUMENTS)))


def test_a_character_outside_the_code_page_is_refused_with_its_line() -> None:
    with pytest.raises(VbaInvalid, match=r"VBA module Ribbon, line 3: '→' \(U\+2192\)"):
        vba_project((Module("Ribbon", "' one\n' a → b"),))


@pytest.mark.parametrize("name", ["1st", "a b", "", "x" * 32, "Größe"])
def test_a_name_that_vba_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(VbaInvalid, match="can't name a VBA module"):
        Module(name, "")


def test_two_modules_whose_names_differ_only_in_case_are_refused() -> None:
    with pytest.raises(VbaInvalid, match="Two VBA modules are named Ribbon"):
        vba_project((Module("Ribbon", ""), Module("RIBBON", "")))


# --- compression (2.4.1) -------------------------------------------------------------------------------------


def test_the_published_examples_compress_as_published() -> None:
    """[MS-OVBA] 3.2.1 and 3.2.3: no compression, maximum compression."""
    assert compress(b"abcdefghijklmnopqrstuv.") == bytes.fromhex(
        "01 19 b0 00 61 62 63 64 65 66 67 68 00 69 6a 6b 6c 6d 6e 6f 70 00 71 72 73 74 75 76 2e"
    )
    assert compress(b"a" * 73) == bytes.fromhex("01 03 b0 02 61 45 00")


def test_the_published_normal_example_differs_only_in_which_of_two_equal_matches_it_copies() -> None:
    """[MS-OVBA] 3.2.2: Office copies `aaa` from 7 bytes back, 2.4.1.3.19.4 says the nearest, 5 back; equally long."""
    text = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    published = bytes.fromhex(
        "01 2f b0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6a 01 38 08 61 6b 6c 00 30 6d 6e 6f"
        " 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7a 00 3c"
    )
    assert decompress_stream(bytearray(published)) == text == decompressed(text)
    assert [n for n, (a, b) in enumerate(zip(compress(text), published, strict=True)) if a != b] == [
        28,
        38,
        50,
    ]


@given(st.binary(max_size=300), st.integers(0, 40))
def test_repeated_bytes_come_back_as_they_were(data: bytes, times: int) -> None:
    assert decompressed(data * times) == data * times


@given(st.text("ab \r\n", max_size=9000).map(str.encode))
def test_text_of_few_letters_comes_back_as_it_was(data: bytes) -> None:
    assert decompressed(data) == data


@pytest.mark.parametrize("size", [1, 3640, 4096, 8192, 8192 + 3640])
def test_bytes_without_any_pattern_come_back_as_they_were(size: int) -> None:
    """A full chunk is stored raw; a last one of up to 3,640 bytes fits with its flag bytes (3640 + 455 + 2)."""
    data = random.Random(size).randbytes(size)
    assert decompressed(data) == data


def test_a_last_chunk_that_would_have_to_be_padded_is_refused() -> None:
    with pytest.raises(VbaInvalid, match="3800 bytes can't be compressed"):
        compress(random.Random(1).randbytes(4096 + 3800))


def test_xlwings_own_module_is_compressed_no_worse_than_in_the_file_it_ships() -> None:
    shipped = quickstart("quickstart_standalone.xlsm").openstream("VBA/xlwings").read()
    source = decompress_stream(bytearray(shipped))
    assert decompressed(source) == source
    assert len(compress(source)) <= len(shipped)


# --- streams -------------------------------------------------------------------------------------------------


def quickstart(name: str) -> olefile.OleFileIO:
    """The VBA project of a file that comes with xlwings: written by Excel, or by xlwings' own tool."""
    with zipfile.ZipFile(Path(xlwings.__file__).parent / name) as book:
        return olefile.OleFileIO(io.BytesIO(book.read("xl/vbaProject.bin")))


def decrypted(text: str, project_id: str) -> bytes:
    """2.4.3.3, written apart from the encryption: what the ignored bytes and the length are followed by."""
    seed, version, key, *rest = bytes.fromhex(text)
    assert seed ^ version == 2
    assert seed ^ key == sum(project_id.encode()) & 0xFF
    before, encrypted_1, encrypted_2, plain = seed ^ key, key, version, []
    for byte in rest:
        before = byte ^ ((encrypted_2 + before) & 0xFF)
        encrypted_1, encrypted_2 = byte, encrypted_1
        plain.append(before)
    body = bytes(plain[(seed & 6) // 2 :])
    assert struct.unpack("<I", body[:4])[0] == len(body) - 4
    return body[4:]


def test_protection_password_and_visibility_say_what_excel_says_of_an_open_project() -> None:
    lines = quickstart("quickstart.xlsm").openstream("PROJECT").read().decode("cp1252").splitlines()
    excel = dict(line.split("=", 1) for line in lines if "=" in line)
    ours = dict(line.split("=", 1) for line in project_stream((), "P").decode().splitlines() if "=" in line)
    for key in ("CMG", "DPB", "GC"):
        assert decrypted(ours[key].strip('"'), PROJECT_ID) == decrypted(
            excel[key].strip('"'), excel["ID"].strip('"')
        )


@given(st.binary(max_size=20), st.integers(0, 255))
def test_encryption_can_be_undone(data: bytes, seed: int) -> None:
    assert decrypted(encrypted(data, seed), PROJECT_ID) == data


def test_project_stream_names_each_module_by_its_kind() -> None:
    modules = (*DOCUMENTS, Module("Ribbon", ""), Module("Thing", "", ModuleKind.CLASS))
    lines = project_stream(modules, "XlRebal").decode().splitlines()
    assert lines[1:5] == [
        "Document=ThisWorkbook/&H00000000",
        "Document=Sheet1/&H00000000",
        "Module=Ribbon",
        "Class=Thing",
    ]
    assert 'Name="XlRebal"' in lines


def test_projectwm_gives_each_name_twice() -> None:
    assert projectwm_stream((Module("Ab", ""),)) == b"Ab\0A\0b\0\0\0\0\0"


def test_dir_stream_has_the_records_of_xlwings_own_file_in_their_order() -> None:
    """Record ids from quickstart_standalone.xlsm, without the optional ones and its references to forms."""
    shipped = bytes(
        decompress_stream(bytearray(quickstart("quickstart_standalone.xlsm").openstream("VBA/dir").read()))
    )
    ours = dir_stream((Module("ThisWorkbook", "", ModuleKind.WORKBOOK), Module("Ribbon", "")), "VBAProject")

    def ids(stream: bytes) -> list[int]:
        found, at = [], 0
        while at < len(stream):
            record_id, size = struct.unpack_from("<HI", stream, at)
            found.append(record_id)
            at += 6 + (6 if record_id == 0x0009 else size)  # VERSION: its size leaves out two bytes
        assert at == len(stream)
        return found

    shipped_ids, our_ids = ids(shipped), ids(ours)
    information = our_ids.index(0x0016)
    assert our_ids[:information] == shipped_ids[: shipped_ids.index(0x0016)]
    assert our_ids[information : our_ids.index(0x000F)] == [0x0016, 0x003E, 0x000D] * 2
    module = [0x0019, 0x0047, 0x001A, 0x0032, 0x001C, 0x0048, 0x0031, 0x001E, 0x002C]
    assert our_ids[our_ids.index(0x000F) :] == [
        *(0x000F, 0x0013),
        *(*module, 0x0022, 0x002B),
        *(*module, 0x0021, 0x002B),
        0x0010,
    ]
    start = shipped_ids.index(0x0019)
    assert shipped_ids[start : start + 11] == [*module, 0x0022, 0x002B]


# --- compound file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 65_536, 70_000])
def test_olefile_reads_streams_of_any_size(size: int) -> None:
    content = random.Random(size).randbytes(size)
    tree: Tree = {"PROJECT": b"text", "VBA": {"Body": content, "Other": content[::-1], "Last": b"z"}}
    with olefile.OleFileIO(io.BytesIO(compound_file(tree)), raise_defects=olefile.DEFECT_POTENTIAL) as file:
        assert file.openstream("VBA/Body").read() == content
        assert file.openstream("VBA/Other").read() == content[::-1]
        assert file.openstream("VBA/Last").read() == b"z"
        assert not file.parsing_issues


def test_a_file_that_outgrows_the_header_lists_its_fat_in_difat_sectors() -> None:
    """109 FAT sectors of 128 entries hold 109 * 128 * 512 = 7,143,424 bytes; 16 MB takes two DIFAT sectors."""
    content = random.Random(7).randbytes(1 << 16) * 256
    file_bytes = compound_file({"Big": content, "Small": b"s" * 100})
    assert struct.unpack_from("<I", file_bytes, 72)[0] == 2
    with olefile.OleFileIO(io.BytesIO(file_bytes), raise_defects=olefile.DEFECT_POTENTIAL) as file:
        assert file.openstream("Big").read() == content
        assert file.openstream("Small").read() == b"s" * 100


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 7, 8, 15, 16, 61])
def test_siblings_form_a_red_black_tree_in_name_order(count: int) -> None:
    """[MS-CFB] 2.6.4: shorter names first; no red child of a red node; equally many black nodes on every path."""
    names = [f"M{n}" for n in range(count)]
    with olefile.OleFileIO(io.BytesIO(compound_file(dict.fromkeys(names, b"x")))) as file:
        entries = file.direntries
        none = 0xFFFFFFFF
        order: list[str] = []

        def black_height(sid: int, parent_is_red: bool) -> int:
            if sid == none:
                return 1
            entry = entries[sid]
            is_red = entry.color == 0
            assert not (is_red and parent_is_red)
            left = black_height(entry.sid_left, is_red)
            order.append(entry.name)
            right = black_height(entry.sid_right, is_red)
            assert left == right
            return left + (not is_red)

        black_height(file.root.sid_child, parent_is_red=True)  # so the root is asserted to be black
        assert order == sorted(names, key=lambda name: (len(name), name))


def test_names_that_a_compound_file_can_not_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="differ only in case: a, A"):
        compound_file({"a": b"", "A": b""})


# --- reading -------------------------------------------------------------------------------------------------


def shipped_project(name: str) -> bytes:
    with zipfile.ZipFile(Path(xlwings.__file__).parent / name) as book:
        return book.read("xl/vbaProject.bin")


@pytest.mark.parametrize("name", ["quickstart.xlsm", "quickstart_standalone.xlsm"])
def test_projects_that_excel_wrote_are_read_as_olevba_reads_them(name: str) -> None:
    project = read_project(shipped_project(name))
    assert {module.name: module.source for module in project.modules} == read_back(shipped_project(name))
    assert read_project(vba_project(project.modules, project.name, project.references)) == project


@pytest.mark.parametrize("name", ["quickstart.xlsm", "quickstart_standalone.xlsm"])
def test_streams_that_excel_wrote_are_read_as_olefile_reads_them(name: str) -> None:
    tree = read_compound(shipped_project(name))
    with olefile.OleFileIO(io.BytesIO(shipped_project(name))) as file:
        for *storages, stream in file.listdir():
            content: bytes | Tree = tree
            for part in (*storages, stream):
                assert not isinstance(content, bytes)
                content = content[part]
            assert content == file.openstream([*storages, stream]).read()


@given(
    st.dictionaries(st.from_regex(r"[A-Z][a-z]{0,6}", fullmatch=True), st.binary(max_size=9000), max_size=12)
)
def test_a_compound_file_reads_back_as_it_was_written(streams: dict[str, bytes]) -> None:
    streams = {name.upper(): content for name, content in streams.items()}
    tree: Tree = {"Storage": streams, "Other": b"other"}
    assert read_compound(compound_file(tree)) == tree


def test_a_large_compound_file_reads_back_through_its_difat() -> None:
    tree: Tree = {"Big": random.Random(3).randbytes(1 << 16) * 130}
    assert read_compound(compound_file(tree)) == tree


@given(st.text("ab \r\n", max_size=9000).map(str.encode))
def test_our_own_reader_undoes_the_compression(data: bytes) -> None:
    assert decompress(compress(data)) == data


def test_a_password_forms_or_another_code_page_are_refused_since_they_would_be_lost() -> None:
    tree = read_compound(vba_project(DOCUMENTS))
    project, vba = tree["PROJECT"], tree["VBA"]
    assert isinstance(project, bytes)
    assert not isinstance(vba, bytes)
    none = encrypted(bytes(1), seed=0x8F).encode()
    locked = project.replace(none, encrypted(b"\xff" * 29, seed=0x8F).encode())
    with pytest.raises(VbaInvalid, match="protected by a password"):
        read_project(compound_file({**tree, "PROJECT": locked}))
    with pytest.raises(VbaInvalid, match=r"have forms \(UserForm1\)"):
        read_project(compound_file({**tree, "UserForm1": {"o": b""}}))
    japanese = dir_stream(DOCUMENTS, "VBAProject").replace(b"\x03\0\2\0\0\0\xe4\4", b"\x03\0\2\0\0\0\xa4\3")
    with pytest.raises(VbaInvalid, match="code page 932"):
        read_project(compound_file({**tree, "VBA": {**vba, "dir": compress(japanese)}}))


@pytest.mark.parametrize("at", [0, 30, 48, 60, 76, 600, 1100, 1600])
def test_a_damaged_project_is_refused_in_words(at: int) -> None:
    whole = vba_project((*DOCUMENTS, Module("Body", text_of(9000))))
    damaged = whole[:at] + b"\x77" * 64 + whole[at + 64 :]
    try:
        project = read_project(damaged)
    except VbaInvalid:
        return
    assert {m.name for m in project.modules} <= {
        "ThisWorkbook",
        "Sheet1",
        "Body",
    }  # damage where nothing is read


def test_half_a_file_is_refused_in_words() -> None:
    whole = vba_project((*DOCUMENTS, Module("Body", text_of(9000))))
    for part in (b"", whole[:100], whole[: len(whole) // 2]):
        with pytest.raises(VbaInvalid, match="can't be read"):
            read_project(part)
