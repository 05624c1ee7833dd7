"""Slash commands: each works at any moment, and none of them loses a draft but /new, /cancel, /delete_me."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from triage.dialogue import catalogue, flow, news, texts
from triage.dialogue.context import Context, RequestView
from triage.dialogue.draft import add, one_line, visible
from triage.dialogue.effects import ForgetPerson
from triage.dialogue.incoming import Command, Said
from triage.dialogue.replies import OutFile
from triage.dialogue.state import Overlay, Stage, State, View
from triage.dialogue.styled import Words, bold, lines
from triage.dialogue.turn import Turn

LINKED = "faq-"
_CLOSED = "done"
_OF_AGENTS = ("queue", "ticket", "answer", "clarify", "stats")
_TYPED = re.compile(r"/([a-z_]{2,20})(?:@\w+)?(?:[ \n]+(.*))?", re.DOTALL | re.IGNORECASE)


def typed(text: str) -> Command | None:
    """Return the command that a text is; a path such as /etc/hosts with words around it is none."""
    match = _TYPED.fullmatch(text.strip())
    if match is None:
        return None
    name, argument = match.group(1).casefold(), (match.group(2) or "").strip()
    known = name in _COMMANDS or name in _OF_AGENTS
    return Command(name, argument) if known or not argument else None


def run(turn: Turn, command: Command) -> Turn:
    """Do what a command asks."""
    known = _COMMANDS.get(command.name.casefold())
    if known is None:
        return turn.say(*lines(texts.unknown_command(one_line(command.name, 30))))
    return known(turn, command.argument)


def start(turn: Turn, argument: str) -> Turn:
    """Greet, and show where the conversation stands; a link may name an entry of the FAQ to be opened."""
    policy = turn.context.policy
    turn = turn.say(*lines(texts.greeting(policy), texts.working_hours(policy)))
    if (entry := argument.removeprefix(LINKED)) != argument and entry in turn.context.faq:
        return catalogue.open_entry(turn, entry)
    return news.again(turn.to(overlay=Overlay())).shown()


def new(turn: Turn, _: str) -> Turn:
    """Begin a new request; nothing of the last one stays, the parts that wait neither."""
    return _dropped(turn, texts.REPLACED).shown()


def cancel(turn: Turn, _: str) -> Turn:
    """Drop the draft; of a divided one only the part that is shown, and go on with the next."""
    if turn.state.draft.empty:
        return _dropped(turn.say(*lines(texts.NO_DRAFT)), "").shown()
    if turn.state.later:
        return flow.finished(turn.say(*lines(texts.part_cancelled(files=bool(turn.state.draft.files)))))
    return _dropped(turn, texts.CANCELLED).shown()


def human(turn: Turn, argument: str) -> Turn:
    """Call a human: the draft goes straight to its letter with that mark."""
    if visible(argument):
        draft = add(turn.state.draft, Said(argument), turn.context.new_id)
        turn = flow.gathered(turn.to(human=True), draft)
        return flow.take_up(turn) if turn.consented and turn.state.stage is Stage.COLLECTING else turn
    again = turn.state.human
    turn = turn.to(human=True, overlay=Overlay())
    if not turn.consented:
        return turn.shown()
    turn = turn.say(*lines(_called(turn.context, again=again))) if _has_draft(turn) else turn
    if turn.state.draft.empty:
        return flow.call_human(turn).at(Stage.IDLE)
    return turn.shown() if again and turn.state.stage is not Stage.COLLECTING else flow.take_up(turn)


def browse(turn: Turn, query: str) -> Turn:
    """Read the FAQ."""
    return catalogue.browse(turn, query)


def my(turn: Turn, _: str) -> Turn:
    """List the person's requests."""
    requests = turn.context.person.requests
    if not requests:
        return turn.say(*lines(texts.NO_REQUESTS))
    rows = [row for request in requests for row in ("", *_request(request, turn.context))]
    return turn.say(*lines(bold(texts.MY_TITLE), *rows))


