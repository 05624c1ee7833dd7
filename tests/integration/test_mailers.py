"""One contract over all ways a letter leaves: a real SMTP server, the folder, memory."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.databases import free_port
from tests.integration.mailservers import Post, post_office
from tests.unit.mail.test_compose import COMPOSER, LETTER, PICTURES, body_of
from triage.desk.ports import Mailer
from triage.errors import MailRefused, MailUnavailable
from triage.mail import MemoryMailer, OutboxMailer, SmtpMailer
from triage.mail.smtp import SmtpServer


@dataclass
class Way:
    """A mailer and how to read what it delivered."""

    mailer: Mailer
    delivered: Callable[[], list[EmailMessage]]


def read(path: Path) -> EmailMessage:
    parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@pytest.fixture(params=["smtp", "outbox", "memory"])
async def way(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Way]:
    if request.param == "smtp":
        async with post_office() as post:
            mailer = SmtpMailer(SmtpServer.from_url(f"smtp://127.0.0.1:{post.port}"))
            yield Way(mailer, lambda: [mail.message for mail in post.mails])
    elif request.param == "outbox":
        folder = tmp_path / "outbox"
        yield Way(OutboxMailer(folder), lambda: [read(p) for p in sorted(folder.glob("*.eml"))])
    else:
        memory = MemoryMailer()
        yield Way(memory, lambda: [mail for _, _, mail in memory.sent])


async def send(mailer: Mailer, message: EmailMessage | None = None) -> None:
    letter = message or COMPOSER.letter(LETTER, PICTURES)
    await mailer.send(letter, sender="triage-bot@localhost", recipient="support@example.org")


class TestEveryMailer:
    async def test_delivers_the_letter_as_it_was_composed(self, way: Way) -> None:
        await send(way.mailer)
        [mail] = way.delivered()
        assert mail["Subject"] == LETTER.subject
        assert mail["Message-ID"] == LETTER.message_id
        assert body_of(mail) == LETTER.body
        files = [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()]
        assert files == [(name, PICTURES[ref][1]) for name, ref in LETTER.files]

    async def test_delivers_every_letter(self, way: Way) -> None:
        for n in range(3):
            letter = replace(LETTER, message_id=f"<{n}@localhost>")
            await send(way.mailer, COMPOSER.letter(letter, {}))
        assert [mail["Message-ID"] for mail in way.delivered()] == [f"<{n}@localhost>" for n in range(3)]

    async def test_says_that_it_works(self, way: Way) -> None:
        assert await asyncio.to_thread(way.mailer.check) == "ok"


class TestSmtp:
    def mailer(self, post: Post, user: str = "") -> SmtpMailer:
        return SmtpMailer(SmtpServer.from_url(f"smtp://{user}127.0.0.1:{post.port}"), timeout=2)

    async def test_names_sender_and_recipient_on_the_envelope(self) -> None:
        async with post_office() as post:
            await send(self.mailer(post))
            assert (post.mails[0].sender, post.mails[0].recipients) == (
                "triage-bot@localhost",
                ["support@example.org"],
            )

    @pytest.mark.parametrize("answer", ["550 no such mailbox", "553 not local", "500 what"])
    async def test_gives_up_when_the_recipient_is_refused_for_good(self, answer: str) -> None:
        async with post_office() as post:
            post.recipient = answer
            with pytest.raises(MailRefused, match=answer):
                await send(self.mailer(post))

    @pytest.mark.parametrize("answer", ["450 busy", "452 full", "421 closing"])
    async def test_may_try_again_when_it_is_refused_for_now(self, answer: str) -> None:
        async with post_office() as post:
            post.recipient = answer
            with pytest.raises(MailUnavailable, match=answer[:3]):
                await send(self.mailer(post))

    async def test_tells_a_refused_text_from_one_put_off(self) -> None:
        async with post_office() as post:
            post.data = "554 looks like spam"
            with pytest.raises(MailRefused):
                await send(self.mailer(post))
            post.data = "451 greylisted"
            with pytest.raises(MailUnavailable):
                await send(self.mailer(post))

    async def test_signs_in(self) -> None:
        async with post_office(password="right") as post:
            await send(self.mailer(post, user="bot:right@"))
            assert len(post.mails) == 1

    async def test_may_try_again_after_a_wrong_password_and_never_shows_it(self) -> None:
        async with post_office(password="right") as post:
            with pytest.raises(MailUnavailable) as caught:
                await send(self.mailer(post, user="bot:hidden@"))
            assert "hidden" not in str(caught.value)
            assert post.mails == []

    async def test_may_try_again_when_nobody_listens(self) -> None:
        mailer = SmtpMailer(SmtpServer.from_url(f"smtp://127.0.0.1:{free_port()}"), timeout=2)
        with pytest.raises(MailUnavailable):
            await send(mailer)
        assert await asyncio.to_thread(mailer.check) != "ok"

    async def test_may_try_again_when_starttls_is_wanted_and_not_offered(self) -> None:
        async with post_office() as post:
            url = f"smtp://127.0.0.1:{post.port}?starttls=1"
            with pytest.raises(MailUnavailable):
                await send(SmtpMailer(SmtpServer.from_url(url), timeout=2))
            assert post.mails == []


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context with a certificate of its own for 127.0.0.1, which the test's client trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("the program openssl is missing (Debian: openssl)")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=60
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class TestEncryption:
    async def test_from_the_first_byte(self, tls: ssl.SSLContext) -> None:
        async with post_office(tls=tls) as post:
            await send(SmtpMailer(SmtpServer.from_url(f"smtps://127.0.0.1:{post.port}"), timeout=5))
            assert len(post.mails) == 1

    async def test_after_starttls(self, tls: ssl.SSLContext) -> None:
        async with post_office(tls=tls, starttls=True) as post:
            await send(SmtpMailer(SmtpServer.from_url(f"smtp://127.0.0.1:{post.port}?starttls=1"), timeout=5))
            assert len(post.mails) == 1

    async def test_with_a_certificate_that_nobody_vouches_for_is_refused(
        self, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        async with post_office(tls=tls) as post:
            with pytest.raises(MailUnavailable):
                await send(SmtpMailer(SmtpServer.from_url(f"smtps://127.0.0.1:{post.port}"), timeout=5))
            assert post.mails == []


class TestTheOutbox:
    async def test_holds_a_letter_once_however_often_it_is_written(self, tmp_path: Path) -> None:
        mailer = OutboxMailer(tmp_path / "outbox")
        await send(mailer)
        await send(mailer)
        assert len(list((tmp_path / "outbox").iterdir())) == 1

    async def test_may_try_again_when_it_cannot_be_written(self, tmp_path: Path) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("not a folder")
        with pytest.raises(MailUnavailable):
            await send(OutboxMailer(blocked))
