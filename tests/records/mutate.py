"""Random changes to a record folder, each of which verify must find: `python -m tests.records.mutate 10000`.

A mutation is anything a person, a disk or a sync program may do to the files: bits flipped, bytes cut, lines taken out,
moved or repeated, files deleted, swapped, renamed or put in. The folder is mended after each.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.records import firm
from xl_rebal.errors import RecordsUnreadable
from xl_rebal.records.canonical import sha256
from xl_rebal.records.decisions import Attached, Choice, decide
from xl_rebal.records.places import FirmFolder

LEDGER = "_records/ledger.jsonl"


def build(out: Path) -> dict[str, bytes]:
    """A record with all kinds of files: briefs of two periods, an edited one, a signed PDF, a torn line; its files."""
    recorder = firm.recorder(out)
    for client in ("C1", "C2", "C3"):
        firm.file(recorder, client)
    firm.file(recorder, "C1", b"brief two")
    filed = firm.file(recorder, "C2", period="2027-Q1")
    filed.brief.write_bytes(b"edited by the advisor")
    ledger, folder = firm.ledger(out), FirmFolder(out)
    with ledger.writing():
        for client, period, signed in (("C1", firm.PERIOD, b"%PDF signed"), ("C2", "2027-Q1", None)):
            decide(
                ledger,
                folder,
                client,
                period,
                Choice.APPROVE,
                by="Dana",
                signed=Attached(".pdf", signed) if signed else None,
                workbook_sha256=firm.WORKBOOK,
                changed=lambda brief: (),
            )
    with folder.ledger.open("ab") as file:
        file.write(b'{"at":"2026')
    firm.file(recorder, "C3", b"brief two")
    verdict = firm.verdict(out)
    assert verdict.clean, verdict.findings
    return firm.snapshot(out)


Files = dict[str, bytes]
Mutation = Callable[[random.Random, Files], None]


def some_file(dice: random.Random, files: Files) -> str:
    """Half of the time the ledger: it is what most depends on."""
    return LEDGER if dice.random() < 0.5 else dice.choice(sorted(files))


def flip_a_bit(dice: random.Random, files: Files) -> None:
    name = some_file(dice, files)
    content = bytearray(files[name])
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    files[name] = bytes(content)


def set_a_byte(dice: random.Random, files: Files) -> None:
    name = some_file(dice, files)
    content = bytearray(files[name])
    content[dice.randrange(len(content))] = dice.choice(b'\n\0 "{}09af')
    files[name] = bytes(content)


def cut_bytes(dice: random.Random, files: Files) -> None:
    name = some_file(dice, files)
    start = dice.randrange(len(files[name]))
    files[name] = files[name][:start] + files[name][start + dice.randint(1, 400) :]


def cut_the_end(dice: random.Random, files: Files) -> None:
    name = some_file(dice, files)
    files[name] = files[name][: dice.randrange(len(files[name]))]


def add_bytes(dice: random.Random, files: Files) -> None:
    name = some_file(dice, files)
    start = dice.randint(0, len(files[name]))
    files[name] = files[name][:start] + dice.randbytes(dice.randint(1, 40)) + files[name][start:]


def lines_of(files: Files) -> list[bytes]:
    return files[LEDGER].splitlines(keepends=True)


def lose_lines(dice: random.Random, files: Files) -> None:
    lines = lines_of(files)
    start = dice.randrange(len(lines))
    del lines[start : start + dice.randint(1, 3)]
    files[LEDGER] = b"".join(lines)


def lose_the_last_lines(dice: random.Random, files: Files) -> None:
    lines = lines_of(files)
    files[LEDGER] = b"".join(lines[: -dice.randint(1, len(lines) - 1)])


def move_a_line(dice: random.Random, files: Files) -> None:
    lines = lines_of(files)
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randint(0, len(lines)), line)
    files[LEDGER] = b"".join(lines)


def repeat_a_line(dice: random.Random, files: Files) -> None:
    lines = lines_of(files)
    lines.insert(dice.randint(0, len(lines)), dice.choice(lines))
    files[LEDGER] = b"".join(lines)


def delete_a_file(dice: random.Random, files: Files) -> None:
    del files[some_file(dice, files)]


def swap_two_files(dice: random.Random, files: Files) -> None:
    one, other = dice.sample(sorted(files), 2)
    files[one], files[other] = files[other], files[one]


def rename_a_file(dice: random.Random, files: Files) -> None:
    name = some_file(dice, files)
    files[f"{name}.{dice.randrange(100)}"] = files.pop(name)


def put_a_file_in(dice: random.Random, files: Files) -> None:
    number = dice.randrange(2, 100)
    place = dice.choice(
        (
            f"_records/notes-{number}.txt",
            f"_records/ledger (conflicted copy {number}).jsonl",
            f"_records/bundles/2026-Q4/C1-{number:012x}.zip",
            f"Client C1/2026-Q4/brief-{number}.docx",
            f"Client C9/2026-Q4/facts-{number}.json",
            f"Client C1/2026-Q4/brief-signed-{number}.pdf",
        )
    )
    files[place] = dice.randbytes(20)


def go_back_to_an_earlier_version(dice: random.Random, files: Files) -> None:
    files["Client C1/2026-Q4/brief.docx"] = b"brief one"


MUTATIONS: tuple[Mutation, ...] = (
    flip_a_bit, flip_a_bit, set_a_byte, cut_bytes, cut_the_end, add_bytes, lose_lines, lose_the_last_lines, move_a_line,
    repeat_a_line, delete_a_file, swap_two_files, rename_a_file, put_a_file_in, go_back_to_an_earlier_version,
)  # fmt: skip


def run(count: int, seed: int = 1) -> dict[str, int]:
    """Makes `count` mutations, one after the other; how many of each kind there were. Fails on one not found."""
    dice = random.Random(seed)
    made: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "firm"
        whole = build(out)
        before = sha256(repr(sorted(whole.items())).encode())
        while sum(made.values()) < count:
            mutation = dice.choice(MUTATIONS)
            files = dict(whole)
            mutation(dice, files)
            if files == whole:
                continue
            write(out, whole, files)
            assert found(out), f"not found: {mutation.__name__}, number {sum(made.values())} of seed {seed}"
            write(out, files, whole)
            made[mutation.__name__] = made.get(mutation.__name__, 0) + 1
        assert sha256(repr(sorted(firm.snapshot(out).items())).encode()) == before
        assert firm.verdict(out).clean
    return made


def found(out: Path) -> bool:
    try:
        return not firm.verdict(out).clean
    except RecordsUnreadable:
        return True


def write(out: Path, old: Files, new: Files) -> None:
    """Makes the folder hold `new` where it held `old`."""
    for name in old.keys() - new.keys():
        (out / name).unlink()
    for name, content in new.items():
        if old.get(name) != content:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(content)


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    kinds = run(asked)
    print(f"{asked} mutations, all found: {', '.join(f'{n} {name}' for name, n in sorted(kinds.items()))}")
