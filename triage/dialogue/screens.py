"""Which screen a state shows. Each is drawn from the state alone, so it can be shown again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from triage.dialogue import buttons as b
from triage.dialogue import catalogue, consent, delivery, fields, flow, news, summary, texts, urgency
from triage.dialogue.context import Context
from triage.dialogue.replies import Reply
from triage.dialogue.state import Stage, State, View
from triage.dialogue.styled import lines
from triage.dialogue.turn import Turn


def finish(turn: Turn) -> Turn:
    """Show the current screen with a new number if the step asked for it."""
    if not turn.show:
        return turn
    if turn.state.stage is Stage.COLLECTING and turn.consented and turn.state.overlay.view is View.NONE:
        turn = flow.take_up(turn)
    number = turn.state.screen + 1
    reply = replace(_draw(turn), screen=number)
    pressable = tuple(button for row in reply.buttons for button in row)
    turn = turn.to(screen=number, buttons=pressable)
    return replace(turn, replies=(*turn.replies, reply), show=False)


def _draw(turn: Turn) -> Reply:
    state, context = turn.state, turn.context
    if state.overlay.view is View.FORGET:
        return Reply(lines(texts.FORGET_ASK), b.rows(b.FORGET, b.KEEP))
    if state.overlay.view is View.ADVICE:
        return news.view(state, context)
    if state.overlay.view is not View.NONE:
        return catalogue.view(state, context)
    if not turn.consented:
        return consent.view(state, context)
    return _VIEWS[state.stage](state, context)


def _idle(state: State, context: Context) -> Reply:
    if not state.human:
        return Reply(lines(texts.IDLE))
    return Reply(lines(texts.human_ask(context.policy.addresses.mailbox, agents=context.agents)))


_VIEWS: dict[Stage, Callable[[State, Context], Reply]] = {
    Stage.IDLE: _idle,
    Stage.COLLECTING: _idle,
    Stage.REPHRASE: summary.rephrase_view,
    Stage.SUMMARY: summary.view,
    Stage.QUESTION: fields.view,
    Stage.NUMBER: fields.number_view,
    Stage.URGENCY: urgency.view,
    Stage.PREVIEW: delivery.preview,
    Stage.ADDRESS: delivery.address_view,
    Stage.CODE: delivery.code_view,
    Stage.EDIT: summary.edit_view,
}
