"""A letter value as a mail: what the preview showed, byte for byte in the body.

No word of a person can become a header: every header value loses its line ends and control
characters first, and addresses are checked before they are used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from triage.dialogue import notices
from triage.dialogue.letter import Letter

# Control characters, and every character at which some parser breaks a line.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTIONS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ID = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_NAME = re.compile(r"[\\/:*?\"<>|]+")
_SUBJECT_LIMIT = 250
_MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif", b"\xff\xd8\xff": "jpeg"}
_POLICY = SMTP.clone(max_line_length=78, cte_type="7bit")

Pictures = Mapping[str, tuple[str, bytes]]


class MailComposer:
    """Composes mails from one sender to one mailbox. `clock` gives the Date of a mail."""

    def __init__(self, sender: str, mailbox: str, clock: Callable[[], datetime]) -> None:
        self._sender, self._mailbox, self._clock = sender, mailbox, clock

    def letter(self, letter: Letter, pictures: Pictures) -> EmailMessage:
        """Return the letter to the official mailbox; a picture missing in `pictures` is left out."""
        message = self._begin(self._mailbox, letter.subject, letter.message_id)
        message["From"] = self._sender
        if reply_to := address_of(letter.reply_to):
            message["Reply-To"] = reply_to
        _add_headers(message, letter)
        _fill(message, letter, pictures)
        return message

    def unsent(self, letter: Letter, pictures: Pictures) -> str:
        """Return the letter as an .eml that a mail program opens as a draft of the person's own."""
        message = self._begin(self._mailbox, letter.subject, letter.message_id)
        message["X-Unsent"] = "1"
        if sender := address_of(letter.reply_to):
            message["From"] = sender
        _add_headers(message, letter)
        _fill(message, letter, pictures)
        return message.as_bytes(policy=_POLICY).decode("ascii")

    def code(self, address: str, code: str, message_id: str) -> EmailMessage:
        """Return the mail with the code; its six digits stand once in the body, and no other six."""
        message = self._begin(address, notices.CODE_SUBJECT, message_id)
        message["From"] = self._sender
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notices.code_mail(code), cte="quoted-printable")
        return message

    def _begin(self, to: str, subject: str, message_id: str) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        message["To"] = to
        message["Subject"] = clean(subject)[:_SUBJECT_LIMIT]
        message["Message-ID"] = bracketed(message_id)
        message["Date"] = format_datetime(self._clock())
        return message


def clean(value: str) -> str:
    """Return the value on one line, without control characters and invisible direction marks.

    An encoded word in it stays as it was typed: readers must not decode what a person wrote.
    """
    return " ".join(_DIRECTIONS.sub("", _BREAKS.sub(" ", value)).replace("=?", "= ?").split())


def bracketed(message_id: str) -> str:
    """Return the id in angle brackets; what is no id becomes one, the same each time."""
    bare = message_id.strip("<> ")
    if not _ID.fullmatch(bare):
        bare = f"{hashlib.sha256(bare.encode()).hexdigest()[:40]}@localhost"
    return f"<{bare}>"


def address_of(text: str) -> Address | None:
    """Return the address for a header, its domain in ASCII; None when it is none or needs SMTPUTF8."""
    try:
        valid = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return Address(addr_spec=valid.ascii_email) if valid.ascii_email else None


def _add_headers(message: EmailMessage, letter: Letter) -> None:
    for name, value in letter.headers:
        if name.startswith("X-Triage-") and name.replace("-", "").isalnum() and name.isascii():
            message[name] = clean(value)


def _fill(message: EmailMessage, letter: Letter, pictures: Pictures) -> None:
    body = letter.body if letter.body.endswith("\n") else letter.body + "\n"
    message.set_content(body.replace("\x00", "\ufffd"), charset="utf-8", cte="base64")
    for shown, ref in letter.files:
        if ref not in pictures:
            continue
        content = pictures[ref][1]
        kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")
        if kind:
            message.add_attachment(content, "image", kind, filename=file_name(shown))


def file_name(name: str) -> str:
    """Return a name that is safe on any disk and in a header; Cyrillic stays."""
    safe = _NAME.sub("_", clean(name.replace("\\", "/").rpartition("/")[2])).strip(". ")
    stem, dot, suffix = safe.rpartition(".")
    return f"{stem[:100]}{dot}{suffix[:10]}" if dot else safe[:100] or "picture"
