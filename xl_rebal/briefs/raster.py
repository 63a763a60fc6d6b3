"""A small canvas for crisp pictures: shapes drawn with smooth edges, saved as PNG, the same bytes for the same drawing.

Coordinates are pixels from the top left corner. A shape covers a pixel by the part of it that lies inside (exact for
rectangles, by distance from the edge for the others).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from xl_rebal.briefs.colors import channels

Point = tuple[float, float]
Array = NDArray[np.float32]
_UP = 2
"""The filter of a row of which only the difference from the one above is kept: most rows of a bar are alike."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Canvas:
    """A white rectangle to draw on."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._pixels = np.full((height, width, 3), 255.0, dtype=np.float32)

    def rectangle(self, left: float, top: float, right: float, bottom: float, color: str) -> None:
        columns, across = _overlap(self.width, left, right)
        rows, down = _overlap(self.height, top, bottom)
        self._blend((rows, columns), down[:, None] * across, color)

    def frame(
        self, left: float, top: float, right: float, bottom: float, color: str, thickness: float
    ) -> None:
        """The outline of a rectangle, inside its edges."""
        self.rectangle(left, top, right, top + thickness, color)
        self.rectangle(left, bottom - thickness, right, bottom, color)
        self.rectangle(left, top, left + thickness, bottom, color)
        self.rectangle(right - thickness, top, right, bottom, color)

    def line(self, start: Point, end: Point, color: str, thickness: float) -> None:
        """A straight line with round ends."""
        reach = thickness / 2
        box = self._around(
            min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]), reach
        )
        x, y = self._centers(box)
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = dx * dx + dy * dy
        along = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / length, 0, 1) if length else 0.0
        distance = np.hypot(x - start[0] - along * dx, y - start[1] - along * dy)
        self._blend(box, np.clip(reach - distance + 0.5, 0, 1), color)

    def path(self, points: Sequence[Point], color: str, thickness: float) -> None:
        for start, end in pairwise(points):
            self.line(start, end, color, thickness)

    def disc(self, center: Point, radius: float, color: str) -> None:
        box = self._around(*center, *center, radius)
        x, y = self._centers(box)
        self._blend(box, np.clip(radius - np.hypot(x - center[0], y - center[1]) + 0.5, 0, 1), color)

    def diamond(self, center: Point, radius: float, color: str) -> None:
        box = self._around(*center, *center, radius)
        x, y = self._centers(box)
        inside = (radius - np.abs(x - center[0]) - np.abs(y - center[1])) / np.sqrt(2)
        self._blend(box, np.clip(inside + 0.5, 0, 1), color)

    def png(self, dots_per_inch: int) -> bytes:
        """The picture as an 8-bit RGB PNG without a date."""
        pixels = np.rint(self._pixels).astype(np.uint8).reshape(self.height, -1)
        rows = np.full((self.height, 1 + 3 * self.width), _UP, dtype=np.uint8)
        rows[0, 1:] = pixels[0]
        rows[1:, 1:] = pixels[1:] - pixels[:-1]  # modulo 256, as the format wants it
        per_meter = round(dots_per_inch / 0.0254)
        return b"".join(
            (
                _SIGNATURE,
                _chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)),
                _chunk(b"pHYs", struct.pack(">IIB", per_meter, per_meter, 1)),
                _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
                _chunk(b"IEND", b""),
            )
        )

    def _around(
        self, left: float, top: float, right: float, bottom: float, reach: float
    ) -> tuple[slice, slice]:
        """The pixels that a shape can touch."""
        return (
            slice(max(0, int(top - reach - 1)), max(0, min(self.height, int(bottom + reach + 2)))),
            slice(max(0, int(left - reach - 1)), max(0, min(self.width, int(right + reach + 2)))),
        )

    @staticmethod
    def _centers(box: tuple[slice, slice]) -> tuple[Array, Array]:
        x = np.arange(box[1].start, box[1].stop, dtype=np.float32) + np.float32(0.5)
        y = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None] + np.float32(0.5)
        return x, y

    def _blend(self, box: tuple[slice, slice], cover: NDArray[np.floating], color: str) -> None:
        part = self._pixels[box]
        part += (_tone(color) - part) * cover[:, :, None].astype(np.float32)


@lru_cache(maxsize=64)
def _tone(color: str) -> Array:
    tone = np.array(channels(color), dtype=np.float32)
    tone.flags.writeable = False
    return tone


def _overlap(size: int, start: float, end: float) -> tuple[slice, Array]:
    """The pixels of `size` in a row that reach between start and end, and how much of each lies there."""
    first, last = max(0, int(start)), max(0, min(size, ceil(end)))
    edges = np.arange(first, last, dtype=np.float32)
    part: Array = np.clip(np.minimum(edges + 1, end) - np.maximum(edges, start), 0, 1).astype(np.float32)
    return slice(first, max(first, last)), part


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
