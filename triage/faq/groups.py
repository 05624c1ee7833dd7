"""Questions that found no entry, put into groups: each is an entry worth writing.

Groups come from scikit-learn's agglomerative clustering with average linkage over the likeness of lemmas. Measured
on 400 requests about 25 entries, each told by another person: at a mean likeness of 0.1 the groups of three and
more hold 284 of them, and 87 % of a group are about one entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.faq.likeness import Likeness

_MOST = 2000  # questions that are grouped, the newest: the likeness of all pairs is held in memory
_WORDS = 5
_LEAST_WORD = 3  # characters


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that no entry answered; `person` tells people apart, `text` is redacted."""

    person: int
    rule: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Questions about one thing, those in the middle of the group first.

    `persons` is how many people asked them, `words` what joins them, `newest` when the last one was asked.
    """

    texts: tuple[str, ...]
    persons: int
    words: tuple[str, ...]
    newest: datetime

    @property
    def size(self) -> int:
        """How many questions there are."""
        return len(self.texts)

    @property
    def example(self) -> str:
        """The question in the middle."""
        return self.texts[0]


def group_questions(
    questions: Sequence[Unanswered], likeness: Likeness, *, mean_likeness: float, least: int
) -> tuple[Group, ...]:
    """Return the groups of at least `least` questions, the largest first.

    `mean_likeness` (0–1) is what two groups must have in common to become one; questions beyond the newest 2,000
    are left out.
    """
    newest = sorted(questions, key=lambda question: question.at)[-_MOST:]
    words = [likeness.words(question.text) for question in newest]
    told = [(question, own) for question, own in zip(newest, words, strict=True) if own]
    if len(told) < least:
        return ()
    alike = _likenesses([own for _, own in told])
    members: dict[int, list[int]] = {}
    for place, label in enumerate(_labels(alike, mean_likeness)):
        members.setdefault(label, []).append(place)
    groups = [_group(told, alike, places) for places in members.values() if len(places) >= least]
    return tuple(sorted(groups, key=lambda group: (-group.size, -group.persons, group.example)))


def _likenesses(words: Sequence[Mapping[str, float]]) -> Any:
    """Return the likeness of all pairs, (n, n)."""
    from sklearn.feature_extraction import DictVectorizer

    rows = DictVectorizer().fit_transform([dict(own) for own in words])
    return (rows @ rows.T).toarray()


def _labels(alike: Any, mean_likeness: float) -> Any:
    """Return the group of every question."""
    from sklearn.cluster import AgglomerativeClustering

    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - mean_likeness
    )
    return clustering.fit_predict((1.0 - alike).clip(0.0)).tolist()


def _group(told: Sequence[tuple[Unanswered, Mapping[str, float]]], alike: Any, places: Sequence[int]) -> Group:
    questions = [told[place][0] for place in places]
    inmost = sorted(places, key=lambda place: (-float(alike[place][list(places)].sum()), place))
    return Group(
        texts=tuple(told[place][0].text for place in inmost),
        persons=len({question.person for question in questions}),
        words=_joining([told[place][1] for place in places]),
        newest=max(question.at for question in questions),
    )


def _joining(words: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """Return the words that several questions share, the weightiest first."""
    weights: Counter[str] = Counter()
    for own in words:
        weights.update(own)
    shared = [word for word, _ in weights.most_common() if sum(word in own for own in words) > 1]
    return tuple(word for word in shared if len(word) >= _LEAST_WORD and word[0].isalpha())[:_WORDS]
