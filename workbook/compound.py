"""Writes and reads compound files ([MS-CFB] version 3): the file system inside a file that Office keeps VBA in.

Only what a VBA project needs: storages, streams, 512-byte sectors, 64-byte mini sectors for small streams.
Nothing written depends on the clock, so the same streams always give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")  # 2.2
SECTOR = 512  # 2.2, Sector Shift 9
MINI_SECTOR = 64  # 2.2, Mini Sector Shift 6
MINI_CUTOFF = 4096  # 2.2: a stream shorter than this lives in the mini stream
DIRECTORY_ENTRY = 128  # 2.6.1
ENTRIES_PER_SECTOR = SECTOR // 4  # sector numbers in a FAT or mini FAT sector
HEADER_DIFAT = 109  # 2.2: FAT sectors listed in the header; more need DIFAT sectors
LONGEST_NAME = 31  # 2.6.1: 32 UTF-16 characters with the closing null

# 2.1: sector numbers with a meaning of their own
DIFAT_SECTOR = 0xFFFFFFFC
FAT_SECTOR = 0xFFFFFFFD
END_OF_CHAIN = 0xFFFFFFFE
FREE_SECTOR = 0xFFFFFFFF
NO_STREAM = 0xFFFFFFFF

# 2.6.1: object type and color of a directory entry
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1

Tree: TypeAlias = Mapping[str, "bytes | Tree"]
"""Name -> content of a stream, or the tree of a storage."""


def compound_file(tree: Tree) -> bytes:
    """The compound file that holds `tree`, ready to be written to disk."""
    entries = _directory(tree)
    mini_streams = [e for e in entries if e.kind == STREAM and 0 < len(e.content) < MINI_CUTOFF]
    big_streams = [e for e in entries if e.kind == STREAM and len(e.content) >= MINI_CUTOFF]

    mini_stream = bytearray()
    mini_fat: list[int] = []
    for entry in mini_streams:
        entry.start = len(mini_fat)
        count = _sectors(len(entry.content), MINI_SECTOR)
        mini_fat += _chain(entry.start, count)
        mini_stream += _padded(entry.content, MINI_SECTOR)
    entries[0].content = bytes(mini_stream)  # 2.6.2: the root entry's stream is the mini stream

    # The order of sectors in the file: FAT, DIFAT, directory, mini FAT, mini stream, big streams.
    directory_sectors = _sectors(len(entries) * DIRECTORY_ENTRY, SECTOR)
    mini_fat_sectors = _sectors(len(mini_fat) * 4, SECTOR)
    streams = [entries[0], *big_streams]
    others = directory_sectors + mini_fat_sectors + sum(_sectors(len(e.content), SECTOR) for e in streams)
    fat_sectors, difat_sectors = _table_sectors(others)

    fat = [FAT_SECTOR] * fat_sectors + [DIFAT_SECTOR] * difat_sectors
    directory_start = len(fat)
    fat += _chain(directory_start, directory_sectors)
    mini_fat_start = len(fat) if mini_fat else END_OF_CHAIN
    fat += _chain(len(fat), mini_fat_sectors)
    for entry in streams:
        if entry.content:
            entry.start = len(fat)
            fat += _chain(entry.start, _sectors(len(entry.content), SECTOR))
    fat += [FREE_SECTOR] * (fat_sectors * ENTRIES_PER_SECTOR - len(fat))

    return b"".join(
        (
            _header(fat_sectors, directory_start, mini_fat_start, mini_fat_sectors, difat_sectors),
            _numbers(fat),
            _difat(fat_sectors, difat_sectors),
            _padded(b"".join(e.packed() for e in entries), SECTOR, _unused_entry()),
            _padded(_numbers(mini_fat), SECTOR, _numbers([FREE_SECTOR])),
            *(_padded(e.content, SECTOR) for e in streams),
        )
    )


@dataclass(slots=True)
class _Entry:
    """A directory entry (2.6.1) while the file is laid out."""

    name: str
    kind: int
    content: bytes = b""
    color: int = BLACK
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM
    start: int = END_OF_CHAIN

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        start = 0 if self.kind == STORAGE else self.start
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            name,
            len(name),
            self.kind,
            self.color,
            self.left,
            self.right,
            self.child,
            b"",  # CLSID
            0,  # state bits
            0,  # creation time: none, so that the file is reproducible
            0,  # modification time
            start,
            len(self.content),
        )


def _directory(tree: Tree) -> list[_Entry]:
    """All entries, root first, with their trees of siblings linked."""
    entries = [_Entry("Root Entry", ROOT)]
    _add_children(entries, entries[0], tree)
    return entries


def _add_children(entries: list[_Entry], parent: _Entry, tree: Tree) -> None:
    first = len(entries)
    names = sorted(tree, key=_sort_key)
    for earlier, later in pairwise(names):
        if _sort_key(earlier) == _sort_key(later):
            raise ValueError(f"Two entries of a compound file differ only in case: {earlier}, {later}.")
    for name in names:
        if not 0 < len(name) <= LONGEST_NAME or set(name) & set("/\\:!"):
            raise ValueError(f"{name!r} can't name an entry of a compound file ([MS-CFB] 2.6.1).")
        content = tree[name]
        if isinstance(content, bytes):
            entries.append(_Entry(name, STREAM, content))
        else:
            entries.append(_Entry(name, STORAGE))
    parent.child = _balanced(entries, range(first, first + len(names)))
    for name, entry in zip(names, entries[first : first + len(names)], strict=True):
        content = tree[name]
        if not isinstance(content, bytes):
            _add_children(entries, entry, content)


def _sort_key(name: str) -> tuple[int, str]:
    """2.6.4: shorter names first, then by upper-cased UTF-16 (plain letters and digits here)."""
    return len(name), name.upper()


def _balanced(entries: list[_Entry], ids: range) -> int:
    """Links siblings (sorted) as a red-black tree (2.6.4) and returns the id of its root.

    Halving keeps the tree full down to its last level; that level alone is red, all else black, so every
    path has the same number of black nodes and no red node has a red child.
    """
    levels = len(ids).bit_length()

    def link(part: range, depth: int) -> int:
        if not part:
            return NO_STREAM
        middle = len(part) // 2
        entry = entries[part[middle]]
        entry.left = link(part[:middle], depth + 1)
        entry.right = link(part[middle + 1 :], depth + 1)
        entry.color = RED if depth == levels and depth > 1 else BLACK
        return part[middle]

    return link(ids, 1)


def _table_sectors(others: int) -> tuple[int, int]:
    """Numbers of FAT and DIFAT sectors for `others` further sectors; the tables count themselves too."""
    fat = difat = 0
    while True:
        needed_fat = _sectors((others + fat + difat) * 4, SECTOR)
        needed_difat = _sectors(max(0, needed_fat - HEADER_DIFAT), ENTRIES_PER_SECTOR - 1)
        if (needed_fat, needed_difat) == (fat, difat):
            return fat, difat
        fat, difat = needed_fat, needed_difat


def _header(fat: int, directory_start: int, mini_fat_start: int, mini_fat: int, difat: int) -> bytes:
    """2.2: the 512 bytes at the start of the file."""
    return struct.pack(
        "<8s16sHHHHH6s9I",
        SIGNATURE,
        b"",  # CLSID
        0x003E,  # minor version
        0x0003,  # major version
        0xFFFE,  # little-endian
        9,  # sector shift
        6,  # mini sector shift
        b"",
        0,  # directory sectors: always 0 in version 3
        fat,
        directory_start,
        0,  # transaction signature
        MINI_CUTOFF,
        mini_fat_start,
        mini_fat,
        fat if difat else END_OF_CHAIN,  # the first DIFAT sector follows the FAT
        difat,
    ) + _numbers([*range(min(fat, HEADER_DIFAT)), *[FREE_SECTOR] * (HEADER_DIFAT - fat)])


def _difat(fat: int, difat: int) -> bytes:
    """2.5: the FAT sectors that the header has no room for, 127 a sector and the number of the next one."""
    listed = list(range(HEADER_DIFAT, fat))
    room = ENTRIES_PER_SECTOR - 1
    out = b""
    for index in range(difat):
        part = listed[index * room : (index + 1) * room]
        following = fat + index + 1 if index + 1 < difat else END_OF_CHAIN
        out += _numbers([*part, *[FREE_SECTOR] * (room - len(part)), following])
    return out


def _unused_entry() -> bytes:
    """2.6.3: an unallocated directory entry is zeros, its links 'no stream'."""
    return struct.pack("<68s3I48s", b"", NO_STREAM, NO_STREAM, NO_STREAM, b"")


def _chain(start: int, count: int) -> list[int]:
    """2.3: FAT entries of a stream in `count` sectors one after the other from `start`."""
    return [*range(start + 1, start + count), END_OF_CHAIN] if count else []


def _sectors(size: int, sector: int) -> int:
    return -(-size // sector)


def _padded(content: bytes, sector: int, filler: bytes = b"\0") -> bytes:
    """`content` filled up to whole sectors with repeated `filler`."""
    missing = -len(content) % sector
    return content + filler * (missing // len(filler))


def _numbers(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


# --- reading -------------------------------------------------------------------------------------------------


def read_compound(data: bytes) -> dict[str, bytes | Tree]:
    """The streams and storages of a compound file, which `compound_file` makes the same again.

    Raises ValueError where the file is damaged or not a compound file of version 3.
    """
    try:
        return _Reader(data).tree()
    except (struct.error, IndexError) as error:
        raise ValueError("This compound file is damaged.") from error


class _Reader:
    """Chains of sectors of a compound file, and the entries of its directory."""

    def __init__(self, data: bytes) -> None:
        if data[:8] != SIGNATURE or struct.unpack_from("<HHHH", data, 26) != (3, 0xFFFE, 9, 6):
            raise ValueError("This is not a compound file of version 3.")
        self.data = data
        directory_start, mini_fat_start, difat_start = (
            struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68)
        )
        fat_sectors = list(struct.unpack_from(f"<{HEADER_DIFAT}I", data, 76))
        while difat_start not in (END_OF_CHAIN, FREE_SECTOR):
            *listed, difat_start = _read_numbers(self._sector(difat_start))
            fat_sectors += listed
            if len(fat_sectors) > len(data):
                raise ValueError("The sectors of this compound file run in a circle.")
        fat = b"".join(self._sector(number) for number in fat_sectors if number != FREE_SECTOR)
        self.fat = _read_numbers(fat)
        self.mini_fat = _read_numbers(self._stream(mini_fat_start))
        directory = self._stream(directory_start)
        self.entries = [
            struct.unpack_from("<64sHBBIII16sIQQIQ", directory, at)
            for at in range(0, len(directory), DIRECTORY_ENTRY)
        ]
        root = self.entries[0]
        self.mini_stream = self._stream(root[11])[: root[12]]

    def tree(self) -> dict[str, bytes | Tree]:
        return self._children(self.entries[0][6], set())

    def _children(self, root: int, visited: set[int]) -> dict[str, bytes | Tree]:
        """A storage's entries: the tree of siblings whose root is `root`."""
        found: dict[str, bytes | Tree] = {}
        waiting = [root]
        while waiting:
            number = waiting.pop()
            if number == NO_STREAM:
                continue
            if number in visited:
                raise ValueError("The directory of this compound file runs in a circle.")
            visited.add(number)
            name, name_size, kind, _, left, right, child, *_, start, size = self.entries[number]
            text = name[: max(name_size - 2, 0)].decode("utf-16-le")
            size &= 0xFFFFFFFF  # 2.6.1: version 3 may leave rubbish in the high half
            found[text] = self._children(child, visited) if kind == STORAGE else self._content(start, size)
            waiting += [left, right]
        return found

    def _content(self, start: int, size: int) -> bytes:
        if size >= MINI_CUTOFF:
            return self._stream(start)[:size]
        sectors = self._chain(self.mini_fat, start) if size else []
        minis = (self.mini_stream[n * MINI_SECTOR : (n + 1) * MINI_SECTOR] for n in sectors)
        return b"".join(minis)[:size]

    def _stream(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(self.fat, start))

    def _chain(self, table: Sequence[int], start: int) -> list[int]:
        chain: list[int] = []
        while start != END_OF_CHAIN:
            chain.append(start)
            start = table[start]
            if len(chain) > len(table):
                raise ValueError("The sectors of this compound file run in a circle.")
        return chain

    def _sector(self, number: int) -> bytes:
        """2.2: sector 0 follows the header."""
        return self.data[(number + 1) * SECTOR : (number + 2) * SECTOR]


def _read_numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data)
