"""What the chain says of a draft, and the draft's text as others may see it.

The analysed text is the messages, the description that was asked for, and the texts of readable files,
in this order; spans of the report are offsets in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from triage.dialogue.context import Context
from triage.dialogue.state import State
from triage.dialogue.turn import Turn
from triage.policy.decide import Outlook, choose_action
from triage.policy.pack import PriorityRule
from triage.report import (
    Action,
    Attachment,
    FaqHit,
    FieldName,
    Finding,
    Language,
    Priority,
    Request,
    TriageReport,
)
from triage.text.redact import humanize, redact

FOUL = "foul"
CONTINUES = "other.followup"
REFUSING = (Action.REDIRECT, Action.DISMISS, Action.REFUSE)
_MOST_ENTRIES = 3
_THREADED = (CONTINUES, "other.complaint")
_FAILURES = ("defect", "payment.problem")
_GAP = "\n\n"
_LETTER = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the analysed text; `file` is the name of the file it comes from, else ""."""

    text: str
    file: str = ""
    picture: bool = False
    forwarded: bool = False


def pieces(state: State) -> tuple[Piece, ...]:
    """Return the parts of the analysed text in order."""
    told = state.answer(FieldName.PROBLEM)
    return (
        *(Piece(entry.text, forwarded=entry.forwarded) for entry in state.draft.entries),
        *((Piece(told.text),) if told and told.text else ()),
        *(Piece(file.text, file=file.name, picture=bool(file.ref)) for file in state.draft.files if file.text),
    )


def refresh(turn: Turn) -> Turn:
    """Read the draft again: files add fields, but the person's own words decide when they tell a problem."""
    draft = turn.state.draft
    request = Request(
        text=whole_text(turn.state),
        id=draft.request or None,
        attachments=tuple(Attachment(file.name, file.size) for file in draft.files),
    )
    report = turn.context.analyze(request)
    if own := own_text(turn.state) if any(file.text for file in draft.files) else "":
        told = turn.context.analyze(replace(request, text=own))
        report = _decided_by(told, report, turn.context) if told.fields.problem else report
    return turn.to(report=report)


def _decided_by(told: TriageReport, whole: TriageReport, context: Context) -> TriageReport:
    """Return what `whole` finds with the decisions of `told`; spans of `told` hold in the whole text."""
    fields = whole.fields
    found = {FieldName.SITE: fields.site, FieldName.VERSION: fields.version, FieldName.STEPS: fields.steps}
    missing = tuple(field for field in told.fields.missing if not found.get(field))
    rule = context.policy.scope_rule(told.scope.decision.label)
    language = {finding.kind for finding in whole.language}
    return replace(
        whole,
        priority=told.priority,
        scope=told.scope,
        fields=replace(fields, problem=True, missing=missing),
        several_problems=told.several_problems,
        request_number=told.request_number,
        faq=told.faq,
        action=choose_action(Outlook(rule, language, bool(told.faq), missing)),
        needs_review=told.needs_review,
    )


def reported(state: State) -> TriageReport:
    """Return the report of a draft that was read."""
    assert state.report is not None
    return state.report


def clean(text: str, report: TriageReport) -> str:
    """Hide secrets and foul words by characters of the same number, so that offsets hold."""
    return _starred(redact(text, report.secrets), report.language)


def whole_text(state: State) -> str:
    """Return the analysed text."""
    return _GAP.join(piece.text for piece in pieces(state))


def own_text(state: State) -> str:
    """Return the beginning of the analysed text that no file wrote."""
    return _GAP.join(piece.text for piece in pieces(state) if not piece.file)


def clean_text(state: State) -> str:
    """Return the analysed text with everything hidden in place; the report's spans hold in it."""
    return clean(whole_text(state), reported(state))


def clean_pieces(state: State) -> tuple[Piece, ...]:
    """Return the parts as a letter may show them."""
    whole = clean_text(state)
    shown, start = [], 0
    for part in pieces(state):
        shown.append(replace(part, text=humanize(whole[start : start + len(part.text)])))
        start += len(part.text) + len(_GAP)
    return tuple(shown)


def clean_answer(text: str, context: Context) -> str:
    """Return an answer as a letter may show it."""
    return humanize(clean(text, context.analyze(Request(text=text))))


def phrases(state: State) -> tuple[str, ...]:
    """Return the phrases that decided priority and scope, each once."""
    report, whole = reported(state), clean_text(state)
    found = (*report.priority.decision.evidence, *report.scope.decision.evidence)
    texts = (" ".join(humanize(whole[f.start : f.end]).split()) for f in found)
    return tuple(dict.fromkeys(text for text in texts if text))


