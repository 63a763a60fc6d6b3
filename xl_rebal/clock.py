"""The clock, the user and the place of the anchor: read here, by the shells, and handed on as values."""

from __future__ import annotations

import getpass
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from xl_rebal.records.anchor import anchor_name
from xl_rebal.records.ledger import Recording
from xl_rebal.records.places import FirmFolder

ANCHORS_VARIABLE = "XL_REBAL_ANCHORS"
"""Environment variable with the folder of the anchors, for a firm that keeps them on a drive of its own."""


def now() -> datetime:
    """Now, by this computer's clock and time zone: the fiscal year of an entry turns at the firm's midnight."""
    return datetime.now(UTC).astimezone()


def recording(folder: Path, by: str = "", anchor: Path | None = None) -> Recording:
    """Who records in a firm folder: `by`, or the user who is logged in; the time is this computer's."""
    return Recording(by or _user(), platform.node() or "unknown", now, anchor or anchor_of(folder))


def anchor_of(folder: Path) -> Path:
    """Where this user's anchor of a firm folder is: in the folder `XL_REBAL_ANCHORS`, or among the user's settings."""
    set_to = os.environ.get(ANCHORS_VARIABLE, "").strip()
    place = Path(set_to) if set_to else _settings_folder() / "xl-rebal" / "anchors"
    return place / anchor_name(FirmFolder(folder).root)


def _settings_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no name in the environment, no password database
        return "unknown"
