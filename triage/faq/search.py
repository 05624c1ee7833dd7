"""Which FAQ entries answer a text: linear margins over its columns, then a calibrated judge.

The margins come from a support vector machine over all entries (titles, questions, answers and
labelled requests); the judge is a logistic regression over the best three candidates, so a score is the
probability that the entry answers fully. Silence beats a bad guess: below the threshold nothing is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.faq.entries import FaqEntry
from triage.report import FaqHit

Floats = NDArray[np.float32]
CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class RankerWeights:
    """Arrays of the ranker.

    `rows` (columns,) maps a column of the vocabulary to a row of `margins`, -1 when unused;
    `margins` (R, E) and `bias` (E,) for E entries in the order of `ids`; `judge` (J,) and `judge_bias`.
    """

    ids: tuple[str, ...]
    rows: NDArray[np.int32]
    margins: Floats
    bias: Floats
    judge: Floats
    judge_bias: float
    threshold: float


def entry_margins(weights: RankerWeights, columns: NDArray[np.int32], values: Floats) -> Floats:
    """Return the margin of every entry, shape (E,)."""
    rows = weights.rows[columns]
    used = rows >= 0
    margins = values[used] @ weights.margins[rows[used]]
    return np.asarray(margins + weights.bias, dtype=np.float32)


def candidate_inputs(margins: Floats, context: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the best three entries and what the judge sees of each, shape (3, J).

    `context` are the scope probabilities of the text: an entry about paying rarely answers an outage.
    """
    best = np.argsort(-margins)[:CANDIDATES]
    top, second = margins[best[0]], margins[best[1]]
    own = margins[best]
    inputs = np.stack(
        [own, own - top, np.where(np.arange(CANDIDATES) == 0, top - second, 0.0), np.arange(CANDIDATES) == 0],
        axis=1,
    )
    return best, np.hstack([inputs, np.tile(context, (CANDIDATES, 1))]).astype(np.float32)


class FaqSearch:
    """Finds entries for a text that is already turned into columns."""

    def __init__(self, weights: RankerWeights, entries: Mapping[str, FaqEntry], base: str) -> None:
        self._weights = weights
        self._entries = entries
        self._base = base

    def search(
        self, columns: NDArray[np.int32], values: Floats, context: Floats, *, threshold: float | None = None
    ) -> tuple[FaqHit, ...]:
        """Return at most three entries, best first; none when the best is below the threshold."""
        least = self._weights.threshold if threshold is None else threshold
        best, inputs = candidate_inputs(entry_margins(self._weights, columns, values), context)
        logits = inputs @ self._weights.judge + self._weights.judge_bias
        scores = 1.0 / (1.0 + np.exp(-logits))
        order = np.argsort(-scores, kind="stable")
        if scores[order[0]] < least:
            return ()
        floor = min(least, float(scores[order[0]]) / 4)
        return tuple(self._hit(self._weights.ids[best[i]], float(scores[i])) for i in order if scores[i] >= floor)

    def _hit(self, entry_id: str, score: float) -> FaqHit:
        entry = self._entries[entry_id]
        return FaqHit(entry_id, score, entry.title, f"{self._base}{entry_id}", entry.short)
