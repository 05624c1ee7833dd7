"""Without an SMTP server: letters become `.eml` files in a folder.

The file's name follows from the Message-ID, so a letter that is written twice is one file.
"""

from __future__ import annotations

import asyncio
import os
import re
from email.message import EmailMessage
from pathlib import Path

from triage.errors import MailUnavailable


class OutboxMailer:
    """Writes letters into a folder, each complete or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Write the letter; raises MailUnavailable when the folder cannot be written."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise MailUnavailable(
                f"The folder {self._folder} cannot be written", advice="check its rights and the free space"
            ) from error

    def check(self) -> str:
        """Say whether the folder can be written."""
        folder = self._folder if self._folder.exists() else self._folder.absolute().parent
        return "ok" if os.access(folder, os.W_OK) else f"the folder {self._folder} cannot be written"

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9.@_-]", "", str(message["Message-ID"]))[:150]
        part = self._folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / f"{name}.eml")
