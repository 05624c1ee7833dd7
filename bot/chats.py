"""Names of conversations: one per private chat, one per person in a group.

In a group everybody has his own conversation, so nobody presses another's buttons or
agrees in another's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TELEGRAM = "telegram"


def key_of(chat_id: int, user_id: int | None) -> str:
    """Return the conversation's key: a private chat has the id of its person."""
    if user_id is None or chat_id == user_id:
        return str(chat_id)
    return f"{chat_id}:{user_id}"


def chat_of(key: str) -> int:
    """Return the chat that a conversation's replies go to."""
    return int(key.partition(":")[0])


def shared(key: str) -> bool:
    """Tell whether others see the chat of this conversation too."""
    return ":" in key


def moved(key: str, chat_id: int) -> str:
    """Return the key after its group became a supergroup."""
    _, colon, user = key.partition(":")
    return f"{chat_id}{colon}{user}"


def turn_of(raw: Mapping[str, Any]) -> str:
    """Return the key under which a raw update waits its turn; "" of an update without a chat."""
    for kind, body in raw.items():
        if kind == "update_id" or not isinstance(body, Mapping):
            continue
        holder = body.get("message") if kind == "callback_query" else body
        chat = holder.get("chat") if isinstance(holder, Mapping) else None
        person = body.get("from")
        user_id = person.get("id") if isinstance(person, Mapping) else None
        if isinstance(chat, Mapping) and isinstance(chat.get("id"), int):
            return key_of(chat["id"], user_id)
        return str(user_id or "")
    return ""
