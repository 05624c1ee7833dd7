"""Pieces of words: character n-grams, so that an inflected, misspelt or unknown word still resembles known ones."""

from __future__ import annotations

from collections.abc import Mapping

import ahocorasick

LENGTHS = (2, 3, 4, 5)
_LONGEST_WORD = 24
_MANY = 500


def pieces(form: str) -> list[str]:
    """Return the character n-grams of 2 to 5 of a word with its borders, as ` word `."""
    if form.startswith("#"):
        return []
    padded = _padded(form)
    return [padded[i : i + n] for n in LENGTHS for i in range(len(padded) - n + 1)]


def _padded(form: str) -> str:
    return f" {form[:_LONGEST_WORD]} "


class PieceColumns:
    """Finds the columns of a word's pieces.

    The first words are cut and looked up; a process that asks for many builds an automaton that finds all
    pieces in one pass: 2.6 µs a word instead of 8.6, after 30 ms for building (measured, 60,000 pieces).
    """

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns = columns
        self._automaton: ahocorasick.Automaton | None = None
        self._asked = 0

    def of(self, form: str) -> list[int]:
        """Return a column for every occurrence of a known piece, in no special order."""
        if self._automaton is not None:
            return [] if form.startswith("#") else [column for _, column in self._automaton.iter(_padded(form))]
        self._asked += 1
        if self._asked > _MANY:
            self.prepare()
        return [column for piece in pieces(form) if (column := self._columns.get(piece)) is not None]

    def prepare(self) -> None:
        """Build the automaton now."""
        if self._automaton is None and self._columns:
            automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
            for piece, column in self._columns.items():
                automaton.add_word(piece, column)
            automaton.make_automaton()
            self._automaton = automaton
