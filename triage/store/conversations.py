"""Queries about conversations, their persons and what was said to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from triage.desk.ports import ChatKey
from triage.desk.records import Conversation, LetterState, Queued
from triage.store.faq import FaqRepository
from triage.store.inbox import changed, insert_new
from triage.store.tables import (
    ConversationRow,
    CorrectionRow,
    FileRow,
    InboxRow,
    MailRow,
    NoticeRow,
    QuestionRow,
    ReplyRow,
    ShowingRow,
    TicketRow,
)


class ConversationRepository:
    """Conversations by chat, changed by compare-and-set on their version."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, chat: ChatKey, now: datetime) -> Conversation:
        """Return the chat's conversation, a new one when there is none."""
        row = self._find(chat)
        if row is None:
            values = {"channel": chat.channel, "chat": chat.id, "created_at": now, "touched_at": now}
            insert_new(self._session, ConversationRow, values, "channel", "chat")
            row = self._find(chat)
            assert row is not None
        return _conversation(row)

    def get(self, id: int) -> Conversation | None:
        """Return the conversation of this id, None when it has been erased."""
        row = self._session.get(ConversationRow, id)
        return _conversation(row) if row else None

    def save(self, id: int, version: int, state: str, now: datetime) -> bool:
        """Keep the state if nobody has changed the conversation since this version was read."""
        statement = (
            update(ConversationRow)
            .where(ConversationRow.id == id, ConversationRow.version == version)
            .values(state=state, version=version + 1, touched_at=now)
        )
        return changed(self._session, statement) == 1

    def consent(self, id: int, notice: str, now: datetime) -> None:
        """Keep that the privacy notice of this version was accepted."""
        self._set(id, consent=notice, consent_at=now)

    def address(self, id: int, address: str, now: datetime) -> None:
        """Keep the confirmed address."""
        self._set(id, address=address, address_at=now)

    def rename(self, id: int, chat: str) -> int:
        """Follow a chat that got a new key (a group became a supergroup); return its conversation.

        Where the person has written under the new key already, that conversation gets everything of this one but
        the draft.
        """
        row = self._session.get(ConversationRow, id)
        if row is None:
            return id
        there = self._find(ChatKey(row.channel, chat))
        if there is None or there.id == id:
            self._set(id, chat=chat)
            return id
        for table in (ReplyRow, TicketRow, MailRow, FileRow, NoticeRow, ShowingRow, QuestionRow):
            self._session.execute(update(table).where(table.conversation_id == id).values(conversation_id=there.id))
        if not there.consent:
            self._set(there.id, consent=row.consent, consent_at=row.consent_at)
        if not there.address:
            self._set(there.id, address=row.address, address_at=row.address_at)
        self._session.execute(delete(ConversationRow).where(ConversationRow.id == id))
        return there.id

    def forget(self, id: int) -> None:
        """Erase the person: requests whose letter has left keep number and text without author."""
        run, of = self._session.execute, TicketRow.conversation_id == id
        row = self._session.get(ConversationRow, id)
        if row is None:
            return
        erased = select(TicketRow.id).where(of, TicketRow.letter_state != LetterState.SENT)
        run(delete(CorrectionRow).where(CorrectionRow.ticket_id.in_(erased)))
        run(delete(TicketRow).where(of, TicketRow.letter_state != LetterState.SENT))
        run(update(TicketRow).where(of).values(author="", conversation_id=None, version=TicketRow.version + 1))
        run(delete(MailRow).where(MailRow.conversation_id == id, MailRow.state != "sent"))
        run(update(MailRow).where(MailRow.conversation_id == id).values(payload="", conversation_id=None))
        mark = ChatKey(row.channel, row.chat).mark
        run(delete(InboxRow).where(InboxRow.chat == mark, InboxRow.state == "dead"))
        FaqRepository(self._session).forget(id)
        for table in (FileRow, ReplyRow, NoticeRow):
            run(delete(table).where(table.conversation_id == id))
        run(delete(ConversationRow).where(ConversationRow.id == id))

    def export(self, id: int) -> Mapping[str, object]:
        """Everything kept of the person, as plain JSON values."""
        row = self._session.get(ConversationRow, id)
        if row is None:
            return {}
        tickets = self._session.scalars(
            select(TicketRow).where(TicketRow.conversation_id == id).order_by(TicketRow.created_at)
        )
        files = self._session.execute(
            select(FileRow.name, func.length(FileRow.content)).where(FileRow.conversation_id == id)
        )
        told = self._session.execute(select(NoticeRow.text, NoticeRow.at).where(NoticeRow.conversation_id == id))
        return {
            "channel": row.channel,
            "chat": row.chat,
            "first_seen": row.created_at.isoformat(),
            "consent": {"notice": row.consent, "at": row.consent_at.isoformat() if row.consent_at else None},
            "address": row.address,
            "requests": [
                {
                    "number": t.number,
                    "subject": t.subject,
                    "text": t.text,
                    "priority": t.priority,
                    "status": t.status,
                    "letter": t.letter_state,
                    "created_at": t.created_at.isoformat(),
                }
                for t in tickets
            ],
            "notices": [{"text": text, "at": at.isoformat()} for text, at in told],
            "files": [{"name": name, "size": size} for name, size in files],
            **FaqRepository(self._session).export(id),
        }

    def erase_unaccepted(self, before: datetime) -> int:
        """Erase conversations without consent that have been silent since then; return how many."""
        ids = self._session.scalars(
            select(ConversationRow.id).where(ConversationRow.consent == "", ConversationRow.touched_at < before)
        ).all()
        for id in ids:
            self.forget(id)
        return len(ids)

    def _find(self, chat: ChatKey) -> ConversationRow | None:
        return self._session.scalar(
            select(ConversationRow).where(ConversationRow.channel == chat.channel, ConversationRow.chat == chat.id)
        )

    def _set(self, id: int, **values: object) -> None:
        self._session.execute(update(ConversationRow).where(ConversationRow.id == id).values(**values))


