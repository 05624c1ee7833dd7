"""Whether a text says what happens or what is wanted, concretely enough to start work (labels.md, `problem`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.hints import Hinted
from triage.checks.lexicons import Wildcards, lexicon_path, load_sections
from triage.text.normalise import fold
from triage.text.tokens import spelled

#: Code points beyond which a text has said something.
_LONG = 300


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """Words by what they add to a description, and what no request to this support is about."""

    empty: Wildcards
    vague: Wildcards
    states: Wildcards
    objects: Wildcards
    asking: Wildcards
    foreign: Hinted


def states_problem(text: str, lexicon: Path | None = None) -> bool:
    """Tell whether an object and what is wrong with it, or wanted of it, are named.

    «Не работает», «помогите», «ошибка» alone say nothing; neither do advertising, thanks and greetings.
    """
    folded = fold(text).text
    if len(folded) > _LONG:
        return True
    words = _load(lexicon)
    if words.foreign.search(folded):
        return False
    tokens = spelled(folded)
    content = [w for w in tokens if not words.empty.fullmatch(w)]
    concrete = [w for w in content if not words.vague.fullmatch(w) and (len(w) > 1 or w.isdigit())]
    if not concrete or (len(tokens) == 1 and words.asking.fullmatch(tokens[0])):
        return False
    if len(concrete) >= 2:
        return not all(words.objects.fullmatch(w) for w in concrete) or any(words.states.fullmatch(w) for w in tokens)
    if "?" in folded or any(words.asking.fullmatch(w) for w in tokens):
        return True
    return words.objects.fullmatch(concrete[0]) and any(words.states.fullmatch(w) for w in tokens)


@lru_cache(8)
def _load(path: Path | None) -> ProblemWords:
    sections = load_sections(path or lexicon_path("problem.txt"))
    empty, vague, states, objects, asking = (
        Wildcards(sections[name]) for name in ("empty", "vague", "states", "objects", "asking")
    )
    foreign = Hinted(rf"(?<!\w)(?:{e.pattern})" for e in sections["foreign"])
    return ProblemWords(empty, vague, states, objects, asking, foreign)
