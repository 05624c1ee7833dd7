"""What a step may know of the world: a snapshot taken by the caller, so that a step stays pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.faq.entries import FaqEntry
from triage.faq.lookup import Lookup
from triage.policy.pack import Policy
from triage.report import Request, TriageReport


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request of this person, for `/my` and `/status`. Times are aware."""

    number: str
    subject: str
    status: str
    priority: str
    created_at: datetime
    deadline: datetime | None
    letter_state: str
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of the person: consent (notice version or ""), confirmed address or ""."""

    consent: str = ""
    address: str = ""
    codes_today: int = 0
    requests: tuple[RequestView, ...] = ()
    data: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The world of one step.

    `analyze` is the chain; `faq` all entries by id; `now` aware; `new_id` a fresh uuid4 text and
    `code` six fresh random digits for this step; `channel` is `telegram`, `web` or `terminal`. `lookup` searches the
    entries by words; without one it is made when it is asked for. `agents` says whether agents are told in a group of
    their own; without one they read only the official mailbox.
    """

    now: datetime
    policy: Policy
    analyze: Callable[[Request], TriageReport]
    faq: Mapping[str, FaqEntry]
    person: Person
    channel: str
    new_id: str
    code: str
    sender_domain: str = "localhost"
    lookup: Lookup | None = None
    agents: bool = False