class ReplyRepository:
    """What was said, in order; the words of a sent Telegram reply are erased."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, conversation: int, body: str, now: datetime, *, waiting: bool) -> int:
        """Keep a reply and return its number; `waiting` when somebody must carry it."""
        state = "waiting" if waiting else "kept"
        row = ReplyRow(conversation_id=conversation, body=body, state=state, due=now, created_at=now)
        self._session.add(row)
        self._session.flush()
        return row.id

    def after(self, chat: ChatKey, seq: int) -> Sequence[tuple[int, str, datetime]]:
        """Return the chat's replies with a greater number, oldest first."""
        rows = self._session.execute(
            select(ReplyRow.id, ReplyRow.body, ReplyRow.created_at)
            .join(ConversationRow)
            .where(ConversationRow.channel == chat.channel, ConversationRow.chat == chat.id)
            .where(ReplyRow.id > seq, ReplyRow.body != "")
            .order_by(ReplyRow.id)
        )
        return [(seq, body, at) for seq, body, at in rows]

    def next(self, conversation: int) -> Queued | None:
        """Return the oldest reply that waits to be carried."""
        row = self._session.execute(
            select(ReplyRow, ConversationRow)
            .join(ConversationRow)
            .where(ReplyRow.conversation_id == conversation, ReplyRow.state == "waiting")
            .order_by(ReplyRow.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        reply, chat = row
        return Queued(reply.id, ChatKey(chat.channel, chat.chat), reply.body, reply.attempts, reply.due)

    def sent(self, seq: int, message: str, now: datetime) -> None:
        """Mark it carried and erase its words."""
        values = {"state": "sent", "message": message, "sent_at": now, "body": ""}
        self._session.execute(update(ReplyRow).where(ReplyRow.id == seq).values(**values))

    def postpone(self, seq: int, due: datetime, *, failed: bool) -> None:
        """Let it wait until `due`; a failed attempt is counted."""
        values = {"attempts": ReplyRow.attempts + int(failed), "due": due}
        self._session.execute(update(ReplyRow).where(ReplyRow.id == seq).values(**values))

    def gone(self, conversation: int) -> Sequence[str]:
        """Give up what waits for a chat that cannot be reached any more; return it, oldest first."""
        waiting = (ReplyRow.conversation_id == conversation, ReplyRow.state == "waiting")
        bodies = self._session.scalars(select(ReplyRow.body).where(*waiting).order_by(ReplyRow.id)).all()
        self._session.execute(update(ReplyRow).where(*waiting).values(state="gone", body=""))
        return bodies


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(row.id, ChatKey(row.channel, row.chat), row.state, row.version, row.consent, row.address)
