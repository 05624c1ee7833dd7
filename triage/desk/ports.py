"""What the desk and the jobs need from outside, as protocols.

Each has at least a real and an in-memory twin, and one contract test runs over all twins.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Card:
    """What agents see of a request; everything in it is redacted.

    `version` grows with each change; an action names the version it was taken on and is
    refused when the card has moved on. `phrases` decided the priority and the scope.
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
    """Carries a finished letter; raises MailUnavailable when it may be tried again."""

    async def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None: ...


class UpdateHandler(Protocol):
    """Turns a raw Telegram update (JSON text, secrets masked) into steps of a conversation."""

    async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None: ...


class AgentsBoard(Protocol):
    """Where agents see cards: shows a new one or edits the shown one (`message` is its id)."""

    async def show(self, card: Card, *, message: str = "") -> Sent: ...

    async def notice(self, text: str) -> Sent: ...
