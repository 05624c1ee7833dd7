"""Chunks of bulk runs, worked by whichever process is free; a chunk cut by a kill is worked again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from triage.analyzer import Analyzer
from triage.batch import Masked, work
from triage.desk.records import Worked
from triage.desk.storage import Store
from triage.jobs.background import in_unit

JOB = "chunk"
_log = structlog.get_logger(__name__)
_decoder = msgspec.msgpack.Decoder(list[Masked])


def packed(requests: Sequence[Masked]) -> bytes:
    """Return the bytes in which masked requests wait for a worker."""
    return msgspec.msgpack.encode(requests)


class Bulk:
    """Works chunks one at a time beside the event loop, so that letters and updates do not wait for them."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        self._store, self._analyzer = store, analyzer
        self._one = asyncio.Lock()

    async def chunk(self, run: str, number: int) -> None:
        """Report on one chunk; nothing happens when it is done or its run is gone."""
        requests = await in_unit(self._store, lambda unit: unit.chunks.requests(run, number))
        if requests is None:
            return
        async with self._one:
            worked = await asyncio.to_thread(self._worked, requests)
        await in_unit(self._store, lambda unit: unit.chunks.finish(run, number, worked))

    def _worked(self, requests: bytes) -> Worked:
        try:
            done = work(tuple(enumerate(_decoder.decode(requests))), self._analyzer)
        except Exception as error:  # whoever waits for the chunk must hear of it
            _log.exception("chunk.failed")
            return Worked(b"", type(error).__name__)
        return Worked(done.output)
