"""Names that lead, or seem to lead, elsewhere are refused for a record, and never come out of a client's name."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import firm
from xl_rebal.briefs.naming import LONGEST, safe_name
from xl_rebal.errors import FilingFailed
from xl_rebal.paths import tricky
from xl_rebal.permissions import file_mode, make_folder
from xl_rebal.records.places import FirmFolder

DECEPTIVE = [
    "CON", "nul", "NUL.txt", "com1.docx", "LPT\u00b9", "CON .txt", "brief.", "brief ", "..", "...", "a\u2215b", "a\u2044b",
    "a\uff0fb", "a\uff3cb", "a\uff1ab", "\uff0e\uff0e", "\u2024\u2024", "a\u202eb", "a\u200bb", "a\u00adb", "a\x01b", "a\nb",
    "\u2105 Smith", "a:b", "a|b",
]  # fmt: skip


@pytest.mark.parametrize("name", DECEPTIVE)
def test_a_deceptive_name_is_refused_for_a_record(tmp_path: Path, name: str) -> None:
    assert tricky(name)
    with pytest.raises(FilingFailed, match="not used for a record"):
        FirmFolder(tmp_path).inside(f"Client C1/{name}/brief.docx")


@pytest.mark.parametrize(
    "name", [*DECEPTIVE, "../../etc", "C:\\Windows", "\\\\server\\share", "NUL.", "con.txt.docx"]
)
def test_a_client_with_a_deceptive_name_is_filed_in_the_folder_under_a_plain_one(
    tmp_path: Path, name: str
) -> None:
    out = tmp_path / "firm"
    filed = firm.file(firm.recorder(out), name=name)
    assert filed.brief.is_file()
    assert filed.brief.resolve().is_relative_to(out.resolve())
    assert firm.verdict(out).clean
    assert sorted(p.name for p in tmp_path.iterdir()) == ["firm", "firm.anchor"]


@given(st.text(max_size=80))
def test_what_comes_out_of_any_text_is_never_deceptive(text: str) -> None:
    name = safe_name(text, "C1")
    assert name
    assert not tricky(name)
    assert len(name) <= LONGEST + 1


@pytest.mark.parametrize(
    "name",
    [
        "Smith & Co",
        "O'Brien",
        "N\u00fa\u00f1ez",
        "\u5c71\u7530",
        "\u05db\u05d4\u05df",
        "e\u0301",
        "a.b",
        "\U0001f600",
    ],
)
def test_plain_names_of_any_script_are_not_refused(tmp_path: Path, name: str) -> None:
    assert FirmFolder(tmp_path).inside(f"{safe_name(name)}/2026-Q4/brief.docx")


# --- Rights


@pytest.mark.skipif(os.name == "nt", reason="Windows: a new file inherits the rights of its folder")
@pytest.mark.parametrize(
    ("folder", "file"), [(0o700, 0o600), (0o750, 0o640), (0o770, 0o660), (0o755, 0o644), (0o777, 0o664)]
)
def test_what_is_filed_is_as_strict_as_the_folder(tmp_path: Path, folder: int, file: int) -> None:
    out = tmp_path / "firm"
    out.mkdir()
    out.chmod(folder)
    old = os.umask(0o077)  # whatever the user's own habit is
    try:
        firm.file(firm.recorder(out))
    finally:
        os.umask(old)
    assert file_mode(out) == file
    for path in out.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (file if path.is_file() else folder & ~0o002), path


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o711)
    before = (tmp_path / "a").stat().st_mode
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a").stat().st_mode == before
    assert (tmp_path / "a" / "b" / "c").is_dir()
