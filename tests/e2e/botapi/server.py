"""The HTTP side of the stand-in: a Starlette application served on loopback in a thread."""

from __future__ import annotations

import asyncio
import copy
import json
import socket
import threading
import time
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.e2e.botapi.delivery import Delivery
from tests.e2e.botapi.errors import DroppedError, RefusedError
from tests.e2e.botapi.methods import Files, Methods, Params
from tests.e2e.botapi.state import Call, Fault, State

TOKEN = "7000000001:AAE-standin-of-the-bot-api-000000000000"
TICK = 0.01
CONFLICT_HOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
CONFLICT_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class BotApi:
    """Start with `with BotApi() as api:`; `api.url` and `api.file_url` end before the token."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.state = State()
        self.methods = Methods(self.state)
        self.delivery = Delivery(self.state)
        self._poll = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            self._guarded,
            interface="asgi3",
            proxy_headers=False,
            log_level="error",
            lifespan="on",
            timeout_graceful_shutdown=1,
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="botapi", daemon=True)
        self._app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._file),
            ],
            lifespan=self.delivery.lifespan,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def file_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file/bot"

    def __enter__(self) -> BotApi:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the stand-in did not start"
            time.sleep(TICK)
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def fail(self, method: str, error: Exception, *, times: int = 1, after: bool = False, **match: Any) -> None:
        """Let the next calls fail; with `after` the call is done and only its answer is lost."""
        with self.state.lock:
            self.state.faults.append(Fault(method, error, times, match, after))

    def heal(self) -> None:
        """Forget every fault that is still due."""
        with self.state.lock:
            self.state.faults.clear()

    def calls(self, method: str | None = None) -> list[Call]:
        """Return what the bot has asked so far."""
        with self.state.lock:
            return [c for c in self.state.calls if method in (None, c.method)]

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["cut"] = send.__self__.transport.abort  # type: ignore[attr-defined]
        await self._app(scope, receive, send)

    async def _file(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return Response(status_code=401)
        for path, content in list(self.state.files.values()):
            if path == request.path_params["path"]:
                return Response(content, media_type="application/octet-stream")
        return Response(status_code=404)

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        params, files = await _read(request)
        call = Call(method, params, files, time.time())
        with self.state.lock:
            self.state.calls.append(call)
        try:
            result = await self._answer(request, method, params, files)
            call.answer = {"ok": True, "result": result}
            status = 200
        except RefusedError as refused:
            call.answer, status = refused.body(), refused.code
        except DroppedError:
            request.scope["cut"]()
            return Response(status_code=502)
        return JSONResponse(call.answer, status)

    async def _answer(self, request: Request, method: str, params: Params, files: Files) -> Any:
        if request.path_params["token"] != self.token:
            raise RefusedError(401, "Unauthorized")
        if fault := self.state.fault(method, params, after=False):
            raise fault
        if method == "getUpdates":
            return await self._updates(request, params)
        if method not in self.methods.table:
            raise RefusedError(404, "Not Found")
        with self.state.lock:
            result = copy.deepcopy(self.methods.table[method](params, files))
        if fault := self.state.fault(method, params, after=True):
            raise fault
        return result

    async def _updates(self, request: Request, params: Params) -> list[dict[str, Any]]:
        if self.state.webhook.url:
            raise RefusedError(409, CONFLICT_HOOK)
        self._poll += 1
        mine = self._poll
        self.methods._allow(params)
        if int(params.get("offset") or 0):
            self.state.acknowledge(int(params["offset"]))
        limit = min(100, max(1, int(params.get("limit") or 100)))
        until = time.monotonic() + min(50.0, float(params.get("timeout") or 0))
        while not (found := self.state.waiting(limit)) and time.monotonic() < until:
            await asyncio.sleep(TICK)
            if self._poll != mine:
                raise RefusedError(409, CONFLICT_POLL)
            if self._server.should_exit or await request.is_disconnected():
                break
        return found


async def _read(request: Request) -> tuple[Params, Files]:
    """Read query, JSON, urlencoded or multipart parameters as the Bot API does."""
    params: Params = dict(request.query_params)
    files: Files = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        params |= json.loads(await request.body() or b"{}")
    elif kind:
        async with request.form(max_part_size=60 << 20) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = (value.filename or name, value.content_type or "", await value.read())
                else:
                    params[name] = value
    return params, files
