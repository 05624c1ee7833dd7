"""Health for whoever watches the process: alive, ready part by part, and counters."""

from __future__ import annotations

import contextlib

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from triage.bootstrap import Application
from triage.errors import StoreUnavailable

#: Without these nothing can be taken in. Mail and Telegram may be away: what goes there waits.
NEEDED = ("database", "worker")


def health_routes(application: Application) -> APIRouter:
    """Return the three addresses."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process answers")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Each part: `ok`, `off`, or why not; 503 without database or worker")
    def ready() -> JSONResponse:
        parts = application.health()
        status = 200 if all(parts[name] == "ok" for name in NEEDED) else 503
        return JSONResponse(parts, status)

    @router.get("/metrics", summary="Counters for Prometheus")
    def metrics() -> Response:
        with contextlib.suppress(StoreUnavailable):
            application.health.measure()
        return Response(generate_latest(application.registry), media_type=CONTENT_TYPE_LATEST)

    return router
