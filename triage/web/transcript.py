"""The conversation as a list of items: what the assistant said (stored) and what the visitor said.

The visitor's words are not stored for the page. They are remembered, masked and cut, in this
process's memory only, and are gone when it ends or the person has his data erased.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.desk.ports import ChatKey
from triage.dialogue.replies import Button, OutFile
from triage.jobs.conversations import Conversations, StoredReply
from triage.web.drawing import Part, parts_of

_VISITORS = 2000
_WORDS = 100  # remembered per visitor
_SHOWN = 4000  # characters of a remembered text
_ITEMS = 300


@dataclass(frozen=True, slots=True)
class Words:
    """What the visitor said or pressed; `before` is the number of the reply that follows it."""

    id: str
    before: int
    text: str
    files: tuple[tuple[str, int], ...] = ()
    pressed: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the log. `seq` is the reply's number, 0 for the visitor's own words."""

    id: str
    seq: int = 0
    own: bool = False
    pressed: bool = False
    parts: tuple[Part, ...] = ()
    text: str = ""
    files: tuple[tuple[str, int], ...] = ()
    downloads: tuple[OutFile, ...] = ()
    mailto: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    screen: int = 0
    at: datetime | None = None


class Memory:
    """The visitors' own words, the last ones of the last visitors."""

    def __init__(self) -> None:
        self._words: OrderedDict[str, list[Words]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, chat: ChatKey, words: Words) -> None:
        """Remember words once per id."""
        with self._lock:
            kept = self._words.setdefault(chat.id, [])
            self._words.move_to_end(chat.id)
            if all(w.id != words.id for w in kept):
                kept.append(words)
            del kept[:-_WORDS]
            while len(self._words) > _VISITORS:
                self._words.popitem(last=False)

    def of(self, chat: ChatKey, since: int) -> tuple[Words, ...]:
        """Return the words that stand before replies not older than `since`; older ones are forgotten."""
        with self._lock:
            kept = [w for w in self._words.get(chat.id, ()) if w.before >= since]
            if chat.id in self._words:
                self._words[chat.id] = kept
            return tuple(kept)


class Transcript:
    """Reads conversations for the page."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations, self._memory = conversations, Memory()

    def last(self, chat: ChatKey) -> int:
        """Return the number of the newest reply, 0 before the first."""
        replies = self._conversations.replies_after(chat, 0)
        return replies[-1].seq if replies else 0

    def any_after(self, chat: ChatKey, seq: int) -> bool:
        """Tell whether anything was said after that number; cheap enough to be asked every two seconds."""
        return bool(self._conversations.replies_after(chat, seq))

    def remember(
        self, chat: ChatKey, id: str, since: int, text: str, *, files: Sequence[tuple[str, int]] = (),
        pressed: bool = False,
    ) -> None:  # fmt: skip
        """Remember what led to the replies after the number `since`."""
        new = self._conversations.replies_after(chat, since)
        before = new[0].seq if new else since + 1
        cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        self._memory.add(chat, Words(id, before, cut, tuple(files), pressed))

    def items(self, chat: ChatKey) -> tuple[Item, ...]:
        """Return the whole log, oldest first; the screen that waits and news keep their buttons."""
        replies = self._conversations.replies_after(chat, 0)
        if not replies:
            return ()
        live, lasting = self._conversations.live_screen(chat), self._conversations.lasting(chat)
        said = list(self._memory.of(chat, replies[0].seq))
        items: list[Item] = []
        for reply in replies:
            while said and said[0].before <= reply.seq:
                items.append(_said(said.pop(0)))
            items.append(_answered(reply, live, lasting))
        return tuple([*items, *map(_said, said)][-_ITEMS:])

    def label(self, chat: ChatKey, code: str) -> str:
        """Return the word on a button that was shown, "" for one that never was."""
        for stored in reversed(self._conversations.replies_after(chat, 0)):
            for button in (button for row in stored.reply.buttons for button in row):
                if button.code == code:
                    return button.label
        return ""

    def file(self, chat: ChatKey, seq: int, index: int) -> OutFile | None:
        """Return a file that was handed over in this chat."""
        found = [s for s in self._conversations.replies_after(chat, seq - 1) if s.seq == seq]
        files = found[0].reply.files if found else ()
        return files[index] if 0 <= index < len(files) else None


def _said(words: Words) -> Item:
    return Item(f"said-{words.id}", own=True, pressed=words.pressed, text=words.text, files=words.files)


def _answered(stored: StoredReply, live: int, lasting: frozenset[str]) -> Item:
    reply = stored.reply
    codes = {button.code for row in reply.buttons for button in row}
    pressable = (reply.screen == live and live > 0) or (reply.news and not lasting.isdisjoint(codes))
    return Item(
        id=f"reply-{stored.seq}",
        seq=stored.seq,
        parts=parts_of(reply.runs),
        downloads=reply.files,
        mailto=reply.mailto if reply.mailto.startswith("mailto:") else "",
        buttons=reply.buttons if pressable else (),
        screen=reply.screen,
        at=stored.at,
    )
