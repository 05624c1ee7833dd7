"""What may come into a conversation, whatever the channel.

A channel turns its own objects into these values; text arrives with secrets already
masked (`triage.text.redact`), so nothing behind this line ever sees one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file beside a message.

    `ref` is the key under which the store keeps the bytes (pictures only, else empty);
    `text` is the masked text of a readable file (first 200 kB) or on a picture, None when it was not read.
    `problem` says why a file could not be used (`format`, `too_big`, `binary`, `picture`,
    `secret`, `no_text`), else empty.
    """

    name: str
    size: int
    ref: str = ""
    text: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message: text, files or both. `message` is the channel's id of it, for edits and deletion."""

    text: str
    message: str = ""
    files: tuple[ReceivedFile, ...] = ()
    forwarded: bool = False
    secret_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message was changed; `text` is its new masked text."""

    text: str
    message: str
    secret_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button: its code, and the screen it stood on (None when typed as a word)."""

    code: str
    screen: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command without the slash, with what followed it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """The pause after the last message has passed: the draft is complete for now.

    `revision` is the draft's revision when the timer was set; an older one is ignored.
    """

    revision: int


@dataclass(frozen=True, slots=True)
class Expired:
    """A day passed without consent: what waits is erased."""


@dataclass(frozen=True, slots=True)
class Informed:
    """An agent moved a request of this person: its number, the codes of status and resolution, a comment or ""."""

    number: str
    status: str
    resolution: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Advised:
    """An agent answers a request of this person with an entry of the FAQ; `ticket` is the request's id."""

    ticket: str
    number: str
    entry: str


Incoming = Said | Edited | Pressed | Command | Settled | Expired | Informed | Advised
