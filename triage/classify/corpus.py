"""The labelled corpus: reading, checking and finding near-duplicates.

A file of `data/tickets` is a batch: one writer, one persona pool, one subject area. Its name is the
group by which every cross-validation splits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import msgspec

from triage.errors import WrongContent
from triage.report import Priority


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled request, by the labelling guide. `batch` is filled while reading."""

    text: str
    scope: str
    priority: Priority
    site: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    steps: bool = False
    problem: bool = True
    profanity: tuple[str, ...] = ()
    secrets: bool = False
    several_problems: bool = False
    faq: str | tuple[str, ...] | None = None
    batch: str = ""

    @property
    def entries(self) -> tuple[str, ...]:
        """FAQ entries that answer it, best first."""
        if self.faq is None:
            return ()
        return (self.faq,) if isinstance(self.faq, str) else self.faq


def read_corpus(folder: Path) -> list[Labelled]:
    """Read every batch of the folder in the order of names; raises WrongContent with file and line."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in read_labelled(path)]
    if not rows:
        raise WrongContent(f"{folder}: no labelled texts", advice="the corpus is data/tickets/*.jsonl")
    return rows


def read_labelled(path: Path) -> list[Labelled]:
    """Read one file of JSON Lines; raises WrongContent with file and line."""
    decoder = msgspec.json.Decoder(Labelled)
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise WrongContent(f"{path}:{number}: {error}") from error
        rows.append(replace(row, batch=path.stem))
    return rows


def near_duplicates(texts: Sequence[str], *, limit: float = 0.6) -> list[tuple[int, int, float]]:
    """Return pairs of positions (earlier, later) whose character 5-grams overlap more than `limit` (Jaccard).

    Candidates share one of their eight smallest 5-gram hashes, so cost grows with real resemblance
    rather than with the square of the corpus.
    """
    grams = [_grams(text) for text in texts]
    buckets: dict[int, list[int]] = {}
    found: dict[tuple[int, int], float] = {}
    for later, own in enumerate(grams):
        for key in sorted(own)[:8]:
            for earlier in buckets.setdefault(key, []):
                other = grams[earlier]
                small, big = sorted((len(own), len(other)))
                if small > limit * big and (earlier, later) not in found:  # else too unlike in length alone
                    shared = len(own & other)
                    found[earlier, later] = shared / (small + big - shared)
            buckets[key].append(later)
    return [(a, b, share) for (a, b), share in sorted(found.items()) if share > limit]


def _grams(text: str) -> set[int]:
    plain = "".join(c for c in text.lower() if c.isalnum())
    return {crc32(plain[i : i + 5].encode()) for i in range(max(1, len(plain) - 4))}


def without_near_duplicates(rows: Iterable[Labelled], *, limit: float = 0.6) -> list[Labelled]:
    """Keep the first of every group of near-duplicates."""
    kept = list(rows)
    dropped = {later for _, later, _ in near_duplicates([row.text for row in kept], limit=limit)}
    return [row for position, row in enumerate(kept) if position not in dropped]
