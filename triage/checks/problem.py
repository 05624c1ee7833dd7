"""Does the text say what happens or what is wanted, concretely enough to start work? (labels.md, `problem`)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from triage.checks.lexicons import lexicon_path, load_sections, wildcard
from triage.text.normalise import fold
from triage.text.tokens import WORD


def states_problem(text: str, lexicon: Path | None = None) -> bool:
    """Tell whether an object and what is wrong with it, or wanted of it, are named."""
    empty, foreign = _problem_words(lexicon or lexicon_path("problem.txt"))
    folded = fold(text).text
    content = [w for w in WORD.findall(folded) if not empty.fullmatch(w)]
    if len(content) < 2:
        return False
    return foreign.search(folded) is None or len(content) > 60


@lru_cache(8)
def _problem_words(path: Path) -> tuple[re.Pattern[str], re.Pattern[str]]:
    sections = load_sections(path)
    empty = re.compile("|".join(wildcard(p) for e in sections["empty"] for p in e.pattern.split()))
    foreign = re.compile("|".join(rf"(?<!\w){wildcard(e.pattern)}(?!\w)" for e in sections["foreign"]))
    return empty, foreign
