"""Learns what `xl_rebal.drafting.second_look` knows, and says how good it is: python benchmarks/second_look.py [--write]

The sentences of tests/data/drafting are learned by logistic regression with a quadratic penalty, on the one- and two-word
phrases of each. The table leaves out one author's sentences at a time, learns the rest, and counts what is marked of those
left out. `--write` learns all and writes xl_rebal/drafting/second_look.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.drafting.corpora import lines_of
from xl_rebal.drafting import second_look
from xl_rebal.drafting.second_look import Weights, phrases

HANDS = (
    (("prohibited", "prohibited_families"), ("harmless", "harmless_families")),
    (("prohibited_held_out", "prohibited_held_out_2"), ("harmless_held_out", "harmless_held_out_2")),
    (("prohibited_held_out_3",), ("harmless_held_out_3",)),
    (("prohibited_held_out_4", "prohibited_held_out_5"), ("harmless_held_out_4", "harmless_held_out_5")),
)
"""Forbidden sentences and look-alikes, by author."""
ORDINARY = ("ordinary", "right_claims", "right_claims_2")
"""Sentences of honest letters, none a look-alike."""
PENALTY = 1 / 30
THRESHOLD = 0.4
SMALLEST = 0.02
"""A weight nearer to nothing than this is left out of the file."""
STEPS = 30


def learn(forbidden: Sequence[str], harmless: Sequence[str]) -> Weights:
    """The weights of least penalized logistic loss, found with Newton's steps in the space of the sentences."""
    texts = [*forbidden, *harmless]
    said = [phrases(text) for text in texts]
    known = {phrase: n for n, phrase in enumerate(sorted(set().union(*said)))}
    rows = np.zeros((len(texts), len(known) + 1))
    for row, found in zip(rows, said, strict=True):
        row[[known[p] for p in found]] = 1 / len(found) ** 0.5
    rows[:, -1] = 1.0
    signs = np.array([1.0] * len(forbidden) + [0.0] * len(harmless))
    weights = _newton(rows, signs)
    return Weights(
        {p: round(float(weights[n]), 3) for p, n in known.items() if abs(weights[n]) >= SMALLEST},
        round(float(weights[-1]), 3),
        THRESHOLD,
    )


def _newton(rows: NDArray[np.float64], signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights = rows' x dual values; each step solves a system of one equation a sentence."""
    alike = rows @ rows.T
    dual = np.zeros(len(rows))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-alike @ dual))
        spread = np.maximum(chance * (1 - chance), 1e-9)
        wanted = alike @ dual + (signs - chance) / spread
        moved = np.linalg.solve(alike + np.diag(PENALTY / spread), wanted)
        if np.max(np.abs(moved - dual)) < 1e-9:
            break
        dual = moved
    return rows.T @ dual


def _of(names: Sequence[str]) -> list[str]:
    return [line for name in names for line in lines_of(name)]


def _marked(weights: Weights, texts: Sequence[str]) -> str:
    count = sum(weights.score(text) > weights.threshold for text in texts)
    return f"{count} of {len(texts)} ({count / max(1, len(texts)):.0%})"


def main() -> None:
    """Prints the table; with --write, the weights learned from everything go into the package."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true")
    ordinary = _of(ORDINARY)
    print(f"{'learned without':<48}{'forbidden marked':>20}{'look-alikes marked':>20}")
    for hand, (bad, good) in enumerate(HANDS):
        others = [h for n, h in enumerate(HANDS) if n != hand]
        weights = learn(
            [line for b, _ in others for line in _of(b)],
            [*ordinary, *(line for _, g in others for line in _of(g))],
        )
        print(f"{' '.join(bad):<48}{_marked(weights, _of(bad)):>20}{_marked(weights, _of(good)):>20}")
    forbidden = [line for b, _ in HANDS for line in _of(b)]
    harmless = [line for _, g in HANDS for line in _of(g)]
    for name in ORDINARY:
        weights = learn(forbidden, [*harmless, *_of([n for n in ORDINARY if n != name])])
        print(f"{name:<48}{'':>20}{_marked(weights, _of([name])):>20}")
    weights = learn(forbidden, [*harmless, *ordinary])
    print(
        f"{'nothing (what was learned)':<48}{_marked(weights, forbidden):>20}{_marked(weights, harmless):>20}"
    )
    print(f"{len(weights.by_phrase):,} phrases")
    if arguments.parse_args().write:
        path = Path(second_look.__file__).with_suffix(".json")
        data = {
            "threshold": weights.threshold,
            "bias": weights.bias,
            "phrases": dict(sorted(weights.by_phrase.items())),
        }
        path.write_text(
            json.dumps(data, ensure_ascii=True, indent=0, separators=(",", ":")) + "\n", encoding="utf-8"
        )
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
