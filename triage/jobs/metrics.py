"""Counters of what happened, in a registry of the application's own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from triage.jobs.effects import Applied


class Metrics:
    """Names begin with `triage_`; labels hold codes only, never words of a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        new = self.registry
        self._steps = Counter("triage_steps", "Steps of conversations", ["channel", "incoming"], registry=new)
        self._requests = Counter("triage_requests", "Requests opened", ["channel", "priority", "scope"], registry=new)
        self._reports = Counter("triage_reports", "Texts analysed", ["reader"], registry=new)
        self._mails = Counter("triage_mail_attempts", "Attempts to mail", ["kind", "outcome"], registry=new)
        self._sends = Counter("triage_replies", "Replies carried to Telegram", ["outcome"], registry=new)
        self._updates = Counter("triage_updates", "Telegram updates", ["outcome"], registry=new)
        self._agents = Counter("triage_agent_actions", "Actions of agents", ["action", "outcome"], registry=new)
        self._waiting = Gauge("triage_waiting", "What waits now", ["what"], registry=new)

    def step(self, channel: str, incoming: str, applied: Applied) -> None:
        """Count a step and the requests it opened."""
        self._steps.labels(channel, incoming).inc()
        for priority, scope in applied.requests:
            self._requests.labels(channel, priority, scope).inc()

    def report(self, reader: str) -> None:
        """Count an analysed text by who read it: the quick model alone, or both."""
        self._reports.labels(reader).inc()

    def mail(self, kind: str, outcome: str) -> None:
        """Count an attempt to mail."""
        self._mails.labels(kind, outcome).inc()

    def reply(self, outcome: str) -> None:
        """Count an attempt to carry a reply."""
        self._sends.labels(outcome).inc()

    def update(self, outcome: str) -> None:
        """Count an update: received, repeated, handled, failed or dead."""
        self._updates.labels(outcome).inc()

    def agent(self, action: str, outcome: str) -> None:
        """Count an agent's action."""
        self._agents.labels(action, outcome).inc()

    def waiting(self, what: str, number: float) -> None:
        """Set how many of something wait."""
        self._waiting.labels(what).set(number)
