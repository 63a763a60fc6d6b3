"""What a file is that is no Word document to fill in, in words for the person who put it there."""

from __future__ import annotations

import io
import re
import zipfile

DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = "[Content_Types].xml"
_MAIN = re.compile(r'ContentType="([^"]+\.main\+xml)"')
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UNUSED_FORMS = (".doc", ".docm", ".dotx", ".dotm", ".dot", ".odt", ".rtf")
SAVE_AS = "Open it in Word and save it as Word Document (.docx)"


def why_not_word(content: bytes) -> str:
    """What is wrong with a file as a Word document, and what to do; '' when nothing is seen from outside."""
    if not content:
        return "is an empty file. Save it again in Word."
    if content.startswith(_COMPOUND):
        if _ENCRYPTED in content:
            return (
                "is protected by a password, so it can't be read. Take the password off in Word: File, Info, Protect "
                "Document, Encrypt with Password, and leave it empty."
            )
        return f"is a document of an old Word (.doc), whatever its name says. {SAVE_AS}."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            broken = package.testzip()
            types = package.read(_TYPES).decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        whole = content.startswith(b"PK")
        return (
            "is damaged or cut off. Save it again in Word, or take a copy from before."
            if whole
            else f"is not a Word document. {SAVE_AS}."
        )
    except KeyError:
        return f"is not a Word document. {SAVE_AS}."
    if broken:
        return f"is damaged ({broken}). Save it again in Word, or take a copy from before."
    return _by_kind({found[1] for found in _MAIN.finditer(types)})


def _by_kind(kinds: set[str]) -> str:
    if DOCUMENT in kinds:
        return ""
    if any("ms-word" in kind and "macroEnabled" in kind for kind in kinds):
        return f"has macros (.docm), which a template here may not. {SAVE_AS}, without them."
    if any("wordprocessingml.template" in kind for kind in kinds):
        return f"is a Word template (.dotx), of which Word makes documents. {SAVE_AS}."
    return f"is not a Word document. {SAVE_AS}."
