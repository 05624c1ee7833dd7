"""What the desk and the jobs need from outside, as protocols.

Each has at least a real and an in-memory twin, and one contract test runs over all twins.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from triage.report import Priority


@dataclass(frozen=True, slots=True)
class ChatKey:
    """A conversation: `channel` is `telegram`, `web` or `terminal`, `id` the channel's own key."""

    channel: str
    id: str

    @property
    def mark(self) -> str:
        """A hash that tells chats apart without naming them."""
        return hashlib.sha256(f"{self.channel}:{self.id}".encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class SentEntry:
    """An entry of the FAQ that an agent sent to the author; `outcome` is `helped`, `not_helped` or "" (no answer)."""

    entry: str
    title: str
    agent: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What agents see of a request; everything in it is redacted.

    `version` grows with each change; an action names the version it was taken on and is
    refused when the card has moved on. `phrases` decided the priority and the scope. `answers` are
    the entries of the FAQ that were sent, oldest first; lists of cards leave them out.
    """

    ticket: str
    number: str
    version: int
    text: str
    author: str
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
    deadline: datetime
    created_at: datetime
    agent: str = ""
    confirmed: bool = False
    answers: tuple[SentEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """How a send ended: `done` with the channel's message id, `gone` (blocked, never again) or `later`.

    `retry_after` in seconds; `moved_to` the new chat id after a group became a supergroup.
    """

    outcome: str
    message: str = ""
    retry_after: float = 0.0
    moved_to: str = ""
    extra: dict[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """Carries a finished letter; raises MailUnavailable when it may be tried again, MailRefused when not."""

    async def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None: ...

    def check(self) -> str:
        """Return `ok`, or in a few words why no letter can leave now; takes at most two seconds."""
        ...


class UpdateHandler(Protocol):
    """Turns a raw Telegram update (JSON text, secrets masked) into steps of a conversation.

    An exception means "not handled": the update is tried again later and never lost.
    """

    async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None: ...


class AgentsBoard(Protocol):
    """Where agents see cards: shows a new one, edits the shown one (`message` is its id), takes its words off.

    The answer is `done` with the message's id, `later` with `retry_after`, or `gone` (nobody to show it to).
    """

    async def show(self, card: Card, *, message: str = "") -> Sent: ...

    async def erase(self, number: str, message: str) -> Sent: ...

    async def notice(self, text: str) -> Sent: ...


class Jobs(Protocol):
    """Puts work on the durable queues inside the caller's own transaction (`session`)."""

    def add(
        self, session: object, job: str, *args: str | int | float, key: str, turn: str = "", delay: float = 0
    ) -> None:
        """Queue a job once per `key`; jobs of one `turn` run one after another; `delay` in seconds."""
        ...
