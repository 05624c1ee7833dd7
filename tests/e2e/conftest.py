"""What the end-to-end tests of Telegram share: the stand-in of the Bot API, a group with two agents, the program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.running import AGENTS, Running, running, settings_for


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
def group(api: BotApi) -> Group:
    return Group(api, AGENTS, 901, 902)


@pytest.fixture(scope="module")
def app(api: BotApi, group: Group, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(settings_for(api, tmp_path_factory.mktemp("app"))) as app:
        yield app


@pytest.fixture
def olga(api: BotApi, group: Group) -> User:
    return User(api, 901, "Ольга", group=group)
