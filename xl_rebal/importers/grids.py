"""A file of any form as grids of text: CSV, an Excel workbook, a program's JSON, or a ZIP of those.

A grid is what a mapping looks for its headers in. JSON becomes one: a list of records is a grid whose header is made of the
records' keys (`asset.ticker` for nested ones), and a list inside a record is a grid of its own whose rows repeat what the
record says. Numbers keep the digits that the file has. Nothing here raises but `ExportUnreadable`.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from xl_rebal.errors import ExportUnreadable
from xl_rebal.extent import MOST_CELLS, extent
from xl_rebal.importers.exports import Line, cleaned, header_names, lines_of_text, text_of

SEPARATORS = ",\t;|"
_SNIFFED_LINES = 400
_MOST_BYTES = 500_000_000
_MOST_MEMBERS = 2_000
_LONGEST_NOTE = 200  # lines of a file that one quoted cell may span
_DEEPEST = 40
_LONGEST_COUNT = 7  # digits
_DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    RuntimeError,  # protected with a password
    NotImplementedError,
    EOFError,
    ValueError,
    LookupError,
    OverflowError,
)
_STRING_COUNT = re.compile(rb"""ount\s*=\s*["'](\d{1,20})""")
_PAGING = frozenset(("meta", "links", "totalSize", "done", "nextRecordsUrl"))
_SHEET_PART = re.compile(r"xl[/\\]worksheets[/\\][^/\\]+\.xml", re.I)


@dataclass(slots=True)
class Grid:
    """Lines of cells. `sealed`: the form of the file shows that nothing can be cut off its end."""

    file: str
    lines: list[Line]
    sealed: bool = False
    paged: bool = False  # the answer says that more of it is on other pages
    pages: int = 0  # how many there are, where it says that
    depth: int = 0  # of a JSON list inside the document; 0 for sheets
    separator: str = ""  # of a CSV file


def grids_of(file: str, content: bytes, known: Collection[str], *, spanning: bool = False) -> list[Grid]:
    """The grids of a file. `known` are the folded header names that tell which character separates cells.

    `spanning`: a quoted cell may hold line breaks (texts of a CRM); elsewhere a line is a row, so that a damaged quote
    spoils one row only. Raises ExportUnreadable for a file of none of these forms.
    """
    if content.startswith(b"PK\x03\x04"):
        return _zipped(file, content, known, spanning)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _workbook(file, content)
    if content.startswith(b"PK"):
        raise ExportUnreadable(f"{file} is an empty or damaged ZIP file. Download it again.")
    text = text_of(file, content)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start and start in "{[":
        return _json(file, text)
    separator = _separator(text, known)
    lines = _spanning_lines(text, separator) if spanning else lines_of_text(text, separator)
    return [Grid(file, lines, separator=separator)]


def _separator(text: str, known: Collection[str]) -> str:
    """The separator under which some line has the most known headers; a comma where nothing tells."""
    best, most = ",", 0
    for separator in SEPARATORS:
        for line in lines_of_text(text[:400_000], separator, _SNIFFED_LINES):
            count = sum(1 for cell in line.cells if any(name in known for name in header_names(cell)))
            if count > most:
                best, most = separator, count
    return best


def _spanning_lines(text: str, separator: str) -> list[Line]:
    """Like `lines_of_text`, but a cell whose quote is closed on a later line goes on there."""
    raws = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[Line] = []
    index = 0
    while index < len(raws):
        end = index + 1
        if raws[index].count('"') % 2:
            for later in range(index + 1, min(index + _LONGEST_NOTE, len(raws))):
                if raws[later].count('"') % 2:
                    end = later + 1
                    break
        if end == index + 1:
            lines = lines_of_text(raws[index], separator)
            found += [Line(index + 1, line.cells) for line in lines]
        else:
            found += _row(index + 1, "\n".join(raws[index:end]), separator)
        index = end
    return found


def _row(number: int, raw: str, separator: str) -> list[Line]:
    try:
        cells = next(csv.reader(io.StringIO(raw), delimiter=separator), [])
    except csv.Error:
        cells = [raw]
    trimmed = tuple(cell.strip() for cell in cells)
    return [Line(number, trimmed)] if any(trimmed) else []


# --- Excel workbooks and ZIP files -----------------------------------------------------------------------------------


def _zipped(file: str, content: bytes, known: Collection[str], spanning: bool) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(name.startswith(("xl/", "\\xl", "[Content_Types]")) for name in names):
                _refuse_huge(file, archive)
                return _workbook(file, content)
            members = [
                i for i in archive.infolist() if i.filename.lower().endswith((".json", ".csv", ".txt"))
            ]
            if not members or len(members) > _MOST_MEMBERS or sum(i.file_size for i in members) > _MOST_BYTES:
                raise ExportUnreadable(
                    f"{file} is a ZIP file without export files that can be read here. Unpack it and choose the file."
                )
            grids: list[Grid] = []
            for info in members:
                inner = archive.read(info)
                if inner.startswith(b"PK"):
                    continue
                grids += grids_of(f"{file}/{info.filename}", inner, known, spanning=spanning)
            for grid in grids:
                grid.sealed = True
            return grids
    except _DAMAGED_ZIP as error:
        raise ExportUnreadable(
            f"{file} is cut off, damaged or protected with a password ({error}). Download it again."
        ) from error


