"""Pictures: the canvas that draws them, and a firm's logo that may be anything at all."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from xl_rebal.briefs.pictures import LOGO_HEIGHT, LOGO_WIDTH, MOST_BYTES, check_logo, read_logo
from xl_rebal.briefs.raster import Canvas
from xl_rebal.errors import LogoUnusable


def drawn(width: int = 300, height: int = 100) -> bytes:
    canvas = Canvas(width, height)
    canvas.rectangle(10, 10, width - 10, height - 10, "800020")
    return canvas.png(200)


def jpeg(width: int = 320, height: int = 80) -> bytes:
    """Header, frame and end of a JPEG; nothing here unpacks its pixels."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9)
        + b"\xff\xff\xc2" + struct.pack(">H", 2 + len(frame)) + frame + b"\xff\xda\x00\x02data\xff\xd9"
    )  # fmt: skip


def pixels(png: bytes) -> list[list[tuple[int, int, int]]]:
    """Rows of a PNG as the canvas writes it: 8-bit RGB, filter Up."""
    width, height = struct.unpack(">II", png[16:24])
    at = png.index(b"IDAT")
    size = struct.unpack(">I", png[at - 4 : at])[0]
    raw = zlib.decompress(png[at + 4 : at + 4 + size])
    stride, above, rows = 1 + 3 * width, bytes(3 * width), []
    for y in range(height):
        line = raw[y * stride + 1 : (y + 1) * stride]
        assert raw[y * stride] == 2  # each byte less the one above
        above = bytes((one + other) % 256 for one, other in zip(line, above, strict=True))
        rows.append([(above[3 * x], above[3 * x + 1], above[3 * x + 2]) for x in range(width)])
    return rows


def test_half_a_pixel_is_half_the_color() -> None:
    canvas = Canvas(4, 2)
    canvas.rectangle(1.5, 0, 3, 1, "000000")
    rows = pixels(canvas.png(96))
    assert rows[0] == [(255, 255, 255), (128, 128, 128), (0, 0, 0), (255, 255, 255)]
    assert rows[1] == [(255, 255, 255)] * 4


def test_shapes_are_where_they_are_drawn_and_nowhere_else() -> None:
    canvas = Canvas(60, 60)
    canvas.disc((30, 30), 10, "000000")
    canvas.line((5, 55), (55, 55), "FF0000", 3)
    canvas.diamond((50, 10), 6, "0000FF")
    rows = pixels(canvas.png(96))
    assert rows[30][30] == (0, 0, 0)
    assert rows[30][21] == (0, 0, 0)
    assert rows[30][15] == (255, 255, 255)
    assert rows[55][30] == (255, 0, 0)
    assert rows[50][30] == (255, 255, 255)
    assert rows[10][50] == (0, 0, 255)
    assert rows[5][55] == (255, 255, 255)  # the corner that a square would have


def test_a_shape_that_leaves_the_canvas_is_cut_off() -> None:
    canvas = Canvas(10, 10)
    canvas.rectangle(-5, -5, 20, 3, "000000")
    canvas.line((-20, 5), (40, 5), "000000", 2)
    canvas.disc((100, 100), 5, "FF0000")
    rows = pixels(canvas.png(96))
    assert rows[0] == [(0, 0, 0)] * 10
    assert rows[9] == [(255, 255, 255)] * 10


def test_the_same_drawing_is_the_same_bytes() -> None:
    assert drawn() == drawn()


@pytest.mark.parametrize(
    ("content", "suffix", "size"),
    [
        (drawn(300, 100), "png", (3 * LOGO_HEIGHT, LOGO_HEIGHT)),
        (drawn(2000, 100), "png", (LOGO_WIDTH, LOGO_WIDTH / 20)),
        (drawn(10, 10), "png", (LOGO_HEIGHT, LOGO_HEIGHT)),
        (jpeg(320, 80), "jpeg", (4 * LOGO_HEIGHT, LOGO_HEIGHT)),
    ],
)
def test_a_logo_is_scaled_to_its_room_and_keeps_its_shape(
    tmp_path: Path, content: bytes, suffix: str, size: tuple[float, float]
) -> None:
    path = tmp_path / "logo.any"
    path.write_bytes(content)
    logo = read_logo(path, "Alder & Finch")
    assert (logo.suffix, logo.alt) == (suffix, "Alder & Finch")
    assert (logo.width, logo.height) == pytest.approx(size)


def broken() -> list[tuple[str, bytes, str]]:
    whole = drawn()
    at = whole.index(b"IDAT")
    header = bytearray(whole)
    header[16:24] = struct.pack(">II", 100_000, 100_000)
    header[29:33] = struct.pack(">I", zlib.crc32(bytes(header[12:29])))
    small = bytearray(whole)
    small[16:24] = struct.pack(">II", 300, 900)
    small[29:33] = struct.pack(">I", zlib.crc32(bytes(small[12:29])))
    return [
        ("empty", b"", "an empty file"),
        ("text", b"hello", "neither a PNG nor a JPEG"),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a PNG nor a JPEG"),
        ("cut", whole[:-20], "damaged"),
        ("flipped", whole[: at + 6] + bytes([whole[at + 6] ^ 1]) + whole[at + 7 :], "cut off or changed"),
        ("head only", whole[:8], "its end is missing"),
        ("too many pixels", bytes(header), "100,000 x 100,000 pixels"),
        ("fewer rows than it says", bytes(small), "not whole"),
        ("huge", whole + bytes(MOST_BYTES), "1 MB at most"),
        ("jpeg cut", jpeg()[:-2], "its end is missing"),
        ("jpeg without a frame", b"\xff\xd8\xff\xda\x00\x02data\xff\xd9", "its size is missing"),
        ("jpeg of junk", b"\xff\xd8" + b"junk" * 10 + b"\xff\xd9", "do not follow each other"),
        ("jpeg of no size", jpeg(0, 0), "0 x 0 pixels"),
    ]


@pytest.mark.parametrize(("what", "content", "said"), broken())
def test_a_logo_that_cannot_be_used_says_why(tmp_path: Path, what: str, content: bytes, said: str) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    with pytest.raises(LogoUnusable, match=said):
        read_logo(path, what)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((80, 600), r"3\.1 points wide"),
        ((5900, 200), r"4\.1 points high"),
        ((10, 10), "too coarse"),
        ((1, 1), "too coarse"),
    ],
)
def test_a_logo_that_nobody_could_make_out_says_why(size: tuple[int, int], said: str) -> None:
    with pytest.raises(LogoUnusable, match=said):
        check_logo("logo.png", drawn(*size))
    check_logo("logo.png", drawn(300, 100))


def test_a_logo_that_is_not_there_or_is_a_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(LogoUnusable, match="can't be read"):
        read_logo(tmp_path / "gone.png", "")
    with pytest.raises(LogoUnusable, match="can't be read"):
        read_logo(tmp_path, "")
