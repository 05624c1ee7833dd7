"""A real SMTP server for tests (aiosmtpd), with refusals that a test can order."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from tests.databases import free_port


@dataclass
class Received:
    """A mail as it came over the wire."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Post:
    """The server's handler; `recipient` and `data` are answers instead of accepting."""

    port: int
    mails: list[Received] = field(default_factory=list)
    recipient: str = ""
    data: str = ""
    password: str = ""

    async def handle_RCPT(  # the library's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.data:
            return self.data
        assert isinstance(envelope.content, bytes)
        self.mails.append(Received(str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content))
        return "250 accepted"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=right, handled=True)


@asynccontextmanager
async def post_office(
    *, port: int = 0, password: str = "", tls: ssl.SSLContext | None = None, starttls: bool = False
) -> AsyncIterator[Post]:
    """A server on the loopback, on this loop; with `tls` from the first byte, or only after STARTTLS."""
    post = Post(port or free_port(), password=password)

    def protocol() -> SMTP:
        options: dict[str, Any] = {"enable_SMTPUTF8": False, "decode_data": False}
        if password:
            options |= {"authenticator": post.authenticate, "auth_required": True, "auth_require_tls": False}
        if starttls:
            options |= {"tls_context": tls, "require_starttls": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # sign-in without TLS, on the loopback only
            return SMTP(post, **options)

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", post.port, ssl=None if starttls else tls
    )
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()
