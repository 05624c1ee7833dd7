"""Who is on the page: a random token in a cookie.

Only its hash is kept, so a copy of the database opens no chat.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from triage.desk.ports import ChatKey

COOKIE = "triage_visitor"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser; `new` when it came without a token of ours."""

    token: str
    new: bool

    @classmethod
    def of(cls, request: Request) -> Visitor:
        """Return the visitor of a request, a fresh one when the cookie is missing or malformed."""
        token = request.cookies.get(COOKIE, "")
        if _TOKEN.fullmatch(token):
            return cls(token, new=False)
        return cls(secrets.token_urlsafe(16), new=True)

    @property
    def chat(self) -> ChatKey:
        """The conversation of this browser."""
        return ChatKey("web", hashlib.sha256(self.token.encode()).hexdigest()[:32])

    def remember(self, request: Request, response: Response) -> None:
        """Give a new visitor the cookie: unreadable for scripts, not sent with other sites' posts."""
        if self.new:
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, self.token, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)
