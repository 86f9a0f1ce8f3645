"""The chat page and its control routes: be any member, type, press, join, leave; live over SSE."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from groupbot.surfaces.sandbox.world import Forbidden, Json, World

PAGE = Path(__file__).parent / "page"


class PageRoutes:
    """Routes under `/` (page), `/sandbox/state`, `/sandbox/act`, `/sandbox/events`, `/sandbox/note`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notes: list[Json] = []
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
        text = json.dumps({"kind": kind, **body}, ensure_ascii=False, default=str)
        for queue in self._streams:
            queue.put_nowait(text)

    def close(self) -> None:
        """End all streams."""
        for queue in self._streams:
            queue.put_nowait(None)

    async def _page(self, request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def _asset(self, request: Request) -> Response:
        path = PAGE / Path(request.path_params["name"]).name
        return FileResponse(path) if path.is_file() else Response(status_code=404)

    async def _photo(self, request: Request) -> Response:
        found = self.world.files.get(request.path_params["file_id"])
        return Response(found[1], media_type="image/png") if found else Response(status_code=404)

    async def _state(self, request: Request) -> Response:
        w = self.world
        return JSONResponse(
            {
                "now": w.clock.now(),
                "users": list(w.users.values()),
                "chats": [
                    {
                        **room.brief(),
                        "migrated_to": room.migrated_to,
                        "pinned": room.pinned,
                        "messages": [*room.messages.values()],
                        "removed": [*room.removed.values()],
                        "members": {u: w.member_json(room, u) for u in room.members},
                    }
                    for room in w.chats.values()
                ],
                "notes": self.notes,
                "bots": [
                    {"user": b.user, "started": sorted(b.started), "commands": b.commands}
                    for b in w.bots.values()
                ],
            }
        )

    async def _note(self, request: Request) -> Response:
        """A line about an act of the bot: {chat, message_id?, text}."""
        note = await request.json()
        note["at"] = self.world.clock.now()
        self.notes.append(note)
        self._changed("note", {"note": note})
        return JSONResponse({"ok": True})

    async def _events(self, request: Request) -> Response:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams.add(queue)

        async def stream() -> AsyncIterator[str]:
            try:
                yield ": hello\n\n"
                while (text := await queue.get()) is not None:
                    yield f"data: {text}\n\n"
            finally:
                self._streams.discard(queue)

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def _act(self, request: Request) -> Response:
        """{do: say|press|join|leave|edit|delete|react|start|photo|promote|upgrade|clock|add_user|add_chat|add_bot, …}"""
        body = await request.json()
        try:
            result = getattr(self, "act_" + str(body.pop("do")), _unknown)(**body)
        except Forbidden as e:
            return JSONResponse({"ok": False, "error": str(e)}, status_code=403)
        except (KeyError, TypeError, ValueError) as e:
            return JSONResponse({"ok": False, "error": f"{type(e).__name__}: {e}"}, status_code=400)
        return JSONResponse({"ok": True, "result": result})

    # --- acts
    def act_say(
        self,
        user: int,
        chat: int,
        text: str,
        reply_to: int | None = None,
        anonymous: bool = False,
        album: str | None = None,
    ) -> Json:
        if chat > 0:
            self.world.private(user)
        return self.world.say(user, chat, text, reply_to=reply_to, anonymous=anonymous, media_group_id=album)

    def act_photo(self, user: int, chat: int, data: str, caption: str = "", album: str | None = None) -> Json:
        return self.world.say(
            user,
            chat,
            caption,
            photo=self.world.photo(base64.b64decode(data)),
            media_group_id=album,
        )

    def act_press(self, user: int, chat: int, message_id: int, data: str) -> str:
        return self.world.press(user, chat, message_id, data)

    def act_answer(self, query: str) -> Json:
        return self.world.queries[query]

    def act_join(self, user: int, chat: int, link: str | None = None, by: int | None = None) -> None:
        self.world.join(user, chat, link=link, by=by)

    def act_leave(self, user: int, chat: int) -> None:
        self.world.leave(user, chat)

    def act_edit(self, user: int, chat: int, message_id: int, text: str) -> None:
        self.world.edit(user, chat, message_id, text)

    def act_react(self, user: int, chat: int, message_id: int, emoji: list[str]) -> None:
        self.world.react(user, chat, message_id, emoji)

    def act_start(self, user: int, payload: str = "") -> Json:
        """Open the private chat with the bot and press Start."""
        self.world.private(user)
        for bot in self.world.bots.values():
            bot.started.add(user)
        return self.world.say(user, user, f"/start {payload}".strip())

    def act_delete(self, user: int, chat: int, message_id: int) -> None:
        room = self.world.chats[chat]
        own = room.messages[message_id]["from"]["id"] == user
        if not own and self.world.member(room, user).status not in ("creator", "administrator"):
            raise Forbidden("only admins delete others' messages")
        self.world.remove(room, message_id, user)

    def act_add_user(self, name: str, language: str = "zh-hans", username: str | None = None) -> int:
        return self.world.add_user(name, language=language, username=username)

    def act_add_chat(self, title: str, owner: int, type: str = "supergroup") -> int:
        return self.world.add_chat(title, owner, type=type).id

    def act_add_bot(self, chat: int, by: int, rights: list[str] | None = None) -> None:
        self.world.add_bot_to(next(iter(self.world.bots)), chat, by, set(rights or ()))

    def act_promote(self, chat: int, user: int, by: int, rights: list[str]) -> None:
        self.world.promote(chat, user, by, set(rights))

    def act_remove_bot(self, chat: int, by: int) -> None:
        bot = next(iter(self.world.bots.values()))
        self.world.set_member(
            self.world.chats[chat], bot.user, by, status="kicked", is_member=False, rights=set()
        )

    def act_upgrade(self, chat: int, by: int) -> int:
        return self.world.upgrade(chat, by)

    def act_clock(self, seconds: float) -> float:
        self.world.clock.move(seconds)
        self._changed("clock", {"now": self.world.clock.now()})
        return self.world.clock.now()


def _unknown(**_: Any) -> None:
    raise ValueError("unknown act")
