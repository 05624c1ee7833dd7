"""The limits of the Bot API on what a bot sends; each refusal in Telegram's words."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.e2e.botapi.errors import bad
from tests.e2e.botapi.markup import parse, units

TEXT, CAPTION, ALERT, DATA_BYTES = 4096, 1024, 200, 64
RESULTS = 50
UPLOAD, PHOTO, DOWNLOAD = 50 << 20, 10 << 20, 20 << 20


def marked(source: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Return text and entities of a text in a parse mode (HTML or none)."""
    if not mode:
        return source.strip(), []
    if mode.lower() != "html":
        raise bad("unsupported parse_mode")
    return parse(source)


def text_of(params: dict[str, Any]) -> dict[str, Any]:
    """Return the `text` and `entities` of a message; refuses empty and longer than 4096."""
    text, entities = marked(str(params.get("text", "")), params.get("parse_mode"))
    if not text:
        raise bad("message text is empty")
    if units(text) > TEXT:
        raise bad("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_of(params: dict[str, Any]) -> dict[str, Any]:
    """Return the `caption` and `caption_entities`; refuses longer than 1024."""
    text, entities = marked(str(params.get("caption", "")), params.get("parse_mode"))
    if units(text) > CAPTION:
        raise bad("message caption is too long")
    found: dict[str, Any] = {"caption": text} if text else {}
    return found | ({"caption_entities": entities} if entities else {})


def keyboard_of(params: dict[str, Any]) -> dict[str, Any] | None:
    """Return a checked inline keyboard, or None for none."""
    markup = params.get("reply_markup")
    if isinstance(markup, str):
        try:
            markup = json.loads(markup)
        except ValueError:
            raise bad("can't parse reply keyboard markup JSON object") from None
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = [[_button(b) for b in row] for row in markup["inline_keyboard"] if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: dict[str, Any]) -> dict[str, Any]:
    if not str(button.get("text", "")).strip():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    kinds = [k for k in ("callback_data", "url", "copy_text", "switch_inline_query") if k in button]
    if len(kinds) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://", button["url"]):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= units(button["copy_text"]["text"]) <= 256:
        raise bad("COPY_TEXT_INVALID")
    return button


def inline_answer_of(params: dict[str, Any]) -> dict[str, Any]:
    """Return the checked answer to a question of inline mode, each result with the message that it sends."""
    results = _json(params.get("results"), [])
    if len(results) > RESULTS:
        raise bad("too many inline query results specified")
    ids = [str(result.get("id", "")) for result in results]
    if any(not 1 <= len(id.encode()) <= DATA_BYTES for id in ids):
        raise bad("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    button = _json(params.get("button"), None)
    if button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(button.get("start_parameter", ""))):
        raise bad("START_PARAM_INVALID")
    return {
        "results": [_article(result) for result in results],
        "cache_time": int(params.get("cache_time") or 0),
        "is_personal": str(params.get("is_personal", "")).lower() == "true",
        "button": button,
    }


def _article(result: dict[str, Any]) -> dict[str, Any]:
    if result.get("type") != "article" or not str(result.get("title", "")).strip():
        raise bad("can't parse inline query result: Can't find field \"title\"")
    content = result.get("input_message_content") or {}
    said = text_of({"text": content.get("message_text", ""), "parse_mode": content.get("parse_mode")})
    keyboard = keyboard_of({"reply_markup": result.get("reply_markup")})
    return result | {"message": said | ({"reply_markup": keyboard} if keyboard else {})}


def _json(value: Any, otherwise: Any) -> Any:
    if isinstance(value, str):
        return json.loads(value)
    return otherwise if value is None else value


def upload_of(content: bytes, limit: int) -> bytes:
    """Return the bytes when they may be uploaded."""
    if not content:
        raise bad("file must be non-empty")
    if len(content) > limit:
        raise bad("file is too big")
    return content


def commands_of(params: dict[str, Any]) -> list[dict[str, str]]:
    """Return the commands of setMyCommands when each name and description fits."""
    commands = params.get("commands") or "[]"
    rows = json.loads(commands) if isinstance(commands, str) else commands
    if len(rows) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for row in rows:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", row["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(row["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return list(rows)
