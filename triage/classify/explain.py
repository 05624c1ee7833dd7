"""Which phrases decided: contributions of words to a label against its rivals.

Both layers are linear up to the softmax, so a word's contribution to a label's lead over the
other labels (weighted by their probability) is exact; pairs share theirs between both words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from triage.classify.model import QuickModel, Scores
from triage.report import Finding

_PHRASES = 3
_SHARE = 0.35
_GAP = 1


def evidence(model: QuickModel, scores: Scores, head: str, label: int) -> tuple[Finding, ...]:
    """Return at most three phrases that spoke most for the label, strongest first."""
    if not len(scores.columns):
        return ()
    gains = _word_gains(model, scores, head, label)
    phrases = _phrases(gains)
    name = model.labels[head][label]
    found = []
    for first, last, gain in phrases:
        start, end = scores.tokens[first].start, scores.tokens[last].end
        found.append(Finding(start, end, name, reason=f"{gain:.2f}"))
    return tuple(found)


def _word_gains(model: QuickModel, scores: Scores, head: str, label: int) -> NDArray[np.float64]:
    """Gain of each token in the label's log-odds against the mean of its rivals."""
    weights = model.layers.head_weights[head][: model.layers.margins.shape[1]]
    rivals = scores.probabilities[head].copy()
    rivals[label] = 0.0
    rivals /= max(float(rivals.sum()), 1e-9)
    direction = weights[:, label] - weights @ rivals
    each = (model.layers.margins[scores.columns] @ direction) * scores.weights
    where = np.searchsorted(scores.columns, scores.occurrences)
    shares = each[where] / np.bincount(where, minlength=len(each))[where]
    own, paired = scores.places[: scores.single], scores.places[scores.single :]
    count, halves = len(scores.tokens), shares[scores.single :] / 2
    return np.asarray(
        np.bincount(own, shares[: scores.single], minlength=count)
        + np.bincount(paired, halves, minlength=count)
        + np.bincount(paired + 1, halves, minlength=count)
    )


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
