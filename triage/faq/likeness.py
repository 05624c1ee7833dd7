"""How alike two texts are: the share of their words in common, rare words counting more.

Measured on 1,500 requests of the corpus that an entry answers, by pairs of one scope rule: from 0.2 on, 0.1 % of
pairs about different entries are taken for one subject. People who ask again repeat their own words, which
different people rarely do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from triage.text.features import Vocabulary, split
from triage.text.places import word_count

_STEM = 5
_SIGNS = frozenset("?!")


class Likeness:
    """Compares texts by lemmas, weighted by how rare they are in the corpus.

    Without a vocabulary words are cut to their beginnings and weigh the same.
    """

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._vocabulary = vocabulary
        self._rarest = float(vocabulary.idf.max()) if vocabulary else 1.0

    def words(self, text: str) -> dict[str, float]:
        """Return the lemmas of a text, each once, with their weights; their squares add up to 1."""
        forms = split(text).forms
        plain = dict.fromkeys(form for form in forms[: word_count(forms)] if form not in _SIGNS)
        weights = {lemma: self._weight(lemma) for lemma in map(self._lemma, plain)}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {lemma: weight / length for lemma, weight in weights.items()}

    def between(self, one: str, other: str) -> float:
        """Return 0 (nothing in common) to 1 (the same words)."""
        return common(self.words(one), self.words(other))

    def _lemma(self, form: str) -> str:
        if self._vocabulary is None:
            return form[:_STEM]
        return self._vocabulary.lemmas.get(form) or form

    def _weight(self, lemma: str) -> float:
        if self._vocabulary is None:
            return 1.0
        column = self._vocabulary.blocks["lemma"].get(lemma)
        return self._rarest if column is None else float(self._vocabulary.idf[column])


def common(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the likeness of two texts given as `Likeness.words`."""
    return sum(weight * other[lemma] for lemma, weight in one.items() if lemma in other)
