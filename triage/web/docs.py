"""The page of the API, drawn here from the OpenAPI description: nothing is fetched from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from triage.web.pages import Pages


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with its method; `example` is JSON of a request, `answers` pairs of status and words."""

    method: str
    path: str
    summary: str
    description: str
    example: str
    answers: tuple[tuple[str, str], ...]


def docs_routes(app: FastAPI, pages: Pages) -> APIRouter:
    """Return the address of the page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def docs() -> Response:
        return pages.html("docs.html", operations=operations(app.openapi()))

    return router


def operations(description: dict[str, Any]) -> tuple[Operation, ...]:
    """Return the operations of an OpenAPI description in its order."""
    schemas = description.get("components", {}).get("schemas", {})
    return tuple(
        _operation(method.upper(), path, operation, schemas)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    )


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    example = schemas.get(name, {}).get("example")
    return Operation(
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        example=json.dumps(example, ensure_ascii=False, indent=2) if example else "",
        answers=tuple((code, answer["description"]) for code, answer in operation["responses"].items()),
    )
