"""Fitting what joins both readers: pools, thresholds and the FAQ's judge, all measured by batch. Training only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.classify.corpus import Labelled
from triage.classify.fit import HEADS, Recipe, group_folds
from triage.classify.fit_faq import choose_threshold
from triage.classify.fit_pool import cross_validated_pool, fit_pool
from triage.classify.train import Materials, Measured, left_out, measure
from triage.faq.rerank import CANDIDATES, joint_candidates
from triage.policy.pack import Policy
from triage.text.columns import Floats

FOLDS = 5
FOLDS_LEFT_OUT = 2


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of the texts learned and of those left out, with the encoder's log chances (n, labels) of the latter."""

    train: Sequence[int]
    test: Sequence[int]
    readings: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Joined:
    """What serving needs (`facts`, for the manifest), and both readers together as measured."""

    facts: dict[str, Any]
    measured: Measured


def join_readers(
    rows: Sequence[Labelled],
    policy: Policy,
    quick: Measured,
    readings: Mapping[str, Floats],
) -> Joined:
    """Fit on out-of-fold readings of `rows`: the quick model's in `quick`, the encoder's log chances (n, labels)."""
    truth = _truth(rows)
    batches = np.array([row.batch for row in rows])
    pools, chances = {}, {}
    for head in HEADS:
        numbers = np.searchsorted(np.array(quick.labels[head]), truth[head])
        first, second = quick.probabilities[head], readings[head]
        pools[head] = fit_pool(first, second, numbers)
        chances[head] = cross_validated_pool(first, second, numbers, batches, FOLDS)
    both = measure(policy, truth, chances)
    alone = measure(policy, truth, {head: np.exp(readings[head]) for head in HEADS})
    faq = _join_faq(rows, quick, readings["faq"], batches)
    facts = {
        "labels": {head: list(names) for head, names in quick.labels.items()} | {"faq": list(quick.faq_ids)},
        "pools": {
            head: {"quick": pool.quick, "encoder": pool.encoder, "bias": pool.bias.tolist()}
            for head, pool in pools.items()
        },
        "thresholds": both.thresholds,
        "faq": faq,
        "metrics": {"both": both.metrics, "encoder": alone.metrics, "needed": quick.metrics["review"]},
    }
    return Joined(facts, both)


def measure_left_out(
    materials: Materials, recipe: Recipe, quick: Measured, readings: Mapping[str, Floats], apart: LeftOut
) -> dict[str, Any]:
    """Compare the readers on a kind of texts that none of them was fitted on; `readings` are out-of-fold, of all rows.

    The pool is fitted on the other texts.
    """
    train, test = np.array(apart.train), np.array(apart.test)
    truth = _truth(materials.rows)
    alone = left_out(materials, replace(recipe, folds=FOLDS_LEFT_OUT), apart.train, apart.test)
    pooled = {}
    for head in HEADS:
        numbers = np.searchsorted(np.array(quick.labels[head]), truth[head][train])
        pool = fit_pool(quick.probabilities[head][train], readings[head][train], numbers)
        pooled[head] = pool.probabilities(alone[head], apart.readings[head])
    own = {head: np.exp(apart.readings[head]) for head in HEADS}
    seen = {head: values[test] for head, values in truth.items()}
    readers = {"quick": alone, "encoder": own, "both": pooled}
    figures = {name: measure(materials.policy, seen, chances).metrics for name, chances in readers.items()}
    return figures | {"train": len(train), "test": len(test)}


def _truth(rows: Sequence[Labelled]) -> dict[str, NDArray[np.str_]]:
    return {
        "scope": np.array([row.scope for row in rows]),
        "priority": np.array([row.priority.value for row in rows]),
    }


def _join_faq(
    rows: Sequence[Labelled],
    quick: Measured,
    reading: Floats,
    batches: NDArray[np.str_],
) -> dict[str, Any]:
    """Fit the judge over both rankings; its threshold and figures come from judges that never saw the batch."""
    assert quick.faq_margins is not None
    gold = [row.entries for row in rows]
    seen = [joint_candidates(margins, own) for margins, own in zip(quick.faq_margins, reading, strict=True)]
    inputs = np.vstack([values for _, values in seen])
    owners = np.repeat(np.arange(len(rows)), [len(best) for best, _ in seen])
    entries = np.concatenate([best for best, _ in seen])
    right = np.array([quick.faq_ids[entry] in gold[text] for entry, text in zip(entries, owners, strict=True)])
    scores = np.empty(len(right), dtype=np.float32)
    for train, test in group_folds(batches[owners], FOLDS):
        judge = LogisticRegression(C=1.0, max_iter=2000).fit(inputs[train], right[train])
        scores[test] = judge.predict_proba(inputs[test])[:, 1]
    order, ranked = np.zeros((len(rows), CANDIDATES), np.intp), np.zeros((len(rows), CANDIDATES), np.float32)
    starts = np.concatenate([[0], np.cumsum([len(best) for best, _ in seen])])
    for text, (start, end) in enumerate(pairwise(starts.tolist())):
        best = start + np.argsort(-scores[start:end])[:CANDIDATES]
        order[text], ranked[text] = entries[best], scores[best]
    threshold, metrics = choose_threshold(gold, quick.faq_ids, order, ranked)
    judge = LogisticRegression(C=1.0, max_iter=2000).fit(inputs, right)
    weights, bias = judge.coef_[0].tolist(), float(judge.intercept_[0])
    return {"weights": weights, "bias": bias, "threshold": threshold, "metrics": metrics}
