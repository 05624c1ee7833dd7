"""What the author says of an entry that an agent sent him reaches the card."""

from __future__ import annotations

from datetime import datetime

from triage.desk.cards import JUDGED_ENTRY, queue_card, sent_entries
from triage.desk.records import Change
from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.dialogue.effects import RecordAdvice
from triage.jobs.world import World


def keep_judgement(world: World, unit: Unit, conversation: int, said: RecordAdvice, now: datetime) -> None:
    """Write down what the author says of an entry that was sent to him, once, and let the card show it."""
    ticket = unit.tickets.get(said.ticket)
    if ticket is None or ticket.conversation != conversation:
        return
    waits = [a for a in sent_entries(unit.tickets.history(ticket.id)) if a.entry == said.entry and not a.outcome]
    if not waits:
        return
    unit.tickets.log(Change(ticket.id, JUDGED_ENTRY, said.entry, said.outcome, notices.AUTHOR, now))
    unit.tickets.renew(ticket.id)
    if world.agents:
        queue_card(world.jobs, unit, ticket.id)
