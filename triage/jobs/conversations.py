"""A step of a conversation as one transaction.

The step is computed first, outside any lock, from what was read; then state, replies,
ticket, letter and the jobs that carry them are written together, if the conversation is
still as it was read. When it has moved on, the step is computed again: it is pure.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

import msgspec
import structlog

from triage.desk.ports import ChatKey
from triage.desk.records import Conversation
from triage.dialogue import State, Step, news, step
from triage.dialogue.context import Context
from triage.dialogue.incoming import Expired, Incoming, Settled
from triage.dialogue.replies import Reply
from triage.errors import StoreUnavailable, WrongInput
from triage.jobs.effects import Applied, Effects
from triage.jobs.metrics import Metrics
from triage.jobs.world import World, person_of

_TRIES = 50
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply with its number and the time it was said; numbers grow and are never used twice."""

    seq: int
    reply: Reply
    at: datetime


class _MovedOn(Exception):  # control flow: roll back and compute again
    """Somebody else changed the conversation between reading and writing."""


class Conversations:
    """The conversations of all channels; every method may be called from any thread."""

    def __init__(self, world: World, metrics: Metrics) -> None:
        self._world, self._metrics = world, metrics
        self._effects = Effects(world)

    def handle(self, chat: ChatKey, incoming: Incoming, *, update_id: int | None = None, once: str = "") -> None:
        """Take one step; what came with the same `update_id` or `once` before is ignored.

        Raises StoreUnavailable; then nothing of the step remains.
        """
        for _ in range(_TRIES):
            try:
                self._take(chat, incoming, update_id, once)
            except _MovedOn:
                continue
            return
        raise StoreUnavailable("The conversation is busy", advice="try again")

    def replies_after(self, chat: ChatKey, seq: int) -> tuple[StoredReply, ...]:
        """Return what was said in the chat after that number, oldest first."""
        with self._world.store.unit() as unit:
            rows = unit.replies.after(chat, seq)
        return tuple(StoredReply(n, msgspec.json.decode(body, type=Reply), at) for n, body, at in rows)

    def live_screen(self, chat: ChatKey) -> int:
        """Return the number of the screen whose buttons can be pressed now, 0 when there is none."""
        with self._world.store.unit() as unit:
            read = unit.conversations.open(chat, self._world.clock())
        state = _state(read.state)
        return state.screen if state.buttons else 0

    def lasting(self, chat: ChatKey) -> frozenset[str]:
        """Return the codes of buttons that can be pressed besides those of the live screen."""
        with self._world.store.unit() as unit:
            read = unit.conversations.open(chat, self._world.clock())
        return news.codes(_state(read.state))

    def keep_file(self, chat: ChatKey, name: str, content: bytes) -> str:
        """Keep a picture for the letter and return its reference."""
        ref, now = uuid.uuid4().hex, self._world.clock()
        with self._world.store.unit() as unit:
            conversation = unit.conversations.open(chat, now)
            unit.files.add(ref, conversation.id, name, content, now)
        return ref

    def file(self, ref: str) -> tuple[str, bytes]:
        """Return name and bytes of a kept picture; WrongInput when there is none of that reference."""
        with self._world.store.unit() as unit:
            found = unit.files.get(ref)
        if found is None:
            raise WrongInput("This file is no longer kept", advice="send it again")
        return found

    async def settle(self, conversation: int, revision: int, due: float, key: str) -> None:
        """The job of a pause: wait until `due` (seconds since the epoch), then say that it has passed."""
        await self._effects.wait_until(due)
        await self._effects.in_thread(self._back, conversation, Settled(revision), key)

    async def expire(self, conversation: int, key: str) -> None:
        """The job of unaccepted text: say that its time is over."""
        await self._effects.in_thread(self._back, conversation, Expired(), key)

    def _back(self, conversation: int, incoming: Incoming, key: str) -> None:
        with self._world.store.unit() as unit:
            found = unit.conversations.get(conversation)
        if found is not None:
            self.handle(found.chat, incoming, once=key)

    def _take(self, chat: ChatKey, incoming: Incoming, update_id: int | None, once: str) -> None:
        world, now = self._world, self._world.clock()
        with world.store.unit() as unit:
            read = unit.conversations.open(chat, now)
            person = person_of(unit, world, read, now)
            world.withheld.read(unit)
        context = Context(
            now=now,
            policy=world.policy,
            analyze=world.analyze,
            faq=world.faq,
            person=person,
            channel=chat.channel,
            new_id=str(uuid.uuid4()),
            code=f"{secrets.randbelow(10**6):06d}",
            sender_domain=world.sender_domain,
            lookup=world.lookup,
            agents=world.agents,
        )
        taken = step(_state(read.state), incoming, context)
        applied = self._write(read, taken, update_id, once, context)
        if applied is not None:
            self._metrics.step(chat.channel, type(incoming).__name__, applied)
            _log.info(
                "step",
                channel=chat.channel,
                incoming=type(incoming).__name__,
                replies=len(taken.replies),
                effects=[type(e).__name__ for e in taken.effects],
            )

    def _write(
        self, read: Conversation, taken: Step, update_id: int | None, once: str, context: Context
    ) -> Applied | None:
        now = context.now
        with self._world.store.unit() as unit:
            if update_id is not None and not unit.inbox.finish(update_id, now):
                return None
            if once and not unit.once(once, now):
                return None
            state = msgspec.json.encode(taken.state).decode()
            if not unit.conversations.save(read.id, read.version, state, now):
                raise _MovedOn
            applied = self._effects.apply(unit, read, taken, context)
            if applied.conversation != read.id:
                unit.conversations.save(applied.conversation, 0, state, now)
            return applied


def _state(kept: str) -> State:
    """Read a kept state; one of an older program that no longer fits begins anew."""
    if not kept:
        return State()
    try:
        return msgspec.json.decode(kept, type=State)
    except msgspec.ValidationError:
        _log.warning("state.unreadable")
        return State()
