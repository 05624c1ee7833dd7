"""A request as agents see it."""

from __future__ import annotations

from triage.desk.ports import Card
from triage.desk.records import Ticket


def card_of(ticket: Ticket) -> Card:
    """Return what agents see of a request."""
    values = {name: getattr(ticket, name) for name in Card.__slots__ if name != "ticket"}
    return Card(ticket=ticket.id, **values)
