"""Disks and clocks that fail while a brief is filed: each must end in one clear sentence, with nothing on record lost.

Every case files a brief, breaks something, files again, checks what is left, mends it and files once more.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.records import firm
from tests.records.kill import in_child
from xl_rebal.errors import FilingFailed
from xl_rebal.records.entry import chain_of
from xl_rebal.records.findings import Trouble


def _said(work: Callable[[], object]) -> str:
    """The sentence with which a filing fails, '' when it does not."""
    try:
        work()
    except FilingFailed as error:
        return str(error)
    return ""


def _whole(out: Path, before: bytes) -> None:
    """What was on record still is, and nothing half-written is taken for whole."""
    after = firm.ledger_bytes(out)
    assert after.startswith(before), "an entry that was there has changed"
    assert not chain_of(after).findings, chain_of(after).findings
    wrong = [f for f in firm.verdict(out).findings if f.trouble in (Trouble.CHANGED, Trouble.MISSING)]
    assert not wrong, wrong


def _done(out: Path) -> None:
    """After mending, the same filing goes through and the record is right."""
    firm.file(firm.recorder(out), "C2")
    verdict = firm.verdict(out)
    assert verdict.clean, verdict.findings


SIZES = (0, 1, 10, 100, 500, 1000, 1500, 2000, 3000, 5000, 8000, 12_000, 20_000, 500_000)


def disk_full(place: Path | None = None) -> str:
    """Every size of file that is cut at, from nothing to enough, in a child whose files may grow so far and no further."""
    stopped = 0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as work:
            out = (place or Path(work)) / "firm"
            firm.file(firm.recorder(out), "C1")
            before = firm.ledger_bytes(out)

            def child(out: Path = out, size: int = size) -> int:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write answers "file too large"
                import resource  # not on Windows

                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
                return 1 if _said(lambda: firm.file(firm.recorder(out), "C2")) else 0

            code = in_child(child)
            assert code in (0, 1), f"a size of {size} ended with {code}"
            stopped += code
            _whole(out, before)
            _done(out)
    assert stopped, "no size was too small"
    return f"{stopped} of {len(SIZES)} sizes too small, each said; nothing lost"


@contextmanager
def _tiny_disk(place: Path, kilobytes: int):
    """A disk in memory, where this user may mount one; None elsewhere."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True, capture_output=True)


def tiny_disk() -> str:
    """A real file system with hardly any room; the message names it, and what was there stays."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "not run: only an administrator may mount a disk here"
    with tempfile.TemporaryDirectory() as work, _tiny_disk(Path(work), 200) as disk:
        if disk is None:
            return "not run: this computer lets nobody mount a disk"
        out = disk / "firm"
        firm.file(firm.recorder(out), "C1")
        before = firm.ledger_bytes(out)
        filler = disk / "filler"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write_bytes(b"x" * max(0, free - 8192))
        said = _said(lambda: firm.file(firm.recorder(out), "C2"))
        assert "disk is full" in said, said
        _whole(out, before)
        filler.unlink()
        _done(out)
    return "said, nothing lost, completed once there was room"


def read_only() -> str:
    """The folder can't be written: as another user where this one may write everywhere."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "firm"
        firm.file(firm.recorder(out), "C1")
        before = firm.ledger_bytes(out)
        modes = {p: p.stat().st_mode for p in (out, *out.rglob("*")) if p.is_dir()}
        Path(work).chmod(0o755)

        def child() -> int:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            said = _said(lambda: firm.file(firm.recorder(out), "C2"))
            return 0 if "read-only" in said and "Client" not in said.partition(":")[2] else 1

        for path in modes:
            path.chmod(0o555)
        code = in_child(child)
        for path, mode in modes.items():
            path.chmod(mode)
        assert code == 0, "no clear sentence"
        _whole(out, before)
        _done(out)
    return "said, nothing lost, completed once it could be written"


def clock_back() -> str:
    """The computer's clock goes back by years: order is by number, so the record stays right and says both times."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "firm"
        firm.file(firm.recorder(out), "C1")
        before = firm.ledger_bytes(out)
        with (ledger := firm.ledger(out, at=firm.NOON - timedelta(days=1500))).writing():
            ledger.append("remark", {"of": "a clock that went back"})
        _whole(out, before)
        entries = chain_of(firm.ledger_bytes(out)).entries
        assert entries[-1].at < entries[-2].at
        assert entries[-1].n == entries[-2].n + 1
        _done(out)
    return "order kept by number, chain whole"


AWKWARD = (
    "Smith & Co <x>", "O'Brien \"Bob\"", "a/b\\c:d*e?f|g", "CON", "nul.txt", "..", "trailing. ", " lead", "Núñez", "é (e + accent)",
    "山田太郎", "كريم", "😀 family", "a\tb\nc", "a\u202eb", "ﬁ ligature", "½ & ℅", "x" * 300, "-rf ~", "$(rm)", "%PATH%", "C1.docx", "_records",
    "_exports", "ledger.jsonl", "#hash;semi", "{{ 7*7 }}", "\u00adsoft", "zero\u200bwidth", "ÄÖÜß", "İstanbul",
)  # fmt: skip


def awkward_names() -> str:
    """Clients named with everything that a disk, a shell or a template may trip over, all in one folder."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "firm"
        recorder = firm.recorder(out)
        for number, name in enumerate(AWKWARD):
            filed = firm.file(recorder, f"{name[:20]}/{number}", name=name)
            assert filed.brief.resolve().is_relative_to(out.resolve()), name
        verdict = firm.verdict(out)
        assert verdict.clean, verdict.findings
        assert sorted(p.name for p in Path(work).iterdir()) == ["firm", "firm.anchor"]
    return f"{len(AWKWARD)} names filed inside the folder, record right"


def long_paths() -> str:
    """A folder so deep that Word could not open a brief in it: refused before anything is written."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / ("d" * 90) / ("e" * 90) / "firm"
        said = _said(lambda: firm.file(firm.recorder(out), "C1", name="n" * 60))
        assert "Windows opens 259 at most" in said, said
        assert "nnnn" not in said, "the client's name is in the message"
        assert not list(out.rglob("brief*.docx"))
    return "said before anything is written"


CASES: dict[str, Callable[[], str]] = {
    "disk full (file size limit), at 14 sizes": disk_full,
    "disk full (a disk of 200 KB)": tiny_disk,
    "folder read-only": read_only,
    "clock goes back four years": clock_back,
    "names with every awkward character": awkward_names,
    "paths longer than 259 characters": long_paths,
}


def main() -> dict[str, str]:
    """Every case, briefly, in a process of their own: they fork and change limits, which is not safe beside other tests."""
    code = (
        "import json; from tests.records import faults; faults.SIZES = faults.SIZES[::4]; "
        "print(json.dumps({name: test() for name, test in faults.CASES.items()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, str] = json.loads(done.stdout)
    return outcomes
