"""What the jobs share: the store, the engine, the knowledge of the domain, the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from triage.desk.ports import Jobs
from triage.desk.records import Conversation, Ticket
from triage.desk.storage import Store, Unit
from triage.dialogue.context import Person, RequestView
from triage.faq.entries import FaqEntry
from triage.faq.likeness import Likeness
from triage.faq.lookup import Lookup
from triage.jobs.ports import Composer
from triage.jobs.withheld import Withheld
from triage.policy.pack import Policy
from triage.report import Request, TriageReport


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class World:
    """One object for every job; `sender_domain` names the host in Message-IDs.

    `agents` says whether cards and notices can be shown to an agents' group, `withheld` which entries are not
    offered by themselves, `likeness` how alike two texts are.
    """

    store: Store
    jobs: Jobs
    composer: Composer
    policy: Policy
    analyze: Callable[[Request], TriageReport]
    faq: Mapping[str, FaqEntry]
    sender: str
    withheld: Withheld
    likeness: Likeness
    agents: bool = False
    clock: Callable[[], datetime] = utc_now
    lookup: Lookup | None = None

    @property
    def sender_domain(self) -> str:
        """The domain of the sender's address."""
        return self.sender.rpartition("@")[2]


def person_of(unit: Unit, world: World, conversation: Conversation, now: datetime) -> Person:
    """What a step may know of the person; the export is read only when asked for."""
    midnight = now.astimezone(world.policy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Person(
        consent=conversation.consent,
        address=conversation.address,
        codes_today=unit.mails.codes_since(conversation.chat, midnight),
        requests=tuple(_view(ticket, world) for ticket in unit.tickets.of(conversation.id)),
        data=Export(world.store, conversation.id),
    )


class Export(Mapping[str, object]):
    """Everything kept of a person, read from the store at the first look."""

    def __init__(self, store: Store, conversation: int) -> None:
        self._store, self._conversation = store, conversation
        self._read: Mapping[str, object] | None = None

    def _data(self) -> Mapping[str, object]:
        if self._read is None:
            with self._store.unit() as unit:
                self._read = unit.conversations.export(self._conversation)
        return self._read

    def __getitem__(self, key: str) -> object:
        return self._data()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data())

    def __len__(self) -> int:
        return len(self._data())


def _view(ticket: Ticket, world: World) -> RequestView:
    return RequestView(
        number=ticket.number,
        subject=ticket.subject,
        status=ticket.status,
        priority=ticket.priority,
        created_at=ticket.created_at.astimezone(world.policy.zone),
        deadline=ticket.deadline.astimezone(world.policy.zone),
        letter_state=ticket.letter_state,
        resolution=ticket.resolution,
    )
