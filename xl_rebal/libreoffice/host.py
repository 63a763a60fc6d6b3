"""Starts LibreOffice with a fresh profile and recalculates a workbook in it; XR_ calls come back to this Python.

LibreOffice carries its own Python. Its version rarely is the project's, and compiled packages of one do not load in
the other, so nothing of the project runs there: bridge.py sends every XR_ call over a local connection to the very
functions of the `udfs` package that Excel calls. One process has one profile and one open workbook, always a copy.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from udfs.known import udf_functions
from workbook.client_page import is_left_out_of_a_chart
from xl_rebal.libreoffice.answers import answered, functions, serial
from xl_rebal.libreoffice.basic import MODULE_NAME, forwarders, of_script
from xl_rebal.libreoffice.plain_copy import plain_copy
from xl_rebal.libreoffice.program import (
    LibreOfficeFailed,
    LibreOfficeMissing,
    Program,
    end,
    environment,
    missing_parts,
    unattended,
    usable,
)

INSIDE = Path(__file__).with_name("inside")
BRIDGE_NAME = "xl_rebal_bridge.py"
SHARED_NAME = "xl_rebal_spilling.py"
PREFIX = "XR_"
START_SECONDS = 60.0
CALCULATE_SECONDS = 300.0

__all__ = ["CellError", "LibreOffice", "LibreOfficeFailed", "LibreOfficeMissing", "Values", "missing_parts"]


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell: `#N/A`, `#NAME?` ..."""

    text: str


CellValue: TypeAlias = str | float | CellError | None
Rows: TypeAlias = tuple[tuple[CellValue, ...], ...]


@dataclass(frozen=True, slots=True)
class Values:
    """What every cell of a workbook shows, sheet by sheet from A1 on; dates are serial numbers."""

    sheets: Mapping[str, Rows]

    def cells(self, sheet: str, left: int, top: int, right: int, bottom: int) -> list[list[CellValue]]:
        """The cells of a range by zero-based places, ends included; empty beyond the used cells."""
        rows = self.sheets[sheet]
        return [
            [rows[y][x] if y < len(rows) and x < len(rows[y]) else None for x in range(left, right + 1)]
            for y in range(top, bottom + 1)
        ]

    def errors(self) -> list[tuple[str, int, int, str]]:
        """Sheet, zero-based row and column, and text of every cell that shows an error.

        The hidden #N/A by which the Client sheet's chart leaves a point out is none.
        """
        return [
            (sheet, y, x, value.text)
            for sheet, rows in self.sheets.items()
            for y, row in enumerate(rows)
            for x, value in enumerate(row)
            if isinstance(value, CellError) and not is_left_out_of_a_chart(sheet, y, x, value.text)
        ]

    def as_json(self) -> dict[str, list[list[Any]]]:
        """Sheets as lists of rows; an error is {"error": "#N/A"}."""
        return {
            sheet: [[{"error": v.text} if isinstance(v, CellError) else v for v in row] for row in rows]
            for sheet, rows in self.sheets.items()
        }


# --- The process -----------------------------------------------------------------------------------------------


