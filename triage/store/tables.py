"""The tables. Rows stay in this package; the outside sees the values of `triage.desk.records`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Common base; all times are aware."""

    type_annotation_map = {datetime: Moment, str: Text}  # noqa: RUF012  # SQLAlchemy's own convention


class ConversationRow(Base):
    """One chat of one channel, its state and its person."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "chat"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    chat: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    consent: Mapped[str] = mapped_column(String(40), default="")
    consent_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(320), default="")
    address_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]


class ReplyRow(Base):
    """What was said to the person; `state` is kept (web, terminal), waiting, sent or gone."""

    __tablename__ = "replies"
    __table_args__ = (
        Index("ix_replies_conversation", "conversation_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("conversations.id", ondelete="CASCADE"))
    body: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    message: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class InboxRow(Base):
    """A raw update; `raw` and `chat` are erased when it has been handled."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "chat",
            "update_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat: Mapped[str] = mapped_column(String(200))
    raw: Mapped[str | None]
    secret_kinds: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class FileRow(Base):
    """A picture for a letter."""

    __tablename__ = "files"

    ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class TicketRow(Base):
    """A request; `conversation_id` and `author` are empty once the person has been forgotten."""

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    conversation_id: Mapped[int | None] = mapped_column(
        SERIAL, ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    author: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str]
    text: Mapped[str]
    report: Mapped[str]
    priority: Mapped[str] = mapped_column(String(16))
    suggested_priority: Mapped[str] = mapped_column(String(16))
    priority_confidence: Mapped[float]
    scope: Mapped[str] = mapped_column(String(64))
    suggested_scope: Mapped[str] = mapped_column(String(64))
    scope_confidence: Mapped[float]
    verdict: Mapped[str] = mapped_column(String(16))
    clause: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(32), index=True)
    resolution: Mapped[str] = mapped_column(String(32), default="")
    phrases: Mapped[str] = mapped_column(default="[]")
    missing: Mapped[str] = mapped_column(default="[]")
    marks: Mapped[str] = mapped_column(default="[]")
    created_at: Mapped[datetime] = mapped_column(index=True)
    deadline: Mapped[datetime]
    letter_state: Mapped[str] = mapped_column(String(16), index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")
    confirmed: Mapped[bool] = mapped_column(default=False)
    card_message: Mapped[str] = mapped_column(String(64), default="")


class ChangeRow(Base):
    """One line of a request's history."""

    __tablename__ = "ticket_changes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(String(64), ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(32))
    old: Mapped[str]
    new: Mapped[str]
    agent: Mapped[str] = mapped_column(String(200))
    comment: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class CorrectionRow(Base):
    """A label given by an agent, with the redacted text: data to learn from."""

    __tablename__ = "corrections"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str]
    field: Mapped[str] = mapped_column(String(16))
    suggested: Mapped[str] = mapped_column(String(64))
    given: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class MailRow(Base):
    """A mail; its `payload` is erased when it has left, the `recipient` of a code too."""

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    ticket_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(
        SERIAL, ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    message_id: Mapped[str] = mapped_column(String(400))
    recipient: Mapped[str] = mapped_column(String(320))
    payload: Mapped[str]
    state: Mapped[str] = mapped_column(String(16), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class CodeRow(Base):
    """That a code was mailed for a chat (known by a hash only); counts towards the day's limit."""

    __tablename__ = "codes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    chat_hash: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


class ShowingRow(Base):
    """An entry of the FAQ shown to a person, and what became of it; nameless once the person has been forgotten."""

    __tablename__ = "faq_showings"
    __table_args__ = (
        Index(
            "ix_faq_showings_open",
            "due",
            sqlite_where=text("outcome = 'open'"),
            postgresql_where=text("outcome = 'open'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(
        SERIAL, ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    entry: Mapped[str] = mapped_column(String(64), index=True)
    request: Mapped[str] = mapped_column(String(64), default="")
    rule: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime]
    due: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class QuestionRow(Base):
    """A question that found no entry, redacted."""

    __tablename__ = "faq_questions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    request: Mapped[str] = mapped_column(String(64), default="")
    rule: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class EntryRow(Base):
    """An entry that is withheld, or was: showings count from when it was offered again."""

    __tablename__ = "faq_entries"

    entry: Mapped[str] = mapped_column(String(64), primary_key=True)
    withheld_at: Mapped[datetime | None]
    counted_from: Mapped[datetime | None]


class NoticeRow(Base):
    """What the agents must be told; `conversation_id` names whose words it holds, if anybody's."""

    __tablename__ = "notices"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(SERIAL, index=True)
    text: Mapped[str]
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class CounterRow(Base):
    """The last request number of a year."""

    __tablename__ = "counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class HandledRow(Base):
    """Keys of events that have been handled, so that none is handled twice."""

    __tablename__ = "handled"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class ChunkRow(Base):
    """A chunk of a bulk run, masked: its requests until they are worked, then its reports until they are read."""

    __tablename__ = "chunks"

    run: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    requests: Mapped[bytes | None] = mapped_column(LargeBinary)
    reports: Mapped[bytes | None] = mapped_column(LargeBinary)
    error: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(index=True)
