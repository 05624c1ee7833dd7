"""What a sent file is: a picture for the letter, a text to read, or neither (clause 4.6)."""

from __future__ import annotations

import codecs
from enum import StrEnum
from pathlib import PurePath

READ_BYTES = 200_000
PICTURES = {".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n", ".gif": b"GIF8"}
TEXTS = frozenset({".txt", ".log", ".json", ".yml", ".yaml", ".md"})
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")
_TOLERATED = 0.01  # share of control characters that a text may have
_DAMAGED = 0.1  # share of broken bytes among the non-ASCII ones that UTF-8 may have
_BROKEN = "\N{REPLACEMENT CHARACTER}"


class Kind(StrEnum):
    """What to do with a file by its name."""

    PICTURE = "picture"
    TEXT = "text"
    OTHER = "other"


def kind_of(name: str) -> Kind:
    """Return the kind by the name's last suffix."""
    suffix = PurePath(name).suffix.lower()
    if suffix in PICTURES:
        return Kind.PICTURE
    return Kind.TEXT if suffix in TEXTS else Kind.OTHER


def is_picture(name: str, content: bytes) -> bool:
    """Tell whether the bytes are a JPG, GIF or PNG, whichever the name says."""
    return kind_of(name) is Kind.PICTURE and content.startswith(tuple(PICTURES.values()))


def decoded(content: bytes) -> str | None:
    """Return the text of the first 200 kB, None when the bytes are no text.

    UTF-8 with or without its mark, UTF-16 with one, else Windows-1251. A damaged
    UTF-8 text keeps what is whole.
    """
    head = content[:READ_BYTES]
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                           (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if head.startswith(mark):
            return _lines(head.decode(encoding, "replace"))
    if _is_binary(head):
        return None
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head, final=len(content) <= READ_BYTES)
    foreign = sum(byte > 127 for byte in head)
    if text.count(_BROKEN) > foreign * _DAMAGED:
        text = head.decode("cp1251", "replace")
    return _lines(text)


def _is_binary(head: bytes) -> bool:
    strange = sum(head.count(code) for code in _CONTROLS)
    return b"\0" in head or strange > len(head) * _TOLERATED


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
