"""People who use the bot: they write, tap, send files and wait for what the bot shows."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from tests.e2e.botapi.markup import units
from tests.e2e.botapi.server import BotApi
from tests.e2e.botapi.state import BOT_ID, BOT_NAME, Chat

Message = dict[str, Any]
PATIENCE = 5.0


class Group:
    """A group chat; `members` are user ids, the bot is one of them."""

    def __init__(self, api: BotApi, chat_id: int, *members: int, kind: str = "supergroup") -> None:
        self.api = api
        status = dict.fromkeys(members, "member") | {BOT_ID: "administrator"}
        self.chat = Chat(chat_id, kind, "Группа", started=True, members=status)
        api.state.chats[chat_id] = self.chat


class User:
    """A person in a private chat with the bot, or in a group when one is given."""

    def __init__(self, api: BotApi, user_id: int, name: str = "Анна", *, group: Group | None = None) -> None:
        self.api = api
        self.id, self.name = user_id, name
        if group:
            self.chat = group.chat
        else:
            self.chat = api.state.chats.setdefault(user_id, Chat(user_id, "private", name))
        self._seen = 0

    @property
    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": "ru"}

    def say(self, text: str, **extra: Any) -> Message:
        """Write a text; commands get their entity. Returns the message."""
        body: dict[str, Any] = {"text": text}
        if match := re.match(r"/[a-zA-Z0-9_]+(@\w+)?", text):
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": units(match.group())}]
        return self.send(body | extra)

    def mention(self, text: str) -> Message:
        """Write a text that names the bot first."""
        name = f"@{BOT_NAME}"
        entity = {"type": "mention", "offset": 0, "length": units(name)}
        return self.send({"text": f"{name} {text}", "entities": [entity]})

    def forward(self, text: str) -> Message:
        """Forward somebody's text."""
        origin = {"type": "hidden_user", "sender_user_name": "Коллега", "date": int(self.api.state.now())}
        return self.send({"text": text, "forward_origin": origin})

    def photo(self, content: bytes, caption: str = "", **extra: Any) -> Message:
        """Send a compressed picture: a small and a large size."""
        sizes = []
        for part, edge in ((content[:64], 90), (content, 1280)):
            file_id = self.api.state.keep(part, "photos", "file.jpg")
            sizes.append(
                {"file_id": file_id, "file_unique_id": file_id[-8:], "width": edge, "height": edge}
                | {"file_size": len(part)}
            )
        return self.send({"photo": sizes} | ({"caption": caption} if caption else {}) | extra)

    def album(self, contents: list[bytes], caption: str = "") -> list[Message]:
        """Send pictures together: an update each, the caption on the first."""
        group = self.api.state.unique("1377")
        return [
            self.photo(content, caption if number == 0 else "", media_group_id=group)
            for number, content in enumerate(contents)
        ]

    def document(
        self,
        name: str,
        content: bytes,
        caption: str = "",
        mime: str = "application/octet-stream",
        **over: Any,
    ) -> Message:
        """Send a file as it is; `over` overrides keys of the Document."""
        file_id = self.api.state.keep(content, "documents", name)
        document = {
            "file_id": file_id, "file_unique_id": file_id[-8:], "file_name": name,
            "mime_type": mime, "file_size": len(content),
        }  # fmt: skip
        return self.send({"document": document | over} | ({"caption": caption} if caption else {}))

    def edit(self, message: Message, text: str) -> None:
        """Change an earlier message of one's own."""
        key = "caption" if "caption" in message else "text"
        fresh = message | {key: text, "edit_date": int(self.api.state.now())}
        self.chat.messages[message["message_id"]] = fresh
        self.api.state.put("edited_message", fresh, queue=f"chat{self.chat.id}")

    def send(self, body: dict[str, Any]) -> Message:
        """Send any message body as this person."""
        with self.api.state.lock:
            self.chat.started = True
            message: Message = {
                "message_id": self.api.state.message_id(self.chat),
                "from": self.as_json,
                "chat": self.chat.as_json(),
                "date": int(self.api.state.now()),
                **body,
            }
            self.chat.messages[message["message_id"]] = message
            self._seen = message["message_id"]
            self.api.state.put("message", message, queue=f"chat{self.chat.id}")
        return message

    def press(self, word: str, message: Message | None = None) -> str:
        """Tap the newest button whose label contains the word; returns the tap's id."""
        message = message or self.wait(lambda m: button(m, word) is not None, f"button «{word}»", all_=True)
        found = button(message, word)
        assert found is not None, f"no button «{word}» on {message.get('text')!r}"
        return self.tap(found["callback_data"], message)

    def tap(self, data: str, message: Message) -> str:
        """Send a callback query with this data."""
        with self.api.state.lock:
            tap = self.api.state.unique("44")
            self.api.state.taps[tap] = self.api.state.now()
            self._seen = max(self.chat.messages, default=0)
            query = {
                "id": tap, "from": self.as_json, "message": message, "chat_instance": "-1", "data": data
            }  # fmt: skip
            self.api.state.put("callback_query", query, queue=f"user{self.id}")
        return tap

    def ask(self, query: str) -> str:
        """Type a question after the bot's name, in whatever chat; returns the question's id."""
        with self.api.state.lock:
            id = self.api.state.unique("55")
            self.api.state.questions[id] = self.api.state.now()
            body = {"id": id, "from": self.as_json, "query": query, "offset": "", "chat_type": "group"}
            self.api.state.put("inline_query", body, queue=f"user{self.id}")
        return id

    def offered(self, id: str, *, patience: float = PATIENCE) -> dict[str, Any]:
        """Wait for the bot's answer to a question; or fail."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with self.api.state.lock:
                if found := self.api.state.offered.get(id):
                    return found
            time.sleep(0.02)
        raise AssertionError(f"{self.name}'s question was not answered")

    def choose(self, result: dict[str, Any]) -> Message:
        """Send a result that was offered into this chat, as Telegram does."""
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Triage", "username": BOT_NAME}
        return self.send({**result["message"], "via_bot": bot})

    def block(self) -> None:
        """Block the bot."""
        self.chat.blocked = True
        self._membership("member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self.chat.blocked = False
        self._membership("kicked", "member")

    def _membership(self, old: str, new: str) -> None:
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Triage", "username": BOT_NAME}
        extra = {"until_date": 0}
        body = {
            "chat": self.chat.as_json(), "from": self.as_json, "date": int(self.api.state.now()),
            "old_chat_member": {"user": bot, "status": old} | (extra if old == "kicked" else {}),
            "new_chat_member": {"user": bot, "status": new} | (extra if new == "kicked" else {}),
        }  # fmt: skip
        self.api.state.put("my_chat_member", body, queue=f"chat{self.chat.id}")

    def shown(self) -> list[Message]:
        """Return what the bot has written into the chat, oldest first."""
        with self.api.state.lock:
            rows = sorted(self.chat.messages.items())
            return [m for _, m in rows if m["from"]["id"] == BOT_ID]

    def wait(
        self,
        wanted: str | Callable[[Message], bool],
        what: str = "",
        *,
        patience: float = PATIENCE,
        all_: bool = False,
    ) -> Message:
        """Wait for the newest message after one's last word that holds the text or fits; or fail."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            for message in reversed(self.shown()):
                fresh = all_ or message["message_id"] > self._seen
                if fresh and _fits(message, wanted):
                    return message
            time.sleep(0.02)
        seen = "\n---\n".join(_words(m) for m in self.shown()[-4:])
        raise AssertionError(f"{self.name} waited for {what or wanted!r}; the bot showed:\n{seen}")


def button(message: Message, word: str) -> dict[str, Any] | None:
    """Return the inline button whose label contains the word."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return next((b for row in rows for b in row if word.lower() in b["text"].lower()), None)


def _fits(message: Message, wanted: str | Callable[[Message], bool]) -> bool:
    if callable(wanted):
        return wanted(message)
    return wanted.lower() in _words(message).lower()


def _words(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or message.get("document", {}).get("file_name"))
