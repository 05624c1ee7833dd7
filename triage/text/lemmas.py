"""Lemmas without a morphological analyser at run time.

Training asks natasha's MorphVocab for the lexemes of the corpus; what is kept is a frozen
table form → lemma of whole lexemes, so that an inflected form never seen in the corpus still
finds its lemma. A look-up costs well under a microsecond, the analyser 100 µs a word
(measured: design notes on the cost of NLP).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def fold(word: str) -> str:
    """Return the word as features see it: lower case, ё as е."""
    return word.lower().replace("ё", "е")


def pack_lemmas(table: Mapping[str, str]) -> str:
    """Write a table as text: one lemma a line, followed by its other forms."""
    forms: dict[str, list[str]] = {}
    for form, lemma in table.items():
        forms.setdefault(lemma, []).append(form)
    return "\n".join(" ".join([lemma, *sorted(f for f in forms[lemma] if f != lemma)]) for lemma in sorted(forms))


def unpack_lemmas(text: str) -> dict[str, str]:
    """Read what `pack_lemmas` wrote; every lemma is a form of itself."""
    table: dict[str, str] = {}
    for line in text.split("\n"):
        forms = line.split(" ")
        for form in forms:
            table[form] = forms[0]
    return table


def learn_lemmas(words: Iterable[str]) -> dict[str, str]:
    """Return form → lemma for the lexemes of these Cyrillic words (folded), by natasha's morphology.

    Takes about 0.1 ms a word and loads natasha's dictionary: for training only.
    """
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
