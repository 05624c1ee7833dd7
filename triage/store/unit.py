"""One unit of work: the repositories over one session, one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from triage.store.chunks import ChunkRepository
from triage.store.conversations import ConversationRepository, ReplyRepository
from triage.store.faq import FaqRepository
from triage.store.inbox import InboxRepository, NoticeRepository, insert_new
from triage.store.mails import FileRepository, MailRepository
from triage.store.tables import ChunkRow, CodeRow, FileRow, HandledRow, InboxRow, MailRow, NoticeRow, ReplyRow
from triage.store.tickets import TicketRepository

_DAY = timedelta(days=1)
_KEPT_UPDATES = timedelta(days=14)
_KEPT_PICTURES = timedelta(days=30)


class SqlUnit:
    """Repositories that share one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.conversations = ConversationRepository(session)
        self.replies = ReplyRepository(session)
        self.inbox = InboxRepository(session)
        self.tickets = TicketRepository(session)
        self.mails = MailRepository(session)
        self.files = FileRepository(session)
        self.notices = NoticeRepository(session)
        self.chunks = ChunkRepository(session)
        self.faq = FaqRepository(session)

    def once(self, key: str, now: datetime) -> bool:
        """Record the key; False when it was there already."""
        return insert_new(self.session, HandledRow, {"key": key, "at": now}, "key")

    def housekeep(self, now: datetime) -> None:
        """Erase what has served its time.

        Update ids are kept for 14 days (Telegram repeats none after one), pictures for 30 days unless a
        letter still waits; keys of events, counted codes and notices, shown or not, for two days; chunks of bulk runs
        that nobody reads any more for one.
        """
        run = self.session.execute
        run(delete(HandledRow).where(HandledRow.at < now - 2 * _DAY))
        run(delete(ChunkRow).where(ChunkRow.at < now - _DAY))
        run(delete(CodeRow).where(CodeRow.at < now - 2 * _DAY))
        run(delete(InboxRow).where(InboxRow.state == "done", InboxRow.done_at < now - _KEPT_UPDATES))
        run(delete(ReplyRow).where(ReplyRow.state.in_(("sent", "gone")), ReplyRow.created_at < now - _DAY))
        run(delete(MailRow).where(MailRow.kind == "code", MailRow.created_at < now - _DAY))
        run(delete(NoticeRow).where(NoticeRow.at < now - 2 * _DAY))
        waiting = select(MailRow.conversation_id).where(MailRow.state != "sent", MailRow.kind == "letter")
        run(
            delete(FileRow).where(
                FileRow.created_at < now - _KEPT_PICTURES,
                FileRow.conversation_id.not_in(waiting.where(MailRow.conversation_id.is_not(None))),
            )
        )
        run(update(InboxRow).where(InboxRow.state == "dead", InboxRow.done_at < now - _KEPT_UPDATES).values(raw=None))
