"""The values of the chain: a request comes in, a report goes out.

The JSON of a report is the contract that outside programs rely on; keys may be
added, never renamed. Spans are half-open offsets in code points of the request's text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Priority(StrEnum):
    """Clause 1.4."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Verdict(StrEnum):
    """Whether the support solves it (clause 3), passes it on (1.3), or there is no request."""

    IN = "in"
    OUT = "out"
    REDIRECT = "redirect"
    NONE = "none"


class FieldName(StrEnum):
    """What clause 4.2 asks a request to contain, in the order to ask."""

    PROBLEM = "problem"
    SITE = "site"
    VERSION = "version"
    STEPS = "steps"


class Language(StrEnum):
    """How coarse a phrase is; `obscene` and `insult` are refused under clause 4.2."""

    RUDE = "rude"
    OBSCENE = "obscene"
    INSULT = "insult"


class Action(StrEnum):
    """What the person gets next; the first that holds, in this order."""

    REPHRASE = "rephrase"
    CONTINUE_THREAD = "continue_thread"
    REDIRECT = "redirect"
    DISMISS = "dismiss"
    REFUSE = "refuse"
    ANSWER = "answer"
    ASK = "ask"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the request; size in bytes."""

    name: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was written; only the text is required, and it may be empty."""

    text: str
    id: str | None = None
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of the text and why it matters.

    `kind` is the check's own word (a language label, a secret's kind, a field's name),
    `value` the normalised content where it differs from the span's text.
    """

    start: int
    end: int
    kind: str
    reason: str = ""
    value: str = ""

    @property
    def span(self) -> list[int]:
        """The pair that the contract's JSON holds."""
        return [self.start, self.end]


@dataclass(frozen=True, slots=True)
class Decision:
    """A label with its calibrated probability and the phrases that decided it.

    `rule` names what decided: `model`, or the certain rule of the labelling guide.
    `evidence` are findings whose `kind` is the label, strongest first.
    """

    label: str
    confidence: float
    rule: str = "model"
    evidence: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope decision together with what the Regulation says of that rule."""

    decision: Decision
    category: str
    verdict: Verdict
    clause: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """The priority decision together with its time: hours of clause 5.2."""

    decision: Decision
    sla_hours: int
    clause: str


@dataclass(frozen=True, slots=True)
class Fields:
    """What clause 4.2 asks for: found spans (`value` is the address or number), and what is missing."""

    site: tuple[Finding, ...] = ()
    version: tuple[Finding, ...] = ()
    steps: tuple[Finding, ...] = ()
    problem: bool = False
    missing: tuple[FieldName, ...] = ()


@dataclass(frozen=True, slots=True)
class FaqHit:
    """A FAQ entry that answers; `score` is a calibrated probability that it answers fully."""

    id: str
    score: float
    title: str
    url: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class TriageReport:
    """Everything the chain says of one request."""

    id: str | None
    priority: Urgency
    scope: Scope
    fields: Fields
    language: tuple[Finding, ...]
    secrets: tuple[Finding, ...]
    several_problems: bool
    request_number: str | None
    faq: tuple[FaqHit, ...]
    action: Action
    needs_review: bool
    notes: tuple[str, ...] = ()
    artefacts: dict[str, list[str]] = field(default_factory=dict)
    reader: str = "quick"

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's JSON object."""
        return {
            "id": self.id,
            "priority": self._priority(),
            "scope": self._scope(),
            "fields": {
                "site": [f.value for f in self.fields.site],
                "version": [f.value for f in self.fields.version],
                "steps": bool(self.fields.steps),
                "problem": self.fields.problem,
                "missing": [m.value for m in self.fields.missing],
            },
            "profanity": {
                "labels": self._labels() if self.language else [],
                "spans": [f.span for f in self.language],
            },
            "secrets": {
                "kinds": sorted({f.kind for f in self.secrets}) if self.secrets else [],
                "spans": [f.span for f in self.secrets],
            },
            "several_problems": self.several_problems,
            "request_number": self.request_number,
            "faq": [{"id": h.id, "score": round(h.score, 4), "title": h.title, "url": h.url} for h in self.faq],
            "action": self.action.value,
            "needs_review": self.needs_review,
            "notes": list(self.notes),
            "artefacts": self.artefacts,
            "reader": self.reader,
        }

    def _labels(self) -> list[str]:
        kinds = {f.kind for f in self.language}
        return [label.value for label in Language if label in kinds]

    def _priority(self) -> dict[str, Any]:
        decision = self.priority.decision
        return {
            "label": decision.label,
            "confidence": round(decision.confidence, 4),
            "sla_hours": self.priority.sla_hours,
            "clause": self.priority.clause,
            "decided_by": decision.rule,
            "evidence": [f.span for f in decision.evidence],
        }

    def _scope(self) -> dict[str, Any]:
        decision = self.scope.decision
        return {
            "rule": decision.label,
            "category": self.scope.category,
            "verdict": self.scope.verdict.value,
            "clause": self.scope.clause,
            "confidence": round(decision.confidence, 4),
            "decided_by": decision.rule,
            "evidence": [f.span for f in decision.evidence],
        }