def status(turn: Turn, number: str) -> Turn:
    """Tell where a request, or the draft and all requests, stand."""
    number = one_line(number, 40).strip("[]№# ")
    if number:
        found = [r for r in turn.context.person.requests if r.number.casefold() == number.casefold()]
        if not found:
            return turn.say(*lines(texts.no_such_request(number)))
        return turn.say(*lines(*_request(found[0], turn.context)))
    draft = texts.DRAFT_STATES.get(turn.state.stage)
    if turn.consented and draft:
        turn = turn.say(*lines(f"{draft[0].upper()}{draft[1:]}."))
    return my(turn, "")


def privacy(turn: Turn, _: str) -> Turn:
    """Tell what is kept; before consent the notice itself."""
    if not turn.consented:
        return turn.to(overlay=Overlay()).shown()
    return turn.say(*lines(bold(texts.NOTICE_TITLE), texts.notice(turn.context.policy)))


def my_data(turn: Turn, _: str) -> Turn:
    """Hand over everything that is kept of the person."""
    text = json.dumps(_data(turn), ensure_ascii=False, indent=2, default=_plain)
    return turn.say(*lines(texts.MY_DATA), files=(OutFile("my-data.json", text, "application/json"),))


def delete_me(turn: Turn, _: str) -> Turn:
    """Ask whether to erase everything."""
    return turn.to(overlay=Overlay(View.FORGET)).shown()


def forget(turn: Turn) -> Turn:
    """Erase everything of this person here."""
    state = State(screen=turn.state.screen)
    turn = replace(turn, state=state, show=False)
    return turn.do(ForgetPerson()).say(*lines(texts.FORGOTTEN))


def help_(turn: Turn, _: str) -> Turn:
    """List the commands."""
    rows = [f"/{name}: {does}" for name, does in texts.COMMANDS.items()]
    return turn.say(*lines(bold(texts.HELP_TITLE), *rows))


def _dropped(turn: Turn, said: str) -> Turn:
    had = _has_draft(turn)
    turn = replace(turn, state=flow.started_anew(turn.state))
    return turn.say(*lines(said)) if had and said else turn


def _has_draft(turn: Turn) -> bool:
    return not turn.state.draft.empty


def _called(context: Context, *, again: bool) -> str:
    if again:
        return texts.human_again(agents=context.agents)
    return texts.human_called(context.policy.addresses.mailbox, agents=context.agents)


def _request(request: RequestView, context: Context) -> list[Words]:
    policy = context.policy
    priorities = {rule.label.value: rule.name for rule in policy.priority}
    statuses = {status.code: status.name for status in policy.status}
    status = statuses.get(request.status, request.status)
    outcomes = {outcome.code: outcome.name for outcome in policy.resolution}
    outcome = outcomes.get(request.resolution, request.resolution)
    due = request.deadline if request.status != _CLOSED else None
    about = [
        f"{status} ({outcome})" if outcome else status,
        priorities.get(request.priority, request.priority),
        texts.until(due.astimezone(policy.zone)) if due else "",
        texts.letter_state(request.letter_state, agents=context.agents),
    ]
    return [bold(request.number), request.subject, ", ".join(part for part in about if part)]


def _data(turn: Turn) -> dict[str, object]:
    person, state = turn.context.person, turn.state
    return {
        "consent": person.consent or state.consent,
        "address": person.address,
        "draft": [entry.text for entry in state.draft.entries],
        "changed": [entry.text for entry in state.draft.history],
        "files": [file.name for file in state.draft.files],
        "answers": {answer.field.value: answer.text for answer in state.answers},
        "urgent": state.urgent,
        "advice": [{"number": a.number, "entry": a.entry, "outcome": a.outcome} for a in state.advice],
        "requests": [
            {"number": r.number, "subject": r.subject, "status": r.status, "created_at": r.created_at}
            for r in person.requests
        ],
        **({"kept": dict(person.data)} if person.data is not None else {}),
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_COMMANDS: dict[str, Callable[[Turn, str], Turn]] = {
    "start": start,
    "new": new,
    "faq": browse,
    "my": my,
    "status": status,
    "cancel": cancel,
    "human": human,
    "privacy": privacy,
    "my_data": my_data,
    "delete_me": delete_me,
    "help": help_,
}
