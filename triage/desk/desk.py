"""What agents do with requests. Every action names the version of the card it was taken on.

An action on an older card changes nothing and gives the fresh card back, so two agents at
once and a double tap are harmless. Labels given by agents are kept as data to learn from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from triage.desk.cards import SENT_ENTRY, card_of, queue_card, sent_entries
from triage.desk.ports import Card, Jobs
from triage.desk.records import Change, Correction, Misleading, Stats, Ticket
from triage.desk.storage import Store, Unit
from triage.faq.deflection import Outcome as Deflected
from triage.faq.entries import FaqEntry
from triage.faq.lookup import Analyze, Lookup
from triage.policy.calendar import deadline
from triage.policy.pack import Policy
from triage.report import Priority

_DONE = "done"
_FAILED = 3  # questions that are shown of an entry that misleads
_TOLD = ("clarification", _DONE)  # statuses of which the author gets a message
_SUGGESTED = 5
NO_CHAT = "the author has no conversation here"
NO_ENTRY = "there is no such entry of the FAQ"


class Result(StrEnum):
    """How an action ended. `unchanged`: it already is so; `stale`: the card has moved on;
    `unknown`: there is no such request; `refused`: the policy does not allow it."""

    DONE = "done"
    UNCHANGED = "unchanged"
    STALE = "stale"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result, the card as it is now, and a reason when it was refused."""

    result: Result
    card: Card | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an action wants: values to set, lines of history, labels to keep; or why not."""

    values: dict[str, Any]
    changes: tuple[tuple[str, str, str], ...] = ()
    labels: tuple[tuple[str, str, str], ...] = ()
    refused: str = ""
    comment: str = ""


class Desk:
    """The use cases of the desk; each is one transaction and may be called from any thread."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        policy: Policy,
        clock: Callable[[], datetime],
        *,
        faq: Mapping[str, FaqEntry] | None = None,
        lookup: Lookup | None = None,
        analyze: Analyze | None = None,
        agents: bool = False,
        count: Callable[[str, str], None] = lambda action, outcome: None,
    ) -> None:
        self._store, self._jobs, self._policy, self._clock = store, jobs, policy, clock
        self._faq, self._analyze = faq or {}, analyze
        self._lookup = lookup or Lookup(self._faq)
        self._agents, self._count = agents, count

    def card(self, ticket: str) -> Card | None:
        """Return the request's card by its id."""
        with self._store.unit() as unit:
            return self._card(unit, unit.tickets.get(ticket))

    def find(self, number: str) -> Card | None:
        """Return the request's card by its number, brackets and case aside."""
        with self._store.unit() as unit:
            return self._card(unit, unit.tickets.find(number.strip().strip("[]").upper()))

    def queue(self, limit: int = 20) -> tuple[Card, ...]:
        """Return the requests that are not done, the nearest deadline first."""
        with self._store.unit() as unit:
            return tuple(card_of(ticket, self._policy.zone) for ticket in unit.tickets.open(limit))

    def history(self, ticket: str) -> tuple[Change, ...]:
        """Return the request's history, oldest first."""
        with self._store.unit() as unit:
            return tuple(unit.tickets.history(ticket))

    def stats(self) -> Stats:
        """Return the counts of one screen."""
        with self._store.unit() as unit:
            return replace(unit.tickets.stats(self._clock()), withheld=self._withheld(unit))

    def _withheld(self, unit: Unit) -> tuple[Misleading, ...]:
        return tuple(
            Misleading(
                counts.entry,
                self._faq[counts.entry].title if counts.entry in self._faq else counts.entry,
                counts.of(Deflected.FALSE),
                counts.deflected,
                unit.faq.failed(counts.entry, _FAILED),
            )
            for counts in unit.faq.counts()
            if counts.withheld_at
        )

    def notices(self, limit: int = 20) -> tuple[tuple[datetime, str], ...]:
        """Return what agents had to be told, newest first."""
        with self._store.unit() as unit:
            return tuple(unit.notices.recent(limit))

    def corrections(self) -> tuple[Correction, ...]:
        """Return the labels agents gave, oldest first."""
        with self._store.unit() as unit:
            return tuple(unit.tickets.corrections())

    def confirm(self, ticket: str, version: int, agent: str) -> Outcome:
        """Say that the suggested, or since corrected, labels are right."""

        def wish(found: Ticket) -> _Wish | None:
            if found.confirmed:
                return None
            labels = (
                ("priority", found.suggested_priority, found.priority),
                ("scope", found.suggested_scope, found.scope),
            )
            same = tuple(label for label in labels if label[1] == label[2])
            return _Wish({"confirmed": True}, (("confirmed", "", "yes"),), same)

        return self._act("confirm", ticket, version, agent, wish)

    def correct_priority(self, ticket: str, version: int, agent: str, priority: Priority) -> Outcome:
        """Give another priority; the deadline is counted anew from the request's beginning."""

        def wish(found: Ticket) -> _Wish | None:
            if found.priority == priority:
                return None
            hours = self._policy.priority_rule(priority).hours
            until = deadline(self._policy, found.created_at, hours)
            return _Wish(
                {"priority": priority, "deadline": until, "confirmed": False},
                (("priority", found.priority, priority),),
                (("priority", found.suggested_priority, priority),),
            )

        return self._act("priority", ticket, version, agent, wish)

    def correct_scope(self, ticket: str, version: int, agent: str, rule: str) -> Outcome:
        """Give another scope rule, with its verdict and clause."""

        def wish(found: Ticket) -> _Wish | None:
            if found.scope == rule:
                return None
            try:
                given = self._policy.scope_rule(rule)
            except KeyError:
                return _Wish({}, refused=f"there is no scope rule {rule}")
            values = {"scope": rule, "verdict": given.verdict, "clause": given.clause, "confirmed": False}
            return _Wish(values, (("scope", found.scope, rule),), (("scope", found.suggested_scope, rule),))

        return self._act("scope", ticket, version, agent, wish)

    def set_status(
        self, ticket: str, version: int, agent: str, status: str, resolution: str = "", comment: str = ""
    ) -> Outcome:
        """Move the request along clause 5.1; done needs a resolution, no other status takes one.

        A comment that is new moves a request that stands there already: its author is asked once more.
        """

        def wish(found: Ticket) -> _Wish | None:
            news = bool(comment) and comment != said
            if found.status == status and found.resolution == resolution and not news:
                return None
            if reason := self._forbidden(found, status, resolution):
                return _Wish({}, refused=reason)
            values = {"status": status, "resolution": resolution, "agent": agent[:200]}
            changes: tuple[tuple[str, str, str], ...] = (("status", found.status, status),)
            if resolution != found.resolution:
                changes += (("resolution", found.resolution, resolution),)
            return _Wish(values, changes, comment=comment)

        said = _last_comment(self.history(ticket)) if comment else ""
        return self._act("status", ticket, version, agent, wish)

    def suggested_entries(self, ticket: str) -> tuple[FaqEntry, ...]:
        """Return entries that may answer the request: the report's own hits, then those of its scope rule.

        Those that were sent already are left out.
        """
        with self._store.unit() as unit:
            found = unit.tickets.get(ticket)
            sent = {answer.entry for answer in sent_entries(unit.tickets.history(ticket))}
        if found is None:
            return ()
        ids = dict.fromkeys((*_hits(found), *self._offered(found)))
        return tuple(self._faq[id] for id in ids if id in self._faq and id not in sent)[:_SUGGESTED]

    def search_entries(self, query: str) -> tuple[FaqEntry, ...]:
        """Return at most five entries by words or by id, best first."""
        return self._lookup.find(query, self._analyze, limit=_SUGGESTED, every=True)

    def send_entry(self, ticket: str, version: int, agent: str, entry: str) -> Outcome:
        """Send an entry of the FAQ to the author; once per request, he says in his conversation whether it helped."""
        with self._store.unit() as unit:
            sent = {answer.entry for answer in sent_entries(unit.tickets.history(ticket))}
            outcome = self._apply(unit, ticket, version, agent, lambda found: self._sending(found, entry, sent))
        self._count("answer", outcome.result)
        return outcome

    def _sending(self, found: Ticket, entry: str, sent: set[str]) -> _Wish | None:
        if entry in sent:
            return None
        if entry not in self._faq:
            return _Wish({}, refused=NO_ENTRY)
        if found.conversation is None:
            return _Wish({}, refused=NO_CHAT)
        return _Wish({}, ((SENT_ENTRY, "", entry),), comment=self._faq[entry].title)

    def _offered(self, found: Ticket) -> tuple[str, ...]:
        try:
            return self._policy.scope_rule(found.scope).faq
        except KeyError:
            return ()

    def _forbidden(self, found: Ticket, status: str, resolution: str) -> str:
        known = {s.code: s for s in self._policy.status}
        if status not in known:
            return f"there is no status {status}"
        if found.status != status and status not in known[found.status].next:
            return f"{found.status} is not followed by {status}"
        if (status == _DONE) != bool(resolution):
            return "done needs a resolution" if status == _DONE else "only done takes a resolution"
        if resolution and resolution not in {r.code for r in self._policy.resolution}:
            return f"there is no resolution {resolution}"
        return ""

    def _act(
        self, action: str, ticket: str, version: int, agent: str, wish: Callable[[Ticket], _Wish | None]
    ) -> Outcome:
        with self._store.unit() as unit:
            outcome = self._apply(unit, ticket, version, agent, wish)
        self._count(action, outcome.result)
        return outcome

    def _apply(
        self, unit: Unit, ticket: str, version: int, agent: str, wish: Callable[[Ticket], _Wish | None]
    ) -> Outcome:
        found = unit.tickets.get(ticket)
        if found is None:
            return Outcome(Result.UNKNOWN)
        wanted = wish(found)
        if wanted is None:
            return Outcome(Result.UNCHANGED, self._card(unit, found))
        if wanted.refused:
            return Outcome(Result.REFUSED, self._card(unit, found), wanted.refused)
        changed = found.version == version and unit.tickets.change(found.id, version, **wanted.values)
        fresh = unit.tickets.get(ticket)
        if not changed or fresh is None:
            return Outcome(Result.STALE, self._card(unit, fresh))
        self._keep(unit, fresh, agent, wanted)
        return Outcome(Result.DONE, self._card(unit, fresh))

    def _keep(self, unit: Unit, fresh: Ticket, agent: str, wanted: _Wish) -> None:
        now, by = self._clock(), agent[:200]
        for field, old, new in wanted.changes:
            line = unit.tickets.log(Change(fresh.id, field, old, new, by, now, wanted.comment))
            self._tell(unit, fresh, line, field, new)
        for field, suggested, given in wanted.labels:
            unit.tickets.correct(Correction(fresh.id, fresh.text, field, suggested, given, by, now))
        if self._agents:
            queue_card(self._jobs, unit, fresh.id)

    def _tell(self, unit: Unit, fresh: Ticket, line: int, field: str, new: str) -> None:
        """Queue the author's message about a line of the history, if it is one for him and he can be reached."""
        told = field == SENT_ENTRY or (field == "status" and new in _TOLD)
        if told and fresh.conversation is not None:
            key = f"inform:{fresh.id}:{line}"
            self._jobs.add(unit.session, "inform", line, key=key, turn=str(fresh.conversation))

    def _card(self, unit: Unit, ticket: Ticket | None) -> Card | None:
        return card_of(ticket, self._policy.zone, unit.tickets.history(ticket.id)) if ticket else None


def _last_comment(history: tuple[Change, ...]) -> str:
    return next((line.comment for line in reversed(history) if line.field == "status"), "")


def _hits(ticket: Ticket) -> tuple[str, ...]:
    """Return the entries that the report found; a report of another shape has none."""
    try:
        found = msgspec.json.decode(ticket.report, type=_Hits)
    except msgspec.DecodeError:
        return ()
    return tuple(hit.id for hit in found.faq)


class _Hit(msgspec.Struct):
    id: str


class _Hits(msgspec.Struct):
    faq: list[_Hit] = []