def _refuse_huge(file: str, archive: zipfile.ZipFile) -> None:
    """Raises ExportUnreadable for a workbook that unpacks to too much, or whose cells lie too far apart to be read."""
    if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
        raise ExportUnreadable(f"{file} unpacks to more than 500 MB. Export fewer accounts at a time.")
    for name in archive.namelist():
        if name.lower().endswith(".bin") and "workbook" in name.lower():
            raise ExportUnreadable(
                f"{file} is a binary workbook (.xlsb). Save it as .xlsx, or export it as CSV."
            )
        if name.lower().endswith("sharedstrings.xml"):
            counts = map(int, _STRING_COUNT.findall(archive.read(name)[:4000]))
            if max(counts, default=0) > MOST_CELLS:  # the reader makes room for so many at once
                raise ExportUnreadable(
                    f"{file} is damaged (its number of texts can't be right). Export it again."
                )
        if not _SHEET_PART.fullmatch(name):
            continue
        found = extent(archive.read(name))
        if found.is_too_large:
            raise ExportUnreadable(
                f"{file} has cells as far out as row {found.rows:,}, column {found.columns:,}, so it is too large to be an export, or "
                "damaged. Delete what lies outside the table, or export it again."
            )


def _workbook(file: str, content: bytes) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    grids = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                top = sheet.start[0] if sheet.start else 0
                shown = file if len(book.sheet_names) == 1 else f"{file} [{name}]"
                rows = sheet.to_python(skip_empty_area=True)
                lines = []
                for number, row in enumerate(rows, top + 1):
                    cells = cleaned([shown_text(raw) for raw in row])
                    if any(cells):
                        lines.append(Line(number, cells))
                grids.append(Grid(shown, lines, sealed=True))
    except PasswordError:
        raise ExportUnreadable(
            f"{file} is protected with a password to open. Save it without, and import it again."
        ) from None
    except (CalamineError, OSError, ValueError) as error:
        raise ExportUnreadable(
            f"{file} can't be read as an Excel workbook ({error}). Download it again."
        ) from error
    return grids


def shown_text(raw: object) -> str:
    """A cell's value as text: a number with the 15 digits that Excel keeps, a date in ISO form.

    A whole number of more than 15 digits was rounded by Excel; it keeps its exponent, so that nobody takes it for exact.
    """
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, float):
        if raw.is_integer() and abs(raw) < 1e15:
            return str(int(raw))
        return plain_number(f"{raw:.15g}") if abs(raw) < 1e15 else f"{raw:.15g}"
    if isinstance(raw, datetime):
        return raw.isoformat(sep=" ") if raw.time() != time() else raw.date().isoformat()
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def plain_number(text: str) -> str:
    """A number in exponent form without it: '4.3945E8' gives '439450000'; what is too large stays as it is."""
    if "e" not in text and "E" not in text:
        return text
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return text
    return f"{exact:f}" if -30 < exact.adjusted() < 30 and len(text) < 60 else text


# --- JSON ------------------------------------------------------------------------------------------------------------


def _json(file: str, text: str) -> list[Grid]:
    """The lists of records in a JSON document, and the leaves of a tree of groups, as grids."""
    try:
        document = json.loads(
            text.lstrip("\ufeff"), parse_float=plain_number, parse_int=str, parse_constant=lambda _: None
        )
    except json.JSONDecodeError as error:
        raise ExportUnreadable(
            f"{file} is JSON that breaks off or is damaged at line {error.lineno} ({error.msg}). Download it again."
        ) from None
    except RecursionError:
        raise ExportUnreadable(f"{file} is JSON nested too deeply to be an export.") from None
    paged = _has_more_pages(document)
    meta = document.get("meta") if isinstance(document, dict) else None
    stated = str(meta.get("total_pages")) if isinstance(meta, dict) else ""
    pages = int(stated) if stated.isdecimal() and len(stated) < _LONGEST_COUNT else 0
    grids: list[Grid] = []
    if isinstance(document, dict) and (tree := _tree(document)) is not None:
        grids.append(_grid(file, tree, 0, paged))
    else:
        for path, depth, records in _lists(document, "", 0, {}):
            grids.append(_grid(f"{file} [{path}]" if path else file, records, depth, paged))
    for grid in grids:
        grid.pages = pages
    return grids


