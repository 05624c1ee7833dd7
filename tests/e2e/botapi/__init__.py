"""A stand-in of Telegram's Bot API on loopback that refuses what Telegram refuses."""

from tests.e2e.botapi.server import BotApi
from tests.e2e.botapi.user import Group, User

__all__ = ["BotApi", "Group", "User"]
