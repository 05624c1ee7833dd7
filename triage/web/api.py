"""The triage report for programs: a request of the contract in, its report out. Nothing is stored.

Open to whoever reaches the address, which by default is this machine alone (TRIAGE_WEB_LISTEN);
a token joins it together with the accounts of the desk.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from triage.bootstrap import Analyze
from triage.report import Attachment, Request
from triage.web.problems import problem_json

TEXT_LIMIT = 1_000_000  # bytes in UTF-8
_NAME = Annotated[str, Field(max_length=1000)]


class AttachmentBody(BaseModel):
    """A file that came with the request: name and size in bytes."""

    name: _NAME
    size: int = Field(0, ge=0)


class RequestBody(BaseModel):
    """A request; only `text` is required, and it may be empty. Other keys are ignored."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "example": {
                "id": "42",
                "text": "После обновления до 4.2.1 шлюз https://api.example.ru отвечает 502.",
                "attachments": [{"name": "gateway.png", "size": 48211}],
            }
        },
    )

    text: str
    id: _NAME | None = None
    subject: _NAME | None = None
    attachments: list[AttachmentBody] = Field(default_factory=list, max_length=100)

    def value(self) -> Request:
        """Return the value of the chain."""
        files = tuple(Attachment(file.name, file.size) for file in self.attachments)
        return Request(sound(self.text), self.id, self.subject, files)


def sound(text: str) -> str:
    """Replace broken surrogates, which no encoding can carry, one for one: offsets hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def api_routes(analyze: Analyze) -> APIRouter:
    """Return the address of the report."""
    router = APIRouter(prefix="/api/v1", tags=["triage"])

    @router.post(
        "/triage",
        summary="The triage report of one request",
        responses={code: {"description": words, "content": {"application/problem+json": {}}}
                   for code, words in _PROBLEMS.items()},
    )  # fmt: skip
    def triage(request: RequestBody) -> JSONResponse:
        """Open while the program listens on this machine only; a token will be asked for later."""
        if len(request.text.encode("utf-8", "replace")) > TEXT_LIMIT:
            return problem_json(413, "text: larger than 1 MB")
        report: dict[str, Any] = analyze(request.value()).as_dict()
        return JSONResponse(report)

    return router


_PROBLEMS: dict[int | str, str] = {
    400: "the body is no JSON",
    413: "the body or the text is too large",
    422: "the JSON is no request",
    503: "the classifier is missing",
}
