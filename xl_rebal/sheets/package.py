"""A workbook file as its zip parts: found by their relationships, and put back whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lxml import etree

from xl_rebal.errors import WorkbookUnreadable, WorkbookUnwritable
from xl_rebal.sheets.cells import folded
from xl_rebal.sheets.source import read_tables

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = "xl/workbook.xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parsed(content: bytes) -> etree._Element:
    """The root of a part; no entity is resolved and nothing is fetched."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def xml(root: etree._Element) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


@dataclass(slots=True)
class Package:
    """The parts of a workbook file by name, in the file's order."""

    parts: dict[str, bytes]
    infos: tuple[zipfile.ZipInfo, ...]

    @classmethod
    def read(cls, path: Path) -> Package:
        with zipfile.ZipFile(path) as archive:
            infos = tuple({info.filename: info for info in archive.infolist()}.values())
            return cls({info.filename: archive.read(info) for info in infos}, infos)

    def sheet_part(self, sheet: str) -> str:
        """Name of the part of a worksheet."""
        book = parsed(self.parts[WORKBOOK])
        for element in book.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet"):
            if folded(element.get("name", "")) == folded(sheet):
                wanted = element.get(f"{{{_OFFICE}}}id", "")
                for _, found, target in self.relations(WORKBOOK):
                    if found == wanted and target in self.parts:
                        return target
        raise WorkbookUnwritable(
            f"The sheet {sheet} can't be found inside the file, which may be in Excel's 'Strict Open XML' format or damaged. "
            "Save it as a plain .xlsx or .xlsm in Excel. Nothing was changed."
        )

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Parts that `part` points at with a relationship whose type ends in `/kind`."""
        for found, _, target in self.relations(part):
            if found.endswith(f"/{kind}") and target in self.parts:
                yield target

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """(type, id, target part) of a part's relationships inside the file."""
        folder, _, name = part.rpartition("/")
        content = self.parts.get(f"{folder}/_rels/{name}.rels")
        if content is None:
            return []
        found = []
        for element in parsed(content).iterfind(f"{{{_RELATIONS}}}Relationship"):
            target = element.get("Target", "")
            if element.get("TargetMode") != "External":
                place = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
                found.append((element.get("Type", ""), element.get("Id", ""), place))
        return found

    def replace(
        self, path: Path, *, kept: str = "before import", read_back: Callable[[Path], object] = read_tables
    ) -> Path:
        """Writes the parts beside the file, proves that they read back, keeps the file as it was under a name of its
        own (`kept` and a number), then swaps. Returns that name. Raises WorkbookUnwritable with the file as it was.

        `read_back` is given the new file and raises WorkbookUnreadable.
        """
        path = path.resolve()
        backup = _backup_name(path, kept)
        temporary: Path | None = None
        done = False
        try:
            handle, name = tempfile.mkstemp(prefix=".xl_rebal-", suffix=path.suffix, dir=path.parent)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    for info in self.infos:
                        archive.writestr(info, self.parts[info.filename], compress_type=info.compress_type)
                file.flush()
                os.fsync(file.fileno())
            self._check_written(temporary)
            read_back(temporary)
            shutil.copymode(path, temporary)
            shutil.copy2(path, backup)
            os.replace(temporary, path)
            done = True
        except (WorkbookUnreadable, zipfile.BadZipFile) as error:
            raise WorkbookUnwritable(
                f"The changed {path.name} could not be read back, so it was not put in place. Nothing was changed. Report "
                "this with the file."
            ) from error
        except OSError as error:
            raise WorkbookUnwritable(
                f"{path} could not be replaced ({error.strerror or error}). It is as it was; close it wherever it is open."
            ) from error
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            if not done:
                backup.unlink(missing_ok=True)
        return backup

    def _check_written(self, path: Path) -> None:
        """Raises BadZipFile where a file does not hold these very parts."""
        with zipfile.ZipFile(path) as archive:
            for name, content in self.parts.items():
                if archive.read(name) != content:
                    raise zipfile.BadZipFile(f"{name} is not what was written")


def check_writable(path: Path) -> None:
    """Raises WorkbookUnwritable with the sentence for what keeps this file from being changed."""
    for owner, program in ((f"~${path.name}", "Excel"), (f".~lock.{path.name}#", "LibreOffice")):
        if path.with_name(owner).exists():
            raise WorkbookUnwritable(
                f"{path.name} is open in {program}. Close it there and try again. If it is open nowhere, {program} has left "
                f"{owner} behind: delete that file."
            )
    for place in (path, path.parent):
        if not os.access(place, os.W_OK) or not place.stat().st_mode & (
            stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
        ):
            raise WorkbookUnwritable(
                f"{place} is read-only, so the workbook can't be changed. Copy the workbook to a folder you may write to, "
                "or have the right restored."
            )


def _backup_name(path: Path, kept: str) -> Path:
    number = 1
    while (backup := path.with_name(f"{path.stem} ({kept} {number}){path.suffix}")).exists():
        number += 1
    return backup


def _joined(folder: str, target: str) -> str:
    steps: list[str] = []
    for step in PurePosixPath(folder, target).parts:
        if step == "..":
            if steps:
                steps.pop()
        else:
            steps.append(step)
    return "/".join(steps)
