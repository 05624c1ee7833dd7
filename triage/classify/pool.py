"""Two readers as one: a logarithmic opinion pool (Genest and Zidek 1986) of their probabilities.

A head has one weight a reader and a bias a label, fitted by log loss on out-of-fold readings: that calibrates it.
A full logistic regression over both readers' log probabilities was measured too and was worse (DECISIONS).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from triage.classify.classifier import HEADS, Prediction
from triage.classify.model import choose, softmax
from triage.report import Decision
from triage.text.columns import Floats

_LEAST = 1e-6  # of a probability, before its logarithm is taken
_FAINTEST = 1e-30


def log_of(probabilities: Floats) -> Floats:
    """Return logarithms; a probability of nothing stays finite."""
    return np.asarray(np.log(np.maximum(probabilities, _LEAST)))


class Reading(Protocol):
    """What the second reader says: log probabilities (labels,) of each head."""

    @property
    def scope(self) -> Floats: ...

    @property
    def priority(self) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Pool:
    """Weights of one head; `bias` (K,)."""

    quick: float
    encoder: float
    bias: Floats

    def probabilities(self, quick: Floats, encoder: Floats) -> Floats:
        """Return (…, K) from the quick probabilities and the encoder's log probabilities, both (…, K)."""
        return softmax(self.quick * log_of(quick) + self.encoder * encoder + self.bias)


class SecondOpinion:
    """Joins a prediction of the quick model with a reading of the same text.

    `labels`, `thresholds` (confidence that needs no review) and `floors` are those of the classifier's heads.
    """

    def __init__(
        self,
        labels: Mapping[str, tuple[str, ...]],
        pools: Mapping[str, Pool],
        thresholds: Mapping[str, Mapping[str, float]],
        floors: Mapping[str, Mapping[str, float]],
    ) -> None:
        self._labels, self._pools, self._thresholds, self._floors = labels, pools, thresholds, floors

    def join(self, prediction: Prediction, reading: Reading) -> Prediction:
        """Return the decisions of both readers; phrases of the quick one stay where it decided the same label."""
        scope, priority = self._pooled(prediction, reading)
        decided = {
            head: self._decision(head, chances, before)
            for head, chances, before in zip(
                HEADS, (scope, priority), (prediction.scope, prediction.priority), strict=True
            )
        }
        review = any(d.confidence < self._thresholds[head].get(d.label, 1.0) for head, d in decided.items())
        return replace(
            prediction,
            scope=decided["scope"],
            priority=decided["priority"],
            review=review,
            scope_probabilities=scope,
            priority_probabilities=priority,
        )

    def leads(self, prediction: Prediction, reading: Reading, decided: Mapping[str, Decision]) -> dict[str, float]:
        """Return, a head, the log-odds in this text of the label decided (of another text, maybe)."""
        pooled = zip(HEADS, self._pooled(prediction, reading), strict=True)
        return {head: _log_odds(chances, self._labels[head].index(decided[head].label)) for head, chances in pooled}

    def _pooled(self, prediction: Prediction, reading: Reading) -> tuple[Floats, Floats]:
        scope = self._pools["scope"].probabilities(prediction.scope_probabilities, reading.scope)
        return scope, self._pools["priority"].probabilities(prediction.priority_probabilities, reading.priority)

    def _decision(self, head: str, chances: Floats, before: Decision) -> Decision:
        values = chances.tolist()
        best = choose(self._labels[head], values, self._floors.get(head, {}))
        label = self._labels[head][best]
        return Decision(label, values[best], "model", before.evidence if label == before.label else ())


def _log_odds(chances: Floats, label: int) -> float:
    """Return the lead over the other labels together; 1 - chance would be mostly rounding of a sure label."""
    rest = float(np.delete(chances, label).sum())
    return math.log(max(float(chances[label]), _FAINTEST) / max(rest, _FAINTEST))


def pool_of(stored: Mapping[str, Any]) -> Pool:
    """Read a pool as the manifest keeps it."""
    return Pool(float(stored["quick"]), float(stored["encoder"]), np.array(stored["bias"], dtype=np.float32))
