"""Mails: tried until the server takes them, a wait between tries that doubles up to ten minutes.

The wait is a delayed job, so it outlives the process. How an attempt ended is written in one
transaction with what follows from it: the person's message, the request's mark, the agents'
notice, the next try. The Message-ID is fixed, so a repeat after a crash can be told by the receiver.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import msgspec
import structlog

from triage.desk.cards import queue_card
from triage.desk.ports import Mailer
from triage.desk.records import LetterState, Mail, MailKind
from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.dialogue.letter import Letter
from triage.dialogue.replies import OutFile, Reply, Run
from triage.errors import MailRefused, MailUnavailable
from triage.jobs.background import in_unit
from triage.jobs.effects import pictures, ready_letter, say
from triage.jobs.metrics import Metrics
from triage.jobs.notices import tell_agents
from triage.jobs.pauses import doubled
from triage.jobs.world import World

_LONGEST = 600.0  # seconds between two tries
_LIMIT = 180.0  # seconds for one try
_CODE_LIFE = timedelta(minutes=15)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Ended:
    """How an attempt ended: the mail's new state and the server's words."""

    state: str
    reason: str = ""


class Letters:
    """The engine's job `post`, and the desk's wish to try once more."""

    def __init__(self, world: World, mailer: Mailer, metrics: Metrics) -> None:
        self._world, self.mailer, self._metrics = world, mailer, metrics

    async def post(self, id: str, attempt: int) -> None:
        """Try to send a waiting mail once and write down what follows."""
        loaded = await in_unit(self._world.store, lambda unit: self._load(unit, id, attempt))
        if loaded is None:
            return
        mail, message = loaded
        ended = await self._try(mail, message)
        self._metrics.mail(mail.kind, ended.state)
        _log.info("mail", kind=mail.kind, attempt=attempt, state=ended.state, code=ended.reason[:3])
        now = self._world.clock()
        await in_unit(self._world.store, lambda unit: self._record(unit, mail, ended, now))

    def resend(self, number: str) -> bool:
        """Let a letter that was given up try anew; False when there is none for this number."""
        now = self._world.clock()
        with self._world.store.unit() as unit:
            ticket = unit.tickets.find(number)
            mail = unit.mails.again(ticket.id, now) if ticket else None
            if ticket is None or mail is None:
                return False
            self._mark(unit, ticket.id, LetterState.WAITING)
            self._queue(unit, mail, delay=0)
            return True

    def _load(self, unit: Unit, id: str, attempt: int) -> tuple[Mail, EmailMessage] | None:
        mail = unit.mails.get(id)
        if mail is None or mail.state != LetterState.WAITING or mail.attempts != attempt:
            return None
        if mail.kind == MailKind.CODE:
            code = msgspec.json.decode(mail.payload, type=str)
            return mail, self._world.composer.code(mail.recipient, code, mail.message_id)
        letter = msgspec.json.decode(mail.payload, type=Letter)
        return mail, self._world.composer.letter(letter, pictures(unit, letter))

    async def _try(self, mail: Mail, message: EmailMessage) -> _Ended:
        try:
            async with asyncio.timeout(_LIMIT):
                await self.mailer.send(message, sender=self._world.sender, recipient=mail.recipient)
        except MailRefused as error:
            return _Ended(LetterState.REFUSED, error.message)
        except MailUnavailable as error:
            return _Ended(self._patience(mail), error.message)
        except Exception as error:  # an unforeseen failure is no reason to lose a letter
            _log.exception("mail.failed", exc_info=error)
            return _Ended(self._patience(mail), type(error).__name__)
        return _Ended(LetterState.SENT)

    def _patience(self, mail: Mail) -> LetterState:
        limit = timedelta(hours=self._world.policy.letter.retry_hours)
        if mail.kind == MailKind.CODE:
            limit = _CODE_LIFE
        waited = self._world.clock() - mail.created_at
        return LetterState.FAILED if waited >= limit else LetterState.WAITING

    def _record(self, unit: Unit, mail: Mail, ended: _Ended, now: datetime) -> None:
        if not unit.mails.record(mail.id, mail.attempts, ended.state, ended.reason, now):
            return
        if ended.state == LetterState.WAITING:
            self._queue(unit, mail, delay=doubled(1.0, mail.attempts, longest=_LONGEST))
        elif mail.kind == MailKind.CODE:
            if ended.state != LetterState.SENT:
                self._tell(unit, mail, notices.CODE_FAILED, now)
        else:
            self._close(unit, mail, ended, now)

    def _close(self, unit: Unit, mail: Mail, ended: _Ended, now: datetime) -> None:
        """The letter has left, or will not: mark the request, tell the person and the agents."""
        ticket = unit.tickets.get(mail.ticket or "")
        if ticket is None:
            return
        self._mark(unit, ticket.id, LetterState(ended.state))
        if ended.state == LetterState.SENT:
            self._tell(unit, mail, notices.letter_sent(ticket.number), now)
            return
        letter = msgspec.json.decode(mail.payload, type=Letter)
        file = ready_letter(self._world, unit, letter)
        delayed = notices.letter_delayed(ticket.number, mail.recipient, agents=self._world.agents)
        self._tell(unit, mail, delayed, now, file)
        hours = self._world.policy.letter.retry_hours
        text = notices.letter_refused(ticket.number, ended.reason)
        if ended.state == LetterState.FAILED:
            text = notices.letter_failed(ticket.number, hours, ended.reason)
        tell_agents(self._world, unit, text, now, conversation=mail.conversation)

    def _tell(self, unit: Unit, mail: Mail, text: str, now: datetime, *files: OutFile) -> None:
        conversation = unit.conversations.get(mail.conversation) if mail.conversation else None
        if conversation is not None:
            say(self._world, unit, conversation.id, conversation.chat, [Reply((Run(text),), files=files)], now)

    def _mark(self, unit: Unit, ticket: str, state: LetterState) -> None:
        unit.tickets.mark_letter(ticket, state)
        if self._world.agents:
            queue_card(self._world.jobs, unit, ticket)

    def _queue(self, unit: Unit, mail: Mail, *, delay: float) -> None:
        current = unit.mails.get(mail.id)
        assert current is not None
        key = f"mail:{mail.id}:{current.attempts}"
        self._world.jobs.add(unit.session, "post", mail.id, current.attempts, key=key, delay=delay)
