"""Fitting the FAQ ranker and its judge with scikit-learn. Training only.

Documents of an entry are its title, its questions, its short form and its answer; labelled requests that
the entry answers join them. Everything measured is grouped by batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from triage.classify.fit import group_folds
from triage.classify.model import Floats

CandidateInputs = Callable[[Floats, Floats], tuple[NDArray[np.intp], Floats]]


@dataclass(frozen=True, slots=True)
class FaqTask:
    """What the ranker learns from.

    `documents` (D, columns) with `owners` (D,); `requests` (n, columns) of the corpus with `gold`, the entries that
    answer each (empty when none does), `context` (n, C) and the batch of each. `candidates` builds the judge's inputs.
    """

    documents: sp.csr_matrix
    owners: NDArray[np.str_]
    requests: sp.csr_matrix
    gold: Sequence[tuple[str, ...]]
    context: Floats
    batches: NDArray[np.str_]
    candidates: CandidateInputs


@dataclass(frozen=True, slots=True)
class FaqFit:
    """The fitted ranker and what grouped cross-validation says of it."""

    ids: tuple[str, ...]
    margins: NDArray[np.float16]
    bias: Floats
    judge: Floats
    judge_bias: float
    threshold: float
    metrics: dict[str, float]
    out_of_fold: Floats  # margins (n, E) of every request by a fold that never saw its batch


def fit_faq(task: FaqTask, *, seed: int, folds: int = 5, c: float = 0.3) -> FaqFit:
    """Fit on everything; judge, threshold and metrics come from grouped out-of-fold margins."""
    ids, margins = _out_of_fold(task, seed, folds, c)
    inputs, right, texts = _judge_rows(task, ids, margins)
    scores = _cross_validated_judge(inputs, right, task.batches[texts], folds)
    ranked = scores.reshape(len(task.gold), -1)
    order = np.argsort(-margins, axis=1)[:, : ranked.shape[1]]
    threshold, metrics = choose_threshold(task.gold, ids, order, ranked)
    judge = LogisticRegression(C=1.0, max_iter=2000).fit(inputs, right)
    answered = [i for i, gold in enumerate(task.gold) if gold]
    _, weights, bias = _fit_margins(task, answered, seed, c)
    return FaqFit(
        ids, weights, bias, judge.coef_[0].astype(np.float32), float(judge.intercept_[0]), threshold, metrics, margins
    )


def _fit_margins(
    task: FaqTask, rows: Sequence[int], seed: int, c: float
) -> tuple[tuple[str, ...], NDArray[np.float16], Floats]:
    owners = np.concatenate([task.owners, np.array([task.gold[i][0] for i in rows], dtype=task.owners.dtype)])
    stacked = sp.vstack([task.documents, task.requests[list(rows)]]) if rows else task.documents
    svm = LinearSVC(C=c, random_state=seed).fit(stacked, owners)
    return tuple(svm.classes_.tolist()), svm.coef_.T.astype(np.float16), svm.intercept_.astype(np.float32)


def _out_of_fold(task: FaqTask, seed: int, folds: int, c: float) -> tuple[tuple[str, ...], Floats]:
    result = np.empty((len(task.gold), len(set(task.owners.tolist()))), dtype=np.float32)
    ids: tuple[str, ...] = ()
    for train, test in group_folds(task.batches, folds):
        ids, weights, bias = _fit_margins(task, [i for i in train if task.gold[i]], seed, c)
        result[test] = task.requests[test] @ weights.astype(np.float32) + bias
    return ids, result


def _judge_rows(
    task: FaqTask, ids: tuple[str, ...], margins: Floats
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
    inputs, right, texts = [], [], []
    for text, row in enumerate(margins):
        best, seen = task.candidates(row, task.context[text])
        inputs.append(seen)
        right += [ids[i] in task.gold[text] for i in best]
        texts += [text] * len(best)
    return np.vstack(inputs), np.array(right), np.array(texts)


def _cross_validated_judge(inputs: Floats, right: NDArray[np.bool_], batches: NDArray[np.str_], folds: int) -> Floats:
    scores = np.empty(len(right), dtype=np.float32)
    for train, test in group_folds(batches, folds):
        judge = LogisticRegression(C=1.0, max_iter=2000).fit(inputs[train], right[train])
        scores[test] = judge.predict_proba(inputs[test])[:, 1]
    return scores


def choose_threshold(
    gold: Sequence[tuple[str, ...]], ids: Sequence[str], order: NDArray[np.intp], scores: Floats
) -> tuple[float, dict[str, float]]:
    """Choose the lowest threshold: at most 7 % shown where none answers, 88 % right of what is shown rightly.

    `order` (n, C) are the candidates of each text and `scores` (n, C) their probabilities by a judge that never saw it.
    """
    first = [ids[order[i, int(np.argmax(scores[i]))]] for i in range(len(scores))]
    best = scores.max(axis=1)
    answerable = np.array([bool(own) for own in gold])
    right = np.array([entry in own for entry, own in zip(first, gold, strict=True)])
    in_three = np.array([any(ids[j] in gold[i] for j in order[i]) for i in range(len(scores))])
    threshold = 0.99
    for candidate in np.arange(0.2, 0.99, 0.01):
        shown = best >= candidate
        asked = shown & answerable
        if shown[~answerable].mean() <= 0.07 and asked.any() and right[asked].mean() >= 0.88:
            threshold = float(candidate)
            break
    shown = best >= threshold
    return threshold, {
        "answerable": int(answerable.sum()),
        "first_right": float(right[answerable].mean()),
        "in_three": float(in_three[answerable].mean()),
        "shown_first_right": float(right[shown & answerable].mean()) if (shown & answerable).any() else 0.0,
        "shown_of_answerable": float(shown[answerable].mean()),
        "shown_when_none": float(shown[~answerable].mean()),
    }
