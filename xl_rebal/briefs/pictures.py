"""Pictures in a Word document: a value that a placeholder turns into a drawing, and the firm's logo as one.

A picture is placed in line with the text, with words for a reader who has the page read aloud. It holds no figures:
what stands in a picture could not be checked against the facts.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xl_rebal.briefs.page import FORBIDDEN
from xl_rebal.errors import LogoUnusable

EMU_PER_POINT = 12_700
EMBEDDED = "rIdXl"
"""Start of the relationship ids that a picture's drawing refers to."""
LOGO_WIDTH, LOGO_HEIGHT = 120.0, 23.0  # points: the most room that the header has for it
MOST_BYTES = 1_000_000
MOST_PIXELS = 6_000  # a side
LEAST_POINTS = 6.0  # a side on paper: a narrower logo is a line
COARSEST = 1.5  # points that a pixel may take
_PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # samples a pixel by PNG color type
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes of a PNG or JPEG, its size on paper in points, and what it shows in words."""

    content: bytes
    suffix: str  # 'png' or 'jpeg'
    width: float
    height: float
    alt: str

    @property
    def key(self) -> str:
        """Names the bytes: equal pictures are kept once in a document."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @property
    def part(self) -> str:
        return f"word/media/{self.key}.{self.suffix}"

    def __html__(self) -> str:
        """The drawing, between the end of the run that the placeholder stands in and a new one."""
        across, down = round(self.width * EMU_PER_POINT), round(self.height * EMU_PER_POINT)
        said = quoteattr(FORBIDDEN.sub("", self.alt))
        name = quoteattr(f"{self.key}.{self.suffix}")
        return (
            '</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
            'wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{across}" cy="{down}"/><wp:docPr id="1" name={name} descr={said}/>'
            "<wp:cNvGraphicFramePr><a:graphicFrameLocks "
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f'<pic:nvPicPr><pic:cNvPr id="0" name={name}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
            f'r:embed="{EMBEDDED}{self.key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
            f'<a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
            '<w:r><w:t xml:space="preserve">'
        )

    def __str__(self) -> str:
        return self.alt


def pictures_in(values: object) -> Iterable[Picture]:
    """Every picture among a template's values."""
    if isinstance(values, Picture):
        yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from pictures_in(value)
    elif isinstance(values, list):
        for value in values:
            yield from pictures_in(value)


def relationships(rels: str, pictures: Iterable[Picture]) -> str:
    """A part's relationships with those of its pictures."""
    added = "".join(
        f'<Relationship Id="{EMBEDDED}{picture.key}" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        f'Target="{escape(picture.part.removeprefix("word/"))}"/>'
        for picture in {picture.key: picture for picture in pictures}.values()
    )
    return rels.replace("</Relationships>", f"{added}</Relationships>")


# --- The logo ------------------------------------------------------------------------------------------------------


def logo_bytes(path: Path) -> bytes:
    """What the logo's file holds. Raises LogoUnusable with a sentence for the person who set it."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LogoUnusable(
                f"The logo {path.name} is {path.stat().st_size / 1e6:.1f} MB; it goes into every brief, so it may have "
                f"{MOST_BYTES / 1e6:.0f} MB at most. Save a smaller copy: it is printed an inch or two wide."
            )
        return path.read_bytes()
    except OSError as error:
        raise LogoUnusable(
            f"The logo {path} can't be read ({error.strerror or error}). Correct its name, or put the file there."
        ) from error


def logo_picture(name: str, content: bytes, alt: str) -> Picture:
    """The firm's logo, scaled to the room there is. Raises LogoUnusable for what is no whole PNG or JPEG of sane size."""
    width, height, suffix = _logo_size(name, content)
    scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height)
    return Picture(content, suffix, width * scale, height * scale, alt)


