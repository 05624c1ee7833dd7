"""Which phrases decided: contributions of words to a label against its rivals.

Both layers are linear up to the softmax, so a word's contribution to a label's lead over the
other labels (weighted by their probability) is exact; pairs share theirs between both words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from triage.classify.model import QuickModel, Scores
from triage.report import Finding
from triage.text.columns import Floats
from triage.text.phrases import trimmed

_PHRASES = 3
_SHARE = 0.35
_GAP = 1


def evidence(
    model: QuickModel, scores: Scores, text: str, decided: Mapping[str, int]
) -> dict[str, tuple[Finding, ...]]:
    """Return, for the label decided of every head, at most three phrases that spoke most for it, strongest first."""
    if not len(scores.reading.columns):
        return dict.fromkeys(decided, ())
    span = scores.reading.tokens.span
    found = {}
    for (head, label), gains in zip(decided.items(), _word_gains(model, scores, decided), strict=True):
        name = model.labels[head][label]
        found[head] = tuple(
            Finding(*trimmed(text, *span(first, last)), name, reason=f"{gain:.2f}")
            for first, last, gain in _phrases(gains)
        )
    return found


def _word_gains(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> list[list[float]]:
    """A head, the gain of each token in the decided label's log-odds against the mean of its rivals."""
    reading = scores.reading
    count, single, gathered = reading.length, reading.single, len(reading.columns.ids)
    # one head at a time: a product of two matrices takes BLAS longer than two of a matrix and a vector
    each = np.array([scores.margins @ direction for direction in _directions(model, scores, decided)])
    each *= reading.weights
    each[:, single:gathered] /= reading.counts
    entries, slots = reading.tokens.slots()
    sums = np.array([np.bincount(slots, part, 2 * count) for part in each.take(entries, axis=1)], dtype=np.float64)
    own, halves = sums[:, :count], sums[:, count:-1] * 0.5
    if len(reading.weights) > gathered:
        own += each[:, gathered:]
    own[:, :-1] += halves
    own[:, 1:] += halves
    return own.tolist()  # type: ignore[no-any-return]


def _directions(model: QuickModel, scores: Scores, decided: Mapping[str, int]) -> Iterator[Floats]:
    """Yield what each margin adds to a decided label's lead over its rivals, weighted by their probability, (L,)."""
    for head, label in decided.items():
        lead = scores.probabilities[head].copy()
        lead[label] = 0.0
        scale = -1 / max(sum(lead), 1e-30)  # not 1 - chance: of a sure label that is mostly rounding
        lead = [chance * scale for chance in lead]
        lead[label] = 1.0
        yield np.asarray(model.of_margins[:, model.heads[head]] @ np.array(lead, dtype=np.float32))


def _phrases(gains: Sequence[float]) -> list[tuple[int, int, float]]:
    """Join strong neighbours; keep phrases with at least a third of the strongest one's gain."""
    strongest = max(gains)
    if strongest <= 0:
        return []
    floor = _SHARE * strongest
    phrases: list[tuple[int, int, float]] = []
    for position in [position for position, gain in enumerate(gains) if gain >= floor]:
        if phrases and position - phrases[-1][1] <= _GAP:
            first, _, before = phrases[-1]
            phrases[-1] = (first, position, before + gains[position])
        else:
            phrases.append((position, position, gains[position]))
    return sorted(phrases, key=lambda p: -round(p[2], 4))[:_PHRASES]
