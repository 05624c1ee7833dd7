"""Waiting longer after each failure, from the first pause to the longest."""

from __future__ import annotations

import asyncio


class Backoff:
    """Seconds double from `first` to `most`; `reset` after a success."""

    def __init__(self, first: float = 1.0, most: float = 60.0) -> None:
        self._first, self._most = first, most
        self._next = first

    def reset(self) -> None:
        self._next = self._first

    async def pause(self, at_least: float = 0.0) -> None:
        """Sleep the pause that is due, or longer when Telegram asked for it."""
        due, self._next = self._next, min(self._most, self._next * 2)
        await asyncio.sleep(max(due, at_least))
