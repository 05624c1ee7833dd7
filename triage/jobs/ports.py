"""What the jobs need from outside besides the desk's ports: a messenger and the letters' shapes."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Protocol

from triage.desk.ports import Sent
from triage.dialogue.letter import Letter
from triage.dialogue.replies import Reply


class Messenger(Protocol):
    """Carries replies to Telegram.

    `done` with the message's id; `later` with `retry_after` seconds when it is asked to wait (a flood limit,
    a bot that is not signed in yet: no failed attempt), without them when it failed;
    `gone` when the person blocked the bot; `moved_to` with the chat's new id, the reply was not sent.
    """

    async def send(self, chat_id: str, reply: Reply) -> Sent: ...

    async def delete(self, chat_id: str, message: str) -> Sent: ...


class Composer(Protocol):
    """Turns letters and codes into mails."""

    def letter(self, letter: Letter, pictures: Mapping[str, tuple[str, bytes]]) -> EmailMessage: ...

    def unsent(self, letter: Letter, pictures: Mapping[str, tuple[str, bytes]]) -> str: ...

    def code(self, address: str, code: str, message_id: str) -> EmailMessage: ...
