"""The measures the project is judged by, from labels and probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.classify.model import Floats

Names = NDArray[np.str_]


def precision_recall_f1(truth: Names, guess: Names, label: str) -> tuple[float, float, float]:
    """Return the three of one label; zero where undefined."""
    hit = int(((truth == label) & (guess == label)).sum())
    guessed, true = int((guess == label).sum()), int((truth == label).sum())
    precision, recall = hit / guessed if guessed else 0.0, hit / true if true else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0


def macro_f1(truth: Names, guess: Names) -> float:
    """Mean F1 over the labels that occur in the truth."""
    return float(np.mean([precision_recall_f1(truth, guess, label)[2] for label in np.unique(truth)]))


def expected_calibration_error(right: NDArray[np.bool_], confidence: Floats, *, bins: int = 10) -> float:
    """Mean distance of confidence and accuracy over equal-width bins, weighted by their size (Guo et al., 2017)."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(right[inside].mean() - confidence[inside].mean()) * inside.mean()
            for inside in (places == b for b in range(bins))
            if inside.any()
        )
    )


def decided_alone(right: NDArray[np.bool_], confidence: Floats, *, accuracy: float = 0.95) -> float:
    """Largest share of the most confident texts among which that accuracy holds."""
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(reached >= accuracy)
    return float((enough.max() + 1) / len(right)) if len(enough) else 0.0


def review_thresholds(
    labels: Sequence[str], truth: Names, guess: Names, confidence: Floats, *, target: float
) -> dict[str, float]:
    """Per predicted label, the lowest confidence above which the wanted accuracy was reached.

    Two pseudo-texts of exactly that accuracy are added so that a label with few texts is not trusted on luck;
    1.01 (never alone) where the target is out of reach.
    """
    thresholds = {}
    for label in labels:
        mine = guess == label
        order = np.argsort(-confidence[mine], kind="stable")
        right = (truth[mine] == label)[order]
        smoothed = (np.cumsum(right) + 2 * target) / (np.arange(1, len(right) + 1) + 2)
        enough = np.flatnonzero(smoothed >= target)
        thresholds[label] = float(confidence[mine][order][enough.max()]) if len(enough) else 1.01
    return thresholds


def head_metrics(truth: Names, guess: Names, confidence: Floats) -> dict[str, float]:
    """Accuracy, macro-F1, calibration error and the share decided alone of one head."""
    right = guess == truth
    return {
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1(truth, guess),
        "calibration_error": expected_calibration_error(right, confidence),
        "alone_at_95": decided_alone(right, confidence),
    }


def scope_metrics(
    truth: Names, guess: Names, verdict_of: Callable[[str], str], category_of: Callable[[str], str]
) -> dict[str, float]:
    """Accuracy of category and verdict, and how much in scope is wrongly called out of scope."""
    verdicts = np.array([[verdict_of(t), verdict_of(g)] for t, g in zip(truth, guess, strict=True)])
    categories = np.array([[category_of(t), category_of(g)] for t, g in zip(truth, guess, strict=True)])
    inside = verdicts[:, 0] == "in"
    return {
        "category_accuracy": float((categories[:, 0] == categories[:, 1]).mean()),
        "verdict_accuracy": float((verdicts[:, 0] == verdicts[:, 1]).mean()),
        "in_called_out": float((verdicts[inside, 1] == "out").mean()) if inside.any() else 0.0,
    }
