"""`triage serve` and `triage work`: one process with web, worker and Telegram, or a worker alone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import uvicorn

from triage.bootstrap import Application, build
from triage.errors import WrongSetting
from triage.logs import configure
from triage.settings import Settings, host_and_port
from triage.store import migrate
from triage.web.app import create_app


def serve(settings: Settings) -> int:
    """Migrate, start everything and stay until SIGINT or SIGTERM."""
    configure(settings.log)
    migrate(settings.database_url)
    application = build(settings)
    listening = _listen(settings)
    parts = [_web(application, listening), *_telegram(application, receive=True)]
    sys.stderr.write(f"triage: http://{settings.web_listen}\n")
    asyncio.run(_until_stopped(application, parts))
    return 0


def work(settings: Settings) -> int:
    """Work the queues of the database, Telegram's too, until SIGINT or SIGTERM; updates are received by `serve`."""
    configure(settings.log)
    application = build(settings)
    asyncio.run(_until_stopped(application, _telegram(application, receive=False)))
    return 0


async def _until_stopped(application: Application, parts: list[Coroutine[Any, Any, None]]) -> None:
    """Run the engine and the parts together; when a signal comes or a part ends with an error, stop all."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    async with _engine(application):
        tasks = [asyncio.create_task(part) for part in parts]
        waiter = asyncio.create_task(stopped.wait())
        running = {waiter, *tasks}
        while waiter in running and not any(task.done() and task.exception() for task in tasks):
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result


@contextlib.asynccontextmanager
async def _engine(application: Application) -> AsyncIterator[None]:
    application.engine.start()
    try:
        yield
    finally:
        await asyncio.to_thread(application.close)


def _listen(settings: Settings) -> socket.socket:
    """Bind the web address now, so that a taken port is one clear line."""
    host, port = host_and_port(settings.web_listen)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise WrongSetting(f"TRIAGE_WEB_LISTEN={settings.web_listen} cannot be used: {error.strerror}") from error


async def _web(application: Application, listening: socket.socket) -> None:
    config = uvicorn.Config(create_app(application), log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    try:
        await server._serve(sockets=[listening])
    except asyncio.CancelledError:
        await server.shutdown(sockets=[listening])


def _telegram(application: Application, *, receive: bool) -> list[Coroutine[Any, Any, None]]:
    if not application.settings.telegram_token:
        return []
    from bot.app import run

    return [run(application, receive=receive)]
