"""Two readers as one."""

from __future__ import annotations

import numpy as np
import pytest

from triage.classify.fit_pool import cross_validated_pool, fit_pool
from triage.text.columns import Floats

LABELS, TEXTS = 4, 1200


def opinions(seed: int, sharpness: float, truth: np.ndarray) -> Floats:
    """Probabilities of a reader that leans to the truth."""
    logits = np.random.default_rng(seed).normal(size=(TEXTS, LABELS))
    logits[np.arange(TEXTS), truth] += sharpness
    chances = np.exp(logits)
    return (chances / chances.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def truth() -> np.ndarray:
    return np.random.default_rng(3).integers(0, LABELS, TEXTS)


def test_the_pool_is_better_than_either_reader(truth: np.ndarray) -> None:
    quick, encoder = opinions(1, 1.5, truth), opinions(2, 1.5, truth)
    both = cross_validated_pool(quick, np.log(encoder), truth, np.arange(TEXTS).astype(str), 5)
    right = [float((own.argmax(axis=1) == truth).mean()) for own in (quick, encoder, both)]
    assert right[2] > max(right[:2]) + 0.03


def test_a_reader_that_knows_nothing_gets_no_weight(truth: np.ndarray) -> None:
    pool = fit_pool(opinions(1, 1.5, truth), np.log(opinions(2, 0.0, truth)), truth)
    assert pool.encoder < 0.15 < pool.quick


def test_an_overconfident_reader_is_calibrated(truth: np.ndarray) -> None:
    encoder = opinions(2, 1.5, truth)
    pool = fit_pool(np.full((TEXTS, LABELS), 0.25, np.float32), 4 * np.log(encoder), truth)
    chances = pool.probabilities(np.full((TEXTS, LABELS), 0.25, np.float32), 4 * np.log(encoder))
    right = (chances.argmax(axis=1) == truth).mean()
    assert chances.max(axis=1).mean() == pytest.approx(right, abs=0.03)
