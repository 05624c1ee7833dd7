"""Entries for a few typed words: a person who searches types two, not a request.

The chain's ranker is asked first; what it does not find is looked up by the words of ids, titles,
sections and questions, so a search works without any model too.
"""

from __future__ import annotations

import difflib
import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from triage.faq.entries import FaqEntry
from triage.faq.search import plain
from triage.report import Request, TriageReport
from triage.text.lemmas import fold
from triage.text.tokens import WORD

Analyze = Callable[[Request], TriageReport]
MOST = 3
QUERY_LIMIT = 100  # characters
_TITLE, _SECTION, _QUESTION = 3.0, 2.0, 1.0
_PART = 0.7  # of a word that only begins so
_COVERED = 0.6  # of the query's weight: less is a guess
#: What a word covers by its place: a title's more than itself, one that only begins like a question's half.
_COVERS = ((_TITLE, 1.5), (_SECTION, 1.2), (_QUESTION, 0.8), (0.0, 0.5))
_UNKNOWN = 2.0
_STEM = 6
_LEAST_PREFIX = 4  # characters of a title that is being typed
_LEAST_TYPO, _LIKE, _SAME = 5, 0.8, 2  # a misspelt word begins with the same two letters
_ENDING = re.compile(
    r"(?:ами|ями|ого|его|ому|ему|ыми|ими|ов|ев|ей|ам|ям|ах|ях|ом|ем|ой|ый|ий|ая|яя|ое|ее|ые|ие|ую|юю|ия|ию|"
    r"[аеиоуыьэюяй])$"
)
_WITHOUT_CONTENT = (
    "а без бы в во вы где для до его ее если еще же за и из или их к как какая какие какой когда кто ли мне мой мы "
    "на над нам нас не ни но о об он она они от по под при про с со так там то у уже что чем чтобы эта эти это я "
    "можно нужно надо почему зачем есть the a an of to in is how why what"
)
_EMPTY = frozenset(_WITHOUT_CONTENT.split())

Postings = dict[str, dict[str, float]]


class Lookup:
    """An index over the entries; made once, asked from any thread.

    `withheld` names entries that are not offered at the moment.
    """

    def __init__(
        self, entries: Mapping[str, FaqEntry], withheld: Callable[[], Collection[str]] = frozenset[str]
    ) -> None:
        self._entries, self._withheld = entries, withheld
        self._titles = {id: plain(entry.title) for id, entry in entries.items()}
        self._postings = _indexed(entries)
        self._vocabulary = sorted(self._postings)

    def sections(self) -> tuple[str, ...]:
        """Return the names of the sections, the fullest first."""
        names = [entry.section for entry in self._entries.values()]
        return tuple(sorted(dict.fromkeys(names), key=lambda name: (-names.count(name), name)))

    def of_section(self, name: str) -> tuple[FaqEntry, ...]:
        """Return the entries of a section, in the order of ids."""
        return tuple(entry for entry in self._entries.values() if entry.section == name)

    def offers(self, id: str) -> bool:
        """Tell whether there is such an entry and it is not withheld."""
        return id in self._entries and id not in self._withheld()

    def find(
        self, query: str, analyze: Analyze | None = None, *, limit: int = MOST, every: bool = False
    ) -> tuple[FaqEntry, ...]:
        """Return at most `limit` entries, best first; none when nothing comes near.

        An id or the beginning of a title is meant for certain, then come the chain's hits, then words. `every`
        does not leave out those that are withheld.
        """
        query = " ".join(query.split())[:QUERY_LIMIT]
        if not query:
            return ()
        hits = [hit.id for hit in analyze(Request(text=query)).faq] if analyze else []
        ids = dict.fromkeys((*self._meant(query), *hits, *self.by_words(query)))
        without = frozenset[str]() if every else self._withheld()
        return tuple(self._entries[id] for id in ids if id in self._entries and id not in without)[:limit]

    def by_words(self, query: str) -> tuple[str, ...]:
        """Return the ids of entries that hold most of the query's weight in words, best first."""
        words = [word for word in dict.fromkeys(map(fold, WORD.findall(query))) if word not in _EMPTY]
        found = [(self._rarity(places := self._places(word)), places) for word in words]
        whole = sum(rarity for rarity, _ in found)
        covered: dict[str, float] = defaultdict(float)
        scores: dict[str, float] = defaultdict(float)
        for rarity, places in found:
            for id, weight in places.items():
                covered[id] += rarity * next(share for least, share in _COVERS if weight >= least)
                scores[id] += rarity * weight
        kept = (id for id in scores if covered[id] >= _COVERED * whole)
        return tuple(sorted(kept, key=lambda id: (-scores[id], len(self._titles[id]), id)))

    def _meant(self, query: str) -> Iterable[str]:
        if (id := query.lower()) in self._entries:
            yield id
        start = plain(query)
        if len(start) >= _LEAST_PREFIX and start not in _EMPTY:
            begun = [id for id, title in self._titles.items() if title.startswith(start)]
            yield from begun if len(begun) <= MOST else ()

    def _places(self, word: str) -> dict[str, float]:
        """Return the entries that hold a word, with the weight of the best place where each does."""
        return self._begun(word) or self._like(word)

    def _begun(self, word: str) -> dict[str, float]:
        stem, places = _stem(word), dict[str, float]()
        for token in self._vocabulary_from(stem):
            share = 1.0 if token == word else _PART
            for id, weight in self._postings[token].items():
                places[id] = max(places.get(id, 0.0), share * weight)
        return places

    def _like(self, word: str) -> dict[str, float]:
        """Return what a misspelt word may mean."""
        if len(word) < _LEAST_TYPO or word.isdigit():
            return {}
        near = [t for t in self._vocabulary_from(word[:_SAME]) if abs(len(t) - len(word)) <= _SAME]
        close = difflib.get_close_matches(word, near, n=2, cutoff=_LIKE)
        return {id: _PART * weight for token in close for id, weight in self._postings[token].items()}

    def _vocabulary_from(self, stem: str) -> Iterable[str]:
        for place in range(bisect_left(self._vocabulary, stem), len(self._vocabulary)):
            token = self._vocabulary[place]
            if not token.startswith(stem):
                return
            yield token

    def _rarity(self, places: Mapping[str, float]) -> float:
        """Return what a word weighs; one that no entry holds weighs less than one that few hold."""
        return math.log((1 + len(self._entries)) / (1 + len(places))) + 0.1 if places else _UNKNOWN


def _indexed(entries: Mapping[str, FaqEntry]) -> Postings:
    postings: Postings = defaultdict(dict)
    for id, entry in entries.items():
        places = (
            (f"{id} {entry.title}", _TITLE),
            (entry.section, _SECTION),
            (f"{' '.join(entry.questions)} {entry.short}", _QUESTION),
        )
        for text, weight in places:
            for word in {fold(word) for word in WORD.findall(text)} - _EMPTY:
                postings[word][id] = max(postings[word].get(id, 0.0), weight)
    return dict(postings)


def _stem(word: str) -> str:
    """Return the beginning that the forms of a word share: «установка» and «установить» have six letters of it."""
    if word.isascii():
        return word
    bare = _ENDING.sub("", word)
    return bare[:_STEM] if len(bare) >= 3 else word
