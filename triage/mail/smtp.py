"""Letters by SMTP: `smtp://user:password@host:port`, `smtps://…`, `smtp://…?starttls=1`."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from triage.errors import MailRefused, MailUnavailable, WrongSetting

_TIMEOUT = 30.0  # seconds for each command
_PROBE = 2.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to hand letters over.

    `starttls` is demanded when true; when it was not said, it is used if offered and only a password
    is at stake (a local server's own certificate must not stop letters).
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    starttls: bool | None = None

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """Read the address; raises WrongSetting, never showing it."""
        parts = urlsplit(url)
        secure = parts.scheme == "smtps"
        wanted = parse_qs(parts.query).get("starttls", [""])[0].lower()
        try:
            port = parts.port or (465 if secure else 587 if wanted in {"1", "yes", "true"} else 25)
        except ValueError as error:
            raise WrongSetting("TRIAGE_SMTP_URL has a wrong port") from error
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise WrongSetting("TRIAGE_SMTP_URL takes smtp://user:password@host:port or smtps://…")
        starttls = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
        return cls(
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=secure,
            starttls=False if secure else starttls.get(wanted, None if parts.username else False),
        )


class SmtpMailer:
    """Hands each letter over in a connection of its own."""

    def __init__(self, server: SmtpServer, *, timeout: float = _TIMEOUT) -> None:
        self._server, self._timeout = server, timeout

    async def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Send one letter.

        Raises MailRefused when the server refused sender, recipient or text for good (5xx), and
        MailUnavailable for everything that may pass, a wrong password included: an operator repairs it.
        """
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=server.starttls,
            username=server.user or None,
            password=server.password or None,
            timeout=self._timeout,
        )
        try:
            async with client:
                await client.send_message(message, sender=sender, recipients=[recipient])
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0].code, error.recipients[0].message) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailUnavailable(f"{error.code} the server did not let us in") from error
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            raise _verdict(error.code, error.message) from error
        except aiosmtplib.SMTPResponseException as error:
            raise MailUnavailable(_said(error.code, error.message)) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailUnavailable(f"{server.host}:{server.port} {type(error).__name__}") from error

    def check(self) -> str:
        """Say whether the server accepts a connection."""
        server = self._server
        try:
            socket.create_connection((server.host, server.port), timeout=_PROBE).close()
        except OSError as error:
            return f"{server.host}:{server.port} {error.strerror or type(error).__name__}"
        return "ok"


def _verdict(code: int, message: str) -> MailRefused | MailUnavailable:
    said = _said(code, message)
    return MailRefused(said) if 500 <= code < 600 else MailUnavailable(said)


def _said(code: int, message: str) -> str:
    return f"{code} {' '.join(message.split())[:200]}"
