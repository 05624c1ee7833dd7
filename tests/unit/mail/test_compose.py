"""Letters as mails: what the contract asks for, and what a person can never smuggle in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from triage.dialogue.letter import Letter
from triage.mail import MailComposer
from triage.mail.compose import file_name

CASES = Path(__file__).with_name("cases")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
GIF = b"GIF89a" + bytes(100)
JPG = b"\xff\xd8\xff\xe0" + bytes(100)
PICTURES = {"r1": ("экран.png", PNG), "r2": ("b.gif", GIF), "r3": ("c.jpg", JPG), "bad": ("d.png", b"MZ\x90")}
LETTER = Letter(
    request="11111111-1111-4111-8111-111111111111",
    message_id="<11111111-1111-4111-8111-111111111111@localhost>",
    subject="[Высокий] Ошибки программного продукта: шлюз отвечает 502 на всех маршрутах",
    body="Описание проблемы:\nШлюз отвечает 502 🚧\n\n. точка в начале строки\nFrom начала строки\n",
    reply_to="ivan@example.org",
    files=(("экран.png", "r1"), ("b.gif", "r2"), ("c.jpg", "r3")),
    headers=(("X-Triage-Request", "11111111"), ("X-Triage-Priority", "high"), ("X-Triage-Review", "no")),
)
COMPOSER = MailComposer("triage-bot@localhost", "support@example.org", lambda: NOON)


def cases(name: str) -> list[dict[str, Any]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def received(message: EmailMessage) -> EmailMessage:
    """The mail as a program reads it from the wire."""
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def changed(**values: Any) -> Letter:
    return replace(LETTER, **values)


class TestTheLetter:
    def test_carries_subject_body_and_headers_of_the_contract(self) -> None:
        mail = received(COMPOSER.letter(LETTER, PICTURES))
        assert mail["Subject"] == LETTER.subject
        assert mail["To"] == "support@example.org"
        assert mail["From"] == "triage-bot@localhost"
        assert mail["Reply-To"] == "ivan@example.org"
        assert mail["Message-ID"] == LETTER.message_id
        assert [mail[name] for name, _ in LETTER.headers] == [value for _, value in LETTER.headers]
        assert body_of(mail) == LETTER.body

    def test_is_plain_text_in_utf_8(self) -> None:
        part = received(COMPOSER.letter(LETTER, PICTURES)).get_body(("plain",))
        assert part is not None
        assert (part.get_content_type(), part.get_content_charset()) == ("text/plain", "utf-8")

    def test_carries_pictures_with_their_names_and_bytes(self) -> None:
        files = [
            (part.get_filename(), part.get_content_type(), part.get_content())
            for part in received(COMPOSER.letter(LETTER, PICTURES)).iter_attachments()
        ]
        assert files == [
            ("экран.png", "image/png", PNG),
            ("b.gif", "image/gif", GIF),
            ("c.jpg", "image/jpeg", JPG),
        ]

    def test_leaves_out_a_file_that_is_no_picture_or_is_gone(self) -> None:
        letter = changed(files=(("d.png", "bad"), ("e.png", "gone")))
        assert list(received(COMPOSER.letter(letter, PICTURES)).iter_attachments()) == []

    def test_has_no_reply_to_when_the_address_cannot_stand_there(self) -> None:
        for address in ("", "не адрес", "a@b@c", "ivan@example.org\r\nBcc: evil@example.org"):
            mail = received(COMPOSER.letter(changed(reply_to=address), {}))
            assert mail["Reply-To"] is None
            assert mail["Bcc"] is None

    def test_writes_a_cyrillic_domain_in_ascii(self) -> None:
        mail = received(COMPOSER.letter(changed(reply_to="ivan@почта.рф"), {}))
        assert mail["Reply-To"] == "ivan@xn--80a1acny.xn--p1ai"

    def test_puts_the_id_in_brackets(self) -> None:
        mail = received(COMPOSER.letter(changed(message_id="abc@localhost"), {}))
        assert mail["Message-ID"] == "<abc@localhost>"


class TestInjection:
    @pytest.mark.parametrize("case", cases("injections.jsonl"), ids=lambda case: str(case["name"]))
    def test_into_a_header_is_impossible(self, case: dict[str, str]) -> None:
        headers = (
            ("X-Triage-Scope", case["value"]),
            ("X-Triage-Bad\r\nBcc", "x"),
            ("Bcc", "evil@example.org"),
        )
        letter = changed(
            subject=case["value"], headers=headers, message_id=case["value"], files=((case["value"], "r1"),)
        )
        self.check(letter)

    @given(value=st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=80))
    def test_of_any_text_is_impossible(self, value: str) -> None:
        self.check(changed(subject=value, headers=(("X-Triage-Scope", value),), files=((value, "r1"),)))

    @given(body=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
    def test_of_a_body_changes_nothing_of_the_body(self, body: str) -> None:
        assert body_of(received(COMPOSER.letter(changed(body=body + "\n"), {}))) == body + "\n"

    def check(self, letter: Letter) -> None:
        mail = received(COMPOSER.letter(letter, PICTURES))
        names = [name.lower() for name in mail]
        assert "bcc" not in names
        allowed = {"to", "from", "subject", "message-id", "date", "reply-to", "mime-version", "content-type"}
        assert set(names) <= allowed | {"x-triage-scope"}
        assert len(names) == len(set(names))
        assert body_of(mail) == LETTER.body
        assert mail["To"] == "support@example.org"


class TestTheFileForThePerson:
    def test_opens_as_a_draft_with_everything_of_the_letter(self) -> None:
        mail = message_from_string(COMPOSER.unsent(LETTER, PICTURES), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        assert mail["X-Unsent"] == "1"
        assert mail["Subject"] == LETTER.subject
        assert mail["From"] == "ivan@example.org"
        assert body_of(mail) == LETTER.body
        assert [part.get_content() for part in mail.iter_attachments()] == [PNG, GIF, JPG]

    def test_is_pure_ascii_with_mail_line_ends(self) -> None:
        text = COMPOSER.unsent(LETTER, PICTURES)
        assert text.isascii()
        assert text.count("\n") == text.count("\r\n")


class TestTheCode:
    @given(code=st.from_regex(r"[0-9]{6}", fullmatch=True))
    def test_is_the_only_six_digits_of_the_body(self, code: str) -> None:
        mail = COMPOSER.code("ivan@example.org", code, "<1@localhost>")
        assert re.findall(r"\d{6}", body_of(received(mail))) == [code]
        wire = mail.as_bytes().partition(b"\r\n\r\n")[2]
        assert re.findall(rb"\d{6}", wire) == [code.encode()]

    def test_says_that_no_human_wrote_it(self) -> None:
        mail = received(COMPOSER.code("ivan@example.org", "123456", "<1@localhost>"))
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["To"] == "ivan@example.org"


class TestFileNames:
    @pytest.mark.parametrize("case", cases("file_names.jsonl"), ids=lambda case: repr(case["given"]))
    def test_are_safe_and_stay_readable(self, case: dict[str, str]) -> None:
        assert file_name(case["given"]) == case["kept"]
