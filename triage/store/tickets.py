"""Queries about requests, their history and the labels agents gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.desk.records import Change, Correction, Stats, Ticket
from triage.report import Priority
from triage.store.inbox import changed
from triage.store.tables import ChangeRow, CorrectionRow, CounterRow, InboxRow, MailRow, TicketRow

_LISTS = ("phrases", "missing", "marks")
_DONE = "done"


class TicketRepository:
    """Requests; every change names the version it was taken on."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def number(self, year: int) -> int:
        """Return the year's next number; the row is locked until the unit ends, so no two get one."""
        dialect = sqlite if self._session.get_bind().dialect.name == "sqlite" else postgresql
        statement = (
            dialect.insert(CounterRow)
            .values(year=year, n=1)
            .on_conflict_do_update(index_elements=["year"], set_={"n": CounterRow.n + 1})
            .returning(CounterRow.n)
        )
        return int(self._session.execute(statement).scalar_one())

    def add(self, ticket: Ticket) -> None:
        """Keep a new request."""
        values = {name: getattr(ticket, name) for name in Ticket.__slots__}
        for name in _LISTS:
            values[name] = msgspec.json.encode(values[name]).decode()
        values["conversation_id"] = values.pop("conversation")
        self._session.add(TicketRow(**values))
        self._session.flush()

    def get(self, id: str) -> Ticket | None:
        """Return the request of this id."""
        row = self._session.get(TicketRow, id, populate_existing=True)
        return _ticket(row) if row else None

    def find(self, number: str) -> Ticket | None:
        """Return the request of this number."""
        row = self._session.scalar(select(TicketRow).where(TicketRow.number == number))
        return _ticket(row) if row else None

    def of(self, conversation: int, limit: int | None = 50) -> Sequence[Ticket]:
        """Return the conversation's requests, newest first."""
        rows = self._session.scalars(
            select(TicketRow)
            .where(TicketRow.conversation_id == conversation)
            .order_by(TicketRow.created_at.desc())
            .limit(limit)
        )
        return [_ticket(row) for row in rows]

    def open(self, limit: int) -> Sequence[Ticket]:
        """Return the requests that are not done, the nearest deadline first."""
        rows = self._session.scalars(
            select(TicketRow).where(TicketRow.status != _DONE).order_by(TicketRow.deadline, TicketRow.id).limit(limit)
        )
        return [_ticket(row) for row in rows]

    def change(self, id: str, version: int, **values: Any) -> bool:
        """Change if it still has this version, and raise the version."""
        statement = (
            update(TicketRow)
            .where(TicketRow.id == id, TicketRow.version == version)
            .values(version=version + 1, **values)
        )
        return changed(self._session, statement) == 1

    def mark_letter(self, id: str, state: str) -> None:
        """Keep how the letter fares; agents' cards are told by a new version."""
        self._session.execute(
            update(TicketRow)
            .where(TicketRow.id == id, TicketRow.letter_state != state)
            .values(letter_state=state, version=TicketRow.version + 1)
        )

    def card(self, id: str, message: str) -> None:
        """Keep which message shows the card."""
        self._session.execute(update(TicketRow).where(TicketRow.id == id).values(card_message=message))

    def renew(self, id: str) -> None:
        """Raise the version: what the card shows beside the row has changed."""
        self._session.execute(update(TicketRow).where(TicketRow.id == id).values(version=TicketRow.version + 1))

    def log(self, change: Change) -> int:
        """Add a line to the history and return its number."""
        values = {name: getattr(change, name) for name in Change.__slots__}
        values["ticket_id"] = values.pop("ticket")
        row = ChangeRow(**values)
        self._session.add(row)
        self._session.flush()
        return row.id

    def line(self, number: int) -> Change | None:
        """Return the line of the history of this number, None when its request has been erased."""
        row = self._session.get(ChangeRow, number)
        return _change(row) if row else None

    def history(self, id: str) -> Sequence[Change]:
        """Return the history, oldest first."""
        rows = self._session.scalars(select(ChangeRow).where(ChangeRow.ticket_id == id).order_by(ChangeRow.id))
        return [_change(row) for row in rows]

    def correct(self, correction: Correction) -> None:
        """Keep a label given by an agent."""
        values = {name: getattr(correction, name) for name in Correction.__slots__}
        values["ticket_id"] = values.pop("ticket")
        self._session.add(CorrectionRow(**values))

    def corrections(self) -> Sequence[Correction]:
        """Return all labels given by agents, oldest first."""
        rows = self._session.scalars(select(CorrectionRow).order_by(CorrectionRow.id))
        return [Correction(r.ticket_id, r.text, r.field, r.suggested, r.given, r.agent, r.at) for r in rows]

    def stats(self, now: datetime) -> Stats:
        """Count what one screen shows."""
        run = self._session.execute
        by_status = {str(k): int(n) for k, n in run(_counted(TicketRow.status))}
        by_priority = {str(k): int(n) for k, n in run(_counted(TicketRow.priority))}
        mails = {str(k): int(n) for k, n in run(_counted(MailRow.state).where(MailRow.kind == "letter"))}
        updates = {str(k): int(n) for k, n in run(_counted(InboxRow.state))}
        changed_labels = CorrectionRow.suggested != CorrectionRow.given
        return Stats(
            total=sum(by_status.values()),
            by_status=by_status,
            by_priority=by_priority,
            overdue=self._count(TicketRow, TicketRow.status != _DONE, TicketRow.deadline < now),
            corrected=self._count(CorrectionRow, changed_labels),
            confirmed=self._count(TicketRow, TicketRow.confirmed),
            letters_waiting=mails.get("waiting", 0),
            letters_failed=mails.get("failed", 0) + mails.get("refused", 0),
            updates_waiting=updates.get("waiting", 0),
            updates_dead=updates.get("dead", 0),
        )

    def _count(self, row: Any, *conditions: Any) -> int:
        return int(self._session.scalar(select(func.count()).select_from(row).where(*conditions)) or 0)


def _counted(column: Any) -> Any:
    return select(column, func.count()).group_by(column)


def _change(row: ChangeRow) -> Change:
    return Change(row.ticket_id, row.field, row.old, row.new, row.agent, row.at, row.comment)


def _ticket(row: TicketRow) -> Ticket:
    values: dict[str, Any] = {name: getattr(row, name) for name in Ticket.__slots__ if name != "conversation"}
    for name in _LISTS:
        values[name] = tuple(msgspec.json.decode(values[name], type=list[str]))
    for name in ("priority", "suggested_priority"):
        values[name] = Priority(values[name])
    return Ticket(conversation=row.conversation_id, **values)
