"""Queries about raw updates and notices, and the two statements that every repository needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Table, Update, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.desk.records import Pending
from triage.store.tables import Base, InboxRow, NoticeRow


def insert_new(session: Session, row: type[Base], values: Mapping[str, Any], *keys: str) -> bool:
    """Insert unless a row with these keys is there; True when inserted."""
    table = row.__table__
    assert isinstance(table, Table)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    defaults = {c.name: c.default.arg for c in table.columns if c.default is not None and c.default.is_scalar}
    statement = dialect.insert(table).values(defaults | dict(values))
    quiet = statement.on_conflict_do_nothing(index_elements=keys).returning(table.c[keys[0]])
    return session.execute(quiet).first() is not None


def changed(session: Session, statement: Update) -> int:
    """Run an update and return how many rows it changed."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


class InboxRepository:
    """Raw updates, each handled once, in their order within a chat."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, update_id: int, chat: str, raw: str, kinds: Sequence[str], now: datetime) -> bool:
        """Keep the update; False when it was received before."""
        values = {
            "update_id": update_id,
            "chat": chat,
            "raw": raw,
            "secret_kinds": ",".join(kinds),
            "state": "waiting",
            "due": now,
            "received_at": now,
        }
        return insert_new(self._session, InboxRow, values, "update_id")

    def head(self, chat: str) -> Pending | None:
        """Return the chat's first update that waits."""
        row = self._session.scalar(
            select(InboxRow)
            .where(InboxRow.chat == chat, InboxRow.state == "waiting")
            .order_by(InboxRow.update_id)
            .limit(1)
        )
        if row is None:
            return None
        kinds = tuple(k for k in row.secret_kinds.split(",") if k)
        return Pending(row.update_id, row.chat, row.raw or "", kinds, row.attempts, row.due)

    def finish(self, update_id: int, now: datetime) -> bool:
        """Mark it handled and erase text and chat; False when that was done before.

        An update that never came through the inbox is recorded as handled.
        """
        done = {"state": "done", "raw": None, "chat": "", "secret_kinds": "", "error": "", "done_at": now}
        waiting = (InboxRow.update_id == update_id, InboxRow.state == "waiting")
        if changed(self._session, update(InboxRow).where(*waiting).values(**done)):
            return True
        values = {"update_id": update_id, "due": now, "received_at": now, **done}
        return insert_new(self._session, InboxRow, values, "update_id")

    def postpone(self, update_id: int, error: str, due: datetime) -> None:
        """Count a failed attempt; the next one is at `due`."""
        self._session.execute(
            update(InboxRow)
            .where(InboxRow.update_id == update_id, InboxRow.state == "waiting")
            .values(attempts=InboxRow.attempts + 1, error=error[:400], due=due)
        )

    def bury(self, update_id: int, error: str, now: datetime) -> None:
        """Give the update up; it stays for a human to look at."""
        self._session.execute(
            update(InboxRow)
            .where(InboxRow.update_id == update_id, InboxRow.state == "waiting")
            .values(state="dead", attempts=InboxRow.attempts + 1, error=error[:400], done_at=now)
        )


class NoticeRepository:
    """What agents must be told."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, text: str, now: datetime, *, conversation: int | None = None) -> int:
        """Keep a notice and return its number; one about a person is erased with his conversation."""
        row = NoticeRow(text=text, at=now, conversation_id=conversation)
        self._session.add(row)
        self._session.flush()
        return row.id

    def next(self) -> tuple[int, str] | None:
        """Return the oldest notice that has not been shown."""
        row = self._session.execute(
            select(NoticeRow.id, NoticeRow.text).where(NoticeRow.sent_at.is_(None)).order_by(NoticeRow.id).limit(1)
        ).first()
        return (row[0], row[1]) if row else None

    def sent(self, id: int, now: datetime) -> None:
        """Mark it shown."""
        self._session.execute(update(NoticeRow).where(NoticeRow.id == id).values(sent_at=now))

    def recent(self, limit: int) -> Sequence[tuple[datetime, str]]:
        """Return the newest notices, newest first."""
        rows = self._session.execute(select(NoticeRow.at, NoticeRow.text).order_by(NoticeRow.id.desc()).limit(limit))
        return [(at, text) for at, text in rows]
