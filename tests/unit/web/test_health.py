"""Health for whoever watches the process."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.applications import running
from tests.unit.web.visitors import Browser
from triage.bootstrap import Application
from triage.errors import StoreUnavailable
from triage.text import pictures
from triage.web.app import create_app

WELL = {"database": "ok", "worker": "ok", "mail": "ok", "telegram": "off"}


async def get(app: Application, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        return await client.get(path)


def with_health(app: Application, parts: dict[str, str], measure: Callable[[], None]) -> Application:
    """The application with these states of its parts."""

    class Health:
        def __call__(self) -> dict[str, str]:
            return parts

        def measure(self) -> None:
            measure()

    health: Any = Health()
    return dataclasses.replace(app, health=health)


class TestReady:
    async def test_a_running_application_is_ready(self, app: Application) -> None:
        async with running(app):
            response = await get(app, "/readyz")
        assert response.status_code == 200
        parts = response.json()
        assert parts.pop("ocr") == pictures.state()
        assert parts == WELL

    async def test_without_its_worker_it_is_not(self, app: Application) -> None:
        response = await get(app, "/readyz")
        assert response.status_code == 503
        assert response.json()["worker"] != "ok"
        assert response.json()["database"] == "ok"

    @pytest.mark.parametrize(("part", "status"), [("database", 503), ("worker", 503), ("mail", 200), ("telegram", 200)])
    async def test_mail_and_telegram_may_be_away_because_nothing_is_lost(
        self, app: Application, part: str, status: int
    ) -> None:
        response = await get(with_health(app, WELL | {part: "broken"}, lambda: None), "/readyz")
        assert response.status_code == status
        assert response.json()[part] == "broken"


class TestAlive:
    async def test_says_ok_even_without_a_worker(self, app: Application) -> None:
        response = await get(app, "/healthz")
        assert response.status_code == 200
        assert response.json() == {"status": "ok"}


class TestMetrics:
    async def test_steps_of_the_page_are_counted(self, client: httpx.AsyncClient, browser: Browser) -> None:
        await browser.say("Шлюз не работает")
        response = await client.get("/metrics")
        assert response.headers["content-type"].startswith("text/plain")
        assert 'triage_steps_total{channel="web",incoming="Said"} 1.0' in response.text
        assert 'triage_waiting{what="letters"} 0.0' in response.text
        assert "Шлюз" not in response.text

    async def test_counters_are_given_while_the_database_is_away(self, app: Application) -> None:
        def away() -> None:
            raise StoreUnavailable("away")

        response = await get(with_health(app, WELL, away), "/metrics")
        assert response.status_code == 200
        assert "triage_steps" in response.text