def open_fields(state: State) -> tuple[FieldName, ...]:
    """Return what is missing and was not asked yet, in the order to ask."""
    return tuple(f for f in reported(state).fields.missing if state.answer(f) is None)


def unknown_fields(state: State) -> tuple[FieldName, ...]:
    """Return what is missing and was not told."""
    told = {answer.field for answer in state.answers if answer.text}
    return tuple(f for f in reported(state).fields.missing if f not in told)


def urgency_open(state: State, context: Context) -> bool:
    """Whether a failure is suggested `medium` so unsurely that its author should be asked, once."""
    report = reported(state)
    suggested = report.priority.decision
    unsure = report.needs_review and suggested.confidence < context.policy.confidence.priority
    return not state.urgency_asked and raisable(state) and suggested.label == Priority.MEDIUM and unsure


def raisable(state: State) -> bool:
    """Whether the author's words may raise the priority: something fails, and it is not high already."""
    scope, urgency = reported(state).scope, reported(state).priority
    fails = scope.category in _FAILURES or scope.decision.label in _FAILURES
    return fails and urgency.decision.label != Priority.HIGH


def raised(state: State) -> bool:
    """Whether the author's words make the priority high although the program suggests another."""
    return bool(state.urgent) and raisable(state)


def priority(state: State, context: Context) -> PriorityRule:
    """Return the priority that the letter carries: the suggested one, or high by the author's words."""
    label = Priority.HIGH if raised(state) else reported(state).priority.decision.label
    return context.policy.priority_rule(label)


def offered(state: State, context: Context) -> tuple[FaqHit, ...]:
    """Return the entries that answer and have not been tried, best first."""
    return tuple(h for h in reported(state).faq if h.id not in state.faq_seen and h.id in context.faq)


def beside(state: State, context: Context, action: Action) -> tuple[str, ...]:
    """Return the entries that a summary offers: those that answer, or those offered instead of what is refused."""
    hits = tuple(hit.id for hit in offered(state, context))
    if action not in REFUSING:
        return hits if action is Action.ANSWER else ()
    rule = context.policy.scope_rule(reported(state).scope.decision.label)
    ids = dict.fromkeys((*hits, *rule.faq))
    offered_now = context.lookup.offers if context.lookup else context.faq.__contains__
    return tuple(id for id in ids if id in context.faq and offered_now(id) and id not in state.faq_seen)[:_MOST_ENTRIES]


def action_now(state: State, context: Context) -> Action:
    """Return what comes next, as the report says, but for what the person has already answered."""
    report = reported(state)
    rule = report.scope.decision.label
    faq = bool(offered(state, context))
    if rule in state.disagreed:
        return Action.ANSWER if faq else Action.ASK if open_fields(state) else Action.FORWARD
    language = () if FOUL in state.disagreed else {finding.kind for finding in own_language(state)}
    return choose_action(Outlook(context.policy.scope_rule(rule), language, faq, open_fields(state)))


def own_language(state: State) -> tuple[Finding, ...]:
    """Return the coarse words of the person's own messages: those of a log file cannot be rephrased."""
    own = len(own_text(state))
    return tuple(finding for finding in reported(state).language if finding.start < own)


def marks(state: State) -> tuple[str, ...]:
    """Return what goes with the letter, in words of `Submit.marks`."""
    report = reported(state)
    refused = {Language.OBSCENE, Language.INSULT} & {finding.kind for finding in report.language}
    holds = {
        "disagreed": bool({report.scope.decision.label, FOUL} & set(state.disagreed)),
        "incomplete": bool(unknown_fields(state)),
        FOUL: bool(refused),
        "human": state.human,
        "review": report.needs_review,
        "raised": raised(state),
    }
    return tuple(mark for mark, holding in holds.items() if holding)


def number_of(state: State) -> str:
    """Return the number of the request that is continued or complained of, "" when there is none.

    Fit for a subject: letters, digits, dashes and slashes only.
    """
    report = reported(state)
    if report.scope.decision.label not in _THREADED:
        return ""
    return re.sub(r"[^\w/-]", "", state.number or report.request_number or "")[:40]


def _starred(text: str, findings: tuple[Finding, ...]) -> str:
    for finding in findings:
        hidden = _LETTER.sub("*", text[finding.start : finding.end])
        text = text[: finding.start] + hidden + text[finding.end :]
    return text
