"""The chain as conversations use it: no text leaves a person without an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from triage.analyzer import Analyzer
from triage.report import Request, TriageReport

_log = structlog.get_logger(__name__)


def steady(analyzer: Analyzer) -> Callable[[Request], TriageReport]:
    """Return the chain; a text that breaks the classifier or the search is read without them.

    Such a report asks for an agent's look, and the log names the error. Raises what the checks raise.
    """
    plain = replace(analyzer, classifier=None, faq=None)

    def analyze(request: Request) -> TriageReport:
        try:
            return analyzer.analyze(request)
        except Exception as error:  # a draft that cannot be read would silence its author for good
            _log.error("chain.failed", error=type(error).__name__)
            return plain.analyze(request)

    return analyze
