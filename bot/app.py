"""The Telegram bot as one coroutine: sign in, then receive by polling or webhook until cancelled.

Of several processes on one database one polls; a process may also only answer, and receive nothing.

bot = attach(application)      # before the engine starts: its queues are worked in this process
application.engine.start()     # inside the running loop
await bot.run()
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, ChatMigrated, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder

from bot import texts
from bot.agents import AgentsGroup, TelegramBoard
from bot.attachments import Attachments
from bot.backoff import Backoff
from bot.client import ALLOWED_UPDATES, BURST, build_client, hush_libraries, plainly, seconds
from bot.handlers import register
from bot.handlers.desk import DeskHandlers
from bot.handlers.places import Places
from bot.handlers.talk import Talk
from bot.inline import Inline
from bot.messenger import TelegramMessenger
from bot.polling import poll
from bot.receiver import Receiver
from bot.updates import TelegramUpdates
from bot.webhook import listen
from triage.bootstrap import Application

WEBHOOK = "webhook"
_log = structlog.get_logger(__name__)


def run(application: Application, *, receive: bool = True) -> Coroutine[Any, Any, None]:
    """Attach the bot now and return its coroutine; call before `engine.start()`."""
    return attach(application).run(receive=receive)


def attach(application: Application, *, burst: int = BURST) -> TelegramBot:
    """Wire the bot to the application's ports; connects to nothing yet.

    `burst` is how many messages a chat may get at once before one a second is its pace.
    """
    assert not application.engine.running, "attach the bot before the engine starts"
    return TelegramBot(application, burst)


class TelegramBot:
    """The bot of one token; `state` is `ok` or why no updates come in."""

    def __init__(self, application: Application, burst: int) -> None:
        hush_libraries()
        self._settings, self._ready = application.settings, asyncio.Event()
        self.client = build_client(self._settings, burst=burst)
        self.state = "not signed in yet"
        self._inline = Inline(self.client, application.lookup, application.analyze, application.policy)
        self._receiver = Receiver(application.inbox.receive, self._inline.ask)
        self._alone = application.receiving.alone
        self._group = AgentsGroup(self.client, self._settings.agents_chat_id)
        self._library = ApplicationBuilder().bot(self.client).updater(None).build()
        self._wire(application)

    async def run(self, *, receive: bool = True) -> None:
        """Answer until cancelled, and receive unless told not to.

        Returns when Telegram rejects the token: the rest goes on without it.
        """
        try:
            await self._sign_in()
            if not receive:
                await asyncio.Event().wait()
            await self._announce()
            await self._receive()
        except InvalidToken:
            self.state = "Telegram rejects the token"
            _log.error("telegram.off", reason=self.state, advice="check TRIAGE_TELEGRAM_TOKEN")
        finally:
            self._ready.clear()
            await self._leave()

    def _wire(self, application: Application) -> None:
        client, policy, ready = self.client, application.policy, self._ready.is_set
        messenger = TelegramMessenger(client, ready)
        board = TelegramBoard(client, self._group, policy, ready)
        talk = Talk(application.conversations, Attachments(client, application.conversations.keep_file), messenger)
        register(
            self._library,
            talk=talk,
            desk=DeskHandlers(application.desk, self._group, board, policy, talk, application.faq),
            places=Places(self._group),
            username=lambda: client.username,
            agents_chat=lambda: self._group.chat_id,
        )
        updates = TelegramUpdates(self._library, self._ready)
        cards = board if self._settings.agents_chat_id is not None else None
        application.attach_telegram(updates, messenger, cards, state=lambda: self.state)

    async def _sign_in(self) -> None:
        await self._insist(self._library.initialize)
        self._ready.set()
        self.state = "ok"
        _log.info("telegram.signed_in", bot=self.client.username, mode=self._settings.telegram_mode)
        if not self.client.supports_inline_queries:
            _log.info("telegram.inline_off", advice="turn it on at @BotFather with /setinline")

    async def _announce(self) -> None:
        """Show the menus of commands; a courtesy, so a failure is only logged."""
        people = [BotCommand(name, words) for name, words in texts.COMMANDS.items()]
        agents = [BotCommand(name, words) for name, words in texts.AGENT_COMMANDS.items()]
        try:
            await self.client.set_my_commands(people, scope=BotCommandScopeAllPrivateChats())
            if self._group.chat_id is not None:
                await self.client.set_my_commands(agents, scope=BotCommandScopeChat(self._group.chat_id))
        except ChatMigrated as moved:
            self._group.move(moved.new_chat_id)
        except TelegramError as error:
            _log.warning("telegram.menu_failed", reason=plainly(error, self.client.token))

    async def _receive(self) -> None:
        if self._settings.telegram_mode != WEBHOOK:
            await self._insist(self.client.delete_webhook)
            await self._alone(lambda: poll(self.client, self._receiver, self._note))
            return
        listening = asyncio.create_task(listen(self._settings, self._receiver))
        try:
            await self._insist(self._set_webhook)
            await listening
        finally:
            listening.cancel()
            await asyncio.wait([listening])

    def _note(self, state: str) -> None:
        self.state = state

    async def _set_webhook(self) -> None:
        settings = self._settings
        await self.client.set_webhook(
            settings.webhook_url, secret_token=settings.webhook_secret, allowed_updates=ALLOWED_UPDATES
        )

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> None:
        """Make the call until Telegram answers; raises InvalidToken only."""
        backoff = Backoff()
        while True:
            try:
                await call()
            except InvalidToken:
                raise
            except TelegramError as error:
                reason = plainly(error, self.client.token)
                refused = isinstance(error, BadRequest)
                self._note(f"Telegram {'refuses' if refused else 'does not answer'}: {reason}")
                _log.warning("telegram.unreachable", reason=reason)
                await backoff.pause(at_least=seconds(error) if isinstance(error, RetryAfter) else 0.0)
                continue
            self._note("ok")
            return

    async def _leave(self) -> None:
        await self._inline.close()
        await self.client.settle()
        with contextlib.suppress(TelegramError, RuntimeError):
            await self._library.shutdown()
            await self.client.shutdown()
