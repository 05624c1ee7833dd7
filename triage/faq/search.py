"""Which FAQ entries answer a text: linear margins over its columns, then a calibrated judge.

The margins come from a support vector machine over all entries (titles, questions, answers and
labelled requests); the judge is a logistic regression over the best three candidates, so a score is the
probability that the entry answers fully. Silence beats a bad guess: below the threshold nothing is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.faq.entries import FaqEntry
from triage.report import FaqHit
from triage.text.columns import Columns, Floats
from triage.text.lemmas import fold
from triage.text.rows import HalfRows
from triage.text.tokens import WORD

CANDIDATES = 3
_LONGEST_TITLE = 160
_SEEN = 4  # what the judge sees of a candidate besides the context


@dataclass(frozen=True, slots=True)
class RankerWeights:
    """Arrays of the ranker.

    `rows` (columns,) maps a column of the vocabulary to a row of `margins`, -1 when unused;
    `margins` (R, E) and `bias` (E,) for E entries in the order of `ids`; `judge` (J,) and `judge_bias`.
    `titles` are plain titles with their entries.
    """

    ids: tuple[str, ...]
    rows: NDArray[np.int32]
    margins: NDArray[np.float16]
    bias: Floats
    judge: Floats
    judge_bias: float
    threshold: float
    titles: Mapping[str, str]


def plain(text: str) -> str:
    """Return the words of a text, folded and joined: how a title is compared with what a person wrote."""
    return " ".join(fold(word) for word in WORD.findall(text))


def candidate_inputs(margins: Floats, context: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the best three entries and what the judge sees of each, shape (3, J).

    `context` are the scope probabilities of the text: an entry about paying rarely answers an outage.
    """
    best = np.argsort(-margins)[:CANDIDATES]
    top, second = margins[best[0]], margins[best[1]]
    own = margins[best]
    inputs = np.stack(
        [own, own - top, np.where(np.arange(CANDIDATES) == 0, top - second, 0.0), np.arange(CANDIDATES) == 0],
        axis=1,
    )
    return best, np.hstack([inputs, np.tile(context, (CANDIDATES, 1))]).astype(np.float32)


class FaqSearch:
    """Finds entries for a text that is already turned into columns."""

    def __init__(self, weights: RankerWeights, entries: Mapping[str, FaqEntry], base: str) -> None:
        self._weights = weights
        self.margins = HalfRows(weights.margins, weights.rows)
        self._entries = entries
        self._base = base
        self._first_words = {title.partition(" ")[0] for title in weights.titles}
        own, gap, lead, first = weights.judge[:_SEEN].tolist()
        self._own, self._gap, self._lead, self._first = own, gap, lead, first
        self._context = weights.judge[_SEEN:]

    @property
    def ids(self) -> tuple[str, ...]:
        """The entries in the order of their numbers."""
        return self._weights.ids

    @property
    def threshold(self) -> float:
        """The score from which an entry is shown."""
        return self._weights.threshold

    def search(self, columns: Columns, values: Floats, context: Floats, *, text: str = "") -> tuple[FaqHit, ...]:
        """Return at most three entries, best first; none when the best is below the threshold.

        A text that is an entry's title word for word is certainly that question.
        """
        named = self.titled(text)
        if named:
            return (self._hit(named, 1.0),)
        return self.shown(self.scores(columns, values, context), self._weights.threshold)

    def shown(self, scored: Sequence[tuple[int, float]], threshold: float) -> tuple[FaqHit, ...]:
        """Return what is shown of scored entries, best first; none when the best is below the threshold."""
        scored = sorted(scored, key=lambda pair: -pair[1])
        if scored[0][1] < threshold:
            return ()
        floor = min(threshold, scored[0][1] / 4)
        return tuple(self._hit(self._weights.ids[entry], score) for entry, score in scored if score >= floor)

    def titled(self, text: str) -> str | None:
        """Return the entry whose title the text is; most texts do not even begin like one."""
        if len(text) > _LONGEST_TITLE:
            return None
        first = WORD.search(text)
        begins = first is not None and fold(first.group()) in self._first_words
        return self._weights.titles.get(plain(text)) if begins else None

    def scores(self, columns: Columns, values: Floats, context: Floats) -> list[tuple[int, float]]:
        """Return the best three entries with the judge's probability of each.

        The judge's logit is that of `candidate_inputs`, term by term: on three candidates plain numbers are
        ten times faster than arrays.
        """
        margins = self.margins_of(columns, values)
        best = (-margins).argsort()[:CANDIDATES].tolist()
        own = margins.take(best).tolist()
        common = float(context @ self._context) + self._weights.judge_bias
        logits = [common + self._own * margin + self._gap * (margin - own[0]) for margin in own]
        logits[0] += self._lead * (own[0] - own[1]) + self._first
        return [(entry, 0.5 + 0.5 * math.tanh(logit / 2)) for entry, logit in zip(best, logits, strict=True)]

    def margins_of(self, columns: Columns, values: Floats) -> Floats:
        """Return the margin of every entry, (E,)."""
        return np.asarray(values @ self.margins.take(columns) + self._weights.bias)

    def _hit(self, entry_id: str, score: float) -> FaqHit:
        entry = self._entries[entry_id]
        return FaqHit(entry_id, score, entry.title, f"{self._base}{entry_id}", entry.short)
