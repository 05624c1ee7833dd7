"""How a request is written: by what is left out of training when models are compared on kinds of texts never seen."""

from __future__ import annotations

import re

_MAIL = re.compile(
    r"^(?:>|от:|from:|тема:|subject:|fwd?:|кому:|пересыла|-{3,}|добрый|здравств)"
    r"|с уважением|заранее (?:благодар|спасибо)",
    re.IGNORECASE | re.MULTILINE,
)
_FORMAL = re.compile(
    r"\b(?:прошу|просим|уважаем|направляем|сообщаем|в связи с|надлежащ|исх\.|настоящим)", re.IGNORECASE
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_./:-]{2,}")
_ENGINEERS_SHARE = 0.25  # of Latin words
_CHAT = 15  # words

LETTERS, TALK = "letters", "talk"


def register_of(text: str) -> str:
    """Return `mail`, `formal`, `engineer`, `chat` or `plain`, the first that holds."""
    words = text.split()
    if len(words) > _CHAT and _MAIL.search(text):
        return "mail"
    if _FORMAL.search(text):
        return "formal"
    if len(words) > _CHAT and len(_LATIN.findall(text)) >= _ENGINEERS_SHARE * len(words):
        return "engineer"
    return "chat" if len(words) <= _CHAT else "plain"


def channel_of(text: str) -> str:
    """Return `letters` (mail, formal, engineer) or `talk` (chat, plain)."""
    return LETTERS if register_of(text) in ("mail", "formal", "engineer") else TALK
