"""The twin that keeps letters in memory: for tests and for trying the program out."""

from __future__ import annotations

from email.message import EmailMessage


class MemoryMailer:
    """Keeps what was sent; `fail` is raised by the next sends until it is cleared."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, EmailMessage]] = []
        self.fail: Exception | None = None

    async def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Keep the letter, or raise what it was told to."""
        if self.fail is not None:
            raise self.fail
        self.sent.append((sender, recipient, message))

    def check(self) -> str:
        """Say whether letters are kept."""
        return "ok" if self.fail is None else str(self.fail)
