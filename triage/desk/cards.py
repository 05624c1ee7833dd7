"""A request as agents see it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from triage.desk.ports import Card
from triage.desk.records import Ticket


def card_of(ticket: Ticket, zone: ZoneInfo) -> Card:
    """Return what agents see of a request, its times in the zone."""
    values = {name: getattr(ticket, name) for name in Card.__slots__ if name != "ticket"}
    for name in ("deadline", "created_at"):
        values[name] = values[name].astimezone(zone)
    return Card(ticket=ticket.id, **values)
