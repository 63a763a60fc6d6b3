"""The commands of records/README.md for checking without xl_rebal do what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import xl_rebal.records
from tests.records import firm

README = Path(xl_rebal.records.__file__).with_name("README.md").read_text(encoding="utf-8")


def shell(script: str, where: Path) -> str:
    return subprocess.run(
        ["bash", "-c", script], cwd=where, capture_output=True, text=True, check=True
    ).stdout


def test_the_chain_is_checked_with_a_shell_alone(tmp_path: Path) -> None:
    if sys.platform == "win32":
        return
    start = README.index("    prev=0000")
    script = "\n".join(line[4:] for line in README[start:].split("\n\n")[0].splitlines())
    out = tmp_path / "clients"
    for client in ("C1", "C2", "C3"):
        firm.file(firm.recorder(out), client)
    head = firm.verdict(out).head
    assert head is not None
    assert shell(script, tmp_path).splitlines() == [head.hash]
    ledger = out / "_records" / "ledger.jsonl"
    whole = ledger.read_text(encoding="utf-8")
    ledger.write_text(
        whole.replace('"by":"dana","client":"C2"', '"by":"dora","client":"C2"'), encoding="utf-8"
    )
    assert [line[:8] for line in shell(script, tmp_path).splitlines()[:-1]] == ["changed:"]
    lines = whole.splitlines(keepends=True)
    ledger.write_text("".join([lines[0], lines[1], lines[3]]), encoding="utf-8")
    assert [line[:16] for line in shell(script, tmp_path).splitlines()[:-1]] == ["does not follow:"]


def test_a_file_is_found_in_the_ledger_by_its_hash(tmp_path: Path) -> None:
    if sys.platform == "win32":
        return
    firm.file(firm.recorder(tmp_path / "clients"), "C1", name="Hartwell Family")
    command = next(line.strip() for line in README.splitlines() if line.strip().startswith("grep -c"))
    assert shell(command, tmp_path).strip() == "1"


def test_every_kind_of_entry_that_the_program_writes_is_explained() -> None:
    from xl_rebal.records import entry

    kinds = {
        value
        for name, value in vars(entry).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", value)
    }
    assert {kind for kind in kinds if f"`{kind}`" not in README} <= {"ledger-opened", "fiscal-year-end"}
