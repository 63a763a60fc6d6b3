"""Makes the README's pictures again: `python -m workbook.pictures` after the workbook, template or drafting changed.

The sample workbook is calculated by LibreOffice with the XR_ functions of this checkout, and the brief is the one that
`xl-rebal demo` files. Needs LibreOffice, pdftoppm (poppler-utils) and, only here, Pillow: it makes the files small.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xl_rebal import app
from xl_rebal.libreoffice.host import LibreOffice

ROOT = Path(__file__).resolve().parent.parent
SHEETS = ROOT / "workbook" / "images"
BRIEFS = ROOT / "templates" / "images"
PIXELS = 1800
"""Width of a picture: twice the 900 at which a README shows it, for sharp letters on sharp screens."""
MARGIN = 24
PAGE_PIXELS = 1224
"""Width of the brief: two for each point of the page, so that filled cells meet without a seam, in a small file."""
COLORS = 48
CLIENT = "Hartwell Family"

DASHBOARD_WIDTHS = {"B": 145.0, "D": 112.0}
CLIENT_WIDTHS = {"A": 4.0, "B": 84.0, "C": 66.0, "H": 72.0, "I": 76.0, "J": 84.0}
WHY_WIDTHS = {"N": 160.0}
"""In points: the Hartwells' texts need less room than the sheet keeps for longer ones."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m workbook.pictures", description="Makes the README's pictures."
    )
    parser.add_argument("--only", choices=("sheets", "brief"), help="Make these only.")
    only = parser.parse_args(arguments).only
    with tempfile.TemporaryDirectory(prefix="xl_rebal_pictures_") as folder:
        if only != "brief":
            sheets(Path(folder))
        if only != "sheets":
            brief(Path(folder))
    return 0


def sheets(folder: Path) -> None:
    """Dashboard and Client sheet of the sample firm, as they are on the screen."""
    book = app.write_sample(folder / "sheets")
    with LibreOffice() as office:
        office.open(book)
        office.calculate()
        dashboard = office.picture(folder / "dashboard.pdf", "Dashboard", "A1:J19", DASHBOARD_WIDTHS)
        client = office.picture(folder / "client.pdf", "Client", "A1:K29", CLIENT_WIDTHS)
        why = office.picture(folder / "why.pdf", "Client", "M7:T45", WHY_WIDTHS)
        verify = office.picture(folder / "verify.pdf", "Verify", "A1:N36")
    _png(dashboard, SHEETS / "dashboard.png")
    _png(client, SHEETS / "client.png")
    _png(why, SHEETS / "why.png")
    _png(verify, SHEETS / "verify.png")


def brief(folder: Path) -> None:
    """The first pages of the brief that the demo files for the Hartwells, and of the summary of the whole book."""
    made = app.demo(folder / "demo")
    [document] = sorted((made.workbook.parent / "clients" / CLIENT).rglob("brief.docx"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = str(shutil.which("soffice"))
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)  # noqa: S603 - our own arguments
    _png(folder / "brief.pdf", BRIEFS / "brief.png", PAGE_PIXELS, crop=False)


def _png(document: Path, target: Path, pixels: int = PIXELS, *, crop: bool = True) -> None:
    """The first page as a small, sharp picture on white."""
    from PIL import Image, ImageChops, ImageOps

    raw = document.with_suffix("")
    tool = str(shutil.which("pdftoppm"))
    draw = [
        tool,
        "-png",
        "-singlefile",
        "-f",
        "1",
        "-scale-to-x",
        str(pixels),
        "-scale-to-y",
        "-1",
        str(document),
        str(raw),
    ]
    subprocess.run(draw, check=True, timeout=60)  # noqa: S603 - our own arguments
    with Image.open(raw.with_suffix(".png")) as opened:
        image = opened.convert("RGB")
    if crop:
        used = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
        image = ImageOps.expand(image.crop(used), MARGIN, "white")
    else:
        image = ImageOps.expand(image, 2, "#C9D1DB")
    target.parent.mkdir(parents=True, exist_ok=True)
    _few_colors(image).save(target, optimize=True)
    print(f"{target}  {image.width} x {image.height}, {target.stat().st_size // 1024} kB")


def _few_colors(image: Any) -> Any:
    """The picture in its most frequent and strongest colors, as they are: a palette of averages would tint white and the fills."""
    import numpy as np
    from PIL import Image

    pixels = np.asarray(image, dtype=np.int64).reshape(-1, 3)
    colors, where, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    # A chart's one red mark is small: a color counts for more the further it is from gray.
    strength = 1 + (colors.max(axis=1) - colors.min(axis=1)) // 8
    kept = colors[np.argsort(-counts * strength, kind="stable")[:COLORS]]
    nearest = ((colors[:, None] - kept[None]) ** 2).sum(axis=2).argmin(axis=1)
    few = Image.fromarray(nearest[where.ravel()].reshape(image.height, image.width).astype(np.uint8), "P")
    few.putpalette(kept.astype(np.uint8).tobytes())
    return few


if __name__ == "__main__":
    sys.exit(main())
