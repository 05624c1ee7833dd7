"""Whether each part works, in a few words: for `/readyz` and the operator's screen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from triage.desk.ports import Mailer
from triage.desk.storage import Store
from triage.errors import StoreUnavailable
from triage.jobs.metrics import Metrics
from triage.text import pictures

_FRESH = 5.0  # seconds for which an answer of the mail server is believed


class Alive(Protocol):
    """What can say whether it works."""

    def alive(self) -> bool: ...


class Health:
    """Calling it gives `ok`, `off` or a reason for each of database, worker, mail, telegram, OCR and the readers.

    `readers` says it of the models that read requests.
    """

    def __init__(
        self,
        store: Store,
        engine: Alive,
        mailer: Mailer,
        metrics: Metrics,
        readers: Callable[[], dict[str, str]] = dict,
    ) -> None:
        self._store, self._engine, self._mailer, self._metrics = store, engine, mailer, metrics
        self._readers = readers
        self._mail = (0.0, "ok")
        self._lock = threading.Lock()
        self.telegram: Callable[[], str] = lambda: "off"

    def __call__(self) -> dict[str, str]:
        """Ask every part; takes a few seconds at most."""
        database = self._database()
        return {
            "database": database,
            "worker": "ok" if self._engine.alive() else "the worker does not run",
            "mail": self._mail_state() if database == "ok" else "unknown while the database is out of reach",
            "telegram": self.telegram(),
            "ocr": pictures.state(),
            **self._readers(),
        }

    def measure(self) -> None:
        """Set the gauges of what waits, for `/metrics`."""
        with self._store.unit() as unit:
            stats = unit.tickets.stats(datetime.now(UTC))
        self._metrics.waiting("letters", stats.letters_waiting)
        self._metrics.waiting("letters_failed", stats.letters_failed)
        self._metrics.waiting("updates", stats.updates_waiting)
        self._metrics.waiting("updates_dead", stats.updates_dead)
        self._metrics.waiting("requests_overdue", stats.overdue)

    def _database(self) -> str:
        try:
            self._store.ping()
        except StoreUnavailable as error:
            return str(error)
        return "ok"

    def _mail_state(self) -> str:
        with self._lock:
            asked, said = self._mail
            if time.monotonic() - asked > _FRESH or not asked:
                said = self._mailer.check()
                self._mail = (time.monotonic(), said)
        if said != "ok":
            return said
        with self._store.unit() as unit:
            waiting, reason = unit.mails.troubled()
        return f"{waiting} mails wait: {reason}" if waiting else "ok"
