"""The chat page and its control routes: be any member, type, press, join, leave; live over SSE."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from groupbot.surfaces.sandbox import pictures
from groupbot.surfaces.sandbox.acts import act
from groupbot.surfaces.sandbox.world import ChatRoom, Forbidden, Json, World

PAGE = Path(__file__).parent / "page"
ASSETS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
KEPT = 500  # acts of the bot the page remembers
BEAT = 15.0  # seconds between signs of life on a silent stream


class PageRoutes:
    """Routes under `/` (page), `/sandbox/state`, `/sandbox/act`, `/sandbox/events`, `/sandbox/note`."""

    def __init__(self, world: World, *, movable: bool = False) -> None:
        self.world, self.movable = world, movable
        self.acts: deque[Json] = deque(maxlen=KEPT)
        self._streams: set[asyncio.Queue[str | None]] = set()
        world.listeners.append(self._changed)
        self.routes = [
            Route("/", self._page),
            Route("/page/{name}", self._asset),
            Route("/sandbox/state", self._state),
            Route("/sandbox/act", self._act, methods=["POST"]),
            Route("/sandbox/note", self._note, methods=["POST"]),
            Route("/sandbox/events", self._events),
            Route("/sandbox/photo/{file_id}", self._photo),
        ]

    def _changed(self, kind: str, body: Json) -> None:
        self._send(kind, body)
        made = self._act_of_bot(kind, body)
        if made:
            self._keep(made)

    def _act_of_bot(self, kind: str, body: Json) -> Json | None:
        """What a bot did to people and their messages; what it says is seen in the chat anyway."""
        bots = {b.user for b in self.world.bots.values()}
        if body.get("by") not in bots:
            return None
        made: Json = {"chat": body["chat"]}
        if kind == "removed":
            message = self.world.chats[body["chat"]].removed[body["message_id"]]
            if message["from"]["id"] in bots:
                return None
            said = str(message.get("text") or message.get("caption") or "")[:80]
            return made | {
                "kind": "removed",
                "message_id": body["message_id"],
                "user": message["from"]["id"],
                "said": said,
            }
        sort = _sanction(body["was"], body["member"]) if kind == "member" else ""
        user = body["member"]["user"]["id"] if sort else 0
        if not sort or user in bots:
            return None
        return made | {"kind": sort, "user": user, "until": body["member"].get("until_date", 0)}

    def _keep(self, made: Json) -> None:
        made["at"] = self.world.clock.now()
        self.acts.append(made)
        self._send("act", {"act": made})

    def _send(self, kind: str, body: Json) -> None:
        if self._streams:
            text = json.dumps({"kind": kind, **body}, ensure_ascii=False)
            for queue in self._streams:
                queue.put_nowait(text)

    def close(self) -> None:
        """End all streams."""
        for queue in self._streams:
            queue.put_nowait(None)

    async def _page(self, request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers=HEADERS)

    async def _asset(self, request: Request) -> Response:
        path = PAGE / Path(request.path_params["name"]).name
        kind = ASSETS.get(path.suffix)
        if kind is None or not path.is_file():
            return Response(status_code=404)
        return FileResponse(path, headers=HEADERS, media_type=kind)

    async def _photo(self, request: Request) -> Response:
        found = self.world.files.get(request.path_params["file_id"])
        kind = pictures.kind(found[1]) if found else ""
        if found is None or not kind:
            return Response(status_code=404)
        return Response(found[1], media_type=kind, headers=HEADERS | {"Cache-Control": "max-age=3600"})

    async def _state(self, request: Request) -> Response:
        w = self.world
        return JSONResponse(
            {
                "now": w.clock.now(),
                "movable": self.movable,
                "users": list(w.users.values()),
                "chats": [self._chat(room) for room in w.chats.values() if not room.migrated_to],
                "acts": list(self.acts),
                "bots": [
                    {"user": b.user, "started": sorted(b.started), "commands": b.commands}
                    for b in w.bots.values()
                ],
            },
            headers={"Cache-Control": "no-store"},
        )

    def _chat(self, room: ChatRoom) -> Json:
        return {
            **room.brief(),
            "pinned": room.pinned,
            "messages": [*room.messages.values()],
            "removed": [*room.removed.values()],
            "members": [self.world.member_json(room, u) for u in room.members],
        }

    async def _note(self, request: Request) -> Response:
        """A line about an act of the bot: {chat, message_id?, text, kind?}."""
        note = await _body(request)
        if note is None or not isinstance(note.get("text"), str):
            return _refused("a JSON object with chat and text is needed", 400)
        made: Json = {k: v for k, v in note.items() if k in ("chat", "message_id", "text", "kind")}
        self._keep({"kind": "note"} | made)
        return JSONResponse({"ok": True})

    async def _events(self, request: Request) -> Response:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams.add(queue)

        async def stream() -> AsyncIterator[str]:
            try:
                yield "retry: 500\n\n"
                while True:
                    try:
                        async with asyncio.timeout(BEAT):
                            text = await queue.get()
                    except TimeoutError:
                        yield ": alive\n\n"
                        continue
                    if text is None:
                        return
                    yield f"data: {text}\n\n"
            finally:
                self._streams.discard(queue)

        return StreamingResponse(stream(), media_type="text/event-stream", headers=HEADERS)

    async def _act(self, request: Request) -> Response:
        """One of `acts.ACTS`: {"do": name, ...}."""
        body = await _body(request)
        if body is None:
            return _refused("a JSON object is needed", 400)
        if body.get("do") == "clock" and not self.movable:
            return _refused("this sandbox keeps real time", 403)
        try:
            result: Any = act(self.world, body)
        except Forbidden as e:
            return _refused(str(e), 403)
        except ValueError as e:
            return _refused(str(e), 400)
        return JSONResponse({"ok": True, "result": result})


def _sanction(was: Json, now: Json) -> str:
    """What a change of standing is as a sanction; '' for a tag, somebody let in, an administrator made or
    unmade."""
    if {**was, "tag": ""} == {**now, "tag": ""}:
        return ""
    if now["status"] in ("member", "left"):
        return "freed" if was["status"] in ("restricted", "kicked") else ""
    return {"restricted": "muted", "kicked": "banned"}.get(now["status"], "")


async def _body(request: Request) -> Json | None:
    """The JSON object sent, None if there is none. Only as JSON: another site's form can't send that."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _refused(why: str, status: int) -> Response:
    return JSONResponse({"ok": False, "error": why}, status_code=status)
