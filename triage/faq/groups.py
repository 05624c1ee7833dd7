"""Questions that found no entry, put into groups: each is an entry worth writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that no entry answered; `person` tells people apart, `text` is redacted."""

    person: int
    rule: str
    text: str
    at: datetime
