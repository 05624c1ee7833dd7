"""The values that the store keeps and gives back: what the desk and the jobs know of a row.

Times are aware. `payload`, `body` and `state` are JSON texts whose shape belongs to the writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.desk.ports import ChatKey
from triage.report import Priority


class LetterState(StrEnum):
    """Where a request's letter is; `by_person` when the person sends it himself."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    BY_PERSON = "by_person"


class MailKind(StrEnum):
    """A letter to the official mailbox, or a code to a person."""

    LETTER = "letter"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation and what is kept of its person; `version` grows with each step."""

    id: int
    chat: ChatKey
    state: str
    version: int
    consent: str
    address: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A raw update that waits for its turn; `chat` is the mark of its chat, `attempts` counts failed ones."""

    update_id: int
    chat: str
    raw: str
    secret_kinds: tuple[str, ...]
    attempts: int
    due: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request as the desk keeps it; the text is redacted, `author` an address or ""."""

    id: str
    number: str
    version: int
    conversation: int | None
    author: str
    subject: str
    text: str
    report: str
    priority: Priority
    suggested_priority: Priority
    priority_confidence: float
    scope: str
    suggested_scope: str
    scope_confidence: float
    verdict: str
    clause: str
    status: str
    resolution: str
    phrases: tuple[str, ...]
    missing: tuple[str, ...]
    marks: tuple[str, ...]
    created_at: datetime
    deadline: datetime
    letter_state: str
    agent: str = ""
    confirmed: bool = False
    card_message: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a request's history: `field` went from `old` to `new` by `agent`."""

    ticket: str
    field: str
    old: str
    new: str
    agent: str
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A label given by an agent: data to learn from. `field` is `priority` or `scope`."""

    ticket: str
    text: str
    field: str
    suggested: str
    given: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that waits or has left; `payload` is erased when it has left."""

    id: str
    kind: str
    ticket: str | None
    conversation: int | None
    message_id: str
    recipient: str
    payload: str
    state: str
    attempts: int
    created_at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked chunk of a bulk run: its reports as JSON Lines, or the name of what went wrong."""

    reports: bytes
    error: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """A reply that waits to be sent to a chat, not before `due`; `attempts` counts the failed ones."""

    seq: int
    chat: ChatKey
    body: str
    attempts: int
    due: datetime


@dataclass(frozen=True, slots=True)
class Misleading:
    """An entry of the FAQ that is offered no longer: how many of its deflections were false.

    `failed` are the newest questions that it failed, redacted.
    """

    entry: str
    title: str
    false: int
    deflected: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts for one screen; keys of `by_status` and `by_priority` are codes, `withheld` are entries of the FAQ."""

    total: int
    by_status: dict[str, int]
    by_priority: dict[str, int]
    overdue: int
    corrected: int
    confirmed: int
    letters_waiting: int
    letters_failed: int
    updates_waiting: int
    updates_dead: int
    withheld: tuple[Misleading, ...] = ()
