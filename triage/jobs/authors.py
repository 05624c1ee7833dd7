"""What agents do reaches the author: a new status, an entry of the FAQ."""

from __future__ import annotations

import asyncio

from triage.desk.cards import SENT_ENTRY
from triage.desk.ports import ChatKey
from triage.desk.records import Change, Ticket
from triage.desk.storage import Unit
from triage.dialogue.incoming import Advised, Incoming, Informed
from triage.jobs.background import in_unit
from triage.jobs.conversations import Conversations
from triage.jobs.world import World


class Authors:
    """The engine's job `inform`: a line of a request's history becomes a step of its author's conversation."""

    def __init__(self, world: World, conversations: Conversations) -> None:
        self._world, self._conversations = world, conversations

    async def inform(self, line: int) -> None:
        """Tell the author, once however often the job runs; nobody is told of what has been erased meanwhile."""
        found = await in_unit(self._world.store, lambda unit: _loaded(unit, line))
        if found is not None:
            chat, incoming = found
            await asyncio.to_thread(self._conversations.handle, chat, incoming, once=f"inform:{line}")


def _loaded(unit: Unit, line: int) -> tuple[ChatKey, Incoming] | None:
    change = unit.tickets.line(line)
    ticket = unit.tickets.get(change.ticket) if change else None
    chat = unit.conversations.get(ticket.conversation) if ticket and ticket.conversation is not None else None
    if change is None or ticket is None or chat is None:
        return None
    return chat.chat, _said(change, ticket)


def _said(change: Change, ticket: Ticket) -> Incoming:
    if change.field == SENT_ENTRY:
        return Advised(ticket.id, ticket.number, change.new)
    resolution = ticket.resolution if ticket.status == change.new else ""
    return Informed(ticket.number, change.new, resolution, change.comment)
