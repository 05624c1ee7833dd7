"""What a step wants done, written in the step's own transaction."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from triage.desk.cards import queue_card
from triage.desk.ports import ChatKey
from triage.desk.records import Conversation, LetterState, Mail, MailKind, Ticket
from triage.desk.storage import Unit
from triage.dialogue import Step, notices
from triage.dialogue.context import Context
from triage.dialogue.effects import (
    CallHuman,
    DeleteMessage,
    Effect,
    EraseFiles,
    ExpireUnaccepted,
    ForgetPerson,
    HandOver,
    RecordAddress,
    RecordAdvice,
    RecordConsent,
    RecordFaq,
    RecordQuestion,
    SendCode,
    Settle,
    Submit,
)
from triage.dialogue.letter import Letter
from triage.dialogue.replies import OutFile, Reply, Run
from triage.faq.deflection import Asked
from triage.jobs.deflection import Deflection
from triage.jobs.judgements import keep_judgement
from triage.jobs.notices import tell_agents
from triage.jobs.tickets import ticket_of
from triage.jobs.world import World

TELEGRAM = "telegram"


@dataclass(slots=True)
class Applied:
    """What applying the effects of one step did; `requests` are (priority, scope) of opened ones."""

    conversation: int
    replies: list[Reply] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)


class Effects:
    """Applies the replies and effects of a step to a unit of work."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._deflection = Deflection(world)
        self._rules: dict[type, Callable[[Unit, Conversation, Any, Context, Applied], None]] = {
            Submit: self._submit,
            HandOver: self._hand_over,
            SendCode: self._send_code,
            DeleteMessage: self._delete_message,
            Settle: self._settle,
            ExpireUnaccepted: self._expire,
            EraseFiles: self._erase_files,
            RecordConsent: self._consent,
            RecordAddress: self._address,
            RecordFaq: self._faq,
            RecordQuestion: self._question,
            RecordAdvice: self._advice,
            CallHuman: self._human,
            ForgetPerson: self._forget,
        }

    def apply(self, unit: Unit, read: Conversation, taken: Step, context: Context) -> Applied:
        """Apply the effects in their order, then keep the replies and queue their sending."""
        applied = Applied(read.id, list(taken.replies))
        for effect in sorted(taken.effects, key=_forget_last):
            self._rules[type(effect)](unit, read, effect, context, applied)
        say(self._world, unit, applied.conversation, read.chat, applied.replies, context.now)
        return applied

    async def wait_until(self, due: float) -> None:
        """Sleep until that second since the epoch."""
        await asyncio.sleep(max(0.0, due - time.time()))

    async def in_thread(self, work: Callable[..., None], *args: object) -> None:
        """Run blocking work beside the event loop."""
        await asyncio.to_thread(work, *args)

    def _submit(self, unit: Unit, read: Conversation, e: Submit, context: Context, applied: Applied) -> None:
        if unit.tickets.get(e.letter.request) is not None:
            return
        ticket = ticket_of(e, read, self._number(unit, context.now), context)
        unit.tickets.add(ticket)
        applied.requests.append((ticket.priority, ticket.scope))
        self._deflection.asked(unit, read.id, _letter_asks(e), context.now)
        if not e.by_person:
            mail = Mail(
                id=ticket.id,
                kind=MailKind.LETTER,
                ticket=ticket.id,
                conversation=read.id,
                message_id=e.letter.message_id,
                recipient=self._world.policy.addresses.mailbox,
                payload=msgspec.json.encode(e.letter).decode(),
                state=LetterState.WAITING,
                attempts=0,
                created_at=context.now,
            )
            self._post(unit, mail)
        if self._world.agents:
            queue_card(self._world.jobs, unit, ticket.id)

    def _hand_over(self, unit: Unit, read: Conversation, e: HandOver, context: Context, applied: Applied) -> None:
        file = ready_letter(self._world, unit, e.letter)
        applied.replies.append(Reply((Run(notices.LETTER_FILE),), files=(file,)))

    def _send_code(self, unit: Unit, read: Conversation, e: SendCode, context: Context, applied: Applied) -> None:
        id = str(uuid.uuid4())
        unit.mails.code_sent(read.chat, context.now)
        mail = Mail(
            id=id,
            kind=MailKind.CODE,
            ticket=None,
            conversation=read.id,
            message_id=f"<{id}@{self._world.sender_domain}>",
            recipient=e.address,
            payload=msgspec.json.encode(e.code).decode(),
            state=LetterState.WAITING,
            attempts=0,
            created_at=context.now,
        )
        self._post(unit, mail)

    def _post(self, unit: Unit, mail: Mail) -> None:
        unit.mails.add(mail)
        self._world.jobs.add(unit.session, "post", mail.id, mail.attempts, key=f"mail:{mail.id}:0")

    def _delete_message(
        self, unit: Unit, read: Conversation, e: DeleteMessage, context: Context, applied: Applied
    ) -> None:
        if read.chat.channel == TELEGRAM and e.message:
            self._world.jobs.add(
                unit.session,
                "erase_message",
                read.id,
                e.message,
                key=f"erase:{read.id}:{e.message}",
                turn=str(read.id),
            )

    def _settle(self, unit: Unit, read: Conversation, e: Settle, context: Context, applied: Applied) -> None:
        key = f"settle:{context.new_id}"
        due = context.now.timestamp() + e.seconds
        self._world.jobs.add(unit.session, "settle", read.id, e.revision, due, key, key=key)

    def _expire(self, unit: Unit, read: Conversation, e: ExpireUnaccepted, context: Context, applied: Applied) -> None:
        key = f"expire:{context.new_id}"
        self._world.jobs.add(unit.session, "expire", read.id, key, key=key, delay=e.seconds)

    def _erase_files(self, unit: Unit, read: Conversation, e: EraseFiles, context: Context, applied: Applied) -> None:
        unit.files.erase(e.refs)

    def _consent(self, unit: Unit, read: Conversation, e: RecordConsent, context: Context, applied: Applied) -> None:
        unit.conversations.consent(read.id, e.notice, context.now)

    def _address(self, unit: Unit, read: Conversation, e: RecordAddress, context: Context, applied: Applied) -> None:
        unit.conversations.address(read.id, e.address, context.now)

    def _faq(self, unit: Unit, read: Conversation, e: RecordFaq, context: Context, applied: Applied) -> None:
        asked = Asked(e.request, e.text, e.rule, ())
        for entry in e.entries:
            if e.outcome == "shown":
                self._deflection.shown(unit, read.id, entry, asked, context.now)
            else:
                helped = e.outcome == "helped"
                self._deflection.judged(unit, read.id, entry, asked, context.now, helped=helped)

    def _question(self, unit: Unit, read: Conversation, e: RecordQuestion, context: Context, applied: Applied) -> None:
        if e.words:
            asked = Asked(e.request, e.words, e.words_rule, e.entries)
            self._deflection.asked(unit, read.id, asked, context.now)
        if e.unanswered:
            unit.faq.keep_question(read.id, e.request, e.rule, e.unanswered, context.now)
        else:
            unit.faq.drop_question(read.id, e.request)

    def _advice(self, unit: Unit, read: Conversation, e: RecordAdvice, context: Context, applied: Applied) -> None:
        keep_judgement(self._world, unit, read.id, e, context.now)

    def _human(self, unit: Unit, read: Conversation, e: CallHuman, context: Context, applied: Applied) -> None:
        who = read.address or read.chat.channel
        text = notices.human_called(who, e.text[:500])
        tell_agents(self._world, unit, text, context.now, conversation=read.id)

    def _forget(self, unit: Unit, read: Conversation, e: ForgetPerson, context: Context, applied: Applied) -> None:
        """Erase, then keep the last words under a fresh conversation, which is erased within a day."""
        tickets = unit.tickets.of(read.id, limit=None)
        unit.conversations.forget(read.id)
        for ticket in tickets if self._world.agents else ():
            self._redraw(unit, ticket)
        applied.conversation = unit.conversations.open(read.chat, context.now).id

    def _redraw(self, unit: Unit, ticket: Ticket) -> None:
        """Let the card lose its author, and all its words when the request itself was erased."""
        if unit.tickets.get(ticket.id) is not None:
            queue_card(self._world.jobs, unit, ticket.id)
        elif ticket.card_message:
            key = f"erase_card:{ticket.id}"
            self._world.jobs.add(unit.session, "erase_card", ticket.number, ticket.card_message, key=key)

    def _number(self, unit: Unit, now: datetime) -> str:
        year = now.astimezone(self._world.policy.zone).year
        return self._world.policy.numbers.pattern.format(year=year, n=unit.tickets.number(year))