def check_logo(name: str, content: bytes) -> None:
    """Raises LogoUnusable for a logo that a reader could not make out: a line on paper, or a few coarse pixels."""
    width, height, _ = _logo_size(name, content)
    scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height)
    narrow = min(width, height) * scale
    if narrow < LEAST_POINTS:
        raise LogoUnusable(
            f"The logo {name} is {width:,} x {height:,} pixels; in its room of {LOGO_WIDTH:.0f} x {LOGO_HEIGHT:.0f} points it "
            f"would be only {narrow:.1f} points {'wide' if width < height else 'high'}. Save it in a "
            "shape nearer to that, without empty edges."
        )
    if scale > COARSEST:
        raise LogoUnusable(
            f"The logo {name} is {width:,} x {height:,} pixels, too coarse to print. Save it at least 100 pixels high."
        )


def _logo_size(name: str, content: bytes) -> tuple[int, int, str]:
    """Width and height in pixels, and the kind of file. Raises LogoUnusable."""
    if content.startswith(_PNG):
        width, height = _png_size(name, content)
        suffix = "png"
    elif content.startswith(b"\xff\xd8"):
        width, height = _jpeg_size(name, content)
        suffix = "jpeg"
    elif not content:
        raise LogoUnusable(
            f"The logo {name} is an empty file. Save it again from the program it was made with."
        )
    else:
        raise LogoUnusable(f"The logo {name} is neither a PNG nor a JPEG file. Save it as one of them.")
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise LogoUnusable(
            f"The logo {name} is {width:,} x {height:,} pixels; at most {MOST_PIXELS:,} a side are taken. Save a smaller "
            "copy."
        )
    return width, height, suffix


def read_logo(path: Path, alt: str) -> Picture:
    """The logo in a file. Raises LogoUnusable."""
    return logo_picture(path.name, logo_bytes(path), alt)


def _damaged(name: str, what: str) -> LogoUnusable:
    return LogoUnusable(
        f"The logo {name} is damaged ({what}). Save it again from the program it was made with."
    )


def _png_size(name: str, content: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose chunks are whole and whose picture has all its rows."""
    at, size, pixels, whole = len(_PNG), (0, 0), bytearray(), 0
    while at + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        chunk = content[at + 8 : at + 8 + length]
        end = content[at + 8 + length : at + 12 + length]
        if len(chunk) < length or end != struct.pack(">I", zlib.crc32(kind + chunk)):
            raise _damaged(name, "a part of it is cut off or changed")
        if kind == b"IHDR" and length == 13:
            size = (int.from_bytes(chunk[:4], "big"), int.from_bytes(chunk[4:8], "big"))
            whole = _png_bytes(*size, bits=chunk[8], color=chunk[9], interlaced=bool(chunk[12]))
        elif kind == b"IDAT":
            pixels += chunk
        elif kind == b"IEND":
            break
        at += 12 + length
    else:
        raise _damaged(name, "its end is missing")
    if max(size) > MOST_PIXELS:
        return size  # said by the caller; not unpacked
    try:
        found = len(zlib.decompressobj().decompress(bytes(pixels), whole + 1))
    except zlib.error as error:
        raise _damaged(name, "its picture can't be unpacked") from error
    if not whole or found != whole:
        raise _damaged(name, "its picture is not whole")
    return size


def _png_bytes(width: int, height: int, *, bits: int, color: int, interlaced: bool) -> int:
    """Bytes that the unpacked rows must have; 0 for a form that PNG does not know."""
    per_pixel = bits * _CHANNELS.get(color, 0)
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    total = 0
    for x, y, dx, dy in passes:
        columns, rows = -(-(width - x) // dx), -(-(height - y) // dy)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * per_pixel + 7) // 8)
    return total if per_pixel else 0


_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers of a frame, which has height and width."""


def _jpeg_size(name: str, content: bytes) -> tuple[int, int]:
    """Width and height of a JPEG that has its frame and its end; its pixels are not unpacked."""
    if b"\xff\xd9" not in content[-64:]:
        raise _damaged(name, "its end is missing")
    at = 2
    while at + 9 <= len(content):
        if content[at] != 0xFF:
            raise _damaged(name, "its parts do not follow each other")
        marker = content[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker in (0xDA, 0xD9):
            break
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise _damaged(name, "its size is missing")
