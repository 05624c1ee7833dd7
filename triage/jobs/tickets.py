"""A submitted draft as a ticket of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from triage.desk.records import Conversation, LetterState, Ticket
from triage.dialogue.context import Context
from triage.dialogue.effects import Submit
from triage.policy.calendar import deadline
from triage.report import Priority


def ticket_of(submitted: Submit, conversation: Conversation, number: str, context: Context) -> Ticket:
    """Make the ticket: it begins with the priority of its letter and the suggested scope."""
    report: Mapping[str, Any] = submitted.report
    suggested, scope = report["priority"], report["scope"]
    priority = Priority(submitted.priority)
    return Ticket(
        id=submitted.letter.request,
        number=number,
        version=1,
        conversation=conversation.id,
        author=submitted.letter.reply_to,
        subject=submitted.letter.subject,
        text=submitted.text,
        report=msgspec.json.encode(report).decode(),
        priority=priority,
        suggested_priority=Priority(suggested["label"]),
        priority_confidence=float(suggested["confidence"]),
        scope=scope["rule"],
        suggested_scope=scope["rule"],
        scope_confidence=float(scope["confidence"]),
        verdict=scope["verdict"],
        clause=scope["clause"],
        status="created",
        resolution="",
        phrases=submitted.phrases,
        missing=tuple(report["fields"]["missing"]),
        marks=submitted.marks,
        created_at=context.now,
        deadline=deadline(context.policy, context.now, context.policy.priority_rule(priority).hours),
        letter_state=LetterState.BY_PERSON if submitted.by_person else LetterState.WAITING,
    )
