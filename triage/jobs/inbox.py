"""Telegram updates: committed before they are acknowledged, handled once, in each chat's order.

The engine gives a chat's jobs one turn after another; a turn takes all waiting updates of
the chat in the order of their ids. An update that fails waits and is tried again, and those
behind it wait too; after the last try it is set aside and the agents are told.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from triage.desk.ports import ChatKey, UpdateHandler
from triage.desk.records import Pending
from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.errors import StoreUnavailable
from triage.jobs.background import in_unit
from triage.jobs.effects import TELEGRAM
from triage.jobs.metrics import Metrics
from triage.jobs.notices import tell_agents
from triage.jobs.pauses import doubled
from triage.jobs.world import World

TRIES = 6
_FIRST_PAUSE = 1.0  # seconds, doubled after each failure: half a minute in all
_LONGEST = 60.0
_LIMIT = 180.0  # seconds for one update, downloads included
_SLACK = timedelta(seconds=0.5)
_log = structlog.get_logger(__name__)


class Inbox:
    """Receives raw updates from any thread and works them as the engine's job `turn`."""

    def __init__(self, world: World, metrics: Metrics, *, tries: int = TRIES) -> None:
        self._world, self._metrics, self._tries = world, metrics, tries
        self.handler: UpdateHandler | None = None

    def receive(self, update_id: int, chat: str, raw: str, secret_kinds: tuple[str, ...]) -> bool:
        """Commit a raw update (secrets masked) together with its job; False when it was seen before.

        `chat` is the id of the chat's `ChatKey`; updates of one chat are handled in the order of their
        ids. Raises StoreUnavailable: the update must then not be acknowledged.
        """
        now, turn = self._world.clock(), ChatKey(TELEGRAM, chat).mark
        with self._world.store.unit() as unit:
            new = unit.inbox.add(update_id, turn, raw, secret_kinds, now)
            if new:
                self._world.jobs.add(unit.session, "turn", turn, key=f"tg:{update_id}", turn=turn)
        self._metrics.update("received" if new else "repeated")
        return new

    async def turn(self, chat: str) -> None:
        """Handle what waits in the chat, until nothing does or the first one must wait."""
        while (head := await in_unit(self._world.store, lambda unit: unit.inbox.head(chat))) is not None:
            if head.due > self._world.clock() + _SLACK:
                return
            if not await self._handled(head):
                return

    async def _handled(self, pending: Pending) -> bool:
        """Handle one update; True when the turn goes on."""
        assert self.handler is not None, "the engine works the inbox only when a handler is attached"
        try:
            async with asyncio.timeout(_LIMIT):
                await self.handler.handle(pending.update_id, pending.raw, pending.secret_kinds)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever it is, the update is kept and tried again
            return await self._failed(pending, error)
        now = self._world.clock()
        await in_unit(self._world.store, lambda unit: unit.inbox.finish(pending.update_id, now))
        self._metrics.update("handled")
        return True

    async def _failed(self, pending: Pending, error: Exception) -> bool:
        attempt, reason = pending.attempts + 1, type(error).__name__
        _log.exception("update.failed", update_id=pending.update_id, attempt=attempt, exc_info=error)
        last = attempt >= self._tries and not isinstance(error, StoreUnavailable)
        self._metrics.update("dead" if last else "failed")
        now = self._world.clock()
        await in_unit(self._world.store, lambda unit: self._put_off(unit, pending, reason, now, last=last))
        return last

    def _put_off(self, unit: Unit, pending: Pending, reason: str, now: datetime, *, last: bool) -> None:
        if last:
            unit.inbox.bury(pending.update_id, reason, now)
            tell_agents(self._world, unit, notices.update_dead(pending.update_id, pending.attempts + 1), now)
            return
        pause = doubled(_FIRST_PAUSE, pending.attempts, longest=_LONGEST)
        unit.inbox.postpone(pending.update_id, reason, now + timedelta(seconds=pause))
        key = f"tg:{pending.update_id}:{pending.attempts + 1}"
        self._world.jobs.add(unit.session, "turn", pending.chat, key=key, turn=pending.chat, delay=pause)
