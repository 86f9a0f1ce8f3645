"""The bot's own HTTP door: `/healthz` (alive), `/readyz` (doing its work), `/metrics`, the webhook when one
is configured, and `/orders` for a shop that signs what it sends."""

from __future__ import annotations

import asyncio
import hmac
import socket
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from groupbot.engine.clock import ticking
from groupbot.engine.reader import looking
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, database_errors
from groupbot.errors import Misfit
from groupbot.features.orders import service as orders
from groupbot.features.orders.domain import delivered, signed
from groupbot.surfaces.telegram.figures import TYPE, exposition
from groupbot.surfaces.telegram.runner import Collector

log = structlog.get_logger(__name__)
BODY_LIMIT = 1 << 20
HOOK, ORDERS = "/telegram", "/orders"
ORDERS_LIMIT = 1 << 18
BODY_PATIENCE = 10.0  # seconds
SHORTEST = 32  # letters of the secret orders are signed with
READ_PATIENCE = 2.0  # seconds


class Web:
    """Serves on `settings.listen` while the app runs."""

    def __init__(self, app: Any, collector: Collector) -> None:
        self.app, self.collector = app, collector
        settings = app.settings
        self.secret = settings.webhook_secret.reveal()
        if settings.webhook_url and not self.secret:
            raise Misfit(
                "a webhook without a secret would take updates from anybody",
                where="GROUPBOT_WEBHOOK_SECRET",
                next="set a long random secret",
            )
        routes = [
            Route("/healthz", self._health),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]
        if settings.webhook_url:
            routes.append(Route(HOOK, self._hook, methods=["POST"]))
        self.orders_secret = settings.orders_secret.reveal()
        if self.orders_secret:
            if len(self.orders_secret) < SHORTEST:
                raise Misfit(
                    f"orders_secret has fewer than {SHORTEST} letters",
                    where="GROUPBOT_ORDERS_SECRET",
                    next="openssl rand -hex 32",
                )
            routes.append(Route(ORDERS, self._orders, methods=["POST"]))
        self.site = Starlette(routes=routes)
        self._server: Any = None
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen. A busy port is a Misfit only where the webhook or the shop's orders need it."""
        host, _, port = self.app.settings.listen.rpartition(":")
        # named as TCP, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms
        sock = socket.socket(proto=socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host or "127.0.0.1", int(port)))
        except OSError as e:
            sock.close()
            reason = getattr(e, "strerror", None) or str(e)
            if self.app.settings.webhook_url or self.orders_secret:
                raise Misfit(
                    f"nothing can listen at {self.app.settings.listen}: {reason}",
                    where="GROUPBOT_LISTEN",
                    next="choose another port",
                ) from None
            log.warning(
                "healthz.off",
                listen=self.app.settings.listen,
                error=reason,
                next="set GROUPBOT_LISTEN",
            )
            return
        self.port = sock.getsockname()[1]
        self._server = _Quiet(
            uvicorn.Config(
                self.site,
                log_level="error",
                lifespan="off",
                access_log=False,
                timeout_graceful_shutdown=3,
            )
        )
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[sock]))

    async def stop(self) -> None:
        """Answer what is under way, then close."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task

    async def _hook(self, request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=403)
        body = await _body(request, BODY_LIMIT)
        if body is None:
            return Response(status_code=413)
        try:
            await self.collector.deliver(body)
        except Lost:
            return Response(status_code=503)
        return Response(status_code=200)

    async def _orders(self, request: Request) -> Response:
        """Orders the shop signs: all of a delivery in one transaction, or nothing of it."""
        at, signature = (request.headers.get(f"x-groupbot-{n}", "") for n in ("time", "signature"))
        try:
            async with asyncio.timeout(BODY_PATIENCE):
                body = await _body(request, ORDERS_LIMIT)
        except TimeoutError:
            return _no(408, f"the body did not come within {BODY_PATIENCE:.0f} s")
        if body is None:
            return _no(413, f"more than {ORDERS_LIMIT} bytes")
        sent = signed(self.orders_secret, at, signature, body, self.app.clock.now())
        if sent is None:
            return _no(401, "the signature does not fit, or its time is more than 5 minutes from ours")
        try:
            every = list(delivered(body).values())
        except ValueError as e:
            return _no(400, str(e))
        found: dict[str, Any] = {}

        def take(work: Work) -> None:
            found.update(orders.hear(work, every, sent=sent))

        try:
            await self.app.dispatch.tick("orders:webhook", take)
        except Lost:
            return _no(503, "the database takes no writes; send it again")
        except database_errors() as e:
            log.error("orders.refused", error=type(e).__name__, orders=len(every))
            return _no(503, "the database refused it; send it again")
        if not found:  # what went wrong is in the log, as of any step
            return _no(500, "it was not taken, and will not be until the bot is mended")
        return JSONResponse(found)

    def _facts(self) -> dict[str, Any]:
        app, h = self.app, self.app.health
        return {
            "updates_handled": h.handled,
            "batches": h.batches,
            "duplicates": h.duplicates,
            "quarantined": h.quarantined,
            "outbox_depth": app.outbox.depth,
            "update_lag_seconds": round(h.lag, 3),
            "uptime_seconds": round(ticking() - h.started, 1),
        }

    async def _health(self, request: Request) -> Response:
        """503 when the bot has ceased to poll, which a restart mends; Telegram may be away."""
        app = self.app
        silent = ticking() - (app.poller.last_asked or app.health.started)
        patience = app.poller.poll_seconds + 60 if app.poller.last_asked else 60
        well = bool(app.settings.webhook_url) or silent < patience
        body = {"ok": well, "bot": app.username, **self._facts()}
        if not well:
            asked = f"Telegram was last asked {silent:.0f} s ago"
            body["what"] = asked if app.poller.last_asked else "not polled yet"
        return JSONResponse(body, status_code=200 if well else 503)

    async def _metrics(self, request: Request) -> Response:
        try:
            text = await asyncio.to_thread(exposition, self.app)
        except database_errors() as e:
            return PlainTextResponse(f"the database cannot be read: {type(e).__name__}\n", status_code=503)
        return Response(text, media_type=TYPE)

    async def _ready(self, request: Request) -> Response:
        """503 while it cannot do its work, and why: a start that is not through, Telegram or the database
        out of reach, another poller."""
        app, missing = self.app, []
        if not app.settings.webhook_url:
            silent = ticking() - app.poller.last_poll
            if not app.poller.last_poll:
                missing.append("Telegram has not answered yet")
            elif silent > app.poller.poll_seconds + 15:
                missing.append(f"Telegram last answered {silent:.0f} s ago")
            if app.poller.conflict:
                missing.append("another process polls with this token")
        try:
            async with asyncio.timeout(READ_PATIENCE):
                await asyncio.to_thread(_readable, app.settings.database)
        except TimeoutError:
            missing.append("the database does not answer")
        except database_errors() as e:
            missing.append(f"the database cannot be read: {type(e).__name__}")
        stuck = app.writer.waits
        if stuck > READ_PATIENCE:
            missing.append(f"the database takes no writes for {stuck:.0f} s")
        return JSONResponse({"ready": not missing, "missing": missing}, status_code=503 if missing else 200)


async def _body(request: Request, limit: int) -> bytes | None:
    """The body, None where it is longer than `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def _no(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status)


def _readable(url: str) -> None:
    with looking(url) as work:
        work.sql.value(sa.select(sa.literal(1)))


class _Quiet(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Any:
        yield