def _letter_asks(submitted: Submit) -> Asked:
    report: Any = submitted.report
    entries = tuple(hit["id"] for hit in report["faq"])
    return Asked(submitted.letter.request, submitted.text, report["scope"]["rule"], entries, letter=True)


def _forget_last(effect: Effect) -> bool:
    return isinstance(effect, ForgetPerson)


def ready_letter(world: World, unit: Unit, letter: Letter) -> OutFile:
    """Return the letter as a file that the person's own mail program opens and sends."""
    content = world.composer.unsent(letter, pictures(unit, letter))
    return OutFile("pismo-v-podderzhku.eml", content, "message/rfc822")


def pictures(unit: Unit, letter: Letter) -> dict[str, tuple[str, bytes]]:
    """Return the letter's pictures by reference; an erased one is left out."""
    found = {ref: unit.files.get(ref) for _, ref in letter.files}
    return {ref: file for ref, file in found.items() if file is not None}


def say(world: World, unit: Unit, conversation: int, chat: ChatKey, replies: Sequence[Reply], now: datetime) -> None:
    """Keep replies in order; those of Telegram wait for a job that carries them."""
    waiting, seq = chat.channel == TELEGRAM, 0
    for reply in replies:
        body = msgspec.json.encode(reply).decode()
        seq = unit.replies.add(conversation, body, now, waiting=waiting)
    if waiting and seq:
        world.jobs.add(unit.session, "say", conversation, key=f"say:{conversation}:{seq}", turn=str(conversation))
