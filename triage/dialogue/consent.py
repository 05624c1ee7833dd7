"""Consent before anything: the notice, and what was written before it waits (masked) and is taken up."""

from __future__ import annotations

from dataclasses import replace

from triage.dialogue import buttons as b
from triage.dialogue import flow, texts
from triage.dialogue.context import Context
from triage.dialogue.effects import EraseFiles, RecordConsent
from triage.dialogue.replies import Reply
from triage.dialogue.state import Stage, State
from triage.dialogue.styled import bold, lines
from triage.dialogue.turn import Turn


def view(state: State, context: Context) -> Reply:
    """Draw the privacy notice."""
    waits = not state.draft.empty
    runs = lines(
        bold(texts.NOTICE_TITLE),
        texts.notice(context.policy),
        texts.NOTICE_WAITING if waits else None,
        texts.human_later(agents=context.agents) if state.human else None,
        texts.NOTICE_ASK,
    )
    return Reply(runs, b.rows(b.AGREE))


def agreed(turn: Turn) -> Turn:
    """Record consent and take up what waited."""
    notice = turn.context.policy.dialogue.notice_version
    turn = turn.to(consent=notice).do(RecordConsent(notice))
    if not turn.state.draft.empty:
        return flow.take_up(turn)
    if turn.state.human:
        return flow.call_human(turn).at(Stage.IDLE)
    return turn.at(Stage.IDLE)


def expired(turn: Turn) -> Turn:
    """Erase what waited for consent for too long: the draft, its pictures, what was read by the way."""
    if turn.consented:
        return turn
    refs = tuple(file.ref for file in turn.state.draft.files if file.ref)
    turn = replace(turn, state=replace(flow.started_anew(turn.state), buttons=turn.state.buttons))
    return turn.do(EraseFiles(refs)) if refs else turn
