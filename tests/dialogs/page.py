"""The demo's chat page, used as its visitors do: each act is one request to the page's own server."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from types import TracebackType
from typing import Any

import aiohttp

from groupbot.testing import Talk
from tests.surfaces.sandbox.conftest import png


class Visitors:
    """Several people at one page; what they see is what the page reads from `/sandbox/state`."""

    def __init__(self, chat: Talk) -> None:
        self.chat = chat
        self.http = aiohttp.ClientSession()

    async def __aenter__(self) -> Visitors:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()

    async def act(self, do: str, **given: Any) -> Any:
        """One act of the page; its result, or the page's words where it is not allowed."""
        async with self.http.post(f"{self.chat.sandbox.url}/sandbox/act", json={"do": do, **given}) as answer:
            told = await answer.json()
        return told["result"] if told["ok"] else told["error"]

    async def says(self, who: int, text: str, *, private: bool = False, reply_to: int | None = None) -> int:
        where = who if private else self.chat.id
        made = await self.act("say", user=who, chat=where, text=text, reply_to=reply_to)
        await self.chat.settle()
        return int(made)

    async def shows(self, who: int, caption: str = "") -> int:
        """A photo with a caption."""
        picture = b64encode(png()).decode()
        made = await self.act("photo", user=who, chat=self.chat.id, data=picture, caption=caption)
        await self.chat.settle()
        return int(made)

    async def button(self, label: str, where: int) -> tuple[int, str]:
        """The newest button with `label` in it, as the page shows it: its message and data."""
        async with self.http.get(f"{self.chat.sandbox.url}/sandbox/state") as answer:
            state = await answer.json()
        seen = next(c for c in state["chats"] if c["id"] == where)["messages"]
        for message in reversed(seen):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for one in row:
                    if label in one["text"] and "callback_data" in one:
                        return message["message_id"], one["callback_data"]
        raise AssertionError(f"no button {label!r} on the page: {[m.get('text') for m in seen]}")

    async def press(self, label: str, *people: int, private: bool = False) -> list[str]:
        """All of them press in the same instant; the toast of each."""
        where = people[0] if private else self.chat.id
        message, data = await self.button(label, where)
        asked = [self.act("press", user=p, chat=where, message_id=message, data=data) for p in people]
        queries = await asyncio.gather(*asked)
        await self.chat.settle()
        return [str((await self.act("answer", query=q)).get("text", "")) for q in queries]

    async def votes(self, who: int, option: int) -> None:
        """In the newest poll."""
        polls = [m for m in self.chat.room.messages.values() if "poll" in m]
        given = {"chat": self.chat.id, "message_id": polls[-1]["message_id"], "options": [option]}
        await self.act("vote", user=who, **given)
        await self.chat.settle()
