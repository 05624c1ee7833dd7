"""Blocking units of work beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from triage.desk.storage import Store, Unit

T = TypeVar("T")


async def in_unit(store: Store, work: Callable[[Unit], T]) -> T:
    """Run the work in a unit of its own on a thread, and return what it returned."""

    def run() -> T:
        with store.unit() as unit:
            return work(unit)

    return await asyncio.to_thread(run)
