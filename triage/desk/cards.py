"""A request as agents see it."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from triage.desk.ports import Card, Jobs, SentEntry
from triage.desk.records import Change, Ticket
from triage.desk.storage import Unit

#: Fields of a request's history: an entry of the FAQ was sent (`new`, its title is the comment), and judged (`old`).
SENT_ENTRY, JUDGED_ENTRY = "faq", "faq_outcome"


def card_of(ticket: Ticket, zone: ZoneInfo, history: Iterable[Change] = ()) -> Card:
    """Return what agents see of a request, its times in the zone."""
    values = {name: getattr(ticket, name) for name in Card.__slots__ if name not in ("ticket", "answers")}
    for name in ("deadline", "created_at"):
        values[name] = values[name].astimezone(zone)
    return Card(ticket=ticket.id, answers=sent_entries(history), **values)


def queue_card(jobs: Jobs, unit: Unit, ticket: str) -> None:
    """Queue the showing of the card as it is in this unit, once for each version."""
    found = unit.tickets.get(ticket)
    if found is not None:
        jobs.add(unit.session, "show_card", found.id, found.version, key=f"card:{found.id}:{found.version}")


def sent_entries(history: Iterable[Change]) -> tuple[SentEntry, ...]:
    """Return the entries that were sent to the author, oldest first, with what he said of each."""
    lines = tuple(history)
    outcomes = {line.old: line.new for line in lines if line.field == JUDGED_ENTRY}
    return tuple(
        SentEntry(line.new, line.comment, line.agent, outcomes.get(line.new, ""))
        for line in lines
        if line.field == SENT_ENTRY
    )
