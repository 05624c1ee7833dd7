"""Honest counts: what became of each showing of an entry, and when an entry is offered no longer.

A showing begins open. «Помогло» confirms it; working days without a word are silence; a letter in the same
draft means that it was sent anyway. A confirmed or silent one turns false when the same person asks about the
same subject again within the days that the pack allows. Counts of these are never added up into one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Alike = Callable[[str, str], bool]


class Outcome(StrEnum):
    """What became of a showing.

    `left` is false before silence was counted: the person dropped the draft and asked again. `passed`: another
    entry helped in the same draft. `not_helped`: «Не помогло», and no letter followed yet.
    """

    OPEN = "open"
    CONFIRMED = "confirmed"
    SILENT = "silent"
    FALSE = "false"
    SENT = "sent"
    NOT_HELPED = "not_helped"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Showing:
    """One entry shown to one person.

    `request` is the uuid of the draft that it was to answer, "" when the person read the FAQ by himself; `text`
    what was asked (redacted, "" when nothing was); `before` what a false one was taken for. An open one is silent
    from `due` on; `ended_at` is when the present outcome began.
    """

    entry: str
    request: str
    rule: str
    text: str
    at: datetime
    due: datetime
    id: int = 0
    outcome: Outcome = Outcome.OPEN
    before: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wrote, redacted: `words` are new ones, `rule` and `entries` what the chain says of them.

    `letter`: a letter about it has left, or is in the person's own hands.
    """

    request: str
    words: str
    rule: str
    entries: tuple[str, ...]
    letter: bool = False


def same_subject(showing: Showing, asked: Asked, alike: Alike) -> bool:
    """Whether it is asked about what the entry was shown for: the entry is found again, or the words are alike."""
    if showing.entry in asked.entries:
        return True
    known = showing.rule in ("", asked.rule)  # a search has no rule
    return bool(showing.text) and known and alike(showing.text, asked.words)


def outcome_after(showing: Showing, asked: Asked, *, same: bool, watched: bool) -> Outcome | None:
    """Return what the showing becomes, None when it stays what it is.

    `same` as `same_subject` says; `watched` whether the days in which a deflection may turn out false still run.
    """
    if showing.request and showing.request == asked.request:
        return _in_its_draft(showing, asked, same=same, watched=watched)
    if not same:
        return None
    if showing.outcome in (Outcome.CONFIRMED, Outcome.SILENT):
        return Outcome.FALSE if watched else None
    if not showing.request:
        unsolved = showing.outcome in (Outcome.OPEN, Outcome.NOT_HELPED)
        return Outcome.SENT if unsolved and asked.letter else None
    return Outcome.FALSE if showing.outcome is Outcome.OPEN else None


def _in_its_draft(showing: Showing, asked: Asked, *, same: bool, watched: bool) -> Outcome | None:
    """The draft goes on: before silence that is no deflection at all, after it a false one."""
    if showing.outcome is Outcome.SILENT:
        return Outcome.FALSE if watched and (same or asked.letter) else None
    unsolved = showing.outcome in (Outcome.OPEN, Outcome.NOT_HELPED)
    return Outcome.SENT if unsolved and asked.letter else None


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """How often an entry was shown and what came of it; `false_after` splits the false ones by what they were.

    `withheld_at` is since when the entry is not offered by itself, None when it is.
    """

    entry: str
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    false_after: dict[str, int] = field(default_factory=dict)
    withheld_at: datetime | None = None

    def of(self, outcome: Outcome) -> int:
        """Return the number of showings with this outcome."""
        return self.outcomes.get(outcome, 0)

    @property
    def shown(self) -> int:
        """All showings."""
        return sum(self.outcomes.values())

    @property
    def deflected(self) -> int:
        """Showings after which no letter came at first: the sum that false ones are a share of."""
        return self.of(Outcome.CONFIRMED) + self.of(Outcome.SILENT) + self.of(Outcome.FALSE)

    @property
    def false_share(self) -> float:
        """Return 0–1; 0 while nothing was deflected."""
        return self.of(Outcome.FALSE) / self.deflected if self.deflected else 0.0


def misleads(counts: EntryCounts, *, limit: float, least: int) -> bool:
    """Whether more than `limit` (0–1) of at least `least` deflections turned out false."""
    return counts.deflected >= least and counts.false_share > limit