class LibreOffice:
    """A running LibreOffice that calculates one workbook at a time; a context manager, so that it always ends.

    with LibreOffice() as office:
        office.open(Path("rebalance.xlsm"))
        office.change("XRClient", "NAK02")
        office.calculate()
        values = office.values()
    """

    def __init__(self) -> None:
        self._functions = functions()
        self._answers: dict[str, list[list[Any]]] = {}
        self._ending = contextlib.ExitStack()
        self._folder = Path()
        self._connection: socket.socket | None = None
        self._lines: Iterator[str] = iter(())
        self.process: subprocess.Popen[bytes] | None = None
        self.calls: list[str] = []  # XR_ calls of the last command, in order; repeated ones too

    def __enter__(self) -> LibreOffice:
        program = usable()
        with contextlib.ExitStack() as starting:
            self._folder = Path(
                starting.enter_context(tempfile.TemporaryDirectory(prefix="xl_rebal_office_"))
            )
            self._start(program, starting)
            self._ending = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._send({"do": "quit"})
        self._ending.close()

    def _start(self, program: Program, ending: contextlib.ExitStack) -> None:
        """The process with a profile of its own, connected, with the XR_ functions defined."""
        profile = self._folder / "profile"
        scripts = profile / "user" / "Scripts" / "python"
        (scripts / "pythonpath").mkdir(parents=True)
        shutil.copyfile(INSIDE / "bridge.py", scripts / BRIDGE_NAME)
        shutil.copyfile(INSIDE / "spilling.py", scripts / "pythonpath" / SHARED_NAME)
        token = secrets.token_hex(16)
        listener = ending.enter_context(socket.create_server(("127.0.0.1", 0)))
        log = ending.enter_context((self._folder / "libreoffice.log").open("wb"))
        command = unattended(program, profile, _script("run"))
        variables = environment(XL_REBAL_PORT=str(listener.getsockname()[1]), XL_REBAL_TOKEN=token)
        self.process = process = subprocess.Popen(  # noqa: S603 - LibreOffice with our own arguments
            command, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        ending.callback(end, process)
        self._connection = self._accepted(listener, process, token, ending)
        source = forwarders(udf_functions(), of_script(_script("call")))
        self._do("define", START_SECONDS, module=MODULE_NAME, source=source)

    def _accepted(
        self,
        listener: socket.socket,
        process: subprocess.Popen[bytes],
        token: str,
        ending: contextlib.ExitStack,
    ) -> socket.socket:
        """The bridge's connection: the first one that knows the token."""
        waited = 0.0
        listener.settimeout(0.25)
        while waited < START_SECONDS:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                waited += 0.25
                if process.poll() is not None:
                    break
                continue
            ending.enter_context(connection)
            connection.settimeout(START_SECONDS)
            self._lines = ending.enter_context(connection.makefile("r", encoding="utf-8"))
            if json.loads(next(self._lines, "{}")).get("token") == token:
                return connection
        log = (self._folder / "libreoffice.log").read_text(errors="replace").strip()
        raise LibreOfficeFailed(
            f"LibreOffice did not start within {START_SECONDS:.0f} seconds, or its Python did not. "
            f"It said: {log or 'nothing'}"
        )

    # --- Commands ---

    def open(self, path: Path) -> None:
        """Opens a copy of the workbook, without its macros; the one that was open closes. The file is never changed."""
        self._do("close", CALCULATE_SECONDS)  # or the copy could not be written over on every system
        self._do("open", CALCULATE_SECONDS, path=str(plain_copy(path, self._folder / f"{path.stem}.xlsx")))

    def change(self, place: str, value: str | float | date | None) -> None:
        """Types a value into a cell of the copy, such as `change("Lots!F2", 100.0)` or `change("XRClient", "NAK02")`."""
        self._do("change", CALCULATE_SECONDS, place=place, value=serial(value))

    def calculate(self) -> None:
        """Calculates every formula of the copy."""
        self._do("calculate", CALCULATE_SECONDS)

    def spill(self) -> tuple[str, ...]:
        """Fits every XR_ result to its own size, as Excel does by itself; returns the ranges that others were in.

        Without it, LibreOffice fills the ranges that the file was saved with.
        """
        return tuple(self._do("spill", CALCULATE_SECONDS, prefix=PREFIX))

    def values(self) -> Values:
        """Every cell of every sheet."""
        sheets = self._do("read", CALCULATE_SECONDS)
        return Values({name: _rows(rows) for name, rows in sheets.items()})

    def pdf(self, path: Path) -> Path:
        """All sheets as they print."""
        self._do("pdf", CALCULATE_SECONDS, path=str(path.resolve()))
        return path

    def picture(self, path: Path, sheet: str, area: str, widths: Mapping[str, float] | None = None) -> Path:
        """A range of a sheet, such as `A1:Q20`, as a PDF of one page of its very size.

        `widths` sets columns of the copy to so many points, such as `{"K": 220}`, where less is shown than fits.
        """
        place = {"sheet": sheet, "area": area, "widths": dict(widths or {})}
        self._do("picture", CALCULATE_SECONDS, path=str(path.resolve()), **place)
        return path

    # --- The connection ---

    def _do(self, command: str, seconds: float, **arguments: object) -> Any:
        """A command's result; answers the XR_ calls that it causes. A call made twice is answered from memory."""
        if self._connection is None:
            raise LibreOfficeFailed("LibreOffice is not running: use it in a with statement.")
        self._connection.settimeout(seconds)
        self._answers.clear()
        self.calls.clear()
        try:
            self._send({"do": command, **arguments})
            for line in self._lines:
                message = json.loads(line)
                if "call" in message:
                    self._send({"rows": self._answer(line, message)})
                elif "done" in message:
                    return message["done"]
                else:
                    raise LibreOfficeFailed(f"LibreOffice could not {command}: {message['failed']}")
        except TimeoutError as error:
            self._hang_up()
            raise LibreOfficeFailed(
                f"LibreOffice did not {command} within {seconds:g} seconds and was given up."
            ) from error
        except OSError as error:
            self._hang_up()
            raise LibreOfficeFailed(f"LibreOffice ended while it was to {command} ({error}).") from error
        self._hang_up()
        raise LibreOfficeFailed(f"LibreOffice ended while it was to {command}.")

    def _hang_up(self) -> None:
        """Closes the connection, after which no answer can be mistaken for another's; the bridge then ends LibreOffice."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
            self._connection = None

    def _send(self, message: Mapping[str, object]) -> None:
        if self._connection is not None:
            self._connection.sendall((json.dumps(message) + "\n").encode())

    def _answer(self, asked: str, question: Mapping[str, Any]) -> list[list[Any]]:
        """The function's result; the same question has the same answer."""
        name = question["call"]
        self.calls.append(name)
        if asked not in self._answers:
            self._answers[asked] = answered(
                self._functions, name, question["arguments"], question["date_1904"]
            )
        return self._answers[asked]


def _rows(rows: Sequence[Sequence[Any]]) -> Rows:
    return tuple(tuple(CellError(v["error"]) if isinstance(v, dict) else v for v in row) for row in rows)


def _script(function: str) -> str:
    return f"vnd.sun.star.script:{BRIDGE_NAME}${function}?language=Python&location=user"
