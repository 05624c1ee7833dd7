"""Guards of every request: its size, where a post comes from, what a browser may do with the answer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 25 << 20  # bytes: a file of 20 MB and the form around it

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class TooLarge(Exception):  # control flow: the body is cut off here
    """The body went over the limit while it was read."""


class Headers:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def guarded(message: Message) -> None:
            """Nothing of a conversation stays in a browser's cache; style and script are asked for again."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                fixed = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "no-cache" if fixed else "no-store")
            await send(message)

        await self._app(scope, receive, guarded)


class BodyLimit:
    """Refuses a body over the limit, by its announced length or while it is read.

    `refusal` makes the answer for a request.
    """

    def __init__(self, app: ASGIApp, refusal: Callable[[Request], Response]) -> None:
        self._app, self._refusal = app, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while it is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > BODY_LIMIT:
            await self._refusal(request)(scope, receive, send)
            return
        await self._counted(request, receive, send)

    async def _counted(self, request: Request, receive: Receive, send: Send) -> None:
        taken, over = 0, False

        async def counting() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                over = True
                raise TooLarge
            return message

        async def unless_over(message: Message) -> None:
            if not over:
                await send(message)

        with contextlib.suppress(TooLarge):
            await self._app(request.scope, counting, unless_over)
        if over:
            await self._refusal(request)(request.scope, receive, send)


def same_origin(request: Request) -> bool:
    """Tell whether a post comes from our own page, or from a program that says nothing of it."""
    origin = request.headers.get("origin") or request.headers.get("referer")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host")
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
