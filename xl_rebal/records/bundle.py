"""The bundle of a brief: one zip with all files as they were filed, what they were made from, and the manifest.

The manifest holds the SHA-256 of each part and of the workbook, template and tax parameters, the versions, and what
the checks said. The files in the client's folder are for working: an advisor edits and signs there, the bundle stays.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xl_rebal.engine.results import Plan
from xl_rebal.facts.draft import Draft
from xl_rebal.records.canonical import canonical, parsed, sha256
from xl_rebal.records.places import BUNDLES, FOLDER, FirmFolder, safe_part, write_new
from xl_rebal.records.written import Reader, written_bytes

FORMAT = 1
"""Of manifest.json."""
MANIFEST = "manifest.json"
INPUTS = "inputs.json"
PARAMETERS = "parameters.json"  # the tax parameters of the year, as the engine saw them
PLAN = "plan.json"  # the whole plan, lot by lot
TEMPLATE = "template.docx"
LOGO = "logo"  # the firm's, when it has one
DRAFT = "draft.json"
EXCHANGES = "exchanges.json"  # prompts and raw answers, when a model drafted
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle ready to be written. `files` are the working files by their path in the firm folder."""

    client: str
    period: str
    files: Mapping[str, bytes]
    manifest: bytes
    content: bytes

    @property
    def manifest_sha256(self) -> str:
        return sha256(self.manifest)


def bundle_of(
    client: str,
    period: str,
    files: Mapping[str, bytes],
    stored: Mapping[str, bytes],
    about: Mapping[str, Any],
) -> Bundle:
    """The bundle of one filing. `stored` goes in beside the working files; `about` into the manifest as it is."""
    parts = {**{path.rpartition("/")[2]: content for path, content in files.items()}, **stored}
    manifest = canonical(
        {
            "format": FORMAT,
            "client": client,
            "period": period,
            "files": {path: sha256(content) for path, content in files.items()},
            "stored": {name: sha256(content) for name, content in stored.items()},
            **about,
        }
    )
    return Bundle(client, period, files, manifest, _zipped({MANIFEST: manifest, **parts}))


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of the parts in order of name, the same bytes for the same parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(parts.items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = 3, 0o644 << 16
            packed = zipfile.ZIP_STORED if name.endswith(".docx") else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compress_type=packed)
    return buffer.getvalue()


def bundle_folder(period: str) -> str:
    return f"{FOLDER}/{BUNDLES}/{safe_part(period)}"


def keep_bundle(folder: FirmFolder, bundle: Bundle) -> str:
    """Writes a bundle unless it is there already; returns its path in the firm folder. Never replaces a file."""
    start = f"{bundle_folder(bundle.period)}/{safe_part(bundle.client)}-{bundle.manifest_sha256[:12]}"
    number = 1
    while True:
        relative = f"{start}{f'-{number}' if number > 1 else ''}.zip"
        path = folder.inside(relative)
        if not path.exists():
            write_new(path, bundle.content)
            return relative
        if path.read_bytes() == bundle.content:
            return relative
        number += 1


def client_bundles(folder: FirmFolder, client: str, period: str) -> list[Path]:
    """Every bundle file of a client and period, on record or not."""
    place = folder.root / bundle_folder(period)
    start = f"{safe_part(client)}-"
    return sorted(path for path in place.glob("*.zip") if path.name.startswith(start))


def manifest_in(content: bytes) -> dict[str, Any]:
    """The manifest of a bundle, once every part was found to be what it says. Raises ValueError otherwise."""
    return parts_in(content)[0]


def parts_in(content: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest of a bundle and its other parts, each found to be what the manifest says. Raises ValueError otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"not a whole zip file ({error})") from error
    manifest = parsed(parts.pop(MANIFEST, b""))
    files, stored = manifest.get("files"), manifest.get("stored")
    if not isinstance(files, dict) or not isinstance(stored, dict):
        raise ValueError("its manifest lists no files")
    listed = {**{path.rpartition("/")[2]: own for path, own in files.items()}, **stored}
    if {name: sha256(part) for name, part in parts.items()} != listed:
        raise ValueError("its parts are not those of its manifest")
    return manifest, parts


def plan_bytes(plan: Plan | None) -> bytes:
    """plan.json: the whole plan, every lot and figure; `null` where the client has none."""
    return written_bytes({"plan": plan})


def plan_from(content: bytes) -> Plan | None:
    """The plan that a plan.json holds. Raises ValueError when it is not one."""
    plan: Plan | None = Reader().read(Plan | None, parsed(content).get("plan"))
    return plan


def draft_bytes(draft: Draft) -> bytes:
    """draft.json: the draft with the facts of each sentence, and why a model's answer was not used."""
    return canonical(asdict(draft))


def draft_from(content: bytes) -> Draft:
    """The draft that a draft.json holds. Raises ValueError when it is not one."""
    draft: Draft = Reader().read(Draft, parsed(content))
    return draft


def exchange_bytes(exchanges: Sequence[Mapping[str, Any]]) -> bytes:
    """exchanges.json: each request to the model and its raw answer, in order."""
    return canonical(list(exchanges))
