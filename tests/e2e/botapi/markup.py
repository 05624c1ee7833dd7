"""Telegram's HTML: text with tags in, plain text and entities out, or a refusal.

Offsets and lengths of entities are UTF-16 code units, byte offsets in error texts are UTF-8,
as in the Bot API ("Formatting options", "MessageEntity").
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.botapi.errors import bad

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
TAG = re.compile(r"<(/?)([a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


def units(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Open:
    name: str
    start: int
    at: int
    attributes: dict[str, str]


@dataclass
class _Reader:
    source: str
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def read(self) -> None:
        position = 0
        while position < len(self.source):
            read = self._tag if self.source[position] == "<" else self._plain
            position = read(position)
        if self.stack:
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')

    def _plain(self, position: int) -> int:
        match = ENTITY.match(self.source, position)
        if match:
            self.text += html.unescape(match.group())
            return match.end()
        self.text += self.source[position]
        return position + 1

    def _tag(self, position: int) -> int:
        at = len(self.source[:position].encode())
        match = TAG.match(self.source, position)
        if not match:
            word = re.match(r"</?([^\s<>]*)", self.source[position:])
            if ">" not in self.source[position:]:
                raise _refusal(f"Unclosed start tag at byte offset {at}")
            raise _refusal(f'Unsupported start tag "{word.group(1) if word else ""}" at byte offset {at}')
        closing, name, attributes = match.group(1), match.group(2).lower(), match.group(3)
        if closing:
            self._close(name, at)
        else:
            self._open(name, attributes, at)
        return match.end()

    def _open(self, name: str, attributes: str, at: int) -> None:
        found = {
            m.group(1).lower(): html.unescape(m.group(2) or m.group(3) or m.group(4) or "")
            for m in ATTRIBUTE.finditer(attributes)
        }
        if name not in KINDS or (name == "span" and found.get("class") != "tg-spoiler"):
            raise _refusal(f'Unsupported start tag "{name}" at byte offset {at}')
        if name == "blockquote" and any(o.name == "blockquote" for o in self.stack):
            raise _refusal(f"Nested blockquote at byte offset {at}")
        self.stack.append(_Open(name, units(self.text), at, found))

    def _close(self, name: str, at: int) -> None:
        if not self.stack:
            raise _refusal(f"Unexpected end tag at byte offset {at}")
        opened = self.stack.pop()
        if name and name != opened.name:
            raise _refusal(f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"')
        length = units(self.text) - opened.start
        entity: dict[str, Any] = {"type": KINDS[opened.name], "offset": opened.start, "length": length}
        if opened.name == "a":
            url = opened.attributes.get("href", "")
            if not re.match(r"(https?|tg|ton)://", url):  # mailto: is dropped in silence
                return
            entity["url"] = url
        if length:
            self.entities.append(entity)


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the text and its entities, trimmed as Telegram trims; raises RefusedError (400)."""
    reader = _Reader(source)
    reader.read()
    text = reader.text.rstrip()
    lead = len(text) - len(text.lstrip())
    total = units(text) - lead
    entities = []
    for entity in reader.entities:
        start = max(0, entity["offset"] - lead)
        end = min(total, entity["offset"] + entity["length"] - lead)
        if end > start:
            entities.append(entity | {"offset": start, "length": end - start})
    return text.lstrip(), sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _refusal(words: str) -> Exception:
    return bad(f"can't parse entities: {words}")
