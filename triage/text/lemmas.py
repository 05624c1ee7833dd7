"""Lemmas without a morphological analyser at run time.

Training asks natasha's MorphVocab for the lexemes of the corpus; what is kept is a frozen
table form → lemma of whole lexemes, so that an inflected form never seen in the corpus still
finds its lemma. A look-up costs well under a microsecond, the analyser 100 µs a word
(measured: design notes on the cost of NLP).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping

_PREFIX = 3


def fold(word: str) -> str:
    """Return the word as features see it: lower case, ё as е."""
    return word.lower().replace("ё", "е")


class LemmaTable(Mapping[str, str]):
    """A table form → lemma, kept as UTF-8 text and read part by part.

    Of the hundred thousand forms a request needs some dozens. A part holds the forms that share their first
    three letters; it becomes a dictionary when the first of them is asked for, so a start does not wait for the rest.
    """

    def __init__(self, parts: Mapping[bytes, bytes]) -> None:
        self._unread = dict(parts)
        self._read: dict[str, dict[str, str]] = {}

    def get(self, form: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """Return the lemma of a folded form."""
        return self._part(form[:_PREFIX]).get(form, default)

    def __getitem__(self, form: str) -> str:
        return self._part(form[:_PREFIX])[form]

    def __iter__(self) -> Iterator[str]:
        for prefix in sorted({part.decode() for part in self._unread} | self._read.keys()):
            yield from self._part(prefix)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _part(self, prefix: str) -> dict[str, str]:
        known = self._read.get(prefix)
        if known is None:
            part = prefix.encode(errors="surrogatepass")
            lines = self._unread.get(part, b"").decode().split("\n")
            known = {form: lemma for lemma, *forms in (line.split(" ") for line in lines if line) for form in forms}
            if part in self._unread:
                self._read[prefix] = known
        return known


def pack_lemmas(table: Mapping[str, str]) -> bytes:
    """Write a table as text: parts by the forms' first three letters, in a part a lemma and its forms a line."""
    parts: dict[str, dict[str, list[str]]] = {}
    for form, lemma in table.items():
        parts.setdefault(form[:_PREFIX], {}).setdefault(lemma, []).append(form)
    return "\n\n".join(
        "\n".join([prefix, *(" ".join([lemma, *sorted(forms)]) for lemma, forms in sorted(part.items()))])
        for prefix, part in sorted(parts.items())
    ).encode()


def unpack_lemmas(text: bytes) -> LemmaTable:
    """Return the table that `pack_lemmas` wrote."""
    parts = (part.partition(b"\n") for part in text.split(b"\n\n"))
    return LemmaTable({prefix: lines for prefix, _, lines in parts})


def learn_lemmas(words: Iterable[str]) -> dict[str, str]:
    """Return form → lemma for the lexemes of these Cyrillic words (folded), by natasha's morphology.

    Takes about 0.1 ms a word and loads natasha's dictionary: for training only.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pymorphy2's way of finding its dictionary is called old
        from natasha import MorphVocab

        vocab = MorphVocab()
    analyse = super(MorphVocab, vocab).parse  # natasha's own parse() drops the lexemes
    table: dict[str, str] = {}
    for word in sorted(set(words)):
        if not vocab.word_is_known(word):
            continue
        parse = analyse(word)[0]
        lemma = fold(parse.normal_form)
        table[word] = lemma
        for form in parse.lexeme:
            table.setdefault(fold(form.word), lemma)
        table.setdefault(lemma, lemma)
    return table
