"""The conversation on the page: forms without a script, the same answers as pieces with it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from triage.bootstrap import Application
from triage.dialogue import texts as said
from triage.dialogue.incoming import Incoming, Pressed, ReceivedFile, Said
from triage.jobs.arrivals import arrive, masked
from triage.text.redact import humanize
from triage.web import texts
from triage.web.guards import BODY_LIMIT, same_origin
from triage.web.pages import Pages
from triage.web.problems import Problems, by_script
from triage.web.transcript import Item, Transcript
from triage.web.visitor import Visitor

TEXT_LIMIT = 1_000_000  # bytes in UTF-8
FILES_LIMIT = 20
_ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CODE = re.compile(r"[\x21-\x7e]{1,40}")
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the form, ready to be read in a thread."""

    name: str
    size: int
    file: UploadFile

    def read(self) -> bytes:
        """Return the bytes."""
        return self.file.file.read()


class Refused(Exception):  # a normal outcome of a form, told to the person
    """The form cannot be taken; `status` and what is said to the person."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Chat:
    """The page's addresses over the application's conversations."""

    def __init__(self, application: Application, pages: Pages, problems: Problems) -> None:
        self._conversations = application.conversations
        self._transcript = Transcript(application.conversations)
        self._pages, self._problems = pages, problems
        policy = application.policy
        self._welcome = (said.greeting(policy), said.working_hours(policy), said.IDLE)
        self._product = policy.pack.product

    def routes(self) -> APIRouter:
        """Return the addresses; none of them belongs to the API."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/", self.page, methods=["GET"])
        router.add_api_route("/chat/say", self.say, methods=["POST"])
        router.add_api_route("/chat/press", self.press, methods=["POST"])
        router.add_api_route("/chat/new", self.news, methods=["GET"])
        router.add_api_route("/chat/files/{seq}/{index}", self.file, methods=["GET"])
        return router

    async def page(self, request: Request) -> Response:
        """Show the whole conversation; a new visitor costs no row."""
        visitor = Visitor.of(request)
        items = () if visitor.new else await run_in_threadpool(self._transcript.items, visitor.chat)
        response = self._page(items)
        visitor.remember(request, response)
        return response

    async def say(self, request: Request) -> Response:
        """Take a message with its files."""
        visitor = Visitor.of(request)
        async with request.form(max_files=FILES_LIMIT + 1, max_fields=20, max_part_size=BODY_LIMIT) as form:
            try:
                text, uploads = _message(request, form)
            except Refused as refused:
                return await self._refused(request, visitor, refused, _text(form, "message"))
            once = _matching(form, "once", _ONCE) or secrets.token_urlsafe(16)
            await run_in_threadpool(self._take_message, visitor, once, text, uploads)
            return await self._answer(request, visitor, _after(form))

    async def press(self, request: Request) -> Response:
        """Take a button."""
        visitor = Visitor.of(request)
        if not same_origin(request):
            raise HTTPException(403, "the post comes from another page")
        form = await request.form(max_files=0, max_fields=10)
        code, screen = _matching(form, "code", _CODE), _matching(form, "screen", _NUMBER)
        if not code:
            raise HTTPException(400, "no button is named")
        await run_in_threadpool(self._take_press, visitor, code, int(screen) if screen else None)
        return await self._answer(request, visitor, _after(form))

    async def news(self, request: Request, after: int = 0) -> Response:
        """Return what was said since, as a piece of the page; 204 when nothing was."""
        visitor = Visitor.of(request)
        since = min(max(after, 0), 10**15)
        if visitor.new or not await run_in_threadpool(self._transcript.any_after, visitor.chat, since):
            return Response(status_code=204)
        return await self._piece(visitor, since)

    async def file(self, request: Request, seq: int, index: int) -> Response:
        """Return a file that was handed over in this visitor's chat."""
        visitor = Visitor.of(request)
        found = await run_in_threadpool(self._transcript.file, visitor.chat, seq, index)
        if found is None:
            raise HTTPException(404)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"}
        return Response(found.content.encode(), media_type=found.media_type, headers=headers)

    def _take_message(self, visitor: Visitor, once: str, text: str, uploads: list[Upload]) -> None:
        chat = visitor.chat
        clean, kinds = masked(text)
        arrived = [
            arrive(u.name, u.size, u.read, lambda name, data: self._conversations.keep_file(chat, name, data))
            for u in uploads
        ]
        files = tuple(a.file for a in arrived)
        kinds = tuple(sorted({*kinds, *(kind for a in arrived for kind in a.secret_kinds)}))
        since = self._transcript.last(chat)
        self._step(visitor, Said(clean, once, files, secret_kinds=kinds), once)
        shown = [(humanize(f.name), f.size) for f in files if isinstance(f, ReceivedFile)]
        self._transcript.remember(chat, once, since, humanize(clean), files=shown)

    def _take_press(self, visitor: Visitor, code: str, screen: int | None) -> None:
        chat = visitor.chat
        label, since = self._transcript.label(chat, code), self._transcript.last(chat)
        self._step(visitor, Pressed(code, screen))
        if label:
            self._transcript.remember(chat, f"{since}-{code}", since, label, pressed=True)

    def _step(self, visitor: Visitor, incoming: Incoming, once: str = "") -> None:
        key = f"web:{visitor.chat.id}:{once}" if once else ""
        self._conversations.handle(visitor.chat, incoming, once=key)

    async def _answer(self, request: Request, visitor: Visitor, after: int) -> Response:
        response = (
            await self._piece(visitor, after) if by_script(request) else RedirectResponse("/#last", status_code=303)
        )
        visitor.remember(request, response)
        return response

    async def _piece(self, visitor: Visitor, after: int) -> Response:
        items = await run_in_threadpool(self._transcript.items, visitor.chat)
        new = _since(items, after)
        response = self._pages.html("items.html", items=new)
        response.headers["X-First"] = str(next((item.seq for item in items if item.seq), 0))
        response.headers["X-Live"] = " ".join(str(item.seq) for item in items if item.buttons)
        return response

    async def _refused(self, request: Request, visitor: Visitor, refused: Refused, text: str) -> Response:
        if by_script(request) or refused.status == 403:
            return self._problems.answer(request, refused.status, refused.words)
        items = await run_in_threadpool(self._transcript.items, visitor.chat)
        kept = text if refused.status != 413 else ""
        return self._page(items, status=refused.status, trouble=refused.words, text=kept)

    def _page(self, items: tuple[Item, ...], *, status: int = 200, trouble: str = "", text: str = "") -> HTMLResponse:
        return self._pages.html(
            "chat.html", status=status, items=items, welcome=self._welcome, product=self._product,
            trouble=trouble, text=text, once=secrets.token_urlsafe(16),
        )  # fmt: skip


def _message(request: Request, form: FormData) -> tuple[str, list[Upload]]:
    """Return text and files of the form. Raises Refused with what to say."""
    if not same_origin(request):
        raise Refused(403, texts.FOREIGN)
    text = _text(form, "message").replace("\r\n", "\n")
    if len(text.encode("utf-8", "replace")) > TEXT_LIMIT:
        raise Refused(413, texts.TOO_LONG)
    files = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
    if len(files) > FILES_LIMIT:
        raise Refused(413, texts.TOO_MANY)
    if not text.strip() and not files:
        raise Refused(422, texts.NOTHING)
    return text, [Upload(f.filename or "", f.size or 0, f) for f in files]


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _matching(form: FormData, name: str, pattern: re.Pattern[str]) -> str:
    value = _text(form, name)
    return value if pattern.fullmatch(value) else ""


def _after(form: FormData) -> int:
    return int(_matching(form, "after", _NUMBER) or 0)


def _since(items: tuple[Item, ...], after: int) -> tuple[Item, ...]:
    """Return what follows the reply of that number."""
    known = [place for place, item in enumerate(items) if item.seq and item.seq <= after]
    return items[known[-1] + 1 :] if known else items
