"""What is said when no classifier is at hand: a cautious default, always marked for review."""

from __future__ import annotations

import numpy as np

from triage.checks import Checks
from triage.classify.classifier import Prediction
from triage.report import Decision, Priority
from triage.text.columns import NO_COLUMNS


def guess(checks: Checks) -> Prediction:
    """Take a described problem for a defect of medium priority and anything else for a question; confidence 0."""
    follows = checks.request_number is not None
    rule = "other.followup" if follows else "defect.failure" if checks.problem else "usage.explain"
    priority = Priority.MEDIUM if rule == "defect.failure" else Priority.LOW
    empty = np.empty(0, dtype=np.float32)
    return Prediction(
        Decision(rule, 0.0, "fallback"),
        Decision(priority.value, 0.0, "fallback"),
        True,
        NO_COLUMNS,
        empty,
        empty,
        empty,
    )
