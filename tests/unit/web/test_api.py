"""The report for programs and the page about it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import httpx
import pytest

from triage.bootstrap import Application
from triage.errors import ModelUnavailable
from triage.report import Request
from triage.web.app import create_app

WHOLE = {
    "id": "любая строка",
    "text": "Шлюз не работает, 502",
    "subject": "Тема",
    "attachments": [{"name": "a.png", "size": 1234}, {"name": "b.png"}],
}


async def post(client: httpx.AsyncClient, body: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post("/api/v1/triage", content=content, headers={"content-type": "application/json"})


class TestReport:
    async def test_answers_the_report_of_the_chain(self, app: Application, client: httpx.AsyncClient) -> None:
        response = await post(client, WHOLE)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        assert response.json() == app.analyze(Request(WHOLE["text"], id=WHOLE["id"])).as_dict()  # type: ignore[arg-type]

    async def test_an_empty_text_gets_a_report_too(self, client: httpx.AsyncClient) -> None:
        response = await post(client, {"text": ""})
        assert response.status_code == 200
        assert response.json()["id"] is None
        assert "problem" in response.json()["fields"]["missing"] or response.json()["action"] == "dismiss"

    async def test_unknown_keys_are_ignored_and_100_kb_are_taken(self, client: httpx.AsyncClient) -> None:
        assert (await post(client, {"text": "ы" * 100_000, "more": [1]})).status_code == 200

    async def test_a_broken_surrogate_is_taken_as_one_character(self, client: httpx.AsyncClient) -> None:
        response = await post(client, {"text": "\ud800 матюк"})
        assert response.json()["profanity"]["spans"] == [[2, 7]]


class TestProblems:
    @pytest.mark.parametrize(
        ("body", "status", "named"),
        [
            (b'{"text": ', 400, "JSON"),
            (b"\xff\xfe", 400, ""),
            (b"", 422, ""),
            ([], 422, ""),
            ({}, 422, "text"),
            ({"text": None}, 422, "text"),
            ({"text": 1}, 422, "text"),
            ({"text": "a", "id": 1}, 422, "id"),
            ({"text": "a", "attachments": [{"size": 1}]}, 422, "attachments.0.name"),
            ({"text": "a", "attachments": [{"name": "a", "size": -1}]}, 422, "attachments.0.size"),
            ({"text": "a", "id": "\ud800"}, 422, "id"),
            ({"text": "ы" * 500_001}, 413, "text"),
            (b'{"text": "' + b"a" * (26 << 20) + b'"}', 413, "25 MB"),
        ],
    )
    async def test_bad_input_is_a_problem_that_names_its_place(
        self, client: httpx.AsyncClient, body: Any, status: int, named: str
    ) -> None:
        response = await post(client, body)
        problem = response.json()
        assert response.status_code == problem["status"] == status
        assert response.headers["content-type"] == "application/problem+json"
        assert problem["title"]
        assert named in problem.get("detail", "")

    async def test_an_unknown_address_or_method_is_a_problem(self, client: httpx.AsyncClient) -> None:
        for response in (await client.get("/api/v1/nope"), await client.get("/api/v1/triage")):
            assert response.headers["content-type"] == "application/problem+json"
            assert response.status_code in (404, 405)

    @pytest.mark.parametrize(("error", "status"), [(ModelUnavailable("No model"), 503), (ValueError("secret"), 500)])
    async def test_a_failure_is_a_problem_without_details(
        self, app: Application, error: Exception, status: int
    ) -> None:
        def fail(request: Request) -> Any:
            raise error

        broken = create_app(dataclasses.replace(app, analyze=fail))
        transport = httpx.ASGITransport(broken, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            response = await post(client, {"text": "a"})
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert "secret" not in response.text


class TestDocs:
    async def test_the_page_names_every_address_and_fetches_nothing(self, client: httpx.AsyncClient) -> None:
        page = (await client.get("/docs")).text
        for path in (await client.get("/openapi.json")).json()["paths"]:
            assert path in page
        assert "<script" not in page
        assert "https://cdn" not in page
