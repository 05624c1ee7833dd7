"""What Telegram remembers: chats, messages, files, taps and the updates nobody took yet."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.botapi.errors import bad, forbidden

MESSAGE_LIFE = 24 * 3600.0
TAP_LIFE = 150.0
QUESTION_LIFE = 30.0
LIVES = {"callback_query": TAP_LIFE, "inline_query": QUESTION_LIFE}
BOT_ID = 7000000001
BOT_NAME = "triage_standin_bot"
#: Delivered only when `allowed_updates` names them (Bot API, getUpdates).
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass
class Chat:
    """A chat with its messages; `members` maps a user id to a status of ChatMember."""

    id: int
    type: str
    title: str = ""
    started: bool = False
    blocked: bool = False
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the Chat object."""
        name = {"first_name": self.title} if self.type == "private" else {"title": self.title}
        return {"id": self.id, "type": self.type, **name}


@dataclass
class Pending:
    """An update that was not acknowledged; `queue` keeps the webhook's order."""

    update: dict[str, Any]
    kind: str
    queue: str
    expires: float


@dataclass
class Webhook:
    """What setWebhook asked for."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


@dataclass
class Call:
    """One request of the bot as it came, and what it was answered."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, str, bytes]]
    at: float
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass
class Fault:
    """An injected failure of the next `times` calls of `method` whose params contain `match`."""

    method: str
    error: Exception
    times: int = 1
    match: dict[str, Any] = field(default_factory=dict)
    after: bool = False

    def fits(self, method: str, params: dict[str, Any]) -> bool:
        """Tell whether this call is to fail."""
        return (
            self.times > 0
            and self.method in (method, "*")
            and all(str(params.get(k)) == str(v) for k, v in self.match.items())
        )


class State:
    """Everything behind one lock: the server's loop and the test's thread both touch it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.taps: dict[str, float] = {}
        self.answered: list[dict[str, Any]] = []
        self.questions: dict[str, float] = {}
        self.offered: dict[str, dict[str, Any]] = {}
        self.pending: list[Pending] = []
        self.webhook = Webhook()
        self.allowed: list[str] | None = None
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.commands: dict[str, Any] = {}
        self.shift = 0.0
        self._update_ids = itertools.count(500_000_001)
        self._ids = itertools.count(1)
        self._message_ids: dict[str, itertools.count[int]] = {}

    def now(self) -> float:
        """Unix seconds; `shift` lets a test move the clock."""
        return time.time() + self.shift

    def unique(self, prefix: str) -> str:
        """Return a fresh identifier."""
        return f"{prefix}{next(self._ids):08d}"

    def message_id(self, chat: Chat) -> int:
        """Private chats and basic groups share one row of numbers, a supergroup has its own."""
        key = str(chat.id) if chat.type == "supergroup" else "shared"
        return next(self._message_ids.setdefault(key, itertools.count(1)))

    def chat(self, chat_id: Any) -> Chat:
        """Return a chat the bot may write to; refuses unknown, blocked and never started ones."""
        try:
            chat = self.chats[int(chat_id)]
        except (KeyError, TypeError, ValueError):
            raise bad("chat not found") from None
        if chat.blocked and chat.type == "private":
            raise forbidden("bot was blocked by the user")
        if chat.blocked:
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.type == "private" and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def keep(self, content: bytes, folder: str, name: str) -> str:
        """Store bytes as a file that getFile gives out; returns its file_id."""
        file_id = self.unique("AgACAgIAAxkBAAIC")
        self.files[file_id] = (f"{folder}/{self.unique('file_')}{_suffix(name)}", content)
        return file_id

    def put(self, kind: str, body: dict[str, Any], *, queue: str, forced: bool = False) -> int:
        """Queue an update as Telegram would; returns its id. `forced` passes over allowed_updates."""
        with self.lock:
            number = next(self._update_ids)
            wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST
            if wanted or forced:
                life = LIVES.get(kind, MESSAGE_LIFE)
                update = {"update_id": number, kind: body}
                self.pending.append(Pending(update, kind, queue, self.now() + life))
            return number

    def put_again(self, update: dict[str, Any]) -> None:
        """Queue an update with the number it already had."""
        with self.lock:
            self.pending.append(Pending(update, "again", "again", self.now() + MESSAGE_LIFE))

    def waiting(self, limit: int) -> list[dict[str, Any]]:
        """Return the oldest pending updates that have not expired."""
        with self.lock:
            self.pending = [p for p in self.pending if p.expires > self.now()]
            return [p.update for p in self.pending[:limit]]

    def acknowledge(self, offset: int) -> None:
        """Forget updates below a positive offset; a negative one keeps the last so many."""
        with self.lock:
            if offset < 0:
                self.pending = self.pending[offset:]
            else:
                self.pending = [p for p in self.pending if p.update["update_id"] >= offset]

    def fault(self, method: str, params: dict[str, Any], *, after: bool) -> Exception | None:
        """Take the fault that is due for this call."""
        with self.lock:
            for fault in self.faults:
                if fault.after == after and fault.fits(method, params):
                    fault.times -= 1
                    return fault.error
        return None


def _suffix(name: str) -> str:
    return "." + name.rsplit(".", 1)[1] if "." in name else ""
