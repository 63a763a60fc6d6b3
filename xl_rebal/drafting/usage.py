"""What a run cost: requests, tokens as the endpoint counts them, and dollars where the firm has entered prices."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests answered and their tokens. `uncounted`: answers of which the endpoint did not say the tokens."""

    model: str = ""
    requests: int = 0
    kept: int = 0  # answers taken from earlier runs: nothing was sent
    tokens_in: int = 0
    tokens_out: int = 0
    uncounted: int = 0

    def dollars(self, price_in: float | None, price_out: float | None) -> float | None:
        """Cost in dollars at prices a million tokens; None where a price or a count is unknown."""
        if price_in is None or price_out is None or self.uncounted:
            return None
        return (self.tokens_in * price_in + self.tokens_out * price_out) / MILLION

    def line(self, price_in: float | None, price_out: float | None) -> str:
        """One sentence for the run's report; '' when no model was asked."""
        if not (self.requests or self.kept):
            return ""
        parts = [f"Model {self.model}: {_counted(self.requests, 'request')} sent"]
        if self.kept:
            parts.append(f"{_counted(self.kept, 'answer')} kept from earlier runs (free)")
        if self.requests:
            tokens = f"{self.tokens_in:,} tokens in, {self.tokens_out:,} out"
            if self.uncounted:
                tokens += f" and unknown for {_counted(self.uncounted, 'answer')}"
            parts += [tokens, self._cost(price_in, price_out)]
        return "; ".join(parts) + "."

    def _cost(self, price_in: float | None, price_out: float | None) -> str:
        cost = self.dollars(price_in, price_out)
        if cost is not None:
            return f"about ${cost:,.4f}" if cost < 1 else f"about ${cost:,.2f}"
        if self.uncounted:
            return "cost unknown: the endpoint did not count every answer"
        return "cost unknown: no prices on Settings (Drafter Price In, Drafter Price Out)"


class Tally:
    """Usage as it grows, from any thread."""

    def __init__(self, model: str) -> None:
        self._lock = threading.Lock()
        self._usage = Usage(model)

    def sent(self, tokens_in: int | None, tokens_out: int | None) -> None:
        """One answered request."""
        with self._lock:
            known = tokens_in is not None and tokens_out is not None
            self._usage = replace(
                self._usage,
                requests=self._usage.requests + 1,
                tokens_in=self._usage.tokens_in + (tokens_in or 0),
                tokens_out=self._usage.tokens_out + (tokens_out or 0),
                uncounted=self._usage.uncounted + (not known),
            )

    def kept(self) -> None:
        """One answer that an earlier run had kept."""
        with self._lock:
            self._usage = replace(self._usage, kept=self._usage.kept + 1)

    @property
    def usage(self) -> Usage:
        with self._lock:
            return self._usage


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
