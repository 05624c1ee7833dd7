"""The letter to the official mailbox as a value: what the preview shows is what is sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything of a letter but its transport.

    `body` is the whole plain text as the preview shows it. `files` are (name, store ref)
    pairs of JPG, GIF and PNG only (clause 4.6). `reply_to` is the confirmed address or "".
    `headers` are the X-Triage-* headers of the contract in order.
    """

    request: str
    message_id: str
    subject: str
    body: str
    reply_to: str = ""
    files: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
