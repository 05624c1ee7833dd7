"""Which phrases decided: contributions of words to a label against its rivals.

Both layers are linear up to the softmax, so a word's contribution to a label's lead over the
other labels (weighted by their probability) is exact; pairs share theirs between both words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from triage.classify.model import QuickModel, Scores
from triage.report import Finding
from triage.text.columns import Floats

_PHRASES = 3
_SHARE = 0.35
_GAP = 1


def evidence(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> dict[str, tuple[Finding, ...]]:
    """Return, for the label decided of every head, at most three phrases that spoke most for it, strongest first."""
    if not len(scores.reading.columns):
        return dict.fromkeys(decided, ())
    gains = _word_gains(model, scores, decided)
    spans = scores.reading.spans
    return {
        head: tuple(
            Finding(int(spans.starts[first]), int(spans.ends[last]), model.labels[head][label], reason=f"{gain:.2f}")
            for first, last, gain in _phrases(own)
        )
        for (head, label), own in zip(decided.items(), gains, strict=True)
    }


def _word_gains(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> list[list[float]]:
    """A head, the gain of each token in the decided label's log-odds against the mean of its rivals."""
    reading = scores.reading
    tokens, single, gathered = reading.tokens, reading.single, len(reading.columns.ids)
    owners = reading.slots.repeat(reading.sizes)
    slots = np.concatenate((owners[:single], owners.take(reading.order)))
    gains = []
    for direction in _directions(model, scores, decided):
        each = (scores.margins @ direction) * reading.weights
        shared = (each[single:gathered] / reading.counts).repeat(reading.counts)
        parts = np.concatenate((each[:single], shared))
        sums = np.asarray(np.bincount(slots, parts, 2 * tokens), dtype=np.float64)  # of nothing it counts whole numbers
        own, halves = sums[:tokens], sums[tokens:-1] / 2
        if len(each) > gathered:
            own += each[gathered:]
        own[:-1] += halves
        own[1:] += halves
        gains.append(own.tolist())
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


def _phrases(gains: Sequence[float]) -> list[tuple[int, int, float]]:
    """Join strong neighbours; keep phrases with at least a third of the strongest one's gain."""
    strongest = max(gains)
    if strongest <= 0:
        return []
    floor = _SHARE * strongest
    phrases: list[tuple[int, int, float]] = []
    for position, gain in enumerate(gains):
        if gain >= floor:
            if phrases and position - phrases[-1][1] <= _GAP:
                first, _, before = phrases[-1]
                phrases[-1] = (first, position, before + gain)
            else:
                phrases.append((position, position, gain))
    return sorted(phrases, key=lambda p: -p[2])[:_PHRASES]
