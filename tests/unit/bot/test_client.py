"""The client is made of the settings and gives nothing away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telegram.error import InvalidToken, NetworkError, RetryAfter

from bot.client import build_client, plainly, seconds
from triage.settings import Settings

TOKEN = "7000000001:AAE-secret-of-the-bot"
SETTINGS = replace(
    Settings.from_env({}),
    telegram_token=TOKEN,
    telegram_api_url="http://127.0.0.1:9/bot",
    telegram_file_url="http://127.0.0.1:9/file/bot",
)


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:9", "socks5://127.0.0.1:9", "socks5h://user:pw@127.0.0.1:9"])
async def test_takes_every_proxy_of_the_settings(proxy: str) -> None:
    client = build_client(replace(SETTINGS, telegram_proxy=proxy))
    assert client.base_url == f"http://127.0.0.1:9/bot{TOKEN}"
    assert client.base_file_url == f"http://127.0.0.1:9/file/bot{TOKEN}"
    with pytest.raises(NetworkError):
        await client.initialize()
    await client.shutdown()


@pytest.mark.parametrize(
    "error", [InvalidToken(f"The token `{TOKEN}` was rejected"), NetworkError(f"http://x/bot{TOKEN}/getMe")]
)
def test_an_error_never_shows_the_token(error: Exception) -> None:
    assert TOKEN not in plainly(error, TOKEN)
    assert type(error).__name__ in plainly(error, TOKEN)


def test_a_flood_limit_is_read_in_seconds() -> None:
    build_client(SETTINGS)
    assert seconds(RetryAfter(3)) == 3.0
