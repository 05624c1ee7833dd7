"""The quick reader: linear margins over sparse features, then one small calibrated layer.

Layer one scores the text's columns against every label (a linear support vector machine,
one against the rest). Layer two is a multinomial logistic regression over those margins and the
signals of the checks; it was trained on out-of-fold margins, so its probabilities are calibrated.
Everything is numpy; scikit-learn is never imported here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.text.features import Features, Ids, Token, Vocabulary, tokenize

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layers:
    """Weights. Shapes: margins (columns, L), margin_bias (L,); for each head weights (L + S, K), bias (K,).

    L is the number of labels of all heads together, S of signals, K of the head's labels. The margins'
    weights were rounded to half precision, as the file keeps them.
    """

    margins: Floats
    margin_bias: Floats
    signal_mean: Floats
    signal_scale: Floats
    head_weights: dict[str, Floats]
    head_bias: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Scores:
    """One text scored: probabilities a head (in the order of its labels), and what explains them.

    `occurrences`, `places` and `single` are those of `Features.spread`; `columns` and `weights` the row.
    """

    tokens: tuple[Token, ...]
    occurrences: Ids
    places: Ids
    single: int
    columns: Ids
    weights: Floats
    probabilities: dict[str, Floats]


class QuickModel:
    """Scores texts; holds the memory of words already seen. Not safe to share between threads while scoring."""

    def __init__(self, vocabulary: Vocabulary, layers: Layers, labels: dict[str, tuple[str, ...]]) -> None:
        self.features = Features(vocabulary)
        self.layers = layers
        self.labels = labels

    def score(self, text: str, signals: Sequence[float]) -> Scores:
        """Return the probabilities of every head for one text."""
        tokens = tokenize(text)
        forms = tuple(token.form for token in tokens)
        occurrences, places, single = self.features.spread(forms)
        columns, weights = self.features.weigh(occurrences)
        margins = weights @ self.layers.margins[columns] + self.layers.margin_bias
        dense = (np.asarray(signals, dtype=np.float32) - self.layers.signal_mean) / self.layers.signal_scale
        inputs = np.concatenate([margins, dense])
        probabilities = {
            head: softmax(inputs @ self.layers.head_weights[head] + self.layers.head_bias[head]) for head in self.labels
        }
        return Scores(tuple(tokens), occurrences, places, single, columns, weights, probabilities)


def softmax(logits: Floats) -> Floats:
    """Return probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)
