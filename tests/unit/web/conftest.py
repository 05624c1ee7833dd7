"""The web application in the test's own loop, without a socket; its engine is not started."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.unit.web.visitors import Browser
from triage.bootstrap import Application
from triage.web.app import create_app


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application that sees what a browser would, never an exception."""
    transport = httpx.ASGITransport(create_app(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test", follow_redirects=True) as opened:
        yield opened


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> Browser:
    """A visitor with the page open."""
    visitor = Browser(client)
    await visitor.open()
    return visitor
