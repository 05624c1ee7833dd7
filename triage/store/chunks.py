"""Queries about the chunks of bulk runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from triage.desk.records import Worked
from triage.store.tables import ChunkRow


class ChunkRepository:
    """Chunks, each worked once and erased when it is read."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, run: str, number: int, requests: bytes, now: datetime) -> None:
        """Keep a chunk that is to be worked; its texts are masked."""
        self._session.add(ChunkRow(run=run, number=number, requests=requests, at=now))
        self._session.flush()

    def requests(self, run: str, number: int) -> bytes | None:
        """Return what is to be worked; None when it is done or nobody waits for it any more."""
        return self._session.scalar(select(ChunkRow.requests).where(_is(run, number)))

    def finish(self, run: str, number: int, worked: Worked) -> None:
        """Keep the reports and erase the requests; does nothing the second time."""
        self._session.execute(
            update(ChunkRow)
            .where(_is(run, number), ChunkRow.requests.is_not(None))
            .values(requests=None, reports=worked.reports, error=worked.error[:400])
        )

    def take(self, run: str, number: int) -> Worked | None:
        """Return the reports and erase the chunk; None while it is not worked. KeyError when there is none."""
        row = self._session.execute(select(ChunkRow.reports, ChunkRow.error).where(_is(run, number))).first()
        if row is None:
            raise KeyError(number)
        if row.reports is None:
            return None
        self._session.execute(delete(ChunkRow).where(_is(run, number)))
        return Worked(row.reports, row.error)

    def forget(self, run: str) -> None:
        """Erase a run."""
        self._session.execute(delete(ChunkRow).where(ChunkRow.run == run))


def _is(run: str, number: int) -> ColumnElement[bool]:
    return and_(ChunkRow.run == run, ChunkRow.number == number)
