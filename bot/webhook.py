"""Webhook: Telegram posts an update, it is committed, and only then answered with 200."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.receiver import Receiver, is_update
from triage.errors import StoreUnavailable, WrongSetting
from triage.settings import Settings, host_and_port

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
LARGEST = 1 << 20  # bytes; an update is a few kilobytes
_log = structlog.get_logger(__name__)


class QuietServer(uvicorn.Server):
    """A server inside another program: signals stay with the program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def endpoint(receiver: Receiver, path: str, secret: str) -> Starlette:
    """Return the web application with its one address."""

    async def receive(request: Request) -> Response:
        """Answer 403 to a stranger, 400 to no update, 503 when the database cannot take it."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        raw = await _body(request)
        if not is_update(raw):
            return Response(status_code=400)
        try:
            await receiver.take(raw)
        except StoreUnavailable as error:
            _log.error("update.kept_at_telegram", reason=error.message)
            return Response(status_code=503, headers={"Retry-After": "5"})
        return Response(status_code=200)

    return Starlette(routes=[Route(path, receive, methods=["POST"])])


async def _body(request: Request) -> dict[str, object]:
    size = int(request.headers.get("content-length") or 0)
    if size > LARGEST:
        return {}
    try:
        raw = json.loads(await request.body())
    except (ValueError, UnicodeDecodeError):
        return {}
    return raw if isinstance(raw, dict) else {}


async def listen(settings: Settings, receiver: Receiver) -> None:
    """Serve the endpoint until cancelled."""
    host, port = host_and_port(settings.webhook_listen)
    path = urlsplit(settings.webhook_url).path or "/"
    app = endpoint(receiver, path, settings.webhook_secret)
    taken = _bound(host, port)
    server = QuietServer(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        taken.close()


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise WrongSetting(f"TRIAGE_WEBHOOK_LISTEN={host}:{port} cannot be used: {error.strerror}") from error
