"""Quality on one grouped split: this project beside fastText, the plain TF-IDF recipe and the majority."""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tests.bench.table import Figure, micros
from triage.checks.secrets import find_secrets
from triage.classify.fit import HEADS, group_folds
from triage.classify.measure import macro_f1, precision_recall_f1, scope_metrics
from triage.classify.train import Materials
from triage.policy.pack import Policy
from triage.text.redact import redact

Names = NDArray[np.str_]
Predict = Callable[[str], str]


class Peer(Protocol):
    """Learns labels from texts and returns a function that labels one text."""

    def __call__(self, texts: Sequence[str], labels: Names) -> Predict: ...


def fasttext(texts: Sequence[str], labels: Names) -> Predict:
    """fastText supervised, word pairs and subwords; its predict() fails with numpy 2, so its inner one is asked."""
    import fasttext as library

    handle, name = tempfile.mkstemp(suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"__label__{label} {_line(text)}\n" for text, label in zip(texts, labels, strict=True))
    model = library.train_supervised(
        name, lr=0.5, epoch=25, wordNgrams=2, minn=2, maxn=5, dim=50, bucket=200_000, thread=2, verbose=0, seed=7
    )
    Path(name).unlink()
    inner = model.f

    def predict(text: str) -> str:
        return str(inner.predict(_line(text) + "\n", 1, 0.0, "strict")[0][1]).removeprefix("__label__")

    return predict


def _line(text: str) -> str:
    return " ".join(text.lower().split())


def plain_recipe(texts: Sequence[str], labels: Names) -> Predict:
    """TF-IDF over words and pairs, logistic regression: scikit-learn's usual recipe."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipe = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=50_000, sublinear_tf=True),
        LogisticRegression(C=10.0, max_iter=300, tol=1e-3),
    ).fit(texts, labels)
    return lambda text: str(pipe.predict([text])[0])


def majority(texts: Sequence[str], labels: Names) -> Predict:
    """Always the most frequent label."""
    most = Counter(labels.tolist()).most_common(1)[0][0]
    return lambda text: most


PEERS: dict[str, Peer] = {"fastText": fasttext, "TF-IDF + logistic regression": plain_recipe, "majority": majority}


def ours(metrics: dict[str, Any]) -> dict[str, float]:
    """The figures of this project's training on the same split."""
    precision, recall, _ = metrics["per_label"]["priority"]["high"]
    return {
        "scope macro-F1": metrics["scope"]["macro_f1"],
        "category accuracy": metrics["scope"]["category_accuracy"],
        "verdict accuracy": metrics["scope"]["verdict_accuracy"],
        "priority macro-F1": metrics["priority"]["macro_f1"],
        "priority high, recall": recall,
        "priority high, precision": precision,
    }


_TARGETS = {
    "scope macro-F1": 0.85, "category accuracy": 0.93, "verdict accuracy": 0.96,
    "priority macro-F1": 0.87, "priority high, recall": 0.92, "priority high, precision": 0.80,
}  # fmt: skip


def measure(materials: Materials, folds: int, own: dict[str, float], own_micros: float) -> Iterator[Figure]:
    """Every peer on the folds that `triage train` uses."""
    for name, value in own.items():
        yield Figure("quality: this project", name, value, least=_TARGETS[name])
    for name, peer in PEERS.items():
        group = f"quality: {name}"
        if name == "fastText" and importlib.util.find_spec("fasttext") is None:
            yield Figure(group, "not installed", None, note="pip install -e '.[bench]'")
            continue
        start = time.perf_counter()
        guess, cost = cross_validated(materials, folds, peer)
        seconds = time.perf_counter() - start
        for measure_name, value in _figures(materials, guess).items():
            yield Figure(group, measure_name, value, ours=own[measure_name])
        yield Figure(group, "scope of one text", cost, "µs", ours=own_micros)
        yield Figure(group, "training and scoring all folds", seconds, "s")


def cross_validated(materials: Materials, folds: int, peer: Peer) -> tuple[dict[str, Names], float]:
    """Labels of every text by a peer that never saw its batch, and the CPU time of one scope label."""
    texts = [redact(row.text, find_secrets(row.text)) for row in materials.rows]
    truth = _truth(materials)
    guess = {head: np.empty(len(texts), dtype=truth[head].dtype) for head in HEADS}
    cost = 0.0
    for train, test in group_folds(np.array([row.batch for row in materials.rows]), folds):
        for head in HEADS:
            predict = peer([texts[i] for i in train], truth[head][train])
            if head == "scope":
                cost = micros(predict, [texts[i] for i in test[:300]])
            guess[head][test] = [predict(texts[i]) for i in test]
    return guess, cost


def _truth(materials: Materials) -> dict[str, Names]:
    return {
        "scope": np.array([row.scope for row in materials.rows]),
        "priority": np.array([row.priority.value for row in materials.rows]),
    }


def _figures(materials: Materials, guess: dict[str, Names]) -> dict[str, float]:
    truth, policy = _truth(materials), materials.policy
    precision, recall, _ = precision_recall_f1(truth["priority"], guess["priority"], "high")
    scope = scope_metrics(truth["scope"], guess["scope"], _verdict(policy), _category(policy))
    return {
        "scope macro-F1": macro_f1(truth["scope"], guess["scope"]),
        "category accuracy": scope["category_accuracy"],
        "verdict accuracy": scope["verdict_accuracy"],
        "priority macro-F1": macro_f1(truth["priority"], guess["priority"]),
        "priority high, recall": recall,
        "priority high, precision": precision,
    }


def _verdict(policy: Policy) -> Callable[[str], str]:
    return lambda rule: policy.scope_rule(rule).verdict.value


def _category(policy: Policy) -> Callable[[str], str]:
    return lambda rule: policy.scope_rule(rule).category
