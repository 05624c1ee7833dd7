"""The classifier as the chain sees it: a text and its checks in, two decisions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from triage.checks import Checks
from triage.classify.explain import evidence
from triage.classify.model import QuickModel, Scores, choose
from triage.classify.signals import signals
from triage.report import Decision, Finding
from triage.text.columns import Columns, Floats
from triage.text.features import Vocabulary

HEADS = ("scope", "priority")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Both decisions, whether an agent should look, and the scored text for whoever needs its columns."""

    scope: Decision
    priority: Decision
    review: bool
    columns: Columns
    weights: Floats
    scope_probabilities: Floats
    priority_probabilities: Floats


class Classifier:
    """Decides with the quick model.

    `thresholds` hold, a head and label, the confidence that needs no review; `floors` the probability from
    which a label is chosen though another is likelier.
    """

    def __init__(
        self,
        model: QuickModel,
        thresholds: Mapping[str, Mapping[str, float]],
        floors: Mapping[str, Mapping[str, float]],
    ) -> None:
        self._model = model
        self._thresholds = thresholds
        self._floors = floors

    @property
    def vocabulary(self) -> Vocabulary:
        """The columns of the model, with its lemmas."""
        return self._model.vocabulary

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Prepare for texts that will be classified next, redacted as they will be; it may be left out."""
        try:
            self._model.read_ahead(texts)
        except Exception:  # whatever one of them is, it breaks no other: each will be read alone
            self._model.read_ahead(())

    def classify(self, text: str, checks: Checks, secrets: tuple[Finding, ...], *, explain: bool = True) -> Prediction:
        """Decide scope and priority of a redacted text."""
        scores = self._model.score(text, signals(text, checks, secrets))
        best = {
            head: choose(self._model.labels[head], chances, self._floors.get(head, {}))
            for head, chances in scores.probabilities.items()
        }
        phrases = evidence(self._model, scores, text, best) if explain else {}
        scope, priority = (self._decision(scores, head, best[head], phrases.get(head, ())) for head in HEADS)
        review = not (self._sure("scope", scope) and self._sure("priority", priority))
        chances = (np.array(scores.probabilities[head], dtype=np.float32) for head in HEADS)
        return Prediction(scope, priority, review, scores.reading.columns, scores.reading.weights, *chances)

    def _decision(self, scores: Scores, head: str, best: int, phrases: tuple[Finding, ...]) -> Decision:
        return Decision(self._model.labels[head][best], scores.probabilities[head][best], "model", phrases)

    def _sure(self, head: str, decision: Decision) -> bool:
        return decision.confidence >= self._thresholds[head].get(decision.label, 1.0)
