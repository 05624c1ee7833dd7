"""Fitting the two layers with scikit-learn. Used by training only; never imported when serving."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from triage.classify.model import Floats, Layers, softmax
from triage.text.features import BLOCKS, Features, Vocabulary, learn_vocabulary

HEADS = ("scope", "priority")
Labels = dict[str, NDArray[np.str_]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is fitted and how; `block_scale` weighs the column blocks against each other (BLOCKS)."""

    seed: int = 7
    folds: int = 5
    margin_c: float = 0.3
    head_c: float = 3.0
    block_scale: tuple[float, ...] = (1.0, 1.0, 1.0, 0.2)
    jobs: int = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts ready for fitting: token forms, signals (n, S), labels a head, and the batch of each."""

    forms: Sequence[Sequence[str]]
    signals: Floats
    labels: Labels
    batches: NDArray[np.str_]

    def take(self, rows: NDArray[np.intp]) -> Sample:
        """Return the sample of these rows."""
        return Sample(
            [self.forms[i] for i in rows],
            self.signals[rows],
            {head: values[rows] for head, values in self.labels.items()},
            self.batches[rows],
        )

    def __len__(self) -> int:
        return len(self.forms)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What features need besides texts: form → lemma, and word → groups."""

    lemmas: dict[str, str]
    groups: dict[str, tuple[str, ...]]


def matrix(features: Features, forms: Sequence[Sequence[str]], columns: int) -> sp.csr_matrix:
    """Stack the rows of these texts, shape (n, columns)."""
    rows = [features.row(text) for text in forms]
    starts = np.concatenate([[0], np.cumsum([len(row.columns) for row in rows])])
    ids = np.concatenate([row.columns for row in rows]) if rows else np.empty(0, np.int32)
    weights = np.concatenate([row.weights for row in rows]) if rows else np.empty(0, np.float32)
    return sp.csr_matrix((weights, ids, starts), shape=(len(rows), columns))


def fit_margins(sample: Sample, knowledge: Knowledge, recipe: Recipe) -> tuple[Vocabulary, NDArray[np.float16], Floats]:
    """Fit layer one: the vocabulary and, for all heads side by side, weights (columns, L) and bias (L,).

    The block scale is folded into the weights' training (columns are scaled before, weights after), and the
    weights are rounded to half precision here, so what is served is what was measured.
    """
    vocabulary = learn_vocabulary(sample.forms, knowledge.lemmas, knowledge.groups)
    scale = np.repeat(recipe.block_scale, [len(vocabulary.blocks[name]) for name in BLOCKS]).astype(np.float32)
    rows = matrix(Features(vocabulary), sample.forms, vocabulary.size) @ sp.diags(scale)
    weights, bias = [], []
    for head in HEADS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            svm = LinearSVC(C=recipe.margin_c, class_weight="balanced", random_state=recipe.seed, max_iter=2000)
            svm.fit(rows, sample.labels[head])
        weights.append(svm.coef_.T * scale[:, None])
        bias.append(svm.intercept_)
    return vocabulary, np.hstack(weights).astype(np.float16), np.concatenate(bias).astype(np.float32)


def margins_of(sample: Sample, fitted: tuple[Vocabulary, NDArray[np.float16], Floats]) -> Floats:
    """Layer one's margins of these texts, shape (n, L)."""
    vocabulary, weights, bias = fitted
    rows = matrix(Features(vocabulary), sample.forms, vocabulary.size)
    return np.asarray(rows @ weights.astype(np.float32) + bias, dtype=np.float32)


def group_folds(batches: NDArray[np.str_], folds: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Split by batch, never inside one."""
    count = min(folds, len(set(batches.tolist())))
    yield from GroupKFold(count).split(batches, groups=batches)


def out_of_fold_margins(
    sample: Sample, knowledge: Knowledge, recipe: Recipe, fold_done: Callable[[int], None] = lambda number: None
) -> Floats:
    """Margins of every text by a layer one that never saw its batch, shape (n, L)."""

    def one(train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats]:
        return test, margins_of(sample.take(test), fit_margins(sample.take(train), knowledge, recipe))

    folds = group_folds(sample.batches, recipe.folds)
    work = Parallel(n_jobs=recipe.jobs, return_as="generator")
    result = np.empty((len(sample), sum(len(np.unique(labels)) for labels in sample.labels.values())), np.float32)
    for number, (test, margins) in enumerate(work(delayed(one)(train, test) for train, test in folds), 1):
        result[test] = margins
        fold_done(number)
    return result


@dataclass(frozen=True, slots=True)
class Heads:
    """Layer two: standardisation of signals, then a logistic regression a head."""

    signal_mean: Floats
    signal_scale: Floats
    weights: dict[str, Floats]
    bias: dict[str, Floats]

    def probabilities(self, margins: Floats, signals: Floats) -> dict[str, Floats]:
        """Return (n, K) a head."""
        inputs = np.hstack([margins, (signals - self.signal_mean) / self.signal_scale])
        return {head: softmax(inputs @ self.weights[head] + self.bias[head]) for head in self.weights}


def fit_heads(margins: Floats, sample: Sample, recipe: Recipe) -> Heads:
    """Fit layer two on out-of-fold margins."""
    mean = sample.signals.mean(axis=0)
    scale = np.maximum(sample.signals.std(axis=0), 0.05)
    inputs = np.hstack([margins, (sample.signals - mean) / scale])
    weights, bias = {}, {}
    for head in HEADS:
        regression = LogisticRegression(C=recipe.head_c, max_iter=2000).fit(inputs, sample.labels[head])
        weights[head] = regression.coef_.T.astype(np.float32)
        bias[head] = regression.intercept_.astype(np.float32)
    return Heads(mean.astype(np.float32), scale.astype(np.float32), weights, bias)


def cross_validated(margins: Floats, sample: Sample, recipe: Recipe) -> dict[str, Floats]:
    """Probabilities of every text by a layer two that never saw its batch, given out-of-fold margins."""
    result: dict[str, Floats] = {}
    for train, test in group_folds(sample.batches, recipe.folds):
        heads = fit_heads(margins[train], sample.take(train), recipe)
        for head, values in heads.probabilities(margins[test], sample.signals[test]).items():
            result.setdefault(head, np.empty((len(sample), values.shape[1]), np.float32))[test] = values
    return result


def layers_of(fitted: tuple[Vocabulary, NDArray[np.float16], Floats], heads: Heads) -> Layers:
    """Put both layers together for serving."""
    return Layers(fitted[1], fitted[2], heads.signal_mean, heads.signal_scale, heads.weights, heads.bias)
