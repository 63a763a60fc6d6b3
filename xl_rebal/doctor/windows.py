"""What only Windows has: Excel's macro settings and trusted locations, files marked as downloaded, xlwings' DLL.

The registry is read through a small protocol, so that the rules are the same wherever they are tested. Keys and meanings:
Microsoft, "VBA macro notification settings" and "Trusted Locations for Office files" (Office 2016 to Microsoft 365: 16.0).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path, PureWindowsPath
from typing import Any, Protocol

from xl_rebal.doctor.finding import Finding, fix, note, ok

USER, MACHINE = "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"
SECURITY = r"Software\Microsoft\Office\16.0\Excel\Security"
POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
LOCATIONS = r"\Trusted Locations"
EXCEL_CLASS = r"SOFTWARE\Classes\Excel.Application\CurVer"
CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
FROM_INTERNET = 3
"""ZoneId of the internet; 4 are restricted sites."""


class Registry(Protocol):
    """What is asked of Windows' registry."""

    def value(self, root: str, key: str, name: str) -> Any:
        """A value; None when it is not there."""

    def subkeys(self, root: str, key: str) -> tuple[str, ...]:
        """Names of the keys below a key; () when it is not there."""


class WindowsRegistry:
    """The registry of this computer."""

    def __init__(self) -> None:
        self._winreg: Any = import_module("winreg")

    def value(self, root: str, key: str, name: str) -> Any:
        with suppress(OSError), self._winreg.OpenKey(getattr(self._winreg, root), key) as opened:
            return self._winreg.QueryValueEx(opened, name)[0]
        return None

    def subkeys(self, root: str, key: str) -> tuple[str, ...]:
        found: list[str] = []
        with suppress(OSError), self._winreg.OpenKey(getattr(self._winreg, root), key) as opened:
            while True:
                found.append(self._winreg.EnumKey(opened, len(found)))
        return tuple(found)


def excel(registry: Registry) -> Finding:
    """Whether Excel is installed, and which."""
    version = registry.value(MACHINE, EXCEL_CLASS, "")
    if not version:
        return fix(
            "excel",
            "Excel is not installed on this computer",
            "Work with the xl-rebal command, or in LibreOffice (xl-rebal libreoffice install).",
        )
    build = registry.value(MACHINE, CLICK_TO_RUN, "VersionToReport") or ""
    bits = {"x64": ", 64-bit", "x86": ", 32-bit"}.get(
        str(registry.value(MACHINE, CLICK_TO_RUN, "Platform")), ""
    )
    return ok("excel", f"Excel {build or version}{bits}")


def trust(book: str, zone: int | None, registry: Registry) -> Iterator[Finding]:
    """Whether Excel will run this workbook's macros. `book` is its full path, `zone` where it came from, if marked."""
    if (where := trusted_location(book, registry)) is not None:
        yield ok("trust", f"The workbook is in a trusted location ({where})")
        return
    marked = zone is not None and zone >= FROM_INTERNET
    if marked:
        yield fix(
            "trust",
            "Windows has marked the workbook as downloaded, so Excel blocks its macros",
            "Close it, right-click the file, Properties, tick Unblock, OK.",
        )
    setting, by_policy = _macro_setting(registry)
    if setting in (3, 4):
        what = (
            "only macros with a known signature run"
            if setting == 3
            else "macros are switched off without a question"
        )
        who = (
            "Your IT has set it: ask for a trusted location for this folder."
            if by_policy
            else "In Excel: File, Options, Trust Center, Trust Center Settings, Trusted Locations: add this folder."
        )
        yield fix("trust", f"In Excel, {what}", who)
    elif setting == 1:
        yield note(
            "trust",
            "Excel runs the macros of every file",
            "Safer: 'Disable VBA macros with notification', and this folder as a trusted location.",
        )
    elif not marked:
        yield note(
            "trust",
            "Excel asks before it runs the workbook's macros",
            "Click Enable Content once, or add its folder as a trusted location.",
        )


def trusted_location(book: str, registry: Registry) -> str | None:
    """The trusted location of Excel that covers a file; None for none."""
    file = PureWindowsPath(book)
    for base in (POLICY, SECURITY):
        key = base + LOCATIONS
        if registry.value(USER, key, "AllLocationsDisabled") == 1:
            return None
    for base in (POLICY, SECURITY):
        key = base + LOCATIONS
        network = registry.value(USER, key, "AllowNetworkLocations") == 1
        for name in registry.subkeys(USER, key):
            path = str(registry.value(USER, rf"{key}\{name}", "Path") or "")
            if not path or (path.startswith("\\\\") and not network):
                continue
            folder = PureWindowsPath(path)
            deep = registry.value(USER, rf"{key}\{name}", "AllowSubFolders") == 1
            if file.parent == folder or (deep and folder in file.parents):
                return path
    return None


def _macro_setting(registry: Registry) -> tuple[int, bool]:
    """Excel's macro setting (1 all, 2 ask, 3 signed, 4 none), and whether a policy has set it."""
    for base, by_policy in ((POLICY, True), (SECURITY, False)):
        value = registry.value(USER, base, "VBAWarnings")
        if isinstance(value, int):
            return value, by_policy
    return 2, False


def zone_of(book: Path) -> int | None:
    """The zone that Windows has written beside a downloaded file (its stream Zone.Identifier); None without one."""
    try:
        text = Path(f"{book}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip().casefold() == "zoneid" and value.strip().isdigit():
            return int(value)
    return None


def dll(interpreter: Path, version: str, registry: Registry) -> Finding:
    """Whether the DLL that the workbook's macros load lies where they look: beside Python, or a folder above."""
    bits = "32" if registry.value(MACHINE, CLICK_TO_RUN, "Platform") == "x86" else "64"
    name = f"xlwings{bits}-{version}.dll"
    for folder in (interpreter.parent, interpreter.parent.parent):
        if (folder / name).is_file():
            return ok("xlwings", f"{name} is in {folder}")
    return fix(
        "xlwings",
        f"{name} is neither in {interpreter.parent} nor a folder above",
        "Install xl-rebal again in that Python, or run: xl-rebal init FOLDER",
    )
