"""Why an entry is found: the words that carried it, and the question of the entry that comes nearest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage.checks import run_checks
from triage.classify.classifier import Classifier, Prediction
from triage.errors import WrongInput
from triage.faq.entries import FaqEntry
from triage.faq.likeness import Likeness
from triage.faq.search import FaqSearch
from triage.loading import Chain
from triage.report import Request

_WORDS = 6
_LEAST = 0.02  # of a margin: less is no reason
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reason:
    """An entry with its score (the probability that it answers) against the threshold, and what speaks for it.

    `words` are those whose absence would cost the entry most margin, with that loss; `question` is the nearest way
    to ask it, `likeness` (0–1) how near. `titled`: the query is the entry's title.
    """

    entry: FaqEntry
    score: float
    threshold: float
    shown: bool
    titled: bool
    words: tuple[tuple[str, float], ...]
    question: str
    likeness: float


def reasons(chain: Chain, text: str, likeness: Likeness) -> tuple[Reason, ...]:
    """Return what a redacted text finds, best first; when nothing is shown, the best candidates of the ranker.

    Raises WrongInput when the chain has no ranker.
    """
    analyzer = chain.analyzer
    if analyzer.classifier is None or analyzer.faq is None:
        raise WrongInput("the models hold no ranker of these entries", advice="triage train")
    reader = _Reader(analyzer.classifier, analyzer.faq)
    report = analyzer.analyze(Request(text))
    hits = {hit.id: hit.score for hit in report.faq}
    titled, second = analyzer.faq.titled(text), analyzer.second
    joined = second is not None and report.reader == "both" and bool(hits)
    threshold = second.reranker.threshold if second and joined else analyzer.faq.threshold
    scored = hits or reader.candidates(text)
    found = []
    for id, score in sorted(scored.items(), key=lambda pair: -pair[1]):
        entry = chain.entries[id]
        question, near = _nearest(entry, text, likeness)
        words = reader.words(text, id) if id != titled else ()
        found.append(Reason(entry, score, threshold, id in hits, id == titled, words, question, near))
    return tuple(found)


class _Reader:
    """Reads a text for the ranker, with and without a word."""

    def __init__(self, classifier: Classifier, search: FaqSearch) -> None:
        self._classifier, self._search = classifier, search

    def candidates(self, text: str) -> dict[str, float]:
        """Return the best entries with their scores."""
        read = self._read(text)
        if not len(read.columns):
            return {}
        scores = self._search.scores(read.columns, read.weights, read.scope_probabilities)
        return {self._search.ids[place]: score for place, score in scores}

    def words(self, text: str, entry: str) -> tuple[tuple[str, float], ...]:
        """Return the words that the entry would lose most margin without, the weightiest first."""
        margin = self._margin(entry)
        whole = margin(text)
        lost: dict[str, float] = {}
        for match in _WORD.finditer(text):
            without = f"{text[: match.start()]} {text[match.end() :]}"
            lost.setdefault(match.group(), whole - margin(without))
        strong = [(word, loss) for word, loss in lost.items() if loss >= _LEAST]
        return tuple(sorted(strong, key=lambda pair: -pair[1])[:_WORDS])

    def _margin(self, entry: str) -> Callable[[str], float]:
        place = self._search.ids.index(entry)

        def margin(text: str) -> float:
            read = self._read(text)
            return float(self._search.margins_of(read.columns, read.weights)[place])

        return margin

    def _read(self, text: str) -> Prediction:
        return self._classifier.classify(text, run_checks(text, ()), (), explain=False)


def _nearest(entry: FaqEntry, text: str, likeness: Likeness) -> tuple[str, float]:
    return max(((q, likeness.between(text, q)) for q in (entry.title, *entry.questions)), key=lambda pair: pair[1])
