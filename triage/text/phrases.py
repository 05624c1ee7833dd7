"""Phrases that are shown as reasons: without the punctuation around them."""

from __future__ import annotations

CLAUSE_ENDS = ".,;:!?…)»"
_BEFORE = " \n\t" + CLAUSE_ENDS + "(«—–-"


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without punctuation and spaces at its edges; the span itself when it holds nothing else."""
    phrase = text[start:end]
    left, right = len(phrase) - len(phrase.lstrip(_BEFORE)), len(phrase.rstrip(" \n\t" + CLAUSE_ENDS))
    return (start + left, start + right) if left < right else (start, end)
