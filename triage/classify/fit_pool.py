"""Fitting the pool of both readers on out-of-fold readings. Training only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from triage.classify.fit import group_folds
from triage.classify.pool import Pool, log_of
from triage.text.columns import Floats

_RIDGE = 1e-3  # holds the biases near zero


def fit_pool(quick: Floats, encoder: Floats, truth: NDArray[np.intp]) -> Pool:
    """Minimise log loss: `quick` probabilities, `encoder` log probabilities (n, K), `truth` label numbers (n,)."""
    first, second = log_of(quick).astype(np.float64), encoder.astype(np.float64)
    rows, labels = np.arange(len(truth)), quick.shape[1]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = weights[0] * first + weights[1] * second + weights[2:]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        total = chances.sum(axis=1, keepdims=True)
        missed = float(np.mean(np.log(total[:, 0]) - logits[rows, truth])) + _RIDGE * float(weights[2:] @ weights[2:])
        error = chances / total
        error[rows, truth] -= 1.0
        slope = np.concatenate([[(error * first).sum(), (error * second).sum()], error.sum(axis=0)]) / len(truth)
        slope[2:] += 2 * _RIDGE * weights[2:]
        return missed, slope

    start = np.concatenate([[0.6, 0.4], np.zeros(labels)])
    bounds = [(0.0, None), (0.0, None), *[(None, None)] * labels]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Pool(float(found[0]), float(found[1]), found[2:].astype(np.float32))


def cross_validated_pool(
    quick: Floats, encoder: Floats, truth: NDArray[np.intp], batches: NDArray[np.str_], folds: int
) -> Floats:
    """Return probabilities (n, K) of every text by a pool that never saw its batch."""
    result = np.empty_like(quick)
    for train, test in group_folds(batches, folds):
        pool = fit_pool(quick[train], encoder[train], truth[train])
        result[test] = pool.probabilities(quick[test], encoder[test])
    return result
