"""Ordered actions of the user that lead to what is observed (labelling guide, `steps`)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from triage.checks.lexicons import lexicon_path, load_sections, wildcard
from triage.report import Finding
from triage.text.normalise import fold
from triage.text.tokens import WORD


def find_steps(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return the spans of the ordered actions, empty when fewer than two are told."""
    actions = _action_words(lexicon or lexicon_path("actions.txt"))
    folded = fold(text)
    found = []
    for match in WORD.finditer(folded.text):
        if actions.fullmatch(match.group()):
            start, end = folded.span(match.start(), match.end())
            found.append(Finding(start, end, "step", "действие", text[start:end]))
    return tuple(found) if len(found) >= 2 else ()


@lru_cache(8)
def _action_words(path: Path) -> re.Pattern[str]:
    sections = load_sections(path)
    return re.compile("|".join(wildcard(p) for e in sections["actions"] for p in e.pattern.split()))
