"""Answers the XR_ calls of a LibreOffice: one JSON line in, one out, until the other side is gone.

The extension starts it, one for each LibreOffice, with the Python that has xl_rebal: `python -m xl_rebal.libreoffice.server`.
No port is opened; the process ends with the LibreOffice that started it. The functions are loaded at the first call.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO


def main() -> None:
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever is printed must not get among the answers
    serve(questions, answers)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers every line of `questions`; {"call": name, "arguments": [...], "date_1904": false} with {"rows": [...]}."""
    from xl_rebal.libreoffice.answers import answered, functions

    known = functions()
    for line in questions:
        asked = json.loads(line)
        # an extension that was installed before this version does not say from when days count
        rows = answered(known, asked["call"], asked["arguments"], asked.get("date_1904", False))
        answers.write(json.dumps({"rows": rows}).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
