"""The signal lexicon: groups of words that point the same way (data/lexicons/signals.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from triage.errors import WrongContent
from triage.text.lemmas import fold


def load_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Return word or pair → names of its groups; raises WrongContent when the file is not valid."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongContent(f"{path}: {error}") from error
    groups: dict[str, list[str]] = {}
    for name, words in raw.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise WrongContent(f"{path}: {name} must be a list of words")
        for word in words:
            groups.setdefault(fold(word), []).append(name)
    return {word: tuple(sorted(set(names))) for word, names in groups.items()}
