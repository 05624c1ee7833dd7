"""One call that shows something, and how it ended: Telegram's refusals as outcomes, not exceptions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from telegram import Message
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.client import seconds
from triage.desk.ports import Sent

#: Lower-cased pieces of a 400 that mean "it is already as wanted".
AS_WANTED = ("message is not modified", "message to delete not found", "query is too old")
#: Pieces that mean the chat or the right to write there is gone.
NO_CHAT = ("chat not found", "user not found", "have no rights", "not enough rights", "chat_write_forbidden")
UNPARSED = "can't parse entities"
NO_MESSAGE = ("message to edit not found", "message can't be edited", "message_id_invalid")
OFF = 60.0
_log = structlog.get_logger(__name__)


async def attempt(call: Callable[[], Awaitable[object]]) -> Sent:
    """Make the call: `done`, `later`, `gone`, or `later` with `moved_to`.

    A refusal that none of these is stands in `extra["refused"]` of a `done`: trying again cannot help.
    A time-out is unknown, not failed; it counts as `later`, so a message may come twice but never not at all.
    """
    try:
        result = await call()
    except RetryAfter as error:
        return Sent("later", retry_after=seconds(error))
    except ChatMigrated as error:
        return Sent("later", moved_to=str(error.new_chat_id))
    except Forbidden:
        return Sent("gone")
    except BadRequest as error:
        return _refused(error)
    except InvalidToken:
        return Sent("later", retry_after=OFF)
    except TelegramError as error:
        _log.warning("telegram.send_failed", reason=type(error).__name__)
        return Sent("later")
    return Sent("done", message=str(result.message_id) if isinstance(result, Message) else "")


def _refused(error: BadRequest) -> Sent:
    words = error.message.lower()
    if any(piece in words for piece in AS_WANTED):
        return Sent("done")
    if any(piece in words for piece in NO_CHAT):
        return Sent("gone")
    return Sent("done", extra={"refused": words or type(error).__name__})


def refused(sent: Sent, *pieces: str) -> bool:
    """Tell whether Telegram refused, with any of these words when some are given."""
    words = sent.extra.get("refused", "")
    return bool(words) and (not pieces or any(piece in words for piece in pieces))
