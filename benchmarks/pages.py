"""Counts the pages of every brief of an invented firm and of the hardest constructed ones: python benchmarks/pages.py

LibreOffice Writer lays them out, many in one call. Prints how many are one page, the least room that is left above the
foot line, and how far the estimate of `briefs/fit.py` is from the page; exit code 1 when a brief is longer than a page.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.briefs.hardest import generated, hardest
from tests.briefs.layout import LaidOut, lay_out
from xl_rebal.briefs.context import BriefContext
from xl_rebal.briefs.fit import estimated_points
from xl_rebal.briefs.render import render_brief

TOP = 0.4 * 72


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--lots", type=int, nargs=2, default=(20, 200), metavar=("FEWEST", "MOST"))
    parser.add_argument("--keep", type=Path, help="folder for the documents and PDFs")
    arguments = parser.parse_args()
    contexts = {
        **generated(arguments.households, arguments.seed, tuple(arguments.lots)),
        **{f"hard-{name}": context for name, context in hardest().items()},
    }
    with tempfile.TemporaryDirectory() as spare:
        folder = arguments.keep or Path(spare)
        folder.mkdir(parents=True, exist_ok=True)
        pages = laid_out(contexts, folder)
    for line in report(contexts, pages):
        print(line)
    if any(page.pages != 1 for page in pages.values()):
        raise SystemExit(1)


def laid_out(contexts: Mapping[str, BriefContext], folder: Path, at_once: int = 100) -> dict[str, LaidOut]:
    documents = {name: render_brief(context) for name, context in contexts.items()}
    names, pages = list(documents), {}
    for start in range(0, len(names), at_once):
        some = {name: documents[name] for name in names[start : start + at_once]}
        pages.update(lay_out(some, folder))
    return pages


def report(contexts: Mapping[str, BriefContext], pages: Mapping[str, LaidOut]) -> list[str]:
    longer = [name for name, page in pages.items() if page.pages != 1]
    free = {name: page.foot_top - page.lowest for name, page in pages.items() if page.pages == 1}
    tightest = sorted(free, key=lambda name: free[name])[:5]
    short = {
        name: estimated_points(contexts[name].values) - (page.lowest - TOP)
        for name, page in pages.items()
        if page.pages == 1
    }
    drawn = sum(bool(context.values["curve"]) for context in contexts.values())
    lines = [
        f"{len(pages)} briefs, {len(pages) - len(longer)} of one page ({drawn} with the curve)",
        f"room left above the foot line, points: {', '.join(f'{name} {free[name]:.0f}' for name in tightest)}",
    ]
    if short:
        worst = sorted(short, key=lambda name: short[name])
        lines.append(
            f"estimate less actual height, points: least {short[worst[0]]:.0f} ({worst[0]}), "
            f"median {short[worst[len(worst) // 2]]:.0f}, most {short[worst[-1]]:.0f} ({worst[-1]})"
        )
    if longer:
        lines.append(f"longer than a page: {', '.join(longer)}")
    return lines


if __name__ == "__main__":
    main()
