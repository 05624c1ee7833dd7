"""Who read a text is counted; what kept a reader away is logged once."""

from __future__ import annotations

from dataclasses import replace

import structlog

from triage.jobs.counted import Counted
from triage.jobs.metrics import Metrics
from triage.loading import Chain
from triage.report import Request, TriageReport


def read(metrics: Metrics, reader: str) -> float:
    return metrics.registry.get_sample_value("triage_reports_total", {"reader": reader}) or 0.0


def test_reports_are_counted_by_reader(chain: Chain) -> None:
    metrics = Metrics()
    counted = Counted(chain.analyzer.analyze, metrics)
    readers = [counted.analyze(Request(text)).reader for text in ("Шлюз лежит, ни один запрос не проходит", "хм", "ок")]
    assert read(metrics, "quick") == readers.count("quick")
    assert read(metrics, "both") == readers.count("both")


def test_a_trouble_is_logged_once(chain: Chain) -> None:
    def broken(request: Request) -> TriageReport:
        return replace(chain.analyzer.analyze(request), notes=("second reader unavailable: no file",))

    counted = Counted(broken, Metrics())
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            counted.analyze(Request("Шлюз лежит"))
    assert [(entry["event"], entry["note"]) for entry in logs] == [
        ("model.trouble", "second reader unavailable: no file")
    ]