def _has_more_pages(document: object) -> bool:
    """Whether an answer says that it is one page of several."""
    if not isinstance(document, dict):
        return False
    meta = document.get("meta")
    pages = meta.get("total_pages") if isinstance(meta, dict) else None
    links = document.get("links")
    later = isinstance(links, dict) and links.get("next")
    return bool(
        pages not in (None, "0", "1")
        or later
        or document.get("nextRecordsUrl")
        or document.get("done") is False
    )


def _lists(
    node: object, path: str, depth: int, above: Mapping[str, str]
) -> Iterator[tuple[str, int, list[dict[str, str]]]]:
    """Every list of records with its place; each record with the texts of the records around it."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        records = [one for one in node if isinstance(one, dict)]
        if not records:
            return
        yield path, depth, [{**above, **_flat(record)} for record in records]
        inner: dict[str, list[dict[str, str]]] = {}
        for record in records:
            nested = [
                (key, value) for key, value in record.items() if isinstance(value, (list, dict)) and value
            ]
            if not nested:
                continue
            around = {**above, **_own_texts(record)}
            for key, value in nested:
                for place, _, rows in _lists(value, f"{path}.{key}" if path else key, depth + 1, around):
                    inner.setdefault(place, []).extend(rows)
        for place, rows in inner.items():
            yield place, depth + 1 + place.count("."), rows
    elif isinstance(node, dict):
        if isinstance(node.get("attributes"), dict) and path:  # one resource instead of a list of them
            yield path, depth, [{**above, **_flat(node)}]
        inside = {**above, **_own_texts(node)} if any(isinstance(v, list) for v in node.values()) else above
        for key, value in node.items():
            if isinstance(value, (list, dict)):
                yield from _lists(value, f"{path}.{key}" if path else str(key), depth + 1, inside)


def _own_texts(record: Mapping[str, Any]) -> dict[str, str]:
    """What a record says itself, without its lists and what is only about paging: the rows of its lists repeat it."""
    return _flat({k: v for k, v in record.items() if not isinstance(v, list) and k not in _PAGING})


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, str]:
    """A record's texts by key; `a.b` for nested records and for lists of records, whose values are joined with '; '."""
    found: dict[str, str] = {}
    if depth > _DEEPEST:
        return found
    for key, value in record.items():
        name = prefix + key if prefix else key
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, dict):
            found.update(_flat(value, f"{name}.", depth + 1))
        elif isinstance(value, list):
            texts: dict[str, list[str]] = {}
            for one in value[:50]:
                if isinstance(one, dict):
                    for inner, text in _flat(one, f"{name}.", depth + 1).items():
                        texts.setdefault(inner, []).append(text)
                elif not isinstance(one, list):
                    texts.setdefault(name, []).append(_text(one))
            found.update({inner: "; ".join(filter(None, all_of)) for inner, all_of in texts.items()})
        else:
            found[name] = _text(value)
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)


def _tree(document: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """The leaves of a portfolio query's answer, each with the names of its groups; None for another document.

    A column that a leaf lacks has no value there: it is left out, not 0.
    """
    data = document.get("data")
    attributes = data.get("attributes") if isinstance(data, dict) else None
    total = attributes.get("total") if isinstance(attributes, dict) else None
    if not isinstance(total, dict) or not isinstance(total.get("children"), list):
        return None
    meta = document.get("meta")
    titles: dict[str, str] = {}
    for part in ("columns", "groupings"):
        for one in (meta.get(part) or ()) if isinstance(meta, dict) else ():
            if isinstance(one, dict) and one.get("key"):
                titles[str(one["key"])] = str(one.get("display_name") or one["key"])
    leaves: list[dict[str, str]] = []
    stack: list[tuple[dict[str, Any], dict[str, str], int]] = [(total, {}, 0)]
    while stack:
        node, above, depth = stack.pop()
        own = dict(above)
        if node.get("grouping"):
            own[titles.get(str(node["grouping"]), str(node["grouping"]))] = _text(node.get("name"))
        children = [child for child in node.get("children") or () if isinstance(child, dict)]
        if children and depth < _DEEPEST:
            stack += [(child, own, depth + 1) for child in reversed(children)]
        elif depth:
            columns = node.get("columns")
            for key, value in columns.items() if isinstance(columns, dict) else ():
                own[titles.get(str(key), str(key))] = _text(value)
            leaves.append(own)
    return leaves


def _grid(file: str, records: list[dict[str, str]], depth: int, paged: bool) -> Grid:
    """Records as a header line (line 0: it is not in the file) and a line each, numbered from 1."""
    headers = list(dict.fromkeys(key for record in records for key in record))
    lines = [Line(0, tuple(headers))] if headers else []
    for number, record in enumerate(records, 1):
        lines.append(Line(number, tuple([record.get(header, "").strip() for header in headers])))
    return Grid(file, lines, not paged, paged, depth)
