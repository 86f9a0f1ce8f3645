"""The sandbox over HTTP: `/bot<token>/<method>`, files, long polls, webhooks; the chat page under `/`."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from groupbot.surfaces.sandbox.chat_page import PageRoutes
from groupbot.surfaces.sandbox.methods import ApiError, Methods, Upload
from groupbot.surfaces.sandbox.world import BotState, World


class Sandbox:
    """An embedded Telegram on one port of this machine."""

    def __init__(self, world: World | None = None, *, methods: Methods | None = None) -> None:
        self.world = world or World()
        self.methods = methods or Methods(self.world)
        self.page = PageRoutes(self.world)
        self.port = 0
        self._hooks: dict[str, asyncio.Task[None]] = {}
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._api, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._file),
                *self.page.routes,
            ]
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- Bot API
    async def _api(self, request: Request) -> Response:
        token = urllib.parse.unquote(request.path_params["token"])
        method = request.path_params["method"]
        try:
            params, files = await _parameters(request)
            if method.lower() == "getupdates":
                result = await self._get_updates(self.methods.bot(token), params)
            else:
                result = self.methods.call(token, method, params, files)
                if method.lower() == "setwebhook":
                    self._hook(self.methods.bot(token))
            return _answer(200, {"ok": True, "result": _public(result)})
        except ApiError as e:
            body: dict[str, Any] = {"ok": False, "error_code": e.code, "description": e.description}
            if e.parameters:
                body["parameters"] = e.parameters
            return _answer(e.code, body)

    async def _get_updates(self, bot: BotState, params: dict[str, Any]) -> list[Any]:
        if bot.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if params.get("allowed_updates"):
            given = params["allowed_updates"]
            bot.allowed = json.loads(given) if isinstance(given, str) else given
        offset, limit = int(params.get("offset") or 0), min(100, int(params.get("limit") or 100))
        if offset < 0:
            while len(bot.updates) > -offset:
                bot.updates.popleft()
        while bot.updates and bot.updates[0]["update_id"] < offset:
            bot.updates.popleft()
        if bot.poller is not None:
            bot.poller.set()
        mine = bot.poller = asyncio.Event()
        deadline = asyncio.get_running_loop().time() + float(params.get("timeout") or 0)
        try:
            while not bot.updates:
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                bot.arrived.clear()
                waits = [
                    asyncio.ensure_future(bot.arrived.wait()),
                    asyncio.ensure_future(mine.wait()),
                ]
                await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                for w in waits:
                    w.cancel()
                if mine.is_set():
                    raise ApiError(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )
            now = self.world.clock.now()
            if bot.last_offset[0] == offset and now - bot.last_offset[1] < 0.5:
                limit = 1
            if bot.updates:
                bot.last_offset = (offset, now)
            return list(bot.updates)[:limit]
        finally:
            if bot.poller is mine:
                bot.poller = None

    async def _file(self, request: Request) -> Response:
        self.methods.bot(urllib.parse.unquote(request.path_params["token"]))
        for path, data in self.world.files.values():
            if path == request.path_params["path"]:
                return Response(data, media_type="application/octet-stream")
        return _answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})

    # --- webhook
    def _hook(self, bot: BotState) -> None:
        old = self._hooks.pop(bot.token, None)
        if old is not None:
            old.cancel()
        if bot.webhook:
            self._hooks[bot.token] = asyncio.get_running_loop().create_task(self._deliver(bot))

    async def _deliver(self, bot: BotState) -> None:
        pause = 0.2
        async with aiohttp.ClientSession() as session:
            while bot.webhook:
                if not bot.updates:
                    bot.arrived.clear()
                    await bot.arrived.wait()
                    continue
                headers = (
                    {"X-Telegram-Bot-Api-Secret-Token": bot.webhook["secret"]}
                    if bot.webhook.get("secret")
                    else {}
                )
                try:
                    async with session.post(
                        bot.webhook["url"],
                        json=_public(bot.updates[0]),
                        headers=headers,
                        timeout=aiohttp.ClientTimeout(total=60),
                    ) as answer:
                        delivered = 200 <= answer.status < 300
                except (aiohttp.ClientError, TimeoutError):
                    delivered = False
                if delivered:
                    bot.updates.popleft()
                    pause = 0.2
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 60.0)

    # --- running
    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[Sandbox]:
        """Serve on 127.0.0.1; port 0 takes a free one. Raises OSError when the port is busy."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        self.port = sock.getsockname()[1]
        server = _QuietServer(
            uvicorn.Config(
                self.app,
                log_level="error",
                lifespan="off",
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[sock]))
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        try:
            yield self
        finally:
            for bot in self.world.bots.values():
                bot.webhook = {}
            for hook in self._hooks.values():
                hook.cancel()
            self.page.close()
            for bot in self.world.bots.values():
                if bot.poller is not None:
                    bot.poller.set()
            server.should_exit = True
            await task
            sock.close()


class _QuietServer(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Any:
        yield


async def _parameters(request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    params: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        params |= await request.json()
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            for key, value in form.multi_items():
                if isinstance(value, str):
                    params[key] = value
                else:
                    files[key] = (value.filename or key, await value.read())
    return params, files


def _public(value: Any) -> Any:
    """Without the sandbox's own notes."""
    if isinstance(value, dict):
        return {k: _public(v) for k, v in value.items() if not k.startswith("_")}
    if isinstance(value, list):
        return [_public(v) for v in value]
    return value


def _answer(status: int, body: dict[str, Any]) -> Response:
    return JSONResponse(body, status_code=status)
