"""Which phrases decided: contributions of words to a label against its rivals.

Both layers are linear up to the softmax, so a word's contribution to a label's lead over the
other labels (weighted by their probability) is exact; pairs share theirs between both words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.classify.model import Floats, QuickModel, Scores
from triage.report import Finding

_PHRASES = 3
_SHARE = 0.35
_GAP = 1


def evidence(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> dict[str, tuple[Finding, ...]]:
    """Return, for the label decided of every head, at most three phrases that spoke most for it, strongest first."""
    if not len(scores.row.columns):
        return dict.fromkeys(decided, ())
    gains = _word_gains(model, scores, decided)
    phrases = {head: _phrases(own) for head, own in zip(decided, gains, strict=True)}
    parts, starts = scores.split.parts, scores.split.starts
    return {
        head: tuple(
            Finding(
                starts[first], starts[last] + len(parts[last]), model.labels[head][decided[head]], reason=f"{gain:.2f}"
            )
            for first, last, gain in own
        )
        for head, own in phrases.items()
    }


def _word_gains(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> list[NDArray[np.float64]]:
    """A head, the gain of each token in the decided label's log-odds against the mean of its rivals."""
    row, tokens = scores.row, len(scores.split.parts)
    signed, sizes = tokens + len(scores.split.origins), row.sizes
    words = np.arange(len(sizes)).repeat(sizes).take(row.order)  # of each occurrence, sorted by column
    scale = row.weights / row.counts
    gains = []
    for direction in _directions(model, scores, decided):
        each = (scores.margins @ direction) * scale
        sums = np.asarray(np.bincount(words, each.repeat(row.counts), minlength=len(sizes)), dtype=np.float64)
        own, halves = sums[:tokens], sums[signed:] / 2
        np.add.at(own, scores.split.origins, sums[tokens:signed])
        own[:-1] += halves
        own[1:] += halves
        gains.append(own)
    return gains


def _directions(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> Floats:
    """Return what each margin adds to a decided label's lead over its rivals, weighted by their probability."""
    lead = np.zeros((len(decided), model.of_margins.shape[1]), dtype=np.float32)
    for place, (head, label) in enumerate(decided.items()):
        chances = scores.probabilities[head]
        own = lead[place, model.heads[head]]
        np.divide(chances, -max(1.0 - float(chances[label]), 1e-9), out=own)
        own[label] = 1.0
    return np.asarray(lead @ model.of_margins.T)


def _phrases(gains: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    """Join strong neighbours; keep phrases with at least a third of the strongest one's gain."""
    strongest = float(gains.max(initial=0.0))
    if strongest <= 0:
        return []
    strong: Sequence[int] = np.flatnonzero(gains >= _SHARE * strongest).tolist()
    phrases: list[tuple[int, int, float]] = []
    for position in strong:
        if phrases and position - phrases[-1][1] <= _GAP:
            first, _, gain = phrases[-1]
            phrases[-1] = (first, position, gain + float(gains[position]))
        else:
            phrases.append((position, position, float(gains[position])))
    return sorted(phrases, key=lambda p: -p[2])[:_PHRASES]
