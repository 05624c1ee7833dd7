"""What goes wrong, in the caller's own form: `application/problem+json`, a line for the script, or a page."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from triage.errors import ModelUnavailable, StoreUnavailable, TriageError, WrongInput
from triage.web import texts
from triage.web.pages import Pages

_log = structlog.get_logger(__name__)
_WORDS = {
    400: texts.UNREADABLE,
    403: texts.FOREIGN,
    404: texts.NOT_FOUND,
    405: texts.NOT_ALLOWED,
    413: texts.TOO_BIG,
    503: texts.BUSY,
}
_STATUS: dict[type[TriageError], int] = {WrongInput: 422, StoreUnavailable: 503, ModelUnavailable: 503}
_RETRY = "5"  # seconds


class Problems:
    """Makes the answer to a request that cannot be served."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def answer(self, request: Request, status: int, said: str = "", *, detail: str = "") -> Response:
        """Return the problem: `said` for people, `detail` (English, nothing secret) for programs."""
        if request.url.path.startswith("/api/"):
            return problem_json(status, detail)
        said = said or _WORDS.get(status, texts.FAILED)
        if by_script(request):
            return PlainTextResponse(said, status)
        return self._pages.html("trouble.html", status=status, said=said)

    def register(self, app: FastAPI) -> None:
        """Answer every error of the application; none shows a traceback."""
        app.add_exception_handler(HTTPException, self._http)
        app.add_exception_handler(RequestValidationError, self._invalid)
        app.add_exception_handler(TriageError, self._known)
        app.add_exception_handler(Exception, self._unknown)

    async def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        answer = self.answer(request, error.status_code, detail=str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    async def _invalid(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = [(".".join(str(p) for p in e["loc"][1:]), str(e["msg"])) for e in error.errors()]
        broken = any(e["type"] == "json_invalid" for e in error.errors())
        detail = "; ".join(f"{place}: {words}" if place else words for place, words in found[:5])
        return self.answer(request, 400 if broken else 422, texts.UNREADABLE, detail=detail)

    async def _known(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, TriageError)
        status = _STATUS.get(type(error), 500)
        _log.warning("web.problem", path=request.url.path, code=error.code, status=status)
        answer = self.answer(request, status, detail=f"{error.code}: {error.message}")
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = _RETRY
        return answer

    async def _unknown(self, request: Request, error: Exception) -> Response:
        _log.error("web.failed", path=request.url.path, error=type(error).__name__)
        return self.answer(request, 500, texts.FAILED, detail="internal error")


def problem_json(status: int, detail: str = "") -> JSONResponse:
    """Return a problem of RFC 9457."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, media_type="application/problem+json")


def by_script(request: Request) -> bool:
    """Tell whether our own script asks, which wants a piece and not a page."""
    return request.headers.get("x-requested-with") == "fetch"
