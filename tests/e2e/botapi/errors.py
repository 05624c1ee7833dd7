"""What the Bot API answers when it refuses."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """A refusal with Telegram's code and words; `parameters` as in ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON of the refusal."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class DroppedError(Exception):
    """The connection is to be cut without an answer."""


def bad(description: str, **parameters: Any) -> RefusedError:
    """Return a 400 with Telegram's prefix."""
    return RefusedError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> RefusedError:
    """Return a 403 with Telegram's prefix."""
    return RefusedError(403, f"Forbidden: {description}")


def flood(retry_after: int) -> RefusedError:
    """Return a 429; `retry_after` in seconds."""
    return RefusedError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
