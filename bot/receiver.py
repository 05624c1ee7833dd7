"""The one door for updates: masked, committed, and only then acknowledged.

Questions of inline mode go past the inbox: what is worth something for seconds only is answered, not kept.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot import chats
from bot.masking import masked

Commit = Callable[[int, str, str, tuple[str, ...]], bool]
Aside = Callable[[Mapping[str, Any]], bool]
_log = structlog.get_logger(__name__)


class Receiver:
    """Commits raw updates through the inbox; used by polling and webhook alike.

    `aside` takes those that are not kept, and returns at once.
    """

    def __init__(self, commit: Commit, aside: Aside = lambda raw: False) -> None:
        self._commit, self._aside = commit, aside

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Commit one update. Raises StoreUnavailable: then it must not be acknowledged."""
        update_id = int(raw["update_id"])
        if self._aside(raw):
            return
        clean, kinds = await asyncio.to_thread(masked, raw)
        text = json.dumps(clean, ensure_ascii=False, separators=(",", ":"))
        chat = chats.turn_of(raw)
        new = await asyncio.to_thread(self._commit, update_id, chat, text, kinds)
        _log.info("update.received", update_id=update_id, kind=kind_of(raw), new=new)


def kind_of(raw: Mapping[str, Any]) -> str:
    """Return the update's type, such as `message`."""
    return next((key for key in raw if key != "update_id"), "empty")


def is_update(raw: object) -> bool:
    """Tell whether a parsed body is an update at all."""
    return isinstance(raw, dict) and isinstance(raw.get("update_id"), int)
