"""What a step tells the counts of the FAQ: what was asked and is answered by which entry."""

from __future__ import annotations

from triage.dialogue import reading
from triage.dialogue.compose import description
from triage.dialogue.effects import RecordFaq, RecordQuestion
from triage.dialogue.state import Stage, State, View
from triage.dialogue.turn import Turn
from triage.report import Request, Verdict
from triage.text.redact import humanize

_OF_SUPPORT = (Verdict.IN, Verdict.OUT)


def recorded(turn: Turn, entry: str, outcome: str) -> Turn:
    """Tell that an entry was `shown`, `helped` or `not_helped`, and what it was to answer; without consent nothing."""
    if not turn.consented:
        return turn
    state = turn.state
    if answers_draft(turn, entry):
        rule = reading.reported(state).scope.decision.label
        return turn.do(RecordFaq((entry,), outcome, description(state), state.draft.request, rule))
    query = state.overlay.about if state.overlay.view is View.FOUND else state.overlay.query
    text = reading.clean_answer(query, turn.context) if query else ""
    return turn.do(RecordFaq((entry,), outcome, text))


def questioned(turn: Turn) -> Turn:
    """Tell what a draft that was read asks: its new words, and its whole text when no entry answers it."""
    state, report = turn.state, reading.reported(turn.state)
    words, read = _new_words(state), report
    if words and words != description(state):
        read = turn.context.analyze(Request(text=words))
    answered = bool(report.faq) or report.scope.verdict not in _OF_SUPPORT
    effect = RecordQuestion(
        request=state.draft.request,
        rule=report.scope.decision.label,
        words=words,
        words_rule=read.scope.decision.label,
        entries=tuple(hit.id for hit in read.faq),
        unanswered="" if answered else description(state),
    )
    return turn.to(heard=(state.draft.revision, len(state.draft.entries))).do(effect)


def searched_in_vain(turn: Turn, query: str) -> Turn:
    """Tell a search that found no entry; without consent nothing."""
    if not turn.consented:
        return turn
    return turn.do(RecordQuestion(request="", unanswered=reading.clean_answer(query, turn.context)))


def answers_draft(turn: Turn, entry: str) -> bool:
    """Whether the entry answers the draft, by the chain or by its scope rule, and is not read by the way."""
    state = turn.state
    if state.report is None or state.draft.empty or state.stage is Stage.COLLECTING:
        return False
    rule = turn.context.policy.scope_rule(state.report.scope.decision.label)
    return entry in rule.faq or any(hit.id == entry for hit in state.report.faq)


def _new_words(state: State) -> str:
    """Return the messages that were not heard before, as a letter may show them; "" when nothing is new."""
    revision, heard = state.heard
    if state.draft.revision <= revision:
        return ""
    count = len(state.draft.entries)
    if not 0 < heard < count:
        return description(state)
    return humanize("\n\n".join(part.text for part in reading.clean_pieces(state)[heard:count])).strip()
