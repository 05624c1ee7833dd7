"""The quick reader: linear margins over sparse features, then one small calibrated layer.

Layer one scores the text's columns against every label (a linear support vector machine,
one against the rest). Layer two is a multinomial logistic regression over those margins and the
signals of the checks; it was trained on out-of-fold margins, so its probabilities are calibrated.
Everything is numpy; scikit-learn is never imported here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.text.ahead import read_many
from triage.text.features import Vocabulary
from triage.text.reading import Reader, Reading
from triage.text.rows import HalfRows

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layers:
    """Weights. Shapes: margins (columns, L), margin_bias (L,); for each head weights (L + S, K), bias (K,).

    L is the number of labels of all heads together, S of signals, K of the head's labels.
    """

    margins: NDArray[np.float16]
    margin_bias: Floats
    signal_mean: Floats
    signal_scale: Floats
    head_weights: dict[str, Floats]
    head_bias: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Scores:
    """One text scored: probabilities a head (in the order of its labels), and what explains them.

    `margins` are what each entry of the reading brings to each label, (n + m, L).
    """

    reading: Reading
    margins: Floats
    probabilities: dict[str, list[float]]


class QuickModel:
    """Scores texts; holds the memory of words already seen.

    Signals' standardisation and the margins' bias are folded into the second layer once.
    """

    def __init__(self, vocabulary: Vocabulary, layers: Layers, labels: dict[str, tuple[str, ...]]) -> None:
        self.vocabulary = vocabulary
        self._reader = Reader(vocabulary)
        self._ahead: dict[str, Reading] = {}
        self.labels = labels
        self.margins = HalfRows(layers.margins)
        second = np.hstack([layers.head_weights[head] for head in labels])
        bias = np.concatenate([layers.head_bias[head] for head in labels])
        self.of_margins, of_signals = np.split(second, [len(layers.margin_bias)])
        self._of_signals = of_signals / layers.signal_scale[:, None]
        self._bias: Floats = bias + layers.margin_bias @ self.of_margins - layers.signal_mean @ self._of_signals
        ends = np.cumsum([len(names) for names in labels.values()]).tolist()
        self.heads = {head: slice(end - len(labels[head]), end) for head, end in zip(labels, ends, strict=True)}

    def prepare(self) -> None:
        """Do now what would be done when a word is first met: for a process that will read many texts."""
        self._reader.prepare()
        self.margins.widen()

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Read texts together that will be scored next: that costs a third of reading them one by one."""
        self._ahead = read_many(self._reader, texts)

    def score(self, text: str, signals: Sequence[float]) -> Scores:
        """Return the probabilities of every head for one text."""
        reading = self._ahead.pop(text, None) or self._reader.read(text)
        margins = self.margins.take(reading.columns)
        seen = np.array(signals, dtype=np.float32)
        logits = (reading.weights @ margins @ self.of_margins + seen @ self._of_signals + self._bias).tolist()
        return Scores(reading, margins, {head: _softmax_of_one(logits[place]) for head, place in self.heads.items()})


def _softmax_of_one(logits: list[float]) -> list[float]:
    """Return the probabilities; so few numbers take less time one by one than as an array."""
    top = max(logits)
    chances = [math.exp(logit - top) for logit in logits]
    total = sum(chances)
    return [chance / total for chance in chances]


def softmax(logits: Floats) -> Floats:
    """Return probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def choose(labels: Sequence[str], chances: Sequence[float], floors: Mapping[str, float]) -> int:
    """Return what `decide` does, for one text in plain numbers."""
    chosen = max(range(len(chances)), key=chances.__getitem__)
    for label, floor in floors.items():
        if label in labels and chances[place := labels.index(label)] >= floor:
            chosen = place
    return chosen


def decide(labels: Sequence[str], probabilities: Floats, floors: Mapping[str, float]) -> NDArray[np.intp]:
    """Return the number of the chosen label along the last axis.

    The likeliest, unless a label with a floor reaches it: a missed outage costs more than a false alarm.
    """
    chosen = np.asarray(probabilities.argmax(axis=-1))
    for label, floor in floors.items():
        if label in labels:
            place = labels.index(label)
            chosen = np.where(probabilities[..., place] >= floor, place, chosen)
    return chosen
