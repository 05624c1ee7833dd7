"""How answers of the FAQ served, written in the step's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.faq.deflection import Asked, Outcome, Showing, misleads, outcome_after, same_subject
from triage.jobs.notices import tell_agents
from triage.jobs.world import World
from triage.policy.calendar import after_working_days

_FAILED = 5  # questions that a notice names
_log = structlog.get_logger(__name__)


class Deflection:
    """Keeps showings and their outcomes; an entry that misleads is withheld and told to the agents.

    `person` is a conversation. Windows and limits are those of the policy pack's section [faq].
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def shown(self, unit: Unit, person: int, entry: str, asked: Asked, now: datetime) -> None:
        """Keep that an entry's answer was shown for what was asked (no words when nothing was)."""
        due = after_working_days(self._world.policy, now, self._world.policy.faq.silent_days)
        unit.faq.show(person, Showing(entry, asked.request, asked.rule, asked.words, now, due))

    def judged(self, unit: Unit, person: int, entry: str, asked: Asked, now: datetime, *, helped: bool) -> None:
        """Keep what the person said of an entry; when it helped, others of the same draft were passed over."""
        self.shown(unit, person, entry, asked, now)
        mine = [s for s in unit.faq.of([person]) if s.request == asked.request and _unsettled(s)]
        for showing in mine:
            if showing.entry == entry:
                unit.faq.end(showing.id, Outcome.CONFIRMED if helped else Outcome.NOT_HELPED, now)
            elif helped and showing.request and showing.outcome is Outcome.OPEN:
                unit.faq.end(showing.id, Outcome.PASSED, now)
        self.watch(unit, [entry], now)

    def asked(self, unit: Unit, person: int, asked: Asked, now: datetime) -> None:
        """Turn false what the person was deflected from and asks again; a letter ends what was still open."""
        persons = unit.faq.persons(person)
        unit.faq.settle(now, persons)
        false = [showing for showing in unit.faq.of(persons) if self._ended(unit, showing, asked, now)]
        self.watch(unit, dict.fromkeys(showing.entry for showing in false), now)

    def watch(self, unit: Unit, entries: Iterable[str] | None, now: datetime) -> None:
        """Withhold those of the entries (None: of all) whose false share has passed the limit, and tell the agents."""
        rules = self._world.policy.faq
        found = unit.faq.counts() if entries is None else [c for entry in entries for c in unit.faq.counts(entry)]
        for counts in found:
            if not misleads(counts, limit=rules.false_share, least=rules.min_showings):
                continue
            if unit.faq.withhold(counts.entry, now):
                entry = self._world.faq.get(counts.entry)
                title, failed = entry.title if entry else counts.entry, unit.faq.failed(counts.entry, _FAILED)
                tell_agents(self._world, unit, notices.entry_withheld(title, counts, failed), now)
                _log.warning("faq.withheld", entry=counts.entry, false=counts.of(Outcome.FALSE))

    def _ended(self, unit: Unit, showing: Showing, asked: Asked, now: datetime) -> bool:
        """Keep what the showing becomes; whether it turned false."""
        same = same_subject(showing, asked, self._alike)
        becomes = outcome_after(showing, asked, same=same, watched=self._watched(showing, now))
        if becomes is None:
            return False
        false = becomes is Outcome.FALSE
        unit.faq.end(showing.id, becomes, now, before=showing.outcome.value if false else "", text=asked.words)
        return false

    def _alike(self, one: str, other: str) -> bool:
        return self._world.likeness.between(one, other) >= self._world.policy.faq.likeness

    def _watched(self, showing: Showing, now: datetime) -> bool:
        ended = showing.ended_at or showing.at
        return now <= after_working_days(self._world.policy, ended, self._world.policy.faq.false_days)


def _unsettled(showing: Showing) -> bool:
    """Whether a word of the person is about it: in a draft until it helped, else only while it is open.

    Without a draft all showings of an entry look alike, and the word is about the last one.
    """
    if not showing.request:
        return showing.outcome is Outcome.OPEN
    return showing.outcome is not Outcome.CONFIRMED
