"""What arrives by the web page or the terminal, made fit for a conversation.

This is their border: secrets are masked here, before anything is stored or logged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from triage.checks.secrets import find_secrets
from triage.dialogue.incoming import ReceivedFile
from triage.text.attachments import Kind, decoded, is_picture, kind_of
from triage.text.pictures import Seen, painted, read_picture
from triage.text.redact import redact

FILE_LIMIT = 20 << 20  # bytes, the same as Telegram gives out to a bot
Keep = Callable[[str, bytes], str]
See = Callable[[bytes], Seen]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file as the conversation takes it, and the kinds of secrets that were hidden in it."""

    file: ReceivedFile
    secret_kinds: tuple[str, ...] = ()


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text without secrets, as long as before, and the kinds that were hidden."""
    found = find_secrets(text)
    return redact(text, found), tuple(sorted({finding.kind for finding in found}))


def arrive(name: str, size: int, read: Callable[[], bytes], keep: Keep, *, see: See = read_picture) -> Arrived:
    """Take a file of `size` bytes: keep a picture without the secrets seen on it, read a text; else say why not.

    `read` is called only for a file that may be used, `see` reads the text on a picture.
    Raises what `read` and `keep` raise.
    """
    kind = kind_of(name)
    shown, kinds = _masked_name(name, kind)
    if kind is Kind.OTHER:
        return Arrived(ReceivedFile(shown, size, problem="format"), kinds)
    if size > FILE_LIMIT:
        return Arrived(ReceivedFile(shown, size, problem="too_big"), kinds)
    content = read()
    if kind is Kind.PICTURE:
        if not is_picture(name, content):
            return Arrived(ReceivedFile(shown, size, problem="picture"), kinds)
        return _picture(content, shown, kinds, keep, see)
    text = decoded(content)
    if text is None:
        return Arrived(ReceivedFile(shown, size, problem="binary"), kinds)
    clean, inner = masked(text)
    return Arrived(ReceivedFile(shown, size, text=clean), tuple(sorted({*kinds, *inner})))


def _masked_name(name: str, kind: Kind) -> tuple[str, tuple[str, ...]]:
    """Return the name without secrets; the suffix of a file that may be used stays, so that it is known by it."""
    shown, kinds = masked(name)
    suffix = "" if kind is Kind.OTHER else PurePath(name).suffix
    return shown if shown.endswith(suffix) else shown + suffix, kinds


def _picture(content: bytes, name: str, kinds: tuple[str, ...], keep: Keep, see: See) -> Arrived:
    """Keep the picture with the secrets on it painted over; one that cannot be painted is not kept."""
    seen = see(content)
    found = find_secrets(seen.text)
    shown = painted(content, seen.boxes((f.start, f.end) for f in found)) if found else content
    kinds = tuple(sorted({*kinds, *(finding.kind for finding in found)}))
    if shown is None:
        return Arrived(ReceivedFile(name, len(content), problem="secret"), kinds)
    text = redact(seen.text, found) or None
    return Arrived(ReceivedFile(name, len(shown), ref=keep(name, shown), text=text), kinds)
