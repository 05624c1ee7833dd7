"""Inline mode: `@bot 502` in any chat offers entries of the FAQ to be sent there.

Nothing of a question is stored or logged. Telegram drops it after 30 seconds, and the person types on, so it is
answered beside the receiver and never committed: a newer question of the same person takes the place of an
older one, and a search that hangs holds up neither other updates nor the answer, which then comes by words alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from telegram import InlineQueryResult, InlineQueryResultsButton

from bot import offers, texts
from bot.client import Client
from bot.sending import attempt
from triage.faq.entries import FaqEntry
from triage.faq.lookup import Analyze, Lookup
from triage.policy.pack import Policy

KIND = "inline_query"
MOST = 5  # entries: a person who types two words chooses from a list
CACHED, CACHED_NONE = 300, 30  # seconds for which Telegram may give the same answer to everybody
PATIENCE = 1.5  # seconds for the whole search, and again for the search by words
AT_ONCE = 8  # searches, and persons answered
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


class SearchFailed(Exception):  # a normal outcome: the next, simpler way is taken
    """The search gave no answer in time, or broke."""


class Inline:
    """Answers questions of inline mode on the running loop; `ask` returns at once."""

    def __init__(
        self, bot: Client, lookup: Lookup, analyze: Analyze, policy: Policy, *, patience: float = PATIENCE
    ) -> None:
        self._bot, self._lookup, self._analyze = bot, lookup, analyze
        self._base, self._patience = policy.addresses.faq_base, patience
        self._answering: dict[int, asyncio.Task[None]] = {}
        self._searching = 0

    def ask(self, raw: Mapping[str, Any]) -> bool:
        """Take an update if it is a question of inline mode, and answer it later; False when it is something else."""
        body = raw.get(KIND)
        if not isinstance(body, Mapping):
            return False
        person = body.get("from")
        user, id = person.get("id") if isinstance(person, Mapping) else None, body.get("id")
        if not isinstance(user, int) or not isinstance(id, str):
            return True
        if older := self._answering.pop(user, None):
            older.cancel()
        if len(self._answering) < AT_ONCE * 8:
            task = asyncio.get_running_loop().create_task(self._answer(id, str(body.get("query") or "")))
            self._answering[user] = task
            task.add_done_callback(lambda done: self._forget(user, done))
        return True

    async def close(self) -> None:
        """Give up what is not answered yet."""
        tasks = list(self._answering.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, id: str, query: str) -> None:
        results, seconds = await self._results(query)
        button = InlineQueryResultsButton(texts.INLINE_ASK, start_parameter=offers.ASK)
        sent = await attempt(
            lambda: self._bot.answer_inline_query(id, results, cache_time=seconds, is_personal=False, button=button)
        )
        reason = sent.extra.get("refused", "")
        _log.info("inline.answered", results=len(results), outcome=sent.outcome, reason=reason)

    async def _results(self, query: str) -> tuple[Sequence[InlineQueryResult], int]:
        """Return what to show and for how many seconds it holds."""
        if not query.strip():
            return offers.of_sections(self._lookup, self._base, self._bot.username), CACHED
        whole = True
        try:
            found = await self._found(lambda: self._lookup.find(query, self._analyze, limit=MOST))
        except SearchFailed:
            whole, found = False, await self._by_words(query)
        if not found:
            return offers.of_nothing(self._bot.username), CACHED_NONE if whole else 0
        results = [offers.of_entry(entry, self._base, self._bot.username) for entry in found]
        return results, CACHED if whole else 0

    async def _by_words(self, query: str) -> tuple[FaqEntry, ...]:
        try:
            return await self._found(lambda: self._lookup.find(query, limit=MOST))
        except SearchFailed:
            return ()

    async def _found(self, search: Callable[[], _T]) -> _T:
        """Search on a thread that nobody waits for when it hangs. Raises SearchFailed."""
        if self._searching >= AT_ONCE:
            raise SearchFailed
        loop = asyncio.get_running_loop()
        done: asyncio.Future[_T] = loop.create_future()
        done.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # a late failure is known
        self._searching += 1
        threading.Thread(target=self._search, args=(search, done, loop), name="inline", daemon=True).start()
        try:
            return await asyncio.wait_for(done, self._patience)
        except TimeoutError:
            _log.warning("inline.slow", seconds=self._patience)
            raise SearchFailed from None
        except Exception as error:
            _log.warning("inline.failed", reason=type(error).__name__)
            raise SearchFailed from error

    def _search(self, search: Callable[[], _T], done: asyncio.Future[_T], loop: asyncio.AbstractEventLoop) -> None:
        """Run on its own thread; a loop that is gone meanwhile wants no answer."""
        try:
            found, error = search(), None
        except Exception as failed:
            found, error = None, failed
        try:
            loop.call_soon_threadsafe(self._finish, done, found, error)
        except RuntimeError:
            return

    def _finish(self, done: asyncio.Future[Any], found: Any, error: Exception | None) -> None:
        self._searching -= 1
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(found)

    def _forget(self, user: int, done: asyncio.Task[None]) -> None:
        if self._answering.get(user) is done:
            del self._answering[user]
        if not done.cancelled() and (error := done.exception()):
            _log.error("inline.broken", reason=type(error).__name__)
