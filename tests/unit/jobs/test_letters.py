"""How a letter fares: tries, pauses, and what the person and the agents are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.applications import Clock, Talk, known_person
from tests.unit.jobs.test_conversations import PROBLEM, letters, walk
from triage.bootstrap import Application
from triage.desk.records import LetterState
from triage.errors import MailRefused, MailUnavailable
from triage.mail import MemoryMailer


@pytest.fixture
def talk(app: Application) -> Talk:
    """A person whose letter waits to be sent."""
    talk = Talk(app)
    known_person(app, talk.chat)
    walk(talk, PROBLEM)
    talk.read()
    return talk


def state_of(app: Application) -> str:
    with app.database.unit() as unit:
        [card] = app.desk.queue()
        ticket = unit.tickets.get(card.ticket)
    assert ticket is not None
    return ticket.letter_state


def pauses(app: Application) -> list[int]:
    """Seconds from now until each queued try."""
    found = app.engine.client.list_workflows(name="post", load_input=False)
    tries = [f for f in found if f.delay_until_epoch_ms is not None]
    tries.sort(key=lambda f: int(f.workflow_id.rsplit(":", 1)[1]))
    return [round((f.delay_until_epoch_ms - f.created_at) / 1000) for f in tries]  # type: ignore[operator]


async def post(app: Application) -> None:
    """Do the letter's next try."""
    [mail] = {mail.id: mail for mail in letters(app)}.values()
    await app.letters.post(mail.id, mail.attempts)


class TestALetter:
    async def test_leaves_and_the_person_is_told_once(self, app: Application, talk: Talk, mailer: MemoryMailer) -> None:
        [mail] = letters(app)
        for _ in range(3):
            await app.letters.post(mail.id, 0)
        assert len(mailer.sent) == 1
        [told] = talk.read()
        assert "GR-" in told.reply.text
        assert state_of(app) == LetterState.SENT

    async def test_has_the_request_in_its_headers_and_a_fixed_message_id(
        self, app: Application, talk: Talk, mailer: MemoryMailer
    ) -> None:
        [mail] = letters(app)
        await post(app)
        [(sender, recipient, message)] = mailer.sent
        assert (sender, recipient) == ("triage-bot@localhost", app.policy.addresses.mailbox)
        assert message["Message-ID"] == mail.message_id
        assert message["X-Triage-Request"] == mail.ticket
        assert message["Reply-To"] == "ivan@example.org"

    async def test_waits_longer_after_each_failure_up_to_ten_minutes(
        self, app: Application, talk: Talk, mailer: MemoryMailer
    ) -> None:
        mailer.fail = MailUnavailable("421 closing")
        for _ in range(12):
            await post(app)
        wanted = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
        assert len(pauses(app)) == len(wanted)
        # the engine notes when a job was queued in whole seconds
        assert all(w <= p <= w + 1 for w, p in zip(wanted, pauses(app), strict=True))
        assert talk.read() == ()
        assert state_of(app) == LetterState.WAITING
        mailer.fail = None
        await post(app)
        assert len(talk.read()) == 1

    async def test_that_waited_a_day_is_marked_and_the_agents_are_told(
        self, app: Application, talk: Talk, mailer: MemoryMailer, clock: Clock
    ) -> None:
        mailer.fail = MailUnavailable("421 closing")
        await post(app)
        clock.offset = timedelta(hours=app.policy.letter.retry_hours, minutes=1)
        await post(app)
        assert state_of(app) == LetterState.FAILED
        [(_, notice)] = app.desk.notices()
        assert "421 closing" in notice
        assert len(talk.read()) == 1
        assert len(pauses(app)) == 1

    async def test_that_is_refused_for_good_is_marked_at_once(
        self, app: Application, talk: Talk, mailer: MemoryMailer
    ) -> None:
        mailer.fail = MailRefused("550 no such mailbox")
        await post(app)
        assert state_of(app) == LetterState.REFUSED
        assert "550 no such mailbox" in app.desk.notices()[0][1]
        assert pauses(app) == []
        [said] = talk.read()
        [ready] = said.reply.files
        assert "приложенное письмо" in said.reply.text
        assert (ready.name, "X-Unsent: 1" in ready.content) == ("pismo-v-podderzhku.eml", True)

    async def test_that_was_given_up_can_be_sent_again(
        self, app: Application, talk: Talk, mailer: MemoryMailer
    ) -> None:
        mailer.fail = MailRefused("550 no such mailbox")
        await post(app)
        mailer.fail = None
        [card] = app.desk.queue()
        assert app.letters.resend(card.number)
        assert not app.letters.resend("GR-1999-00001")
        await post(app)
        assert state_of(app) == LetterState.SENT
        assert len(mailer.sent) == 1

    async def test_is_not_lost_to_an_unforeseen_failure(
        self, app: Application, talk: Talk, mailer: MemoryMailer
    ) -> None:
        mailer.fail = ZeroDivisionError("a bug")
        await post(app)
        assert len(pauses(app)) == 1
        assert state_of(app) == LetterState.WAITING


class TestACode:
    async def test_is_mailed_to_the_address_and_counted(self, app: Application, mailer: MemoryMailer) -> None:
        talk = Talk(app)
        known_person(app, talk.chat, address="")
        walk(talk, PROBLEM)
        talk.say("ivan@example.org")
        found = app.engine.client.list_workflows(name="post", load_input=False)
        [code] = [f.workflow_id.split(":")[1] for f in found]
        await app.letters.post(code, 0)
        [(_, recipient, _)] = mailer.sent
        assert recipient == "ivan@example.org"
        with app.database.unit() as unit:
            assert unit.mails.codes_since(talk.chat, Clock()() - timedelta(hours=1)) == 1

    async def test_that_cannot_leave_is_told_after_a_quarter_of_an_hour(
        self, app: Application, mailer: MemoryMailer, clock: Clock
    ) -> None:
        talk = Talk(app)
        known_person(app, talk.chat, address="")
        walk(talk, PROBLEM)
        talk.say("ivan@example.org")
        mailer.fail = MailUnavailable("421 closing")
        clock.offset = timedelta(minutes=16)
        [found] = app.engine.client.list_workflows(name="post", load_input=False)
        await app.letters.post(found.workflow_id.split(":")[1], 0)
        assert "код" in talk.read()[-1].reply.text
