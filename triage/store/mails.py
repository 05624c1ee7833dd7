"""Queries about mails on their way, codes of the day and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from triage.desk.ports import ChatKey
from triage.desk.records import Mail, MailKind
from triage.store.inbox import changed
from triage.store.tables import CodeRow, FileRow, MailRow


class MailRepository:
    """Mails; how an attempt ended is kept once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, mail: Mail) -> None:
        """Keep a mail that waits."""
        values = {name: getattr(mail, name) for name in Mail.__slots__}
        values["ticket_id"], values["conversation_id"] = values.pop("ticket"), values.pop("conversation")
        self._session.add(MailRow(**values))
        self._session.flush()

    def get(self, id: str) -> Mail | None:
        """Return the mail of this id, None when it has been erased."""
        row = self._session.get(MailRow, id, populate_existing=True)
        return _mail(row) if row else None

    def record(self, id: str, attempts: int, state: str, error: str, now: datetime) -> bool:
        """Keep how the attempt after `attempts` ended; False when somebody has already kept it.

        A letter is blanked when it has left (one given up may be sent again), a code when it no longer waits.
        """
        values: dict[str, object] = {"state": state, "error": error[:400], "attempts": attempts + 1}
        if state != "waiting":
            values["done_at"] = now
        here = (MailRow.id == id, MailRow.attempts == attempts, MailRow.state == "waiting")
        if changed(self._session, update(MailRow).where(*here).values(**values)) != 1:
            return False
        if state == "sent":
            self._session.execute(update(MailRow).where(MailRow.id == id).values(payload=""))
        if state != "waiting":
            code = update(MailRow).where(MailRow.id == id, MailRow.kind == MailKind.CODE)
            self._session.execute(code.values(payload="", recipient=""))
        return True

    def again(self, ticket: str, now: datetime) -> Mail | None:
        """Let a letter that was given up wait anew; None when there is none."""
        row = self._session.scalar(
            select(MailRow).where(MailRow.ticket_id == ticket, MailRow.state.in_(("failed", "refused")))
        )
        if row is None:
            return None
        row.state, row.created_at, row.done_at = "waiting", now, None
        self._session.flush()
        return _mail(row)

    def troubled(self) -> tuple[int, str]:
        """Return how many mails wait after a failed attempt, and the newest reason."""
        waiting = (MailRow.state == "waiting", MailRow.attempts > 0)
        count = self._session.scalar(select(func.count()).select_from(MailRow).where(*waiting)) or 0
        reason = self._session.scalar(
            select(MailRow.error).where(*waiting).order_by(MailRow.created_at.desc()).limit(1)
        )
        return int(count), reason or ""

    def code_sent(self, chat: ChatKey, now: datetime) -> None:
        """Count a mailed code; the chat is known by a hash, so that forgetting keeps the limit."""
        self._session.add(CodeRow(chat_hash=chat.mark, at=now))

    def codes_since(self, chat: ChatKey, since: datetime) -> int:
        """Return how many codes were mailed for this chat since then."""
        counted = select(func.count()).select_from(CodeRow)
        mine = counted.where(CodeRow.chat_hash == chat.mark, CodeRow.at >= since)
        return int(self._session.scalar(mine) or 0)


class FileRepository:
    """Pictures by their reference."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, ref: str, conversation: int, name: str, content: bytes, now: datetime) -> None:
        """Keep a picture."""
        row = FileRow(ref=ref, conversation_id=conversation, name=name[:255], content=content, created_at=now)
        self._session.add(row)

    def get(self, ref: str) -> tuple[str, bytes] | None:
        """Return name and bytes, None when it has been erased."""
        row = self._session.get(FileRow, ref)
        return (row.name, row.content) if row else None

    def erase(self, refs: Sequence[str]) -> None:
        """Erase these pictures."""
        self._session.execute(delete(FileRow).where(FileRow.ref.in_(refs)))


def _mail(row: MailRow) -> Mail:
    return Mail(
        row.id,
        row.kind,
        row.ticket_id,
        row.conversation_id,
        row.message_id,
        row.recipient,
        row.payload,
        row.state,
        row.attempts,
        row.created_at,
        row.error,
    )
