"""The web application: the chat page, the API, health. `create_app` is its table of contents."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from triage.bootstrap import Application
from triage.web.api import api_routes
from triage.web.chat import Chat
from triage.web.docs import docs_routes
from triage.web.guards import BodyLimit, Headers
from triage.web.health import health_routes
from triage.web.pages import HERE, Pages
from triage.web.problems import Problems


def create_app(application: Application) -> FastAPI:
    """Return the ASGI application; the engine is started and stopped by whoever serves it."""
    policy = application.policy
    pages = Pages(policy.zone, policy.addresses.mailbox)
    problems = Problems(pages)

    def too_large(request: Request) -> Response:
        return problems.answer(request, 413, detail="the body is larger than 25 MB")

    app = FastAPI(
        title="Triage Assistant",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        middleware=[Middleware(Headers), Middleware(BodyLimit, refusal=too_large)],
    )
    problems.register(app)
    app.include_router(Chat(application, pages, problems).routes())
    app.include_router(api_routes(application.analyze))
    app.include_router(health_routes(application))
    app.include_router(docs_routes(app, pages))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app
