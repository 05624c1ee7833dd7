"""FAQ search beside BM25 and plain TF-IDF: the same documents, labelled requests and folds."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.bench.table import Figure, micros
from triage.classify.fit import group_folds
from triage.classify.train import Materials

Search = Callable[[str], list[str]]
_WORD = re.compile(r"\w\w+")
_DOCUMENTS = 20


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def bm25(documents: Sequence[tuple[str, str]]) -> Search:
    """bm25s over documents with their owners; an entry stands where its best document does."""
    import bm25s

    index = bm25s.BM25()
    index.index([_words(text) for text, _ in documents], show_progress=False)

    def search(query: str) -> list[str]:
        found, _ = index.retrieve([_words(query)], k=_DOCUMENTS, show_progress=False)
        return list(dict.fromkeys(documents[int(number)][1] for number in found[0]))[:3]

    return search


def cosine(documents: Sequence[tuple[str, str]]) -> Search:
    """TF-IDF and the cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    table = vectors.fit_transform([text for text, _ in documents]).T.tocsr()

    def search(query: str) -> list[str]:
        scores = (vectors.transform([query]) @ table).toarray()[0]
        return list(dict.fromkeys(documents[int(n)][1] for n in np.argsort(-scores)[:_DOCUMENTS]))[:3]

    return search


PEERS = {"bm25s": bm25, "TF-IDF cosine": cosine}


def measure(materials: Materials, folds: int, own: dict[str, float], own_micros: float) -> Iterator[Figure]:
    """First entry right, and right among three, on requests that some entry answers."""
    names = {"first entry right": "first_right", "right among three": "in_three"}
    for name, key in names.items():
        yield Figure("FAQ search: this project", name, own[key])
    for name, peer in PEERS.items():
        group = f"FAQ search: {name}"
        if name == "bm25s" and importlib.util.find_spec("bm25s") is None:
            yield Figure(group, "not installed", None, note="pip install -e '.[bench]'")
            continue
        first, three, cost = _cross_validated(materials, folds, peer)
        yield Figure(group, "first entry right", first, ours=own["first_right"])
        yield Figure(group, "right among three", three, ours=own["in_three"])
        yield Figure(group, "one query", cost, "µs", ours=own_micros)


def _cross_validated(
    materials: Materials, folds: int, peer: Callable[[Sequence[tuple[str, str]]], Search]
) -> tuple[float, float, float]:
    rows = materials.rows
    first, three, cost = [], [], 0.0
    for train, test in group_folds(np.array([row.batch for row in rows]), folds):
        learned = [(rows[i].text, rows[i].entries[0]) for i in train if rows[i].entries]
        search = peer([*materials.documents, *learned])
        asked = [rows[i] for i in test if rows[i].entries]
        cost = micros(search, [row.text for row in asked[:200]])
        for row in asked:
            found = search(row.text)
            first.append(bool(found) and found[0] in row.entries)
            three.append(any(entry in row.entries for entry in found))
    return float(np.mean(first)), float(np.mean(three)), cost
