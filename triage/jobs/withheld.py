"""The chain of a running service: without the entries that are withheld."""

from __future__ import annotations

import time
from collections.abc import Callable

from triage.desk.storage import Store, Unit
from triage.errors import StoreUnavailable
from triage.policy.decide import without_entries
from triage.policy.pack import Policy
from triage.report import Request, TriageReport

_EVERY = 5.0  # seconds for which an answer of the store is good outside a conversation


class Withheld:
    """Knows the withheld entries of the store, for any thread; a store out of reach leaves what was known last."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._known: frozenset[str] = frozenset()
        self._until = float("-inf")

    def read(self, unit: Unit) -> frozenset[str]:
        """Read them in this unit."""
        self._known, self._until = unit.faq.withheld(), self._clock() + _EVERY
        return self._known

    def now(self) -> frozenset[str]:
        """Return them as they are, or were a few seconds ago."""
        if self._clock() >= self._until:
            self._until = self._clock() + _EVERY  # one thread asks, the others go on with what is known
            try:
                with self._store.unit() as unit:
                    return self.read(unit)
            except StoreUnavailable:
                pass
        return self._known


class Offering:
    """Analyses as the chain does, and offers no entry that is withheld."""

    def __init__(self, chain: Callable[[Request], TriageReport], withheld: Withheld, policy: Policy) -> None:
        self._chain, self._withheld, self._policy = chain, withheld, policy

    def analyze(self, request: Request) -> TriageReport:
        """Return the report; its action follows from the entries that are left."""
        report = self._chain(request)
        if not report.faq:
            return report
        rule = self._policy.scope_rule(report.scope.decision.label)
        return without_entries(report, self._withheld.now(), rule)
