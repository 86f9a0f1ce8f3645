"""The sandbox over HTTP: `/bot<token>/<method>`, files, long polls, webhooks; the chat page under `/`."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import urllib.parse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from email.utils import formatdate
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from groupbot.surfaces.sandbox.chat_page import PageRoutes
from groupbot.surfaces.sandbox.delivery import Hooks, poll
from groupbot.surfaces.sandbox.methods import ApiError, Methods, Upload, bad
from groupbot.surfaces.sandbox.world import Json, World
from groupbot.surfaces.sandbox.world.things import public

Record = Callable[[Json], None]


class Sandbox:
    """An embedded Telegram on one port of this machine.

    `record` is given each request, response and webhook delivery as an entry
    `{"dir", "t", "id", "bot", "method", "params", "files", "status", "body"}`, without tokens and without
    the contents of files. `movable`: the page may move the clock (then whoever runs the bot moves its
    clock too, on the change "clock"). `dated`: answers tell the time, as Telegram's do.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        methods: Methods | None = None,
        record: Record | None = None,
        movable: bool = False,
        dated: bool = True,
    ) -> None:
        self.world = world or World()
        self.methods = methods or Methods(self.world)
        self.page = PageRoutes(self.world, movable=movable)
        self.port = 0
        self._record, self._dated = record, dated
        self._calls = itertools.count(1)
        self._hooks = Hooks(self.world, self._told if record else None)
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._api, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._file),
                *self.page.routes,
            ]
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    # --- Bot API
    async def _api(self, request: Request) -> Response:
        token = urllib.parse.unquote(request.path_params["token"])
        method = request.path_params["method"]
        params: Json = {}
        files: dict[str, Upload] = {}
        call = next(self._calls)
        try:
            params, files = await _parameters(request)
            polling = method.lower() == "getupdates"
            if not polling:
                self._asked(call, token, method, params, files)
            result = await self._result(token, method, params, files)
            answer = {"ok": True, "result": public(result)}
            if polling and answer["result"]:  # a poll that brought nothing is not recorded
                self._asked(call, token, method, params, files)
            if not polling or answer["result"]:
                self._answered(call, token, method, 200, answer)
            return JSONResponse(answer, headers=self._headers())
        except ApiError as e:
            failure: Json = {"ok": False, "error_code": e.code, "description": e.description}
            if e.parameters:
                failure["parameters"] = e.parameters
            self._answered(call, token, method, e.code, failure)
            return JSONResponse(failure, status_code=e.code, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        """The time here; that of the machine is not of this world."""
        return {"date": formatdate(self.world.clock.now(), usegmt=True)} if self._dated else {}

    async def _result(self, token: str, method: str, params: Json, files: dict[str, Upload]) -> Any:
        if method.lower() == "getupdates":
            return await poll(self.world, self.methods.bot(token), params)
        result = self.methods.call(token, method, params, files)
        if method.lower() in ("setwebhook", "deletewebhook"):
            self._hooks.reset(self.methods.bot(token))
        return result

    async def _file(self, request: Request) -> Response:
        if urllib.parse.unquote(request.path_params["token"]) in self.world.bots:
            for path, data in self.world.files.values():
                if path == request.path_params["path"]:
                    return Response(data, media_type="application/octet-stream")
        return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, status_code=404)

    # --- recording
    def _asked(self, call: int, token: str, method: str, params: Json, files: dict[str, Upload]) -> None:
        if self._record is not None:
            parts = {k: {"name": name, "type": None, "size": len(data)} for k, (name, data) in files.items()}
            entry = self._entry("request", call, token, method) | {"params": params}
            self._record(entry | ({"files": parts} if parts else {}))

    def _answered(self, call: int, token: str, method: str, status: int, body: Json) -> None:
        if self._record is not None:
            self._record(self._entry("response", call, token, method) | {"status": status, "body": body})

    def _entry(self, direction: str, call: int, token: str, method: str) -> Json:
        bot = token.partition(":")[0]
        return {"dir": direction, "t": self.world.clock.now(), "id": call, "bot": bot, "method": method}

    def _told(self, bot: int, update: Json) -> None:
        if self._record is not None:
            self._record({"dir": "update", "t": self.world.clock.now(), "bot": str(bot), "body": update})

    # --- running
    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[Sandbox]:
        """Serve on 127.0.0.1; port 0 takes a free one. Raises OSError when the port is busy."""
        # named as TCP, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms
        sock = socket.socket(proto=socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            sock.close()
            raise
        self.port = sock.getsockname()[1]
        config = uvicorn.Config(
            self.app,
            log_level="error",
            lifespan="off",
            access_log=False,
            date_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,  # longer than clients keep a connection they think open
        )
        server = _QuietServer(config)
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[sock]))
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        try:
            yield self
        finally:
            self._hooks.close()
            self.page.close()
            for bot in self.world.bots.values():
                bot.poller = None  # ends its long poll
                bot.arrived.set()
            server.should_exit = True
            await task
            sock.close()


class _QuietServer(uvicorn.Server):
    """A server that leaves the process's signals alone, and ends at once when asked."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        for tick in itertools.count(1):
            await asyncio.sleep(0.01)
            if self.should_exit or (tick % 10 == 0 and await self.on_tick(tick // 10)):
                return

    @contextmanager
    def capture_signals(self) -> Any:
        yield


async def _parameters(request: Request) -> tuple[Json, dict[str, Upload]]:
    """From the query and the body: JSON, form or multipart."""
    params: Json = dict(request.query_params)
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").lower()
    if kind.startswith("application/json"):
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise bad("can't parse JSON object")
        params |= body
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            for key, value in form.multi_items():
                if isinstance(value, str):
                    params[key] = value
                else:
                    files[key] = (value.filename or key, await value.read())
    return params, files
