"""Ranking FAQ candidates anew when the second reader has read the text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from triage.text.columns import Floats

CANDIDATES = 3  # of each ranking


def joint_candidates(margins: Floats, reading: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the best entries of both rankings (n ≤ 6,) and what the judge sees of each, (n, 5).

    `margins` (E,) are the lexical search's, `reading` (E + 1,) the encoder's log probabilities with «none» last.
    """
    entries = reading[:-1]
    best = np.union1d(np.argsort(-margins)[:CANDIDATES], np.argsort(-entries)[:CANDIDATES])
    own, read = margins[best], entries[best]
    none = np.full(len(best), reading[-1], dtype=np.float32)
    inputs = np.stack([own, own - margins.max(), read, read - entries.max(), none], axis=1)
    return best, inputs.astype(np.float32)


class Reranker:
    """A logistic judge over both rankings; `threshold` is the score from which an entry is shown."""

    def __init__(self, weights: Floats, bias: float, threshold: float) -> None:
        self._weights, self._bias = weights, bias
        self.threshold = threshold

    def scores(self, margins: Floats, reading: Floats) -> list[tuple[int, float]]:
        """Return the best three entries with the probability that each answers, best first."""
        best, inputs = joint_candidates(margins, reading)
        chances = 1.0 / (1.0 + np.exp(-(inputs @ self._weights + self._bias)))
        order = np.argsort(-chances)[:CANDIDATES]
        return [(int(best[place]), float(chances[place])) for place in order]
