"""One writer at a time in a shared folder, without the operating system's locks, which network shares and sync ignore.

The lock is a file that only one process can create (O_EXCL); it names its holder. It is taken over when its process on
this computer is gone, or when it is older than any filing takes. Age is measured against the folder's own clock (the
date of a file written there now), because two computers need not agree on the time.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from xl_rebal.errors import RecordsLocked
from xl_rebal.permissions import file_mode

WAIT_SECONDS = 30.0
STALE_SECONDS = 300.0
"""A lock is held for one client's files at a time: a second or two, even on a slow share."""
_UNSIGNED_SECONDS = 2.0
"""A lock without its holder's name: its writer was ended in the instant between making and signing it."""
_PAUSE_SECONDS = (0.01, 0.02, 0.05, 0.1)
_WINDOWS_BUSY_SECONDS = 3.0
"""On Windows a file that is being deleted answers 'access denied' for a moment, as does a read-only folder for good."""


class Lock:
    """`with Lock(...)`: the only writer of a record. Raises RecordsLocked when another keeps it for too long."""

    def __init__(
        self,
        path: Path,
        by: str,
        host: str,
        *,
        wait_seconds: float = WAIT_SECONDS,
        stale_seconds: float = STALE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._wait = wait_seconds
        self._stale = stale_seconds
        self._clock = clock
        self._sleep = sleep
        self._host = host
        self.token = secrets.token_hex(8)
        holder = {"by": by, "host": host, "pid": os.getpid(), "token": self.token}
        self._content = json.dumps(holder, sort_keys=True).encode("ascii")

    def __enter__(self) -> Lock:
        start = self._clock()
        tries = 0
        while not self._take(self._clock() - start):
            if not self._take_over(tries) and self._clock() - start >= self._wait:
                raise RecordsLocked(self._held())
            self._sleep(_PAUSE_SECONDS[min(tries, len(_PAUSE_SECONDS) - 1)])
            tries += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pause in _PAUSE_SECONDS:
            if not self.held:
                return
            try:
                self._path.unlink()
                return
            except OSError:  # open in a scanner or sync program on Windows
                self._sleep(pause)

    @property
    def held(self) -> bool:
        """Whether the lock is still ours: a computer that slept may have been taken for dead."""
        return holder(self._path).get("token") == self.token

    def _take(self, waited: float) -> bool:
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, file_mode(self._path.parent))
        except FileExistsError:
            return False
        except PermissionError:
            if os.name == "nt" and waited < _WINDOWS_BUSY_SECONDS:
                return False
            raise
        try:
            os.write(handle, self._content)
            os.fsync(handle)
        finally:
            os.close(handle)
        return True

    def _take_over(self, tries: int) -> bool:
        """Removes a lock whose holder is gone. Only one process may do so at a time: it holds a second such file."""
        found = holder(self._path)
        if not self._gone(found, tries):
            return False
        breaker = self._path.with_name(self._path.name + ".break")
        try:
            os.close(os.open(breaker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, file_mode(breaker.parent)))
        except OSError as error:
            if error.errno == errno.EEXIST and self._age(breaker) > self._stale:
                with suppress(OSError):
                    breaker.unlink()
            return False
        try:
            if holder(self._path) == found:
                with suppress(OSError):
                    self._path.unlink()
        finally:
            with suppress(OSError):
                breaker.unlink()
        return True

    def _gone(self, found: dict[str, object], tries: int) -> bool:
        pid = found.get("pid")
        if found.get("host") == self._host and isinstance(pid, int) and not alive(pid):
            return True
        if tries % 10 != 9:  # looking at the age writes a file
            return False
        return self._age(self._path) > (self._stale if found else min(_UNSIGNED_SECONDS, self._stale))

    def _age(self, path: Path) -> float:
        """Seconds since the file was written, by the clock of the disk it lies on; 0 when it is gone."""
        probe = path.with_name(f".filing-{self.token}.tmp")
        try:
            probe.write_bytes(b"")
            return probe.stat().st_mtime - path.stat().st_mtime
        except OSError:
            return 0.0
        finally:
            with suppress(OSError):
                probe.unlink()

    def _held(self) -> str:
        found = holder(self._path)
        who = f"{found.get('by') or 'somebody'} on {found.get('host') or 'another computer'}"
        return (
            f"The record in {self._path.parent} is being written by {who} (process {found.get('pid', 'unknown')}), and did "
            f"not get free in {self._wait:.0f} seconds. Run again when that is done; if that computer is off, delete "
            f"{self._path.name} there."
        )


def holder(path: Path) -> dict[str, object]:
    """Who holds a lock: by, host, pid, token; empty when nobody does or it was not written to its end."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def alive(pid: int) -> bool:
    """Whether a process of this computer runs; True when that can't be known."""
    if pid <= 0:
        return False
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _alive_on_windows(pid: int) -> bool:  # os.kill(pid, 0) would end the process there
    import ctypes

    kernel: object = getattr(ctypes, "windll").kernel32  # noqa: B009 - not there on other systems
    synchronize, timed_out, denied = 0x00100000, 0x102, 5
    handle = kernel.OpenProcess(synchronize, False, pid)  # type: ignore[attr-defined]
    if not handle:
        return bool(kernel.GetLastError() == denied)  # type: ignore[attr-defined]
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timed_out)  # type: ignore[attr-defined]
    finally:
        kernel.CloseHandle(handle)  # type: ignore[attr-defined]
