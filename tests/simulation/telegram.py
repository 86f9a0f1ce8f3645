"""The other side of the wire: the embedded Telegram behind python-telegram-bot's request, with faults."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from groupbot.surfaces.sandbox.delivery import poll
from groupbot.surfaces.sandbox.methods import ApiError
from groupbot.surfaces.sandbox.world.things import public
from groupbot.surfaces.telegram.transport import Unreached, UpdatesTransport

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.sim import Sim

ROW: ContextVar[int] = ContextVar("row", default=0)  # the outbox row a call is made for
QUICK = 0.04  # seconds a call takes
POSTS = frozenset(
    (
        "sendmessage",
        "sendphoto",
        "senddocument",
        "sendvideo",
        "sendanimation",
        "sendsticker",
        "sendaudio",
        "sendvoice",
        "sendvideonote",
        "createforumtopic",
    )
)
COUNTED = POSTS | {"editmessagetext", "editmessagecaption", "editmessagereplymarkup", "editmessagemedia"}


class Killed(BaseException):
    """The process is dead; nothing it still does has any effect."""


@dataclass(slots=True)
class Call:
    """One call that reached Telegram."""

    at: float
    method: str
    chat: int
    row: int
    params: dict[str, Any]
    ok: bool
    life: int
    result: Any = None
    code: int = 200


@dataclass
class Faults:
    """What will go wrong, by the next call or the next so many."""

    calls: deque[tuple[str, float]] = field(default_factory=deque)  # (kind, number) for the next calls
    polls: deque[tuple[str, float]] = field(default_factory=deque)
    slow: float = 0.0  # seconds every call takes more
    dead_at: dict[str, int] = field(default_factory=dict)  # point → passes until the process is killed there
    busy: deque[str] = field(default_factory=deque)  # errors for the next statements of the database
    refused: int = 0  # rows of handlers that the database will not take
    broken: int = 0  # handlers that fail when they have done everything
    met: Counter[str] = field(default_factory=Counter)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.calls.clear()
        self.polls.clear()
        self.busy.clear()
        self.refused = self.broken = 0
        self.dead_at.clear()
        self.slow = 0.0


class Wire(BaseRequest):
    """One process's connection. `updates`: the one for getUpdates."""

    def __init__(self, sim: Sim, process: Process, *, updates: bool) -> None:
        self.sim, self.process, self.updates = sim, process, updates

    @property
    def read_timeout(self) -> float:
        return 20.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    def time_there(self) -> datetime | None:
        """Telegram's own clock, which no fault of the bot's moves; a third of the servers do not tell it."""
        return datetime.fromtimestamp(self.sim.world.clock.now(), UTC) if self.sim.seed % 3 else None

    def parse_json_payload(self, payload: bytes) -> Any:  # type: ignore[override]
        kind: Any = UpdatesTransport if self.updates else BaseRequest
        return kind.parse_json_payload(payload)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        params = dict(request_data.json_parameters) if request_data is not None else {}
        files = {}
        if request_data is not None and request_data.multipart_data:
            files = {k: (v[0], v[1]) for k, v in request_data.multipart_data.items()}
        low = name.lower()
        self.process.alive()
        if "/file/" in url:
            found = [data for path, data in self.sim.world.files.values() if url.endswith(path)]
            return (200, found[0]) if found else (404, b"{}")
        if low == "getupdates":
            return await self._poll(params)
        return await self._call(name, low, params, files)

    async def _poll(self, params: dict[str, Any]) -> tuple[int, bytes]:
        sim = self.sim
        await asyncio.sleep(QUICK)
        self.process.alive()
        fault, number = sim.faults.polls.popleft() if sim.faults.polls else ("", 0.0)
        if fault:
            sim.met(f"poll {fault}")
        if fault == "conflict":
            return _refused(409, "Conflict: terminated by other getUpdates request")
        if fault == "429":
            return _refused(429, f"Too Many Requests: retry after {int(number)}", retry_after=int(number))
        if fault == "5xx":
            return 502, b"<html>Bad Gateway</html>"
        if fault == "reset":
            raise NetworkError("connection lost: ServerDisconnectedError")
        if fault == "timeout":
            await asyncio.sleep(35.0)
            raise TimedOut
        bot = sim.world.bots[sim.token]
        given = await poll(sim.world, bot, params)
        self.process.alive()
        if fault == "lost":  # taken from the server, never arrived: not confirmed either
            raise NetworkError("connection lost: ClientPayloadError")
        fresh, extras = given, sim.extras
        sim.extras = []
        given = extras + fresh
        raw = [self._written(u) for u in given]
        if given:
            sim.note("poll", [u["update_id"] for u in given])
            sim.reached.update(u["update_id"] for u in given)
            sim.given.extend(u for u in fresh if "_raw" not in u)
        return 200, ('{"ok":true,"result":[' + ",".join(raw) + "]}").encode("utf-8", "surrogatepass")

    def _written(self, update: dict[str, Any]) -> str:
        if "_raw" not in update:
            return _json(public(update)).decode("utf-8", "surrogatepass")
        self.sim.malformed_ids.add(update["update_id"])
        return str(update["_raw"].replace("%d", str(update["update_id"]), 1))

    async def _call(
        self, name: str, low: str, params: dict[str, Any], files: dict[str, Any]
    ) -> tuple[int, bytes]:
        sim, process = self.sim, self.process
        row, chat = ROW.get(), _number(params.get("chat_id"))
        process.point("call:before")
        sim.asked_now(low, chat)
        await asyncio.sleep(QUICK + sim.faults.slow)
        process.alive()
        fault, number = "", 0.0
        if sim.faults.calls and low != "getme":
            fault, number = sim.faults.calls.popleft()
            sim.met(f"call {fault}")
        if fault == "unreached":
            raise Unreached("not reached: ClientConnectorError")
        if fault in ("timeout", "reset", "5xx", "garbled"):
            if fault == "timeout":
                await asyncio.sleep(20.0)
                process.alive()
            return self._lost(fault)
        if fault == "429":
            sim.refused(chat, number, row)
            return self._done(low, chat, row, params, 429, _too_many(number))
        if fault == "429 elsewhere":  # says "wait" where nobody sent much
            sim.refused(chat, number, row)
            return self._done(low, chat, row, params, 429, _too_many(number))
        code, body, result = self._answer(name, params, files)
        if code == 429 and not fault:
            sim.refused(chat, body["parameters"]["retry_after"], row, own=True)
        elif low in POSTS and code == 200:
            sim.landed(row, result, params)
        answer = self._done(low, chat, row, params, code, body, result)
        process.point("call:after")
        if fault in ("timeout after", "reset after", "5xx after"):
            if fault == "timeout after":
                await asyncio.sleep(20.0)
                process.alive()
            return self._lost(fault.split()[0])
        return answer

    def _answer(self, name: str, params: dict[str, Any], files: Any) -> tuple[int, dict[str, Any], Any]:
        try:
            result = self.sim.methods.call(self.sim.token, name, params, files)
        except ApiError as e:
            body: dict[str, Any] = {"ok": False, "error_code": e.code, "description": e.description}
            return e.code, body | ({"parameters": e.parameters} if e.parameters else {}), None
        return 200, {"ok": True, "result": public(result)}, result

    @staticmethod
    def _lost(fault: str) -> tuple[int, bytes]:
        if fault == "timeout":
            raise TimedOut
        if fault == "reset":
            raise NetworkError("connection lost: ServerDisconnectedError")
        if fault == "garbled":
            return 200, b'{"ok":true,"resu'
        return 502, b"<html><body>Bad Gateway</body></html>"

    def _done(
        self,
        low: str,
        chat: int,
        row: int,
        params: dict[str, Any],
        code: int,
        body: dict[str, Any],
        result: Any = None,
    ) -> tuple[int, bytes]:
        self.sim.called(
            Call(self.sim.loop.time(), low, chat, row, params, code == 200, self.process.number, result, code)
        )
        return code, _json(body)


def _json(body: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half a character, which Telegram's own would not send
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _number(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0


def _too_many(seconds: float) -> dict[str, Any]:
    wait = int(seconds)
    return {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {wait}",
        "parameters": {"retry_after": wait},
    }


def _refused(code: int, text: str, **parameters: Any) -> tuple[int, bytes]:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": text}
    return code, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()
