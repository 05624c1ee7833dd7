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


def _word_gains(model: QuickModel, scores: Scores, head: str, label: int) -> NDArray[np.float32]:
    """Gain of each token in the label's log-odds against the mean of its rivals."""
    weights = model.layers.head_weights[head][: model.layers.margins.shape[1]]
    rivals = scores.probabilities[head].copy()
    rivals[label] = 0.0
    rivals /= max(float(rivals.sum()), 1e-9)
    direction = weights[:, label] - weights @ rivals
    each = (model.layers.margins[scores.columns].astype(np.float32) @ direction) * scores.weights
    gain_of = dict(zip(scores.columns.tolist(), each.tolist(), strict=True))
    counts: dict[int, int] = {}
    owners = [
        (position, column)
        for position, form in enumerate(scores.forms)
        for column in model.features.own(form)
    ]
    for column, position in model.features.pairs(scores.forms):
        owners += [(position, column), (position + 1, column)]
    for _, column in owners:
        counts[int(column)] = counts.get(int(column), 0) + 1
    gains = np.zeros(len(scores.forms), dtype=np.float32)
    for position, column in owners:
        gains[position] += gain_of[int(column)] / counts[int(column)]
    return gains


def _phrases(gains: NDArray[np.float32]) -> list[tuple[int, int, float]]:
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
