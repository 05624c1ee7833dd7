"""The chain of a running service, counted: who read each text, and what kept a reader away."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from triage.jobs.metrics import Metrics
from triage.report import Request, TriageReport

_log = structlog.get_logger(__name__)
_DIFFERENT = 100  # notes that are remembered; a reader that fails in ever new words must not fill the log


class Counted:
    """Analyses as the chain does; counts the reader of every report and logs each new note once."""

    def __init__(self, chain: Callable[[Request], TriageReport], metrics: Metrics) -> None:
        self._chain, self._metrics = chain, metrics
        self._told: set[str] = set()

    def analyze(self, request: Request) -> TriageReport:
        """Return the chain's report."""
        report = self._chain(request)
        self._metrics.report(report.reader)
        for note in report.notes:
            if note not in self._told and len(self._told) < _DIFFERENT:
                self._told.add(note)
                _log.warning("model.trouble", note=note)
        return report
